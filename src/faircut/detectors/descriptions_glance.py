"""The first glance: whether a long prompt may describe anything that is registered, by a quicker sentence model.

Most prompts describe nothing of anybody's, and the quicker model says so in two thirds of the time. What it does not
rule out is compared anew, by the whole model, so that it decides nothing but which prompts are worth that. Short ones
get none: the whole model does not take long over them, and what they say is the least certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from faircut.detectors.descriptions_combiner import default_combiner
from faircut.detectors.descriptions_features import Query, features_of, query_of
from faircut.detectors.descriptions_index import Candidate, DescriptionIndex, by_segment
from faircut.detectors.descriptions_space import default_space
from faircut.text.encoder import SentenceEncoder

GLANCED_FROM = 360
"""Characters beyond which a prompt gets a glance: some 60 words."""
_COMPARED, _CHOSEN_FROM = 4, 16
"""Candidates that are compared, and how many they are the closest of: a third of what the whole model compares. What a
long prompt describes, it describes at length, so that it is among the first."""


def glanced(query: Query, index: DescriptionIndex) -> Sequence[Candidate]:
    """What a prompt may mean at a glance."""
    return index.candidates(query, _COMPARED, _CHOSEN_FROM)


class FirstGlance:
    """Rules out prompts that mean nothing registered. Thread-safe. ``load`` gives the encoder at the first long one."""

    def __init__(self, load: Callable[[], SentenceEncoder]) -> None:
        self._load = load

    @cached_property
    def _encoder(self) -> SentenceEncoder:
        return self._load()

    def may_be_meant(self, text: str, index: DescriptionIndex) -> bool:
        """Whether any registered description is worth being compared with a text, as :func:`as_plain` has it."""
        if not is_glanced_at(text):
            return True
        query = query_of(text, self._encoder, default_space().background)
        candidates = glanced(query, index)
        return any(
            default_combiner()
            .may_be_meant(features_of(query, segment, [candidates[each].row for each in places]))
            .any()
            for segment, places in by_segment(candidates)
        )


def is_glanced_at(text: str) -> bool:
    """Whether a prompt is long enough for a glance to spare it time."""
    return len(text) > GLANCED_FROM


__all__ = ["GLANCED_FROM", "FirstGlance", "glanced", "is_glanced_at"]
