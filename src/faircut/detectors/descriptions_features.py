"""How much a prompt says what a registered element shows: numbers for the combiner, one row a candidate.

Similarities of clauses are counted in standard deviations of what an ordinary clause has with the same phrase, less
what the best of so many draws would have by chance: so what everybody says counts for little, and long prompts gain
nothing by their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_profiles import Background, PromptProfile, profile_prompt
from faircut.detectors.descriptions_segments import Segment, concept_row, floats
from faircut.text.encoder import SentenceEncoder
from faircut.text.lexicon import all_concepts, concept_number, contradict, family, same_kind
from faircut.text.words import vocabulary

Floats = npt.NDArray[np.float32]

SYNONYM = np.float32(0.85)
# Cosines of single words: chosen on pairs of words of the lexicon's lines against random pairs (99 % lie below 0.30).
_LIKE_FROM, _LIKE_TO = np.float32(0.38), np.float32(0.85)
_WINDOW = 24
"""Content words in which a description is looked for; that is some 50 words of text."""
_CLAUSES_TOGETHER = 6
_USED = -9.0
"""Below whatever a pair can have that counts."""

DENSE = ("whole", "sentence", "field", "tagline", "description", "keywords")
PHRASES = (
    "phrase_mean",
    "phrase_top5",
    "phrase_share",
    "rare_mean",
    "rare_top3",
    "rare_top6",
    "rare_positive",
    "clause_top3",
    "clause_window",
    "matched_pairs",
)
DISTINCT = ("distinct_top2", "distinct_top4", "distinct_share", "distinct_clauses")
PIECES = ("pieces", "pieces_top20", "pieces_explained")
LEXICAL = ("cover", "cover_top5", "cover_sum", "exact", "exact_rare", "explained", "explained_top")
ATTRIBUTES = ("confirmed", "contradicted", "kind_same", "kind_family", "kind_other")
SIZES = ("prompt_words", "prompt_clauses", "element_terms", "element_phrases")
FEATURES = (*DENSE, *PHRASES, *DISTINCT, *PIECES, *LEXICAL, *ATTRIBUTES, *SIZES)


class Query:
    """A prompt, prepared to be compared with many candidates. What it looks up again and again, it keeps."""

    def __init__(self, prompt: PromptProfile) -> None:
        self.prompt = prompt
        self.vectors = np.concatenate([prompt.whole[None], prompt.sentence_vectors])
        table = vocabulary()
        self.units = table.unit_vectors([table.row(word) for word in prompt.terms.words])
        self.places = {stem: place for place, stem in enumerate(prompt.terms.stems)}
        self.concepts = all_concepts()
        # Column of each concept that the prompt's words may mean: (concepts, terms), with a last row for none.
        self.meant = np.zeros((len(self.concepts) + 1, len(prompt.terms)), np.float32)
        for place, word in enumerate(prompt.terms.words):
            for number in concept_row(word):
                if number >= 0:
                    self.meant[number, place] = 1
        self.order = np.array([self.places[word.stem] for word in prompt.words], np.int64)
        self.said: dict[tuple[int, str], set[int]] = {}
        for each in prompt.attributes:
            key = (concept_number(each.head), each.value.category)
            self.said.setdefault(key, set()).add(concept_number(each.value))
        self._kinds: dict[int, int] = {}
        self._attributes: dict[tuple[int, int], int] = {}

    def similarity(self, segment: Segment, terms: npt.NDArray[np.int32]) -> Floats:
        """(terms, prompt terms): 1 for the same stem, 0.85 for a synonym, less for words of like meaning, else 0."""
        if not len(self.prompt.terms) or not len(terms):
            return np.zeros((len(terms), len(self.prompt.terms)), np.float32)
        similar = vocabulary().unit_vectors(segment.stem_rows[terms]) @ self.units.T
        similar -= _LIKE_FROM
        similar /= _LIKE_TO - _LIKE_FROM
        np.clip(similar, 0, 1, out=similar)
        meanings = segment.stem_concepts[terms]
        for column in meanings.T:
            # Most words have one meaning or none.
            several = np.flatnonzero(column >= 0)
            similar[several] = np.maximum(similar[several], self.meant[column[several]])
        similar *= SYNONYM
        numbers = segment.numbers
        own = np.full(len(segment.stems), -1, np.int32)
        for stem, place in self.places.items():
            if (number := numbers.get(stem)) is not None:
                own[number] = place
        same = own[terms]
        rows = np.flatnonzero(same >= 0)
        similar[rows, same[rows]] = 1
        found: Floats = similar
        return found

    def kind(self, number: int) -> int:
        """Whether the prompt speaks of the kind of that number (0), of one of its family (1), or of neither (2)."""
        found = self._kinds.get(number)
        if found is None:
            kind, ours = self.concepts[number].name, [each.name for each in self.prompt.kinds]
            alike = any(family(kind) == family(each) for each in ours)
            found = 0 if any(same_kind(kind, each) for each in ours) else 1 if alike else 2
            self._kinds[number] = found
        return found

    def attribute(self, head: int, value: int) -> int:
        """1 where the prompt says that of this part, -1 where it says what cannot be true besides, else 0."""
        found = self._attributes.get((head, value))
        if found is None:
            named = self.concepts
            said = self.said.get((head, named[value].category), ())
            contradicted = said and all(contradict(named[value], named[each]) for each in said)
            found = self._attributes[head, value] = 1 if value in said else -1 if contradicted else 0
        return found


def query_of(text: str, encoder: SentenceEncoder, background: Background) -> Query:
    """A prompt as an encoder reads it, ready to be compared."""
    return Query(profile_prompt(text, encoder, background))


class _Shares:
    """The shares of several rows of one of a segment's lists, end to end. Rows without any are left out of sums."""

    def __init__(self, at: npt.NDArray[np.int32], rows: Sequence[int]) -> None:
        self._spans = [(int(at[row]), int(at[row + 1])) for row in rows]
        self.sizes = np.array([end - start for start, end in self._spans], np.int64)
        self.given = np.flatnonzero(self.sizes)
        self._starts = (np.cumsum(self.sizes) - self.sizes)[self.given]
        self._row = np.repeat(np.arange(len(rows)), self.sizes)
        self._place = np.arange(len(self._row)) - np.repeat(np.cumsum(self.sizes) - self.sizes, self.sizes)

    def of(self, values: npt.NDArray[np.generic]) -> npt.NDArray[Any]:
        """The shares of ``values``, end to end."""
        return np.concatenate([values[start:end] for start, end in self._spans])

    def sums(self, values: Floats) -> Floats:
        """(rows, ...) sums; 0 where a row has nothing."""
        return self._reduced(np.add, values)

    def greatest(self, values: Floats) -> Floats:
        """(rows, ...) greatest; 0 where a row has nothing."""
        return self._reduced(np.maximum, values)

    def greatest_across(self, values: Floats) -> Floats:
        """(rows, n) greatest of each share of the columns of (n, shares); 0 where a row has nothing."""
        found = np.zeros((len(self.sizes), len(values)), np.float32)
        if len(self.given):
            found[self.given] = np.maximum.reduceat(values, self._starts, axis=1).T
        return found

    def means(self, values: npt.NDArray[Any]) -> Floats:
        """(rows,) means; 0 where a row has nothing."""
        sizes: Floats = np.maximum(self.sizes, 1).astype(np.float32)
        return self.sums(values.astype(np.float32)) / sizes

    def padded(self, values: Floats, filling: float) -> Floats:
        """(rows, longest, ...) with ``filling`` where there is nothing."""
        found = np.full((len(self.sizes), int(self.sizes.max(initial=0)), *values.shape[1:]), filling, np.float32)
        found[self._row, self._place] = values
        return found

    def _reduced(self, function: np.ufunc, values: Floats) -> Floats:
        found = np.zeros((len(self.sizes), *values.shape[1:]), np.float32)
        if len(self.given):
            found[self.given] = function.reduceat(values, self._starts, axis=0)
        return found


def closeness(query: Query, segment: Segment, rows: Sequence[int]) -> Floats:
    """(rows,) how alike a prompt and each description are, quickly: by pieces both ways, and by the closest field."""
    fields = floats(segment.fields[list(rows)]) @ query.vectors.T
    found: Floats = fields.max(axis=(1, 2))
    shares = _Shares(segment.pieces_at, rows)
    if not len(shares.given) or not len(query.prompt.pieces):
        return found
    # The prompt's pieces by the descriptions', since greatest values are found fastest that way round.
    close = query.prompt.pieces @ floats(shares.of(segment.pieces)).T
    said = shares.given
    found[said] += 2 * shares.means(close.max(axis=0))[said] + _best_window(shares.greatest_across(close))[said]
    return found


def features_of(query: Query, segment: Segment, rows: Sequence[int]) -> Floats:
    """(rows, features) in the order of ``FEATURES``."""
    phrases, terms = _Shares(segment.vectors_at, rows), _Shares(segment.terms_at, rows)
    close = floats(phrases.of(segment.vectors)) @ query.prompt.vectors.T
    similar = query.similarity(segment, terms.of(segment.terms))
    sizes = np.empty((len(rows), len(SIZES)), np.float32)
    sizes[:, 0], sizes[:, 1] = len(query.prompt.words), len(query.prompt.clauses)
    sizes[:, 2], sizes[:, 3] = terms.sizes, phrases.sizes
    return np.column_stack(
        [
            *_dense(query, segment, rows),
            *_phrases(close, phrases, segment),
            *_distinct(close, phrases, segment),
            *_pieces(query, segment, rows),
            _lexical(query, similar, terms, segment),
            [_attributes(query, segment, row) for row in rows],
            np.log1p(sizes),
        ]
    ).astype(np.float32)


def _top(values: Floats, count: int) -> Floats:
    """(rows,) mean of the ``count`` greatest of each row, counting those that are not there, or -inf, as 0."""
    best = np.sort(values, axis=1)[:, -count:]
    found: Floats = np.where(np.isneginf(best), 0, best).sum(axis=1) / np.float32(count)
    return found


def _best_window(values: Floats, size: int = _WINDOW) -> Floats:
    """(rows,) greatest mean of ``size`` neighbours of each row; of all where there are fewer."""
    size = min(values.shape[1], size)
    sums = np.cumsum(values, axis=1, dtype=np.float64)
    sums[:, size:] -= sums[:, :-size].copy()
    found: Floats = (sums[:, size - 1 :].max(axis=1) / size).astype(np.float32)
    return found


def _dense(query: Query, segment: Segment, rows: Sequence[int]) -> Sequence[Floats]:
    own = segment.fields[list(rows)]
    close = floats(own) @ query.vectors.T
    best = close.max(axis=2)
    given = own.any(axis=2)
    count = np.maximum(given.sum(axis=1), 1)
    whole, sentence = ((each * given).sum(axis=1) / count for each in (close[:, :, 0], best))
    return (whole, sentence, best.max(axis=1), best)


def _phrases(close: Floats, phrases: _Shares, segment: Segment) -> Sequence[Floats]:
    surprise = (close - phrases.of(segment.means)[:, None]) / phrases.of(segment.spreads)[:, None]
    chance = np.float32(np.sqrt(2 * np.log(max(close.shape[1], 2))))
    forward = close.max(axis=1)
    rare = surprise.max(axis=1) - chance
    backward = phrases.greatest(surprise)
    rarest = phrases.padded(rare, -np.inf)
    return (
        phrases.means(forward),
        _top(phrases.padded(forward, -np.inf), 5),
        phrases.means(forward > 0.45),
        phrases.means(rare),
        _top(rarest, 3),
        _top(rarest, 6),
        phrases.sums(np.maximum(rare, 0)),
        _top(backward, 3),
        _best_window(backward, _CLAUSES_TOGETHER),
        _paired(phrases.padded(surprise - chance, _USED)),
    )


def _distinct(close: Floats, phrases: _Shares, segment: Segment) -> Sequence[Floats]:
    """How far what the prompt says of each phrase goes beyond what stock figures have."""
    # What is itself stock (1) can set nothing apart; the rest counts by how little stock it is.
    beyond = np.maximum(close - np.float32(0.3), 0)
    beyond *= np.maximum(1 - phrases.of(segment.generalities), 0)[:, None]
    forward = beyond.max(axis=1)
    best = phrases.padded(forward, -np.inf)
    return (_top(best, 2), _top(best, 4), phrases.means(forward > 0.15), _top(phrases.greatest(beyond), 3))


def _pieces(query: Query, segment: Segment, rows: Sequence[int]) -> Sequence[Floats]:
    """Late interaction: how well each piece of the description is said by the best of the prompt, and the reverse."""
    pieces = _Shares(segment.pieces_at, rows)
    if not len(pieces.given) or not len(query.prompt.pieces):
        return [np.zeros(len(rows), np.float32)] * len(PIECES)
    close = query.prompt.pieces @ floats(pieces.of(segment.pieces)).T
    forward = close.max(axis=0)
    top = _top(pieces.padded(forward, -np.inf), 20)
    return (pieces.means(forward), top, _best_window(pieces.greatest_across(close)))


def _paired(surprise: Floats) -> Floats:
    """(rows,) sum over pairs of phrase and clause, each used once, taken greedily, of (rows, phrases, clauses)."""
    rows, _, clauses = surprise.shape
    total = np.zeros(rows, np.float32)
    row = np.arange(rows)
    for _ in range(min(8, *surprise.shape[1:])):
        phrase, clause = np.divmod(surprise.reshape(rows, -1).argmax(axis=1), clauses)
        best = surprise[row, phrase, clause]
        if best.max() <= 0:
            break
        total += np.maximum(best, 0)
        surprise[row, phrase] = _USED
        surprise[row, :, clause] = _USED
    return total


def _lexical(query: Query, similar: Floats, terms: _Shares, segment: Segment) -> Floats:
    found = np.zeros((len(terms.sizes), len(LEXICAL)), np.float32)
    if not similar.size:
        return found
    weights = terms.of(segment.weights)
    ours = query.prompt.terms.weights
    forward = similar.max(axis=1)
    # Nothing is more alike than the same word.
    exact = (forward == 1) * weights
    forward *= weights
    found[:, 1] = _top(terms.padded(forward, -np.inf), 5)
    found[:, 2] = terms.sums(forward)
    found[:, 0] = found[:, 2] / np.maximum(terms.sums(weights), np.float32(1e-6))
    found[:, 3], found[:, 4] = terms.sums(exact), terms.greatest(exact)
    explained = (terms.greatest(similar) * ours)[:, query.order]
    asked = ours[query.order]
    window = np.ones(min(len(asked), _WINDOW), np.float32)
    for row in terms.given.tolist():
        covered = np.convolve(explained[row], window, "valid")
        at = int(covered.argmax())
        found[row, 6] = covered[at]
        found[row, 5] = covered[at] / max(float(asked[at : at + len(window)].sum()), 1e-6)
    return found


def _attributes(query: Query, segment: Segment, row: int) -> tuple[float, ...]:
    own = slice(segment.attributes_at[row], segment.attributes_at[row + 1])
    confirmed, contradicted, kept = set(), set(), set()
    for head, value in zip(segment.heads[own].tolist(), segment.values[own].tolist(), strict=True):
        says = query.attribute(head, value)
        if says > 0:
            confirmed.add((head, value))
            kept.add((head, query.concepts[value].category))
        elif says < 0:
            contradicted.add((head, query.concepts[value].category))
    own = slice(segment.kinds_at[row], segment.kinds_at[row + 1])
    weights = [0.0, 0.0, 0.0]
    for number, weight in zip(segment.kinds[own].tolist(), segment.kind_weights[own].tolist(), strict=True):
        weights[query.kind(number)] += weight
    total = sum(weights) or 1.0
    return (float(len(confirmed)), float(len(contradicted - kept)), *(each / total for each in weights))


__all__ = ["FEATURES", "Query", "closeness", "features_of", "query_of"]
