"""The story is honest: nothing counts as shown unless it was compared and found right."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from faircut.demo.card import GREEN, Card, Lane, marked
from faircut.demo.page import write_page
from faircut.demo.story import Check, DemoReport, Narrator, Outcome, Step, same, within
from faircut.domain import Segment

GOOD = Check("a thing", "yes", "yes", True)
BAD = Check("a <b>thing</b>", "yes", "no", False)


def step(*checks: Check, number: int = 1) -> Step:
    return Step(number, "A step", "doing it", Outcome(checks), 1.0)


def report(*steps: Step, planned: int) -> DemoReport:
    return DemoReport(steps, planned, 2.0, 1.0, Path("index.html"))


def test_a_report_is_good_only_when_every_planned_step_is() -> None:
    assert report(step(GOOD), step(GOOD, GOOD), planned=2).ok
    assert not report(step(GOOD), step(GOOD, BAD), planned=2).ok
    assert not report(step(GOOD), planned=2).ok


def test_a_step_that_compared_nothing_has_shown_nothing() -> None:
    assert not step().ok


def test_comparisons_say_both_sides() -> None:
    assert same("a", ["x"], ["x"]) == Check("a", "x", "x", True)
    assert same("a", [], ["x", "y"]) == Check("a", "none", "x, y", False)
    assert same("a", False, True) == Check("a", "no", "yes", False)


@pytest.mark.parametrize(
    ("found", "ok"),
    [
        (Segment(4.0, 8.5), True),
        (Segment(4.5, 8.0), True),
        (Segment(4.51, 8.5), False),
        (Segment(4.0, 9.01), False),
        (None, False),
    ],
)
def test_both_ends_of_a_segment_count(found: Segment | None, ok: bool) -> None:
    assert within("where", Segment(4.0, 8.5), found).ok is ok


def test_plain_text_where_there_is_no_terminal() -> None:
    out = io.StringIO()
    narrator = Narrator(Console(file=out, width=80))
    narrator.begin(1, 2, "A [b]step[/b]", "doing it")
    narrator.end(step(GOOD, BAD))
    narrator.close(report(step(BAD), planned=2))
    told = out.getvalue()
    assert "\x1b" not in told
    assert "A [b]step[/b]" in told
    assert "NO  a <b>thing</b>  no  (expected: yes)" in told
    assert "NOT AS IT SHOULD BE" in told
    assert "0 of 2 steps" in told


def test_a_terminal_gets_a_bar() -> None:
    out = io.StringIO()
    narrator = Narrator(Console(file=out, width=80, force_terminal=True))
    with narrator.progress("working") as progress:
        progress(0.5, "half [way]")
    assert "working" in out.getvalue()


def test_the_page_shows_failures_and_escapes_words(tmp_path: Path) -> None:
    card = Card("A card", "SEEN", GREEN)
    picture = card.save(tmp_path / "1-card.png")
    bad = Step(1, "Tom & Jerry's", "doing it", Outcome((BAD,), picture, (("fact", "<script>"),), ("words",)), 1.0)
    page = tmp_path / "index.html"
    write_page(report(bad, planned=1), page, "a & b")
    text = page.read_text()
    assert "0 of 1 steps" in text
    assert "not as it should be" in text
    assert "a &lt;b&gt;thing&lt;/b&gt;" in text
    assert "<script>" not in text
    assert "data:image/png;base64," in text
    assert "http://" not in text
    assert "https://" not in text


def test_marks_cover_the_words_at_fault() -> None:
    runs = marked("a Lumi b Lumi", [(2, 6), (9, 13)])
    assert [(run.text, run.mark is not None) for run in runs] == [
        ("a ", False),
        ("Lumi", True),
        (" b ", False),
        ("Lumi", True),
    ]
    assert "".join(run.text for run in marked("abc", [(1, 9), (0, 2)])) == "abc"


def test_a_timeline_puts_the_segment_in_its_place() -> None:
    card = Card("Timelines")
    top = card.y + 26
    card.timelines([Lane("file.mp4", 10.0, Segment(5.0, 7.5), None, GREEN)])
    row = card.canvas[top + 4]
    coloured = [x for x in range(row.shape[0]) if tuple(row[x]) == GREEN]
    left, right = 44 + 210, 1280 - 44 - 10
    assert coloured[0] == pytest.approx(left + (right - left) * 0.5, abs=2)
    assert coloured[-1] == pytest.approx(left + (right - left) * 0.75, abs=2)
