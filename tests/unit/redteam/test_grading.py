"""Grading in the background: whatever is registered while it runs is attacked without anybody asking."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Element
from faircut.protocols import Progress
from faircut.redteam.grades import Grading
from faircut.redteam.grading import Grade, Letter

PATIENCE_S = 60


@pytest.fixture
def faircut(tmp_path: Path) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path / "home")) as made:
        made.catalogue.add_party("Lantern House", actor="tests")
        made.catalogue.add_work("The Pewter Tide", "Lantern House", actor="tests")
        yield made


def test_what_is_registered_or_changed_while_it_runs_is_attacked_at_once(faircut: Faircut) -> None:
    attacked: dict[str, threading.Event] = {}
    begun = threading.Event()

    def measure(element: Element, _progress: Progress) -> Grade:
        attacked.setdefault(f"{element.name} {len(element.aliases)}", threading.Event()).set()
        begun.set()
        return Grade(Letter.A, 60, 0, 0, 0.05, (), ())

    def waited(what: str) -> bool:
        return attacked.setdefault(what, threading.Event()).wait(PATIENCE_S)

    grading = Grading(faircut.catalogue, faircut.grades, measure)
    assert not grading.running
    grading.start()
    try:
        assert grading.running
        assert not begun.is_set()
        element = faircut.catalogue.add_element("title", "Tobermane Wix", work="The Pewter Tide", actor="tests")
        assert waited("Tobermane Wix 0")
        faircut.catalogue.edit_element(element.id, aliases=["Old Wix of the Quay"], actor="tests")
        assert waited("Tobermane Wix 1")
    finally:
        grading.stop()
    assert not grading.running
    protection = faircut.protection([faircut.catalogue.element(element.id)])[element.id]
    assert (protection.grade.letter, protection.current) == (Letter.A, True)
