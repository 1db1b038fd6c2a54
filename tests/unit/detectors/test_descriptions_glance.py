"""The first glance: what it rules out is not compared, and what it lets pass is judged by the whole model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_combiner import LEAN, SAYS_LITTLE, default_combiner, is_lean, says_little
from faircut.detectors.descriptions_features import FEATURES
from faircut.detectors.descriptions_glance import GLANCED_FROM, FirstGlance
from faircut.text.encoder import Encoded, SentenceEncoder
from faircut.text.models import DEFAULT_MODEL
from support.sentence_models import write_like_the_default
from unit.detectors.test_descriptions import HERON, REQUEST, WHALE, WIZARD, Held

AROUND = "The harbour lies still in the early fog, gulls sit on the ropes and a radio plays somewhere below deck. " * 4
HONEST = (
    "Drone shot over terraced rice fields at sunrise.",
    "A barista pours a heart into a cappuccino, slow motion, warm light.",
    "Two kids race paper boats down a gutter in the rain, handheld.",
    "A wizard and a whale discuss the bus timetable with an old clockmaker.",
)


def _encoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[SentenceEncoder, str]]:
    """What is encoded from now on, and by which encoder."""
    found: list[tuple[SentenceEncoder, str]] = []
    encode = SentenceEncoder.encode

    def counted(self: SentenceEncoder, text: str, *rest: object) -> Encoded:
        found.append((self, text))
        return encode(self, text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(SentenceEncoder, "encode", counted)
    return found


def test_a_long_ordinary_prompt_is_encoded_once_and_by_the_quick_model(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = DescriptionsDetector(Held(HERON, WIZARD, WHALE))
    assert detector.find(AROUND + HONEST[0]) == []
    encoded = _encoded(monkeypatch)
    for prompt in HONEST:
        assert detector.find(AROUND + prompt) == []
    assert [text for _, text in encoded] == [AROUND + prompt.rstrip(".") for prompt in HONEST]
    (quick,) = {encoder for encoder, _ in encoded}
    detector.find(f"{AROUND}{REQUEST}.")
    assert [encoder is quick for encoder, _ in encoded[len(HONEST) :]] == [True, False]


def test_a_short_prompt_is_read_by_the_whole_model_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = DescriptionsDetector(Held(HERON, WIZARD, WHALE))
    encoded = _encoded(monkeypatch)
    detector.find(HONEST[0])
    detector.find(AROUND[:GLANCED_FROM])
    whole = {encoder for encoder, _ in encoded}
    assert len(whole) == 1
    detector.find(AROUND[: GLANCED_FROM + 1])
    assert {encoder for encoder, _ in encoded[-1:]}.isdisjoint(whole)


def test_what_it_lets_pass_is_judged_as_if_there_were_none(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = [REQUEST, *(AROUND + each for each in (REQUEST, *HONEST))]
    detector = DescriptionsDetector(Held(HERON, WIZARD, WHALE))
    with_glance = [detector.find(prompt) for prompt in prompts]
    monkeypatch.setattr(FirstGlance, "may_be_meant", lambda *_: True)
    assert with_glance == [detector.find(prompt) for prompt in prompts]
    assert with_glance[0]
    assert with_glance[1]


def test_each_kind_of_registration_has_a_threshold() -> None:
    combiner = replace(default_combiner(), quick_from=-100.0, quick_thin=100.0)
    features = np.ones((2, len(FEATURES)), np.float32)
    features[:, FEATURES.index("element_terms")] = np.log1p([LEAN, SAYS_LITTLE - 1])
    assert is_lean(features).tolist() == [False, True]
    assert says_little(features).tolist() == [False, True]
    assert combiner.may_be_meant(features).tolist() == [True, False]
    assert replace(combiner, quick_from=100.0, quick_thin=-100.0).may_be_meant(features).tolist() == [False, True]


def test_a_model_of_the_operators_own_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_like_the_default(tmp_path, DEFAULT_MODEL)
    encoded = _encoded(monkeypatch)
    detector = DescriptionsDetector(Held(HERON), model=str(tmp_path))
    for prompt in (HONEST[0], AROUND):
        detector.find(prompt)
    assert len({id(encoder) for encoder, _ in encoded}) == 1
