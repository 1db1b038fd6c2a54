"""What is compared: a registered element and a prompt, each taken apart once into vectors, words and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Element, ElementKind
from faircut.text.attributes import Attribute, attributes_of, kinds_of
from faircut.text.clauses import Span, clauses, sentences, without_end
from faircut.text.encoder import Encoded, SentenceEncoder, pieces_of
from faircut.text.lexicon import Concept
from faircut.text.words import Word, content_words

Floats = npt.NDArray[np.float32]

FIELDS = ("tagline", "description", "keywords")
MOST_PIECES = 160
"""Pieces kept of a registered text: some 120 words that say something."""
_FIELD_WEIGHTS = {"keywords": 1.0, "tagline": 1.0, "description": 0.8}
_KINDS = {
    ElementKind.CHARACTER: ("person",),
    ElementKind.CREATURE: ("monster",),
    ElementKind.COSTUME: ("garment",),
    ElementKind.SET: ("place",),
    ElementKind.PROP: ("tool",),
}
SEEN = frozenset(_KINDS)
"""Kinds of elements that pictures show, and that a description tells from others of their kind."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Distinct stems of a text, the first word written for each, and ``weights`` (n,): how much each says."""

    stems: tuple[str, ...]
    words: tuple[str, ...]
    weights: Floats

    def __len__(self) -> int:
        return len(self.stems)


class Background:
    """How ordinary texts lie in the model's space.

    ``mean`` (width,) and ``covariance`` (width, width) are those of clauses; ``centre`` (width,) is the mean of single
    pieces, and ``directions`` (width, n) are their main directions, at right angles. ``stock`` (clauses, width) are
    the clauses of stock figures, places and things, which belong to everybody.
    """

    def __init__(self, mean: Floats, covariance: Floats, centre: Floats, directions: Floats, stock: Floats) -> None:
        self.mean, self.covariance, self.centre, self.directions = mean, covariance, centre, directions
        self.stock = stock

    def generality(self, vectors: Floats) -> Floats:
        """(n,) greatest cosine of each of ``vectors`` with what belongs to everybody."""
        found: Floats = (vectors @ self.stock.T).max(axis=1)
        return found

    def pieces(self, tokens: Floats) -> Floats:
        """(n, directions) of length 1: what each piece says beyond what any piece does."""
        reduced = (tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-6) - self.centre) @ (
            self.directions
        )
        found: Floats = reduced / np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-6)
        return found

    def expectation(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the similarity that an ordinary clause has with each of ``vectors``."""
        spread = np.einsum("ij,ij->i", vectors @ self.covariance, vectors)
        return vectors @ self.mean, np.sqrt(np.maximum(spread, np.float32(1e-6)))


@dataclass(frozen=True, slots=True)
class ElementProfile:
    """``vectors``: (phrases, width), with the ``means`` and ``spreads`` that ordinary clauses have against each, and
    ``generalities``, how much each is what stock figures have.

    ``pieces``: (pieces, directions) of the words that say something.

    ``fields``: (3, width), of tagline, description and keywords; zeros where empty.
    """

    vectors: Floats
    means: Floats
    spreads: Floats
    generalities: Floats
    fields: Floats
    pieces: Floats
    terms: Terms
    attributes: tuple[Attribute, ...]
    kinds: dict[Concept, float]


@dataclass(frozen=True, slots=True)
class PromptProfile:
    """``clauses`` and ``sentences`` with their vectors; ``whole`` is the vector of all of it."""

    text: str
    words: tuple[Word, ...]
    terms: Terms
    clauses: tuple[Span, ...]
    vectors: Floats
    sentences: tuple[Span, ...]
    sentence_vectors: Floats
    whole: Floats
    pieces: Floats
    attributes: tuple[Attribute, ...]
    kinds: dict[Concept, float]


def profile_element(element: Element, encoder: SentenceEncoder, background: Background) -> ElementProfile | None:
    """The profile of an element, or None when its description, tagline and keywords say nothing."""
    texts = texts_of(element)
    vectors: list[Floats] = []
    pieces: list[Floats] = []
    weighted: list[tuple[Word, float]] = []
    fields = np.zeros((len(FIELDS), encoder.width), np.float32)
    for number, field in enumerate(FIELDS):
        if not texts[field]:
            continue
        words = content_words(texts[field])
        weighted += [(word, _FIELD_WEIGHTS[field]) for word in words]
        encoded = encoder.encode(texts[field], words)
        fields[number] = encoded.sentence
        pieces.append(telling_pieces(encoded, words, background))
        for span in phrases_of(texts[field], field):
            # A keyword stands for itself; a clause is read in its sentence.
            alone = field == "keywords"
            vectors.append(encoder.encode(texts[field][slice(*span)]).sentence if alone else encoded.part(*span))
    if not vectors:
        return None
    stacked = np.stack(vectors)
    means, spreads = background.expectation(stacked)
    return ElementProfile(
        vectors=stacked,
        means=means,
        spreads=spreads,
        generalities=background.generality(stacked),
        fields=fields,
        pieces=np.concatenate(pieces)[:MOST_PIECES],
        terms=terms_of(weighted),
        attributes=tuple(dict.fromkeys(each for field in FIELDS for each in attributes_of(texts[field]))),
        kinds=_element_kinds(element, texts),
    )


def profile_prompt(text: str, encoder: SentenceEncoder, background: Background) -> PromptProfile:
    """The profile of any text; places are those of its characters. The marks that end it count for nothing."""
    text = without_end(text)
    words = content_words(text)
    encoded = encoder.encode(text, words)
    spans = tuple(clauses(text)) or (Span(0, len(text)),)
    whole = tuple(sentences(text))
    return PromptProfile(
        text=text,
        words=tuple(words),
        terms=terms_of((word, 1.0) for word in words),
        clauses=spans,
        vectors=encoded.parts(spans),
        sentences=whole,
        sentence_vectors=encoded.parts(whole),
        whole=encoded.sentence,
        pieces=telling_pieces(encoded, words, background),
        attributes=tuple(attributes_of(text, words, spans)),
        kinds=kinds_of(words),
    )


def telling_pieces(encoded: Encoded, words: Sequence[Word], background: Background) -> Floats:
    """Vectors of the pieces of ``words``, those of the text that say something; of all pieces where there are none."""
    telling = pieces_of(words, encoded.starts)
    return background.pieces(encoded.tokens[telling] if telling.any() else encoded.tokens)


def texts_of(element: Element) -> dict[str, str]:
    """The registered text of an element by field."""
    return {
        "tagline": element.tagline.strip(),
        "description": element.description.strip(),
        "keywords": ", ".join(each.strip() for each in element.keywords if each.strip()),
    }


def terms_of(words: Iterable[tuple[Word, float]]) -> Terms:
    """Distinct stems with the greatest weight that each has. Weights are 0.15 to 1, by rarity."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    for word, weight in words:
        weights[word.stem] = max(weights.get(word.stem, 0.0), weight * (0.15 + 0.85 * word.rarity))
        written.setdefault(word.stem, word.text)
    return Terms(tuple(weights), tuple(written[each] for each in weights), np.array(list(weights.values()), np.float32))


def phrases_of(text: str, field: str) -> Sequence[Span]:
    """The clauses of a tagline or description, or the keywords, by their places in the text of the field."""
    if field != "keywords":
        return clauses(text)
    spans = []
    start = 0
    for keyword in text.split(", "):
        spans.append(Span(start, start + len(keyword)))
        start += len(keyword) + 2
    return spans


def _element_kinds(element: Element, texts: dict[str, str]) -> dict[Concept, float]:
    """The kinds that the tagline and the first sentence name, and the one that the registration states."""
    description = texts["description"]
    first = description[: sentences(description)[0].end] if description else ""
    named = kinds_of([*content_words(texts["tagline"]), *content_words(first)])
    for kind in _KINDS.get(element.kind, ()):
        named.setdefault(Concept("kind", kind), 0.5)
    return named


__all__ = [
    "FIELDS",
    "MOST_PIECES",
    "Background",
    "ElementProfile",
    "PromptProfile",
    "Terms",
    "phrases_of",
    "profile_element",
    "profile_prompt",
    "telling_pieces",
    "terms_of",
    "texts_of",
]
