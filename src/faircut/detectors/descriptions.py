"""Requests that would draw a registered element without naming it.

A prompt is compared with each description that it may mean: by the sentence model, whole, by sentence and clause by
clause; by its words, their synonyms and words of like meaning; and by what it says of which part. A combiner trained
for it turns that into the odds that the element would be seen. What may be meant by these is read once more, beside the
prompt. A quicker model spares most long prompts all of it, at a first glance. See ``docs/descriptions.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from faircut.detectors.descriptions_combiner import Limits, default_combiner, is_lean, says_little
from faircut.detectors.descriptions_explained import Said, evidence_of, said, says_more_than_one, sets_apart
from faircut.detectors.descriptions_features import FEATURES, Query, features_of, query_of
from faircut.detectors.descriptions_glance import FirstGlance
from faircut.detectors.descriptions_index import Candidate, DescriptionIndex, by_segment
from faircut.detectors.descriptions_persons import NOT_INVENTED, RARE, rare
from faircut.detectors.descriptions_plain import as_plain
from faircut.detectors.descriptions_profiles import texts_of
from faircut.detectors.descriptions_reading import SecondReader, most_read
from faircut.detectors.descriptions_space import default_space, key_of_space
from faircut.detectors.displayed import Displayed
from faircut.domain import Asset, Element, Fingerprint, Match, MediaKind, Stage
from faircut.errors import InputError
from faircut.text.cross_encoder import default_cross_encoder
from faircut.text.encoder import SentenceEncoder, encoder_of, quick_encoder
from faircut.text.languages import language_of
from faircut.text.models import DEFAULT_MODEL, find_model

MOST_REPORTED = 5
"""Elements reported a prompt at most, the likeliest first."""
_COVER = FEATURES.index("cover")
APART = 2
"""Attributes of its own by which an element is known: one alone may be asked about, and only where the score says
block. Of requests for elements that the adapter does not know and that would be blocked, 8 of 1,093 say one or none."""
_SAID_WHOLE = 0.6
"""Of a registration that says little, this share must be covered besides: two of its five words are everybody's."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its log odds, how much of it is covered, and whether its registration says little or is lean."""

    candidate: Candidate
    score: float
    cover: float
    little: bool
    lean: bool


class RegisteredElements(Protocol):
    """What the detector needs of a catalogue."""

    def revision(self) -> int: ...

    def elements(self) -> Sequence[Element]: ...


class DescriptionsDetector:
    """Finds descriptions of registered elements in prompts. A registration counts from the next prompt on.

    ``model`` is the setting ``sentence_model``; ``folder`` keeps vectors of registered descriptions between runs. The
    model is loaded, and its files are verified, at the first prompt; ConfigError is raised then, and StorageError where
    a file of the package is damaged.
    """

    name = "descriptions"
    version = "descriptions-v10"
    stages = frozenset({Stage.PROMPT})
    kinds = frozenset({MediaKind.TEXT})

    def __init__(
        self, catalogue: RegisteredElements, *, model: str = DEFAULT_MODEL, folder: Path | None = None
    ) -> None:
        self._catalogue = catalogue
        self._model = model
        self._folder = folder
        self._lock = Lock()
        self._revision: int | None = None
        self._parts: tuple[SentenceEncoder, DescriptionIndex] | None = None
        self._glance: FirstGlance | None = None
        self._reader: SecondReader | None = None

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:  # noqa: ARG002
        """One Match for each element that is described, the likeliest first. Raises InputError, ConfigError."""
        if asset.text is None:
            raise InputError("There is no text to read.", field=asset.label, remedy="Send the text itself.")
        return self.find(asset.text, label=asset.label)

    def note(self, asset: Asset) -> str:
        """What the check could not do, in words; "" when it could do all."""
        language = language_of(asset.text or "")
        known = find_model(self._model).languages
        if language is None or language.split("-")[0] in known:
            return ""
        return f"written in {language!r}; descriptions are compared in {', '.join(known)} alone"

    def find(self, text: str, *, label: str = "prompt") -> list[Match]:
        """The matches of a text."""
        if not (plain := as_plain(text)).text.strip():
            return []
        encoder, index = self._current()
        if not len(index) or (self._glance and not self._glance.may_be_meant(plain.text, index)):
            return []
        query = self._query(plain, encoder)
        judged, limits = self._judged(query, index)
        matches = []
        for each in judged:
            candidate, score = each.candidate, each.score
            if score < limits.review:
                break
            if each.little and (score < limits.thin or each.cover < _SAID_WHOLE):
                continue
            found = _as_typed(said(query, candidate.segment, candidate.row, index.texts(candidate)), plain)
            apart = sets_apart(found)
            if apart < APART and score < limits.block:
                continue
            evidence = evidence_of(text, found, each.cover)
            evidence["log_odds"] = round(score, 2)
            told = apart >= APART if self._reader else says_more_than_one(found)
            if score < limits.block or not told or each.little:
                evidence["ambiguous"] = True
            if not apart:
                evidence["archetype"] = True
            owners = index.owners(candidate)
            persons = any(owner.kind in NOT_INVENTED for owner in owners)
            everyday = persons and rare(found, text, index.texts(candidate)) < RARE
            matches += [
                Match(
                    detector=self.version,
                    input=label,
                    work_id=owner.work_id,
                    element_id=owner.element_id,
                    score=round(_chance(score), 4),
                    probability=round(_chance(score), 4),
                    evidence={**evidence, "ambiguous": True} if owner.kind in NOT_INVENTED else evidence,
                )
                for owner in owners
                if not (everyday and owner.kind in NOT_INVENTED)
            ]
        return matches[:MOST_REPORTED]

    def scores(self, text: str) -> list[tuple[str, float]]:
        """(element id, log odds before the second look) of all candidates, the likeliest first."""
        encoder, index = self._current()
        query = self._query(as_plain(text), encoder)
        scored = _scored(query, index.candidates(query))
        return [(owner.element_id, each.score) for each in scored for owner in index.owners(each.candidate)]

    def distinctive(self, element: Element, text: str) -> list[tuple[tuple[int, int], str]]:
        """Which characters of ``text`` say which attribute of ``element``, the most telling first.

        Leaving out or changing these is what makes the text another thing's description.
        """
        return [((each.start, each.end), each.attribute) for each in self._said(element, text)]

    def _judged(self, query: Query, index: DescriptionIndex) -> tuple[list[Scored], Limits]:
        """The candidates, the likeliest first, and the limits of their scores. The default model takes a second look at
        those that may be meant, and drops all others."""
        scored, combiner = _scored(query, index.candidates(query)), default_combiner()
        if self._reader is None:
            return scored, combiner.alone
        likeliest = scored[: most_read(query.prompt.text)]
        read = [each for each in likeliest if each.score >= combiner.read_from]
        if not read:
            return [], combiner.read
        readings = [
            self._reader.read(query, each.candidate.segment, each.candidate.row, index.texts(each.candidate))
            for each in read
        ]
        pairs = np.array([(each.score, reading) for each, reading in zip(read, readings, strict=True)], np.float32)
        scores = combiner.scores_read(pairs, np.array([each.lean for each in read])).tolist()
        found = [replace(each, score=score) for each, score in zip(read, scores, strict=True)]
        return sorted(found, key=lambda each: -each.score), combiner.read

    def _said(self, element: Element, text: str) -> list[Said]:
        encoder, index = self._current()
        candidate = index.profiled(element)
        plain = as_plain(text)
        if candidate is None or not plain.text.strip():
            return []
        query = self._query(plain, encoder)
        return _as_typed(said(query, candidate.segment, candidate.row, tuple(texts_of(element).values())), plain)

    @staticmethod
    def _query(plain: Displayed, encoder: SentenceEncoder) -> Query:
        return query_of(plain.text, encoder, default_space().background)

    def _current(self) -> tuple[SentenceEncoder, DescriptionIndex]:
        revision = self._catalogue.revision()
        with self._lock:
            if self._parts is None:
                files = find_model(self._model)
                encoder = encoder_of(files)
                space = default_space()
                if files.is_default:
                    self._glance = FirstGlance(partial(quick_encoder, files))
                    self._reader = SecondReader(default_cross_encoder)
                self._parts = (
                    encoder,
                    DescriptionIndex(
                        encoder, space.background, space.projection, model=key_of_space(files), folder=self._folder
                    ),
                )
            if revision != self._revision:
                self._parts[1].follow(self._catalogue.elements())
                self._revision = revision
            return self._parts


def _as_typed(found: Sequence[Said], plain: Displayed) -> list[Said]:
    places = [plain.span(each.start, each.end) for each in found]
    return [replace(each, start=start, end=end) for each, (start, end) in zip(found, places, strict=True)]


def _scored(query: Query, candidates: Sequence[Candidate]) -> list[Scored]:
    """Candidates, the likeliest first."""
    found: list[Scored] = []
    combiner = default_combiner()
    for segment, places in by_segment(candidates):
        group = [candidates[place] for place in places]
        features = features_of(query, segment, [each.row for each in group])
        covers, little, lean = (
            each.tolist() for each in (features[:, _COVER], says_little(features), is_lean(features))
        )
        found += map(Scored, group, combiner.scores(features).tolist(), covers, little, lean)
    return sorted(found, key=lambda each: -each.score)


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


__all__ = ["APART", "MOST_REPORTED", "DescriptionsDetector"]
