"""What stands in place of a name or title in a rewrite, and how much around it goes with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from faircut.domain import ElementKind, GreyZone, Reason
from faircut.rewriting.words import DETERMINERS, LOOKS, Substitutes, group_of

_PLAIN: Mapping[ElementKind | None, str] = {
    ElementKind.CHARACTER: "original character",
    ElementKind.CREATURE: "original creature",
    ElementKind.COSTUME: "plain costume",
    ElementKind.SET: "invented place",
    ElementKind.PROP: "ordinary object",
    ElementKind.LIKENESS: "unknown person",
    ElementKind.VOICE: "unknown voice",
    ElementKind.STYLE: "look of its own",
    ElementKind.SOUNDTRACK: "new tune",
}
_STORY = "invented story"
_LOOK = "look of its own"
_LENDS_ITS_LOOK = frozenset({None, ElementKind.TITLE, ElementKind.STYLE})

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LAST_WORD = re.compile(r"([^\W_]+(?:['’-][^\W_]+)*['’]?)[ \t]+$")
_NOT_A_PLACE = re.compile(r"^(?:with|in|of|from|for|and|or|on|at|by|to)$", re.IGNORECASE)
_OWN_ARTICLE = re.compile(r"[Aa]n?\s+(?=[A-Z])")
_STYLE_BEFORE = re.compile(
    r"\b(?:in|with|using|following)\s+(?:the|a)?\s*(?:exact\s+|visual\s+|overall\s+)?"
    r"(?:style|look|spirit|manner|aesthetics?|mood|vein|feel)\s+of\s+(?:the\s+|an?\s+)?(?:studio\s+)?$"
    r"|\b(?:inspired\s+by|reminiscent\s+of|evoking|à\s+la)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_STUDIO = re.compile(r"\bstudio\s+$", re.IGNORECASE)
_SHOT_LIKE = re.compile(
    r"\b(?:shot|lit|filmed|graded|grading|coloured|colored)\s+(like\s+(?:in\s+)?(?:the\s+)?)$", re.IGNORECASE
)
_STYLE_AFTER = re.compile(r"(?:['’]s)?[\s-]+(?:style|styled|esque|inspired|aesthetics?|look|type)\b", re.IGNORECASE)
_SHOWN_THING = re.compile(
    r"\s+(?:films?|movies?|pictures|productions|series|cartoons?|style|art|animations?)\b", re.IGNORECASE
)
_MOOD = re.compile(r"\s+(?:vibes?|feel|feeling|mood|atmosphere|energy|aura)\b", re.IGNORECASE)
_OWN_NOUN = re.compile(
    r"\s+(?:animation|backpack|ballet|balloon|battle|book|cake|cape|comic|convention|cosplay|costume|doll|event|"
    r"exhibition|fan|figurine|film|franchise|game|hat|helmet|intro|landscape|level|logo|mask|missile|movie|mug|"
    r"musical|pancake|parade|parody|party|poster|premiere|rap|reunion|scene|series|show|sketch|soundtrack|"
    r"species|spoof|stamp|statue|sticker|story|sword|t-shirt|tattoo|theme|toy|trailer|universe|video|world)s?\b",
    re.IGNORECASE,
)
_THING_FOLLOWS = re.compile(
    r"\s+(?!(?:for|in|with|on|at|and|of|to|but|as|by|from|is|no|without)\b)[^\W\d_]", re.IGNORECASE
)


_REACH = 120
"""Characters before a name that are searched: from further on, a long word would take time with its square."""


def _ahead(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """Where a pattern is found right before a place."""
    return pattern.search(text, max(0, end - _REACH), end)


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` of a text, and what is to stand there."""

    start: int
    end: int
    text: str


class PlainNames:
    """What names become in one rewrite: one that comes again is told as the same, a second one as another."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def place(
        self, reason: Reason, kind: ElementKind | None, text: str, start: int, end: int, others: Substitutes
    ) -> Place | None:
        """What to put in place of the name at ``start``, with what belongs to it; None where nothing fits."""
        if article := _OWN_ARTICLE.match(text, start, end):
            start = article.end()
        written = text[start:end]
        if (look := _as_look(reason, kind, text, start, end)) is not None:
            return look
        if reason.evidence.get("ambiguous") and written.islower():
            # A common word: what it says is meant, and only rarely the name.
            if (other := others.other(written, text)) is not None:
                return Place(start, end, other)
            if kind is None or kind is ElementKind.TITLE:
                return None
        if text[end : end + 1] == "-":
            # Part of another word.
            return None
        if (without := _told_otherwise(text, start, end)) is not None:
            return without
        if found := _MOOD.match(text, end):
            return Place(
                start,
                found.start(),
                "timeless" if _follows_a_determiner(text, start) else _begin(text, start, "timeless"),
            )
        if (found := _OWN_NOUN.match(text, end)) and not _ahead(_BETWEEN_TWO, text, start):
            return Place(start, found.end() - len(found[0].lstrip()), "")
        return Place(start, end, self._noun(reason, kind, text, start, end))

    def _noun(self, reason: Reason, kind: ElementKind | None, text: str, start: int, end: int) -> str:
        noun = _PLAIN.get(kind, _STORY)
        owns = text[end - 2 : end] if text[start:end].endswith(("'s", "’s")) else ""
        key = reason.element_id or reason.work_id or text[start:end].casefold()
        first = noun not in self._known.values()
        again = self._known.get(key) == noun
        self._known.setdefault(key, noun)
        if _follows_a_determiner(text, start) or _is_within(text, start):
            return noun + owns
        if _ahead(_A_PERSON, text, start):
            return f"as {article_of(noun)} {noun}{owns}"
        article = "the" if again else article_of(noun) if first else "another"
        bare = noun.removeprefix("original ") if article == "another" else noun
        return _begin(text, start, f"{article} {noun if article != 'another' else bare}{owns}")


_BETWEEN_TWO = re.compile(r"\b(?:vs\.?|versus|and|or|against)\s+$", re.IGNORECASE)
_OF_SOMEBODY = re.compile(
    r"\b(?:my|his|her|our|their|your)\s+(?:best\s+|old\s+|little\s+|big\s+)?(?:aunt|boss|brother|cat|colleague|cousin|daughter|"
    r"dog|father|friend|grandfather|grandma|grandmother|grandpa|hamster|horse|husband|mother|neighbour|neighbor|nephew|"
    r"niece|parrot|pet|puppy|sister|son|teacher|uncle|wife)\s+$",
    re.IGNORECASE,
)
_OF_A_KIND = re.compile(
    r"\b(?:actor|actress|character|comic|film|game|hero|heroine|king|movie|prince|princess|queen|series|singer|superhero|"
    r"villain|wizard)\s+$",
    re.IGNORECASE,
)
_A_PERSON = re.compile(r"(?:^|[\s,.(])[A-Z][a-zé]+ [A-Z][a-zé]+ +$")
_CALLED = re.compile(r"(?<!\bis)(?<!\bare)(?<!\bwas)(?<!\bbe)\s+(?:named|called|nicknamed)\s+$", re.IGNORECASE)
_WHAT_IT_IS = re.compile(r" +the +(?=[^\W\d_])")
_IN_A_LONGER_NAME = re.compile(r" +(?=[A-Z])")


def _told_otherwise(text: str, start: int, end: int) -> Place | None:
    """Where the words around say what is meant, the name alone goes: "my niece Alice", "a woman called Ada"."""
    if text[start:end].endswith(("'s", "’s")):
        return None
    if _ahead(_OF_SOMEBODY, text, start) or _ahead(_OF_A_KIND, text, start):
        return Place(start, end, "")
    if found := _ahead(_CALLED, text, start):
        return Place(found.start(), end, "")
    if (found := _WHAT_IT_IS.match(text, end)) and not _follows_a_determiner(text, start):
        return Place(start, found.end() - 1, _begin(text, start, article_of(text[found.end() :])))
    if (found := _IN_A_LONGER_NAME.match(text, end)) and not text.isupper():
        return Place(start, found.end(), "")
    return None


def _as_look(reason: Reason, kind: ElementKind | None, text: str, start: int, end: int) -> Place | None:
    """The whole of "in the style of" and a name, where a look is asked for and not what is shown."""
    styled = reason.code.endswith(f".{GreyZone.STYLE}") or kind in _LENDS_ITS_LOOK
    if found := _STYLE_AFTER.match(text, end):
        begin, stop = start, found.end()
        if studio := _ahead(_STUDIO, text, begin):
            begin = studio.start()
        if _THING_FOLLOWS.match(text, stop):
            return Place(begin, _past(text, stop), "")
        return Place(begin, stop, _look(text, begin))
    if found := _ahead(_SHOT_LIKE, text, start):
        return Place(found.start(1), end, f"in a {_LOOK}")
    if styled and (found := _ahead(_STYLE_BEFORE, text, start)):
        shown = _SHOWN_THING.match(text, end)
        own = re.compile(r"['’]s\b").match(text, end)
        stop = shown.end() if shown else own.end() if own else end
        return Place(found.start(), stop, _begin(text, found.start(), f"in a {_LOOK}"))
    return None


def _look(text: str, start: int) -> str:
    previous = _ahead(_LAST_WORD, text, start)
    word = previous[1].lower() if previous else ""
    if _follows_a_determiner(text, start):
        return _LOOK
    if word in ("in", "with"):
        return f"a {_LOOK}"
    return _begin(text, start, f"in a {_LOOK}" if text[:start].strip() else f"a {_LOOK}")


def _follows_a_determiner(text: str, start: int) -> bool:
    """Whether a determiner stands before, directly or with words between that say what something looks like."""
    for _ in range(4):
        found = _ahead(_LAST_WORD, text, start)
        if found is None:
            return False
        word = found[1].lower()
        if word in DETERMINERS or word.endswith(("'s", "’s", "s'", "s’")):
            return True
        if not (group_of(word) == LOOKS or word in _ADJECTIVES or word.endswith(("-eyed", "-legged", "-haired"))):
            return False
        start = found.start()
    return False


_ADJECTIVES = frozenset(
    (
        "baby", "beloved", "cute", "dark", "evil", "famous", "friendly", "funny", "happy", "new", "old", "older",
        "real", "original", "sad", "sleepy", "strange", "teenage", "tired", "ugly", "young", "younger",
    )
)  # fmt: skip


def _is_within(text: str, start: int) -> bool:
    """Whether a word stands before from which an article would part the noun: a colour, a year, "BBC"."""
    found = _ahead(_LAST_WORD, text, start)
    if found is None:
        return False
    initials = len(found[1]) > 1 and found[1].isupper() and not text.isupper()
    return initials or found[1].isdigit() or group_of(found[1].lower()) == LOOKS


def _begin(text: str, start: int, words: str) -> str:
    before = text[:start].rstrip(" \t\"“'‘(")
    begins = not before or before[-1] in ".!?\n:"
    return words[0].upper() + words[1:] if begins else words


def _past(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at


_AN = re.compile(r"(?:[aeiou]|hour|honest|honou?r|heir|\d*8)", re.IGNORECASE)
_A = re.compile(r"(?:uni(?!n)|use|usu|eu|one\b|once|ukulele|uk\b)", re.IGNORECASE)


def article_of(words: str) -> str:
    """The article that stands before words: "a" or "an"."""
    bare = words.lstrip(" \"“'‘(")
    return "an" if _AN.match(bare) and not _A.match(bare) else "a"


__all__ = ["Place", "PlainNames", "article_of"]
