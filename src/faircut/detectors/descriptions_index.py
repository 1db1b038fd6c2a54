"""All registered descriptions: kept in step with the catalogue, searched for those that a prompt may mean.

Two quick searches choose the candidates: by the vectors of whole descriptions, reduced to their main directions,
against the prompt and each of its sentences; and by rare words in common (BM25 without term frequencies, since nobody
repeats themselves in a description; Robertson and Zaragoza, FnTIR 3(4), 2009). Of these the closest by their pieces are
compared in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_features import Query, closeness
from faircut.detectors.descriptions_profiles import Background, profile_element, texts_of
from faircut.detectors.descriptions_segments import (
    Segment,
    build_segment,
    file_name,
    key_of,
    load_segment,
    merge_segments,
    save_segment,
)
from faircut.domain import Element, ElementKind
from faircut.errors import StorageError
from faircut.text.closest import Closest, greatest
from faircut.text.encoder import SentenceEncoder

Floats = npt.NDArray[np.float32]

CANDIDATES = 32
"""Chosen by both searches together; a third as many more come from each alone."""
COMPARED = 12
"""Candidates that are compared in full. Of 1,637 requests for 161 elements that the adapter does not know, 98.2 % have
their own element among the candidates and 97.6 % among these; of 24 and 6, as it was before, 97.5 and 94.8 %."""
_BATCH = 2048
"""Descriptions encoded between two writes to disk: a minute's work."""
_MANY = 4096
"""Descriptions in a segment from which on integers are worth while."""
_COMMON = 4096
"""A word in more descriptions than this, and than 3 in 100, singles out nothing."""


class Owner(NamedTuple):
    """An element that is described so."""

    element_id: str
    work_id: str | None
    kind: ElementKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A description by segment and row."""

    segment: Segment
    row: int


class _Searched:
    """A segment with what searching it needs in memory."""

    def __init__(self, segment: Segment, projection: Floats) -> None:
        self.segment = segment
        total = np.zeros((len(segment), projection.shape[0]), np.float32)
        for field in range(segment.fields.shape[1]):
            total += segment.fields[:, field]
        total /= np.maximum(np.sqrt((total * total).sum(axis=1, keepdims=True)), 1e-6)
        dense = total @ projection
        # Directions by descriptions: so the best of several vectors is found along contiguous rows.
        self._dense: Closest | Floats = Closest(dense) if len(dense) >= _MANY else np.ascontiguousarray(dense.T)
        self.active = np.ones(len(segment), bool)

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """(n,) which descriptions are registered now."""
        return self._active

    @active.setter
    def active(self, active: npt.NDArray[np.bool_]) -> None:
        self._active = active
        self._gone = np.flatnonzero(~active)
        self.count = len(active) - len(self._gone)

    def dense(self, vectors: Floats) -> Floats:
        """(n,) the greatest cosine of each description, reduced, with ``vectors``; -1 for those not registered now."""
        many = self._dense
        found = many.best(vectors) if isinstance(many, Closest) else (vectors @ many).max(axis=0)
        found[self._gone] = -1
        return found

    def posting(self, stem: str) -> slice:
        """Where the segment lists the descriptions that have a stem."""
        number = self.segment.numbers.get(stem)
        return slice(0, 0) if number is None else slice(*self.segment.posting_at[number : number + 2].tolist())

    def lexical(self, query: Query, rarities: Mapping[str, np.float32]) -> Floats:
        """(n,) sum over the prompt's words of weight times rarity in the catalogue; -1 for those not registered now."""
        segment = self.segment
        found = np.zeros(len(segment), np.float32)
        for stem, weight in zip(query.prompt.terms.stems, query.prompt.terms.weights.tolist(), strict=True):
            if stem in rarities:
                own = self.posting(stem)
                # A description lists a stem once, so that no row stands twice in a posting.
                found[segment.posting_rows[own]] += segment.posting_weights[own] * np.float32(weight) * rarities[stem]
        found[self._gone] = -1
        return found


class DescriptionIndex:
    """Registered descriptions by their digests. ``folder`` keeps them between runs; None keeps nothing."""

    def __init__(
        self, encoder: SentenceEncoder, background: Background, projection: Floats, *, model: str, folder: Path | None
    ) -> None:
        self._encoder = encoder
        self._background = background
        self._projection = projection
        self._model = model
        self._folder = folder
        self._searched: tuple[_Searched, ...] = ()
        self._owners: dict[bytes, list[Owner]] = {}
        self._texts: dict[bytes, tuple[str, ...]] = {}
        self._silent: set[bytes] = set()
        self._loaded = False

    def __len__(self) -> int:
        """How many different descriptions are searched."""
        return sum(each.count for each in self._searched)

    def follow(self, elements: Iterable[Element]) -> None:
        """Makes the index hold exactly these. Only descriptions that were never seen are encoded."""
        owners: dict[bytes, list[Owner]] = {}
        first: dict[bytes, Element] = {}
        for element in elements:
            if element.description or element.tagline or element.keywords:
                key = key_of(element)
                owners.setdefault(key, []).append(Owner(element.id, element.work_id, element.kind))
                first.setdefault(key, element)
        if not self._loaded:
            self._searched = tuple(self._kept(owners))
            self._loaded = True
        held: set[bytes] = set()
        for each in self._searched:
            keys = [key.tobytes() for key in each.segment.keys]
            each.active = np.array([key in owners and key not in held for key in keys], bool)
            held.update(keys)
        fresh = [(key, element) for key, element in first.items() if key not in held and key not in self._silent]
        if fresh:
            self._add(fresh)
        self._owners = owners
        self._texts = {key: tuple(texts_of(element).values()) for key, element in first.items()}

    def owners(self, candidate: Candidate) -> Sequence[Owner]:
        """The elements that are described so."""
        return self._owners.get(_key(candidate), ())

    def texts(self, candidate: Candidate) -> Sequence[str]:
        """The registered tagline, description and keywords."""
        return self._texts[_key(candidate)]

    def profiled(self, element: Element) -> Candidate | None:
        """An element as a candidate, registered or not; None when nothing describes it."""
        key = key_of(element)
        for each in self._searched:
            rows = np.flatnonzero((each.segment.keys == np.frombuffer(key, np.uint8)).all(axis=1))
            if len(rows):
                return Candidate(each.segment, int(rows[0]))
        profile = profile_element(element, self._encoder, self._background)
        return None if profile is None else Candidate(build_segment([key], [profile]), 0)

    def candidates(self, query: Query, most: int | None = None, chosen_from: int = CANDIDATES) -> list[Candidate]:
        """The descriptions that the prompt may mean, ``most`` of them or :data:`COMPARED`, each once, in no particular
        order. ``chosen_from``: how many of the searches' best they are the closest of."""
        total = len(self)
        if not total:
            return []
        vectors = query.vectors @ self._projection
        rarities = self._rarities(query, total)
        dense = np.concatenate([each.dense(vectors) for each in self._searched])
        lexical = np.concatenate([each.lexical(query, rarities) for each in self._searched])
        both = _scaled(dense) + _scaled(lexical)
        third = chosen_from // 3
        chosen = {*greatest(both, chosen_from), *greatest(dense, third), *greatest(lexical, third)}
        return _closest(query, list(self._placed(sorted(chosen))), COMPARED if most is None else most)

    def _rarities(self, query: Query, total: int) -> dict[str, np.float32]:
        """How rare each of the prompt's stems is in the catalogue, without those that single out nothing."""
        found = {}
        for stem in query.prompt.terms.stems:
            places = [each.posting(stem) for each in self._searched]
            size = sum(place.stop - place.start for place in places)
            if 0 < size <= max(_COMMON, 0.03 * total):
                found[stem] = np.float32(np.log1p(total / size))
        return found

    def _placed(self, numbers: Sequence[int]) -> Iterator[Candidate]:
        first = 0
        for each in self._searched:
            last = first + len(each.segment)
            for number in numbers:
                if first <= number < last and each.active[number - first]:
                    yield Candidate(each.segment, number - first)
            first = last

    def _kept(self, wanted: Mapping[bytes, object]) -> Iterator[_Searched]:
        if self._folder is None or not self._folder.is_dir():
            return
        found = []
        for path in self._folder.glob("*.descriptions"):
            try:
                segment = load_segment(path, self._model)
            except (StorageError, OSError):
                # A damaged file is no loss: what it held is made anew.
                segment = None
            if segment is None or not any(key.tobytes() in wanted for key in segment.keys):
                path.unlink(missing_ok=True)
                continue
            found.append(segment)
        for segment in sorted(found, key=len, reverse=True):
            yield _Searched(segment, self._projection)

    def _add(self, fresh: Sequence[tuple[bytes, Element]]) -> None:
        """Encodes what is new, a batch at a time: what is done is kept if the process ends."""
        for start in range(0, len(fresh), _BATCH):
            batch = fresh[start : start + _BATCH]
            profiles = [(key, profile_element(each, self._encoder, self._background)) for key, each in batch]
            usable = [(key, profile) for key, profile in profiles if profile is not None]
            self._silent.update(key for key, profile in profiles if profile is None)
            if usable:
                self._append(build_segment([key for key, _ in usable], [profile for _, profile in usable]))

    def _append(self, segment: Segment) -> None:
        """Adds a segment, merged with those not yet ten times as long, so that there are never many."""
        kept = list(self._searched)
        merged: list[tuple[Segment, Sequence[int]]] = [(segment, range(len(segment)))]
        while kept and sum(len(rows) for _, rows in merged) * 10 > len(kept[-1].segment):
            last = kept.pop()
            merged.append((last.segment, np.flatnonzero(last.active).tolist()))
        if len(merged) > 1:
            segment = merge_segments([part for part in reversed(merged) if len(part[1])])
        if self._folder is not None:
            save_segment(segment, self._folder, self._model)
            for old, _ in merged[1:]:
                if file_name(old) != file_name(segment):
                    (self._folder / file_name(old)).unlink(missing_ok=True)
        self._searched = (*kept, _Searched(segment, self._projection))


def by_segment(candidates: Sequence[Candidate]) -> Iterator[tuple[Segment, list[int]]]:
    """The segments of candidates, each with the places of its own among them."""
    found: dict[int, list[int]] = {}
    for place, each in enumerate(candidates):
        found.setdefault(id(each.segment), []).append(place)
    for places in found.values():
        yield candidates[places[0]].segment, places


def _closest(query: Query, candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The candidates that are most like the prompt."""
    if len(candidates) <= most:
        return list(candidates)
    close = np.zeros(len(candidates), np.float32)
    for segment, places in by_segment(candidates):
        close[places] = closeness(query, segment, [candidates[place].row for place in places])
    return [candidates[place] for place in np.argsort(-close, kind="stable")[:most].tolist()]


def _key(candidate: Candidate) -> bytes:
    return bytes(candidate.segment.keys[candidate.row])


def _scaled(scores: Floats) -> Floats:
    return scores / max(float(scores.max()), 1e-6)


__all__ = ["CANDIDATES", "Candidate", "DescriptionIndex", "by_segment"]
