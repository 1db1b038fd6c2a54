"""A rewrite that keeps the idea of a request and passes: names become plain words, telling attributes change or go.

Nothing is offered that the guard has not judged: each proposal is judged as the request itself would be, and changed
further until it passes or too little of it is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from faircut.domain import Decision, ElementKind, Reason, Verdict
from faircut.request_text import RequestText, compose

_ROUNDS = 10
_TELLING_A_ROUND = 2
"""Attributes of a description that are changed before it is judged again: no more than needed."""
_NEARLY = 0.5
"""Of the weight of the most telling attribute: what says far less is mostly the scene, which is to stay."""
_LEAST_LETTERS = 12
"""A shot with fewer letters left says nothing any more."""

_PLAIN = {
    ElementKind.CHARACTER: "original character",
    ElementKind.CREATURE: "original creature",
    ElementKind.COSTUME: "plain costume",
    ElementKind.SET: "invented place",
    ElementKind.PROP: "ordinary object",
    ElementKind.LIKENESS: "person whom nobody knows",
    ElementKind.VOICE: "unknown voice",
    ElementKind.STYLE: "look of its own",
    ElementKind.SOUNDTRACK: "new tune",
}
_STORY = "story of its own"
_UNCOUNTED = {ElementKind.STYLE, ElementKind.SOUNDTRACK}

_OTHER_COLOUR = {
    "red": "green", "scarlet": "teal", "crimson": "olive", "orange": "grey", "yellow": "blue", "golden": "dark",
    "gold": "copper", "green": "yellow", "blue": "brown", "violet": "beige", "purple": "grey", "pink": "black",
    "black": "white", "white": "brown", "silver": "wooden", "brown": "blue", "turquoise": "ochre", "ginger": "black",
    "blond": "dark-haired", "blonde": "dark-haired", "pale": "tanned", "tall": "short", "tiny": "large",
    "giant": "small",
}  # fmt: skip
_COLOUR_WORD = re.compile(rf"\b({'|'.join(_OTHER_COLOUR)})\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:a|an|the|my|his|her|their|our)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """Words of a shot and what stands in their place; empty when they were left out."""

    shot: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Shots that pass, how they came about, and the Decision, which is not on record."""

    shots: tuple[str, ...]
    changes: tuple[Change, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def rewrite(
    shots: Sequence[str],
    judge: Callable[[Sequence[str]], Decision],
    kind_of: Callable[[str], ElementKind | None],
) -> Rewrite | None:
    """Shots changed until ``judge`` lets them pass; None when that cannot be done by changing their words.

    ``kind_of`` gives the kind of an element by its id. Files and their names are left alone: what is wrong with them is
    not mended by other words.
    """
    current = list(shots)
    changes: list[Change] = []
    tried: set[str] = set()
    for _ in range(_ROUNDS):
        decision = judge(current)
        if decision.allows:
            return Rewrite(tuple(current), tuple(changes), decision)
        words = compose(current)
        edits = _apart(edit for reason in decision.reasons for edit in _edits(reason, words, kind_of, tried))
        if not edits:
            return None
        for number, (_label, first, last) in enumerate(words.parts):
            own = [each for each in edits if first <= each.start and each.end <= last]
            for each in sorted(own, key=lambda edit: -edit.start):
                before = words.text[each.start : each.end]
                current[number] = (
                    current[number][: each.start - first] + each.text + current[number][each.end - first :]
                )
                changes.append(Change(number, before, each.text))
            current[number] = _tidied(current[number])
            if sum(letter.isalpha() for letter in current[number]) < _LEAST_LETTERS:
                return None
    return None


def _edits(
    reason: Reason, words: RequestText, kind_of: Callable[[str], ElementKind | None], tried: set[str]
) -> Iterator[_Edit]:
    what = reason.code.partition(".")[2]
    if reason.verdict is Verdict.ALLOW:
        return
    if what in ("description", "archetype"):
        yield from _less_telling(reason, words, tried)
    elif what in ("name", "title", "quote", "style", "parody", "news", "criticism", "public_domain"):
        kind = None if reason.element_id is None else kind_of(reason.element_id)
        for start, end in words.places(reason):
            yield _Edit(start, end, _plain_words(kind, words.text, start, end))


def _less_telling(reason: Reason, words: RequestText, tried: set[str]) -> Iterator[_Edit]:
    """First other colours and sizes for the most telling attributes; those that tell all the same are left out."""
    attributes = sorted(reason.evidence.get("attributes", ()), key=lambda each: -float(each["weight"]))
    for attribute in attributes[:_TELLING_A_ROUND]:
        if attribute["weight"] < _NEARLY * attributes[0]["weight"]:
            return
        start, end = attribute["span"]
        said = words.text[start:end]
        other = said if said in tried else _COLOUR_WORD.sub(lambda found: _matched_case(found.group()), said)
        tried.add(other)
        yield _Edit(start, end, "" if other == said else other)


def _matched_case(word: str) -> str:
    other = _OTHER_COLOUR[word.lower()]
    return other.capitalize() if word[0].isupper() else other


def _plain_words(kind: ElementKind | None, text: str, start: int, end: int) -> str:
    noun = _STORY if kind is None else _PLAIN.get(kind, _STORY)
    if text[start:end].endswith(("'s", "’s")):
        noun += text[end - 2 : end]
    if _ARTICLE.search(text[:start]) or (kind in _UNCOUNTED and kind is not ElementKind.STYLE):
        return noun
    article = "an" if noun[0] in "aeiou" else "a"
    begins = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?\n:"
    return f"{article.capitalize() if begins else article} {noun}"


def _apart(edits: Iterator[_Edit]) -> list[_Edit]:
    """Edits that do not touch one another, those that come first in the reasons preferred."""
    kept: list[_Edit] = []
    for each in edits:
        if each.end > each.start and all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return kept


def _tidied(text: str) -> str:
    """Without the traces of what was left out: doubled blanks, commas and full stops that follow nothing."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]+\s*([.!?])", r"\1", text)
    text = re.sub(r"(^|[.!?]\s*)[,;:.]+\s*", r"\1", text)
    text = re.sub(r"\b(and|with|wearing)\s*([,.;])", r"\2", text)
    text = text.strip(" ,;:")
    return text[:1].upper() + text[1:] if text else text
