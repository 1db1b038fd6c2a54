"""What kept vectors are known by: whatever they depend on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from faircut.detectors import descriptions_space
from faircut.detectors.descriptions_space import key_of_space
from faircut.text.models import DEFAULT_MODEL, WEIGHTS, find_model


def test_the_key_is_that_of_the_model() -> None:
    model = find_model(DEFAULT_MODEL)
    assert key_of_space(model) == key_of_space(replace(model, name="another"))
    assert key_of_space(model) != key_of_space(replace(model, sha256={**model.sha256, WEIGHTS: "0"}))


def test_the_key_changes_with_the_words_that_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = find_model(DEFAULT_MODEL)
    before = key_of_space(model)
    monkeypatch.setattr(descriptions_space, "SAYS_NOTHING", descriptions_space.SAYS_NOTHING | {"wolf"})
    assert key_of_space(model) != before
