"""The process that runs jobs: what it does besides, from when it takes jobs until it is told to stop."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from faircut.app import Faircut
from faircut.cli import worker
from faircut.config import Settings
from faircut.domain import Element
from faircut.redteam.grades import Grades
from faircut.redteam.grading import Grade

PATIENCE_S = 30
ATTACKS = 2


class _Ending(threading.Event):
    """The worker waits for it once everything is started, and so lives until ``graded``."""

    def __init__(self, graded: threading.Event) -> None:
        super().__init__()
        self._graded = graded

    def wait(self, timeout: float | None = None) -> bool:
        return self._graded.wait(PATIENCE_S if timeout is None else timeout)


def test_it_grades_the_elements_that_have_no_grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "home", grade_attacks=ATTACKS)
    with Faircut(settings) as faircut:
        faircut.catalogue.add_party("Lantern House", actor="tests")
        work = faircut.catalogue.add_work("The Pewter Tide", "Lantern House", actor="tests")
        element = faircut.catalogue.add_element("title", "Tobermane Wix", work=work.id, actor="tests")
        assert faircut.protection([element]) == {}

    graded, put = threading.Event(), Grades.put

    def seen(grades: Grades, of: Element, grade: Grade) -> None:
        put(grades, of, grade)
        graded.set()

    monkeypatch.setattr(Grades, "put", seen)
    channel = io.BytesIO()
    worker._work(settings, channel, _Ending(graded))

    assert channel.getvalue() == b"ready\n"
    with Faircut(settings) as faircut:
        protection = faircut.protection([element])
    assert element.id in protection, "nothing was graded while the worker lived"
    assert protection[element.id].grade.attacks == ATTACKS
    assert protection[element.id].current
