"""A rewrite that keeps the idea of a request and passes: names become plain words, telling attributes change or go.

Nothing is offered that the guard has not judged: each proposal is judged as the request itself would be, and changed
further until it passes or too little of it is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from faircut.domain import Decision, ElementKind, Reason, Verdict
from faircut.request_text import RequestText, compose
from faircut.rewriting.gaps import clean_gap, kept, left, reads
from faircut.rewriting.names import Place, PlainNames, article_of
from faircut.rewriting.words import BEINGS, DOINGS, LOOKS, SCENES, THINGS, Substitutes
from faircut.text.languages import language_of

_ROUNDS = 24
_TELLING_A_ROUND = 2
"""Attributes of a description that are changed before it is judged again: no more than needed."""
_LEAST_LETTERS = 12
"""A shot with fewer letters left says nothing any more."""
_LEAST_LEFT, _LEAST_KEPT = 0.5, 1 / 3
"""Of the words of a shot, names apart, at most half are left out, and a third stay as they are: with less it is another
request."""
_GAP = "gap"
_WAYS = ((LOOKS, THINGS, SCENES, _GAP, BEINGS, DOINGS), (LOOKS, THINGS, SCENES, BEINGS, DOINGS, _GAP))
"""In which order an attribute is changed: what leaves the idea as it is comes first. The second way is for where the
first leaves too little."""
_NAMED = frozenset({"name", "title", "quote", "style", "parody", "news", "criticism", "public_domain"})


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


@dataclass(slots=True)
class _Draft:
    """Shots as they stand, and what was done so far. ``scenes`` are the shots without what was named."""

    shots: list[str]
    kind_of: Callable[[str], ElementKind | None]
    steps: Sequence[str]
    changes: list[Change] = field(default_factory=list)
    names: PlainNames = field(default_factory=PlainNames)
    others: Substitutes = field(default_factory=Substitutes)
    scenes: list[str] = field(default_factory=list)


def rewrite(
    shots: Sequence[str],
    judge: Callable[[Sequence[str]], Decision],
    kind_of: Callable[[str], ElementKind | None],
) -> Rewrite | None:
    """Shots changed until ``judge`` lets them pass; None when that cannot be done by changing their words, or when what
    is left would not be worth sending.

    ``kind_of`` gives the kind of an element by its id. Files and their names are left alone: what is wrong with them is
    not mended by other words.
    """
    if any(language_of(shot) not in (None, "en") for shot in shots):
        # English words in a sentence of another language are no rewrite.
        return None
    for steps in _WAYS:
        draft = _Draft(list(shots), kind_of, steps, scenes=list(shots))
        if (decision := _mended(draft, judge)) is None:
            continue
        if all(map(_is_worth_sending, shots, draft.scenes, draft.shots)):
            return Rewrite(tuple(draft.shots), tuple(draft.changes), decision)
    return None


def _mended(draft: _Draft, judge: Callable[[Sequence[str]], Decision]) -> Decision | None:
    """Changes the shots until they pass, and says how they were judged then; None when no change helps."""
    for _ in range(_ROUNDS):
        decision = judge(draft.shots)
        if decision.allows:
            return decision
        words = compose(draft.shots)
        named = _apart(_names_in(decision.reasons, words, draft))
        edits = _apart([*named, *(place for reason in decision.reasons for place in _telling_in(reason, words, draft))])
        before = list(draft.shots)
        if edits:
            _apply(edits, named, words, draft)
        if draft.shots == before:
            # What is at fault stands in no shot, or over several: more rounds would judge the same again.
            return None
    return None


def _names_in(reasons: Sequence[Reason], words: RequestText, draft: _Draft) -> Iterator[Place]:
    """What to put in place of names, in the order of the text: of two that overlap, that of the graver reason."""
    found: list[tuple[int, int, Reason]] = []
    for reason in reasons:
        if reason.verdict is Verdict.ALLOW or reason.code.partition(".")[2] not in _NAMED:
            continue
        for start, end in words.places(reason):
            if all(end <= first or last <= start for first, last, _ in found):
                found.append((start, end, reason))
    for start, end, reason in sorted(found, key=lambda each: each[:2]):
        kind = None if reason.element_id is None else draft.kind_of(reason.element_id)
        if (place := draft.names.place(reason, kind, words.text, start, end, draft.others)) is not None:
            yield place


def _telling_in(reason: Reason, words: RequestText, draft: _Draft) -> Iterator[Place]:
    """Changes of the most telling attributes, each by the first step that can be taken."""
    if reason.verdict is Verdict.ALLOW or reason.code.partition(".")[2] not in ("description", "archetype"):
        return
    attributes = sorted(reason.evidence.get("attributes", ()), key=lambda each: -float(each["weight"]))
    for step in draft.steps:
        changed = 0
        for attribute in attributes:
            start, end = attribute["span"]
            if places := _changed(words, start, end, step, draft):
                yield from places
                changed += 1
            if changed == _TELLING_A_ROUND:
                return
        if changed:
            return


def _changed(words: RequestText, start: int, end: int, step: str, draft: _Draft) -> list[Place]:
    if step != _GAP:
        swaps = draft.others.swaps(words.text, start, end, step)
        return [Place(each.start, each.end, each.text) for each in swaps]
    for number, (_label, first, last) in enumerate(words.parts[: len(draft.shots)]):
        if first <= start and end <= last:
            shot = draft.shots[number]
            gap = clean_gap(shot, start - first, end - first)
            if gap is None:
                return []
            rest = _tidied(shot[: gap[0]] + shot[gap[1] :])
            fits = reads(shot, rest) and _is_enough(draft.scenes[number], rest)
            return [Place(gap[0] + first, gap[1] + first, "")] if fits else []
    return []


def _apply(edits: Sequence[Place], named: Sequence[Place], words: RequestText, draft: _Draft) -> None:
    for number, (_label, first, last) in enumerate(words.parts[: len(draft.shots)]):
        shot = draft.shots[number]
        for each in sorted(edits, key=lambda edit: -edit.start):
            if not (first <= each.start and each.end <= last):
                continue
            before = words.text[each.start : each.end]
            shot = _put(shot, each.start - first, each.end - first, each.text)
            draft.changes.append(Change(number, before.strip(), each.text))
            if each in named:
                draft.scenes[number] = draft.scenes[number].replace(before, " ", 1)
        draft.shots[number] = _tidied(shot)


_ARTICLE_BEFORE = re.compile(r"\b(an?)(\s+[\"“'‘(]?)$", re.IGNORECASE)


def _put(text: str, start: int, end: int, new: str) -> str:
    """The text with other words in a place, and the article before them as it has to be."""
    head, tail = text[:start], text[end:]
    following = new + tail if new else tail.lstrip()
    if (found := _ARTICLE_BEFORE.search(head)) and following[:1].isalnum():
        article = article_of(following)
        article = article.capitalize() if found[1][0].isupper() else article
        head = head[: found.start()] + article + found[2]
    return head + new + tail


def _is_worth_sending(asked: str, scene: str, offered: str) -> bool:
    if asked == offered:
        return True
    return reads(asked, offered) and _is_enough(scene, offered)


def _is_enough(scene: str, offered: str) -> bool:
    letters = sum(letter.isalpha() for letter in offered)
    return letters >= _LEAST_LETTERS and left(scene, offered) >= _LEAST_LEFT and kept(scene, offered) >= _LEAST_KEPT


def _apart(edits: Iterator[Place] | Sequence[Place]) -> list[Place]:
    """Edits that do not touch one another, those that come first in the reasons preferred."""
    found: list[Place] = []
    for each in edits:
        if each.end > each.start and all(each.end <= other.start or other.end <= each.start for other in found):
            found.append(each)
    return found


def _tidied(text: str) -> str:
    """Without the traces of what was left out: doubled blanks, commas and full stops that follow nothing."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]+\s*([.!?])", r"\1", text)
    text = re.sub(r"(^|[.!?]\s+)[,;:.]+\s*", r"\1", text)
    text = re.sub(r"([.!?])(?=[A-Z][a-z])", r"\1 ", text)
    text = text.strip(" ,;:")
    return text[:1].upper() + text[1:] if text else text
