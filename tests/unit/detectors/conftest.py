"""A catalogue in memory, as text detectors see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from faircut.domain import (
    Alias,
    Element,
    ElementKind,
    ElementPolicy,
    MediaKind,
    Reference,
    Subject,
    Work,
)


@dataclass
class MemoryCatalogue:
    """The part of a catalogue that text detectors read."""

    titles: list[Work] = field(default_factory=list)
    named: list[Element] = field(default_factory=list)
    texts: dict[str, tuple[Reference, str]] = field(default_factory=dict)
    changes: int = 0

    def revision(self) -> int:
        return self.changes

    def works(self) -> Sequence[Work]:
        return tuple(self.titles)

    def elements(self) -> Sequence[Element]:
        return tuple(self.named)

    def references(self, after: int = 0) -> Sequence[Reference]:
        return tuple(reference for reference, _ in self.texts.values())

    def reference_text(self, reference_id: str) -> str:
        return self.texts[reference_id][1]

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:
        return Subject("p", "Party", ElementPolicy.BLOCK, work_id, None, element_id)

    def add_title(self, title: str, party: str = "p") -> Work:
        work = Work(f"work:{title}", title, party)
        self.titles.append(work)
        self.changes += 1
        return work

    def add_name(self, name: str, *aliases: str, work: str | None = None, party: str = "p") -> Element:
        element = Element(
            f"el:{name}", party, work, ElementKind.CHARACTER, name, aliases=tuple(Alias(each) for each in aliases)
        )
        self.named.append(element)
        self.changes += 1
        return element

    def add_text(self, text: str, name: str = "script", work: str | None = "w") -> Reference:
        digest = hashlib.sha256(text.encode()).hexdigest()
        reference = Reference(f"ref:{name}", "p", work, None, MediaKind.TEXT, digest, name)
        self.texts[reference.id] = (reference, text)
        self.changes += 1
        return reference


@pytest.fixture
def catalogue() -> MemoryCatalogue:
    return MemoryCatalogue()


@pytest.fixture(scope="session")
def memory_catalogue() -> type[MemoryCatalogue]:
    """For property tests, which need a new one for every example."""
    return MemoryCatalogue
