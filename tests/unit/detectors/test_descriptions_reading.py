"""The second look at what may be described."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_reading import MOST_READ, closest_run, joined
from faircut.domain import Element
from faircut.text.cross_encoder import CrossEncoder, default_cross_encoder
from faircut.text.models import DEFAULT_MODEL
from support.sentence_models import write_like_the_default
from unit.detectors.test_descriptions import HERON, REQUEST, WHALE, WIZARD, Held

CLAUSES = st.lists(st.tuples(st.floats(-1, 1), st.integers(1, 40)), min_size=1, max_size=20)


@given(CLAUSES, st.integers(1, 150))
def test_what_is_read_fits_and_is_the_closest_run_that_does(clauses: list[tuple[float, int]], most: int) -> None:
    close, counts = zip(*clauses, strict=True)
    first, last = closest_run(close, counts, most)
    assert first == last or sum(counts[first : last + 1]) <= most

    def worth(begin: int, end: int) -> float:
        return sum((alike - min(close)) * count for alike, count in clauses[begin:end])

    fitting = [
        worth(begin, end)
        for begin, end in itertools.combinations(range(len(clauses) + 1), 2)
        if end - begin == 1 or sum(counts[begin:end]) <= most
    ]
    assert worth(first, last + 1) == pytest.approx(max(fitting), abs=1e-6)


def test_a_registration_is_read_whatever_is_missing() -> None:
    assert joined(("A lamp", "It burns.", "brass, oil")) == "A lamp. It burns. brass, oil"
    assert joined(("", "It burns.", "")) == "It burns."
    assert joined(("A lamp", "", "")) == "A lamp."


def _asked(monkeypatch: pytest.MonkeyPatch, *elements: Element) -> tuple[DescriptionsDetector, list[str]]:
    """A detector, and the texts that its second look has read so far."""
    asked: list[str] = []
    alone = CrossEncoder.alone
    monkeypatch.setattr(CrossEncoder, "alone", lambda self, text: (asked.append(text), alone(self, text))[1])
    return DescriptionsDetector(Held(*elements)), asked


def test_of_a_long_prompt_the_part_is_read_that_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, asked = _asked(monkeypatch, HERON, WIZARD)
    around = [
        "The harbour lies still in the early fog, gulls sit on the ropes and a radio plays somewhere below deck."
    ] * 12
    long = " ".join([*around, f"Then comes {REQUEST}.", *around])
    assert [match.element_id for match in detector.find(long)] == ["elem_heron"]
    read = next(text for text in asked if text in long)
    assert "railway tickets" in read
    assert len(read) < len(long) / 2


def test_ordinary_prompts_are_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, asked = _asked(monkeypatch, HERON, WIZARD, WHALE)
    assert detector.find("Drone shot over terraced rice fields at sunrise.") == []
    assert asked == []
    detector.find(REQUEST)
    assert asked


def test_few_are_read_however_many_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = [replace(HERON, id=f"elem_{hue}", description=HERON.description.replace("blue", hue)) for hue in "abcdefgh"]
    detector, asked = _asked(monkeypatch, *alike)
    assert len(detector.find(REQUEST)) <= MOST_READ
    assert len(asked) <= MOST_READ + 1, "and the prompt once"


def test_a_description_is_read_once_for_many_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, asked = _asked(monkeypatch, HERON)
    for end in ("at dawn", "at noon", "at night"):
        assert detector.find(f"{REQUEST}, {end}")
    assert sum(HERON.description in text for text in asked) == 1


@pytest.mark.parametrize("called", ["another", DEFAULT_MODEL])
def test_other_models_do_without_it(called: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their limits are those of one look: the reader knows the default's words alone, whatever another is called."""
    write_like_the_default(tmp_path, called)
    monkeypatch.setattr("faircut.detectors.descriptions.default_cross_encoder", lambda: pytest.fail("read"))
    detector = DescriptionsDetector(Held(HERON, WIZARD, WHALE), model=str(tmp_path))
    assert [match.element_id for match in detector.find(REQUEST)] == ["elem_heron"]
    assert detector.find("Drone shot over terraced rice fields at sunrise.") == []
    assert default_cross_encoder() is not None
