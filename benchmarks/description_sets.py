"""The corpora as the guard meets them: elements registered, prompts taken apart, parts to fit on and to report on.

An element belongs to one part by the SHA-256 of its name, with all its phrasings and near-misses; an honest prompt by
that of its text. The sentence model's adapter learns from one half (``learns``), the combiner and its thresholds are
fitted on a quarter (``fits``) that the adapter does not know, and what is reported (``reports``) was seen by neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.corpora import FOLDER, load_benign, load_elements
from benchmarks.corpora import Element as Written
from faircut.domain import Element, ElementKind

NEAR, BENIGN = "near-miss", "benign"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is registered of an element as one text, requests for it, and near-misses."""

    registered: str
    requests: tuple[str, ...]
    near_misses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt, and the number of the element that it would draw; None when it would draw none.

    ``style`` is that of the phrasing, or "near-miss", or "benign". ``near`` is the element that a near-miss is near.
    """

    text: str
    style: str
    draws: int | None = None
    near: int | None = None


def learns(text: str) -> bool:
    """Whether what goes by this text is in the half that the adapter learns from."""
    return _digest(text)[0] % 2 == 0


def fits(text: str) -> bool:
    """Whether it is in the quarter that the combiner is fitted on."""
    return not learns(text) and _digest(text)[1] % 2 == 0


def reports(text: str) -> bool:
    """Whether it is in the quarter that nothing was fitted on."""
    return not learns(text) and not fits(text)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def lessons() -> list[Lesson]:
    """Everything that the adapter learns from: its half of the elements, and those of ``lessons.txt``."""
    found = [
        Lesson(
            f"{each.tagline}. {each.description} {', '.join(each.keywords)}",
            tuple(phrasing.text for phrasing in each.phrasings),
            tuple(miss.text for miss in each.near_misses),
        )
        for each in load_elements()
        if learns(each.name)
    ]
    texts: dict[str, list[str]] = {}
    for line in [*(FOLDER / "lessons.txt").read_text(encoding="utf-8").splitlines(), "T "]:
        if line.startswith("T ") and texts:
            whole = f"{texts['T'][0]}. {texts['D'][0]} {texts['K'][0].replace(';', ',')}"
            found.append(Lesson(whole, tuple(texts["P"]), tuple(texts["N"])))
            texts = {}
        if not line.startswith("#"):
            texts.setdefault(line[0], []).append(line[2:])
    return found


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
    "Case",
    "Lesson",
    "Written",
    "cases",
    "fits",
    "learns",
    "lessons",
    "load_benign",
    "load_elements",
    "registered",
    "reports",
]
