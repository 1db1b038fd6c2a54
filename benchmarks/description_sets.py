"""The corpora as the guard meets them: elements registered, prompts taken apart, halves to learn from and to report on.

An element belongs to one half by the SHA-256 of its name, with all its phrasings and near-misses; an honest prompt by
that of its text. What is reported was seen by nothing that was fitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.corpora import Element as Written
from benchmarks.corpora import load_benign, load_elements
from faircut.domain import Element, ElementKind

NEAR, BENIGN = "near-miss", "benign"


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
    """Whether what goes by this text is in the half to learn from."""
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0


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


__all__ = ["BENIGN", "NEAR", "Case", "Written", "cases", "learns", "load_benign", "load_elements", "registered"]
