"""The corpora as the guard meets them: elements registered, prompts taken apart, and what is learnt from what.

The sentence model's adapter learns from half of the elements of the first files (``learns``), from half of their honest
prompts (``learns_honest``), and from ``lessons*.txt`` and ``honest_*.txt``. With all other elements the combiner is
fitted and everything is reported, by cross-validation over elements: nothing that counts was seen by what judged it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import get_args

from benchmarks.corpora import FOLDER, Kind, NearMiss, Phrasing, Style, choice, load_benign, load_elements
from benchmarks.corpora import Element as Written
from faircut.domain import Element, ElementKind

NEAR, BENIGN = "near-miss", "benign"
PLAIN: tuple[Style, ...] = ("long", "short", "keywords", "buried")
"""The styles of people who say what they want to see; "oblique" is for those who would get around a guard."""
_LEARNT_FILES = ("elements_a", "elements_b")
_LATER_HONEST = ("benign_e", "benign_f", "benign_g")
_REPORTED_ALONE = ("benign_f", "benign_g")
_KNOWN_FILES = "later_k"
_STYLES: tuple[Style, ...] = (
    *("long", "short", "keywords", "buried", "oblique", "short", "long"),
    *("short", "long", "buried"),
)
"""Of the requests for each of the ``later_elements``; the last three were written by others, and later."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is registered of an element, requests for it, and near-misses.

    ``title`` is the line W of the files: who it is, and where from, of those that everybody knows; else "".
    ``sideways`` are further requests (``sideways*.txt``), which say it in as many other words as they can.
    """

    tagline: str
    description: str
    keywords: tuple[str, ...]
    requests: tuple[str, ...]
    near_misses: tuple[str, ...]
    title: str = ""
    sideways: tuple[str, ...] = ()

    @property
    def registered(self) -> str:
        """All that is registered, as one text."""
        return f"{self.tagline}. {self.description} {', '.join(self.keywords)}"


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt, and the number of the element that it would draw; None when it would draw none.

    ``style`` is that of the phrasing, or "near-miss", or "benign". ``near`` is the element that a near-miss is near.
    """

    text: str
    style: str
    draws: int | None = None
    near: int | None = None

    @property
    def free(self) -> bool:
        """Whether the prompt was written without any element in mind."""
        return self.draws is None and self.near is None


def learns(element: Written) -> bool:
    """Whether the adapter learns from the element: from half of those of the first files, by the SHA-256 of names."""
    return element.file.startswith(_LEARNT_FILES) and _digest(element.name)[0] % 2 == 0


def learns_honest(text: str) -> bool:
    """Whether the adapter learns from the honest prompt: from half of those of the first files."""
    return _digest(text)[0] % 2 == 0 and text not in _lines(_LATER_HONEST)


def reported_alone(text: str) -> bool:
    """Whether the honest prompt is kept for reports: nothing may learn from it or be chosen on it."""
    return text in _lines(_REPORTED_ALONE)


def shapes_space(text: str) -> bool:
    """Whether the honest prompt is one of those that say where ordinary clauses lie, and so is not reported on."""
    return _digest(text)[0] % 8 == 0 and not reported_alone(text)


@cache
def _lines(stems: tuple[str, ...]) -> frozenset[str]:
    texts = [(FOLDER / f"{stem}.txt").read_text(encoding="utf-8") for stem in stems]
    return frozenset(line.strip() for text in texts for line in text.splitlines())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def lessons() -> list[Lesson]:
    """Everything that the adapter learns from: its half of the elements, and those of ``lessons*.txt``."""
    found = [
        Lesson(
            each.tagline,
            each.description,
            each.keywords,
            tuple(phrasing.text for phrasing in each.phrasings),
            tuple(miss.text for miss in each.near_misses),
        )
        for each in load_elements()
        if learns(each)
    ]
    for path in sorted(FOLDER.glob("lessons*.txt")):
        found += _written(path)
    sideways = _sideways()
    return [replace(each, sideways=tuple(sideways.get(each.tagline, ()))) for each in found]


def _sideways() -> dict[str, list[str]]:
    """Requests by the tagline of what they ask for."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("sideways*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("T "):
                asked = found.setdefault(line[2:], [])
            elif line.startswith("P "):
                asked.append(line[2:])
    return found


def honest_lessons() -> list[str]:
    """The honest prompts that the adapter learns from: half of those of the first files, and ``honest_*.txt``.

    These are mostly people's own characters, places and things, told in detail.
    """
    written = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("honest_*.txt"))]
    own = [line.strip() for text in written for line in text.splitlines() if line.strip()]
    return [*(each for each in load_benign() if learns_honest(each)), *own]


def all_elements() -> tuple[Written, ...]:
    """Every element that requests are written for, in one order: those of the first files, then the later ones; with
    the further requests of ``further_*.txt``."""
    further = _further()
    return tuple(
        replace(each, phrasings=(*each.phrasings, *further.get(each.tagline, ())))
        for each in (*load_elements(), *later_elements())
    )


def _further() -> dict[str, list[Phrasing]]:
    """Requests that other hands wrote last, who saw the registration alone, by the tagline of what they ask for: so
    many that each invented element that is reported has ten that are long, short, keyword lists or buried."""
    found: dict[str, list[Phrasing]] = {}
    for path in sorted(FOLDER.glob("further_*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("T "):
                asked = found.setdefault(line[2:], [])
            elif line.startswith("P "):
                style, _, text = line[2:].partition(" | ")
                asked.append(Phrasing(choice(style, get_args(Style)), text))
    return found


def later_elements() -> list[Written]:
    """The elements of ``later_*.txt``, written after the others: nothing but the combiner ever learns from them.

    Those of ``later_k*`` are figures of myth, tale and old books, which everybody knows and nobody owns; requests for
    them say what people know and not only what is registered. The others are invented.
    """
    found = []
    for path in sorted(FOLDER.glob("later_*.txt")):
        for lesson in _written(path):
            name, source, kind = lesson.title.split(" | ")
            known = path.stem.startswith(_KNOWN_FILES)
            found.append(
                Written(
                    file=path.stem,
                    work=source if known else name,
                    party="everybody" if known else path.stem,
                    kind=choice(kind, get_args(Kind)),
                    name=name,
                    aliases=(),
                    tagline=lesson.tagline,
                    description=lesson.description,
                    keywords=lesson.keywords,
                    phrasings=tuple(map(Phrasing, _STYLES, lesson.requests)),
                    near_misses=tuple(NearMiss("", text) for text in lesson.near_misses),
                )
            )
    return found


def known(element: Written) -> bool:
    """Whether everybody knows the element: see :func:`later_elements`."""
    return element.file.startswith(_KNOWN_FILES)


def _written(path: Path) -> Iterator[Lesson]:
    texts: dict[str, list[str]] = {}
    for line in [*path.read_text(encoding="utf-8").splitlines(), "T "]:
        kind, text = line[:1], line[2:].strip()
        if line[1:2] != " " or kind not in "WTDKPN":
            continue
        if kind in "WT" and "N" in texts:
            yield Lesson(
                texts["T"][0],
                texts["D"][0],
                tuple(each.strip() for each in texts["K"][0].split(";") if each.strip()),
                tuple(texts["P"]),
                tuple(texts["N"]),
                texts.get("W", [""])[0],
            )
            texts = {}
        texts.setdefault(kind, []).append(text)


def registered(written: Written, number: int) -> Element:
    """An element of the corpora as the catalogue would hold it."""
    return Element(
        id=f"elem_{number}",
        party_id=f"party_{written.party}",
        work_id=f"work_{written.work}",
        kind=ElementKind(written.kind),
        name=written.name,
        tagline=written.tagline,
        description=written.description,
        keywords=written.keywords,
    )


def cases(elements: Sequence[Written], numbers: Iterable[int], benign: Iterable[str]) -> list[Case]:
    """All prompts of the elements with these numbers, and honest ones."""
    found = []
    for number in numbers:
        element = elements[number]
        found += [Case(each.text, each.style, draws=number) for each in element.phrasings]
        found += [Case(each.text, NEAR, near=number) for each in element.near_misses]
    return found + [Case(text, BENIGN) for text in benign]


__all__ = [
    "BENIGN",
    "NEAR",
    "PLAIN",
    "Case",
    "Lesson",
    "Written",
    "all_elements",
    "cases",
    "honest_lessons",
    "known",
    "later_elements",
    "learns",
    "learns_honest",
    "lessons",
    "load_benign",
    "load_elements",
    "registered",
    "reported_alone",
    "shapes_space",
]
