"""Writes ``words/han_sounds.txt`` and ``words/han_variants.txt`` of ``faircut.detectors``: how Han characters sound.

Readings are those of pypinyin (MIT), tones left out; variants are those of OpenCC (Apache-2.0) as packed by
opencc-python-reimplemented: traditional and Japanese forms to simplified ones. Needs these packages, which Faircut
itself does not:

    pip install pypinyin opencc-python-reimplemented
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

_WORDS = Path(__file__).parent.parent / "src" / "faircut" / "detectors" / "words"
_FIRST, _LAST = "\u4e00", "\u9fff"


def main() -> None:
    """Writes both files."""
    variants = _variants()
    lines = [f"{plain} {''.join(sorted(others))}" for plain, others in sorted(variants.items())]
    (_WORDS / "han_variants.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    written_otherwise = {other for others in variants.values() for other in others}
    first: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    readings = json.loads((files("pypinyin") / "pinyin_dict.json").read_text(encoding="utf-8"))
    for point, said in readings.items():
        char = chr(int(point))
        if _FIRST <= char <= _LAST and char not in written_otherwise:
            syllables = list(dict.fromkeys(map(_without_tone, said.split(","))))
            first.setdefault(syllables[0], []).append(char)
            for other in syllables[1:2]:
                others.setdefault(other, []).append(char)
    lines = [
        f"{each} {''.join(first.get(each, ()))} {''.join(others.get(each, ()))}" for each in sorted({*first, *others})
    ]
    (_WORDS / "han_sounds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _without_tone(syllable: str) -> str:
    apart = unicodedata.normalize("NFD", syllable.replace("ü", "u"))
    return "".join(char for char in apart if char.isascii() and char.isalpha())


def _variants() -> dict[str, set[str]]:
    """Simplified characters to the other forms of each."""
    simple = dict(_pairs("TSCharacters.txt"))
    japanese = {other: simple.get(char, char) for char, other in _pairs("JPVariants.txt")}
    found: dict[str, set[str]] = {}
    for other, plain in {**japanese, **simple}.items():
        if other != plain and all(_FIRST <= char <= _LAST for char in (other, plain)):
            found.setdefault(plain, set()).add(other)
    # What is itself the plain form of others stays as it is.
    return {plain: others - found.keys() for plain, others in found.items() if others - found.keys()}


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    for line in (files("opencc") / "dictionary" / name).read_text(encoding="utf-8").splitlines():
        char, _, others = line.partition("\t")
        if len(char) == 1 and others:
            yield char, others.split()[0]


if __name__ == "__main__":
    main()
