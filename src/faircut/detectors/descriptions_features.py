"""How much a prompt says what a registered element shows: numbers for the combiner, one row a candidate.

Similarities of clauses are counted in standard deviations of what an ordinary clause has with the same phrase, less
what the best of so many draws would have by chance: so what everybody says counts for little, and long prompts gain
nothing by their length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_profiles import PromptProfile
from faircut.detectors.descriptions_segments import Segment, concept_row, floats
from faircut.text.lexicon import all_concepts, concept_number, contradict, family, same_kind
from faircut.text.words import vocabulary

Floats = npt.NDArray[np.float32]

SYNONYM = np.float32(0.85)
# Cosines of single words: chosen on pairs of words of the lexicon's lines against random pairs (99 % lie below 0.30).
_LIKE_FROM, _LIKE_TO = np.float32(0.38), np.float32(0.85)
_WINDOW = 24
"""Content words in which a description is looked for; that is some 50 words of text."""
_CLAUSES_TOGETHER = 6

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
    """A prompt, prepared to be compared with many candidates."""

    def __init__(self, prompt: PromptProfile) -> None:
        self.prompt = prompt
        self.vectors = np.concatenate([prompt.whole[None], prompt.sentence_vectors])
        table = vocabulary()
        self.units = table.unit_vectors([table.row(word) for word in prompt.terms.words])
        self.places = {stem: place for place, stem in enumerate(prompt.terms.stems)}
        # Column of each concept that the prompt's words may mean: (concepts, terms), with a last row for none.
        self.meant = np.zeros((len(all_concepts()) + 1, len(prompt.terms)), np.float32)
        for place, word in enumerate(prompt.terms.words):
            for number in concept_row(word):
                if number >= 0:
                    self.meant[number, place] = 1
        order = [self.places[word.stem] for word in prompt.words]
        self.order = np.array(order, np.int64)
        self.said: dict[tuple[int, str], set[int]] = {}
        for each in prompt.attributes:
            key = (concept_number(each.head), each.value.category)
            self.said.setdefault(key, set()).add(concept_number(each.value))

    def similarity(self, segment: Segment, terms: npt.NDArray[np.int32]) -> Floats:
        """(terms, prompt terms): 1 for the same stem, 0.85 for a synonym, less for words of like meaning, else 0."""
        if not len(self.prompt.terms) or not len(terms):
            return np.zeros((len(terms), len(self.prompt.terms)), np.float32)
        close = vocabulary().unit_vectors(segment.stem_rows[terms]) @ self.units.T
        similar = np.clip((close - _LIKE_FROM) / (_LIKE_TO - _LIKE_FROM), 0, 1) * SYNONYM
        synonyms = self.meant[segment.stem_concepts[terms]].max(axis=1)
        similar = np.maximum(similar, synonyms * SYNONYM).astype(np.float32)
        for row, term in enumerate(terms.tolist()):
            place = self.places.get(segment.stems[term])
            if place is not None:
                similar[row, place] = 1
        found: Floats = similar
        return found


def closeness(query: Query, segment: Segment, rows: Sequence[int]) -> Floats:
    """(rows,) how alike a prompt and each description are, quickly: by pieces both ways, and by the closest field."""
    fields = floats(segment.fields[list(rows)]) @ query.vectors.T
    found: Floats = fields.max(axis=(1, 2))
    said = [place for place, row in enumerate(rows) if segment.pieces_at[row + 1] > segment.pieces_at[row]]
    if not said or not len(query.prompt.pieces):
        return found
    pieces = [segment.pieces[segment.pieces_at[rows[place]] : segment.pieces_at[rows[place] + 1]] for place in said]
    sizes = np.array([len(each) for each in pieces])
    starts = np.cumsum(sizes) - sizes
    close = floats(np.concatenate(pieces)) @ query.prompt.pieces.T
    forward = np.add.reduceat(close.max(axis=1), starts) / sizes
    backward = np.maximum.reduceat(close, starts, axis=0)
    width = min(backward.shape[1], _WINDOW)
    sums = np.cumsum(np.pad(backward, ((0, 0), (1, 0))), axis=1)
    found[said] += 2 * forward + (sums[:, width:] - sums[:, :-width]).max(axis=1) / width
    return found


def features_of(query: Query, segment: Segment, rows: Sequence[int]) -> Floats:
    """(rows, features) in the order of ``FEATURES``."""
    vectors = [segment.vectors[segment.vectors_at[row] : segment.vectors_at[row + 1]] for row in rows]
    close = floats(np.concatenate(vectors)) @ query.prompt.vectors.T
    terms = [segment.terms[segment.terms_at[row] : segment.terms_at[row + 1]] for row in rows]
    similar = query.similarity(segment, np.concatenate(terms))
    found = []
    vector_at = term_at = 0
    for row, own_vectors, own_terms in zip(rows, vectors, terms, strict=True):
        vector_end, term_end = vector_at + len(own_vectors), term_at + len(own_terms)
        found.append(
            (
                *_dense(query, floats(segment.fields[row])),
                *_phrases(close[vector_at:vector_end], segment, row),
                *_distinct(close[vector_at:vector_end], segment, row),
                *_pieces(query, segment, row),
                *_lexical(query, similar[term_at:term_end], segment, row),
                *_attributes(query, segment, row),
                np.log1p(len(query.prompt.words)),
                np.log1p(len(query.prompt.clauses)),
                np.log1p(len(own_terms)),
                np.log1p(len(own_vectors)),
            )
        )
        vector_at, term_at = vector_end, term_end
    return np.array(found, np.float32).reshape(-1, len(FEATURES))


def _top(values: Floats, count: int) -> float:
    """Mean of the ``count`` greatest, counting those that are not there as 0."""
    return float(np.sort(values)[-count:].sum() / count)


def _dense(query: Query, fields: Floats) -> tuple[float, ...]:
    close = fields @ query.vectors.T
    best = close.max(axis=1)
    given = np.abs(fields).sum(axis=1) > 0
    return (float(close[given, 0].mean()), float(best[given].mean()), float(best.max()), *best.tolist())


def _phrases(close: Floats, segment: Segment, row: int) -> tuple[float, ...]:
    own = slice(segment.vectors_at[row], segment.vectors_at[row + 1])
    surprise = (close - segment.means[own, None]) / segment.spreads[own, None]
    count = close.shape[1]
    chance = np.float32(np.sqrt(2 * np.log(max(count, 2))))
    forward = close.max(axis=1)
    rare = surprise.max(axis=1) - chance
    backward = surprise.max(axis=0)
    together = min(count, _CLAUSES_TOGETHER)
    running = np.convolve(backward, np.ones(together, np.float32), "valid") / together
    return (
        float(forward.mean()),
        _top(forward, 5),
        float((forward > 0.45).mean()),
        float(rare.mean()),
        _top(rare, 3),
        _top(rare, 6),
        float(np.maximum(rare, 0).sum()),
        _top(backward, 3),
        float(running.max()),
        _paired(surprise - chance),
    )


def _distinct(close: Floats, segment: Segment, row: int) -> tuple[float, float, float, float]:
    """How far what the prompt says of each phrase goes beyond what stock figures have."""
    generality = segment.generalities[segment.vectors_at[row] : segment.vectors_at[row + 1]]
    # What is itself stock (1) can set nothing apart; the rest counts by how little stock it is.
    beyond = np.maximum(close - 0.3, 0) * np.maximum(1 - generality, 0)[:, None]
    forward, backward = beyond.max(axis=1), beyond.max(axis=0)
    return _top(forward, 2), _top(forward, 4), float((forward > 0.15).mean()), _top(backward, 3)


def _pieces(query: Query, segment: Segment, row: int) -> tuple[float, float, float]:
    """Late interaction: how well each piece of the description is said by the best of the prompt, and the reverse."""
    own = floats(segment.pieces[segment.pieces_at[row] : segment.pieces_at[row + 1]])
    if not len(own) or not len(query.prompt.pieces):
        return 0.0, 0.0, 0.0
    close = own @ query.prompt.pieces.T
    forward, backward = close.max(axis=1), close.max(axis=0)
    size = min(len(backward), _WINDOW)
    window = np.convolve(backward, np.ones(size, np.float32), "valid") / size
    return float(forward.mean()), _top(forward, 20), float(window.max())


def _paired(surprise: Floats) -> float:
    """Sum over pairs of phrase and clause, each used once, taken greedily."""
    rest = surprise.copy()
    total = 0.0
    for _ in range(min(8, *rest.shape)):
        phrase, clause = divmod(int(rest.argmax()), rest.shape[1])
        if rest[phrase, clause] <= 0:
            break
        total += float(rest[phrase, clause])
        rest[phrase] = -9
        rest[:, clause] = -9
    return total


def _lexical(query: Query, similar: Floats, segment: Segment, row: int) -> tuple[float, ...]:
    if not similar.size:
        return (0.0,) * len(LEXICAL)
    weights = segment.weights[segment.terms_at[row] : segment.terms_at[row + 1]]
    forward = similar.max(axis=1) * weights
    exact = (similar == 1).any(axis=1) * weights
    ours = query.prompt.terms.weights
    explained = (similar.max(axis=0) * ours)[query.order]
    size = min(len(explained), _WINDOW)
    covered = np.convolve(explained, np.ones(size, np.float32), "valid")
    at = int(covered.argmax())
    asked = float(ours[query.order][at : at + size].sum())
    return (
        float(forward.sum() / weights.sum()),
        _top(forward, 5),
        float(forward.sum()),
        float(exact.sum()),
        float(exact.max()),
        float(covered[at]) / max(asked, 1e-6),
        float(covered[at]),
    )


def _attributes(query: Query, segment: Segment, row: int) -> tuple[float, ...]:
    named = all_concepts()
    own = slice(segment.attributes_at[row], segment.attributes_at[row + 1])
    confirmed, contradicted, kept = set(), set(), set()
    for head, value in zip(segment.heads[own].tolist(), segment.values[own].tolist(), strict=True):
        key = (head, named[value].category)
        values = query.said.get(key)
        if not values:
            continue
        if value in values:
            confirmed.add((head, value))
            kept.add(key)
        elif all(contradict(named[value], named[each]) for each in values):
            contradicted.add(key)
    return (float(len(confirmed)), float(len(contradicted - kept)), *_kinds(query, segment, row))


def _kinds(query: Query, segment: Segment, row: int) -> tuple[float, float, float]:
    named = all_concepts()
    own = slice(segment.kinds_at[row], segment.kinds_at[row + 1])
    ours = [each.name for each in query.prompt.kinds]
    same = alike = other = 0.0
    for number, weight in zip(segment.kinds[own].tolist(), segment.kind_weights[own].tolist(), strict=True):
        kind = named[number].name
        if any(same_kind(kind, each) for each in ours):
            same += weight
        elif any(family(kind) == family(each) for each in ours):
            alike += weight
        else:
            other += weight
    total = same + alike + other or 1.0
    return same / total, alike / total, other / total


__all__ = ["FEATURES", "Query", "closeness", "features_of"]
