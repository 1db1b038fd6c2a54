"""What is left of a sentence when words are left out: where that can be done cleanly, and whether it reads."""

from __future__ import annotations

import re
from collections import Counter

from faircut.rewriting.words import LOOKS, THINGS, group_of

_BEFORE = re.compile(
    r"(?P<sign>[,;:]\s*|\s[-–—]+\s|—)?(?P<words>(?:\b(?:and|but|then|plus|with|wearing|who|whose|that|which|while)\s+)*)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?P<sign>[,;:]|[-–—]+\s|$|[.!?\n])?\s*(?P<word>\b(?:and|but|then|plus|with|who|whose|that|which|while)\b)?",
    re.IGNORECASE,
)
_JOINS = frozenset({"and", "but", "then", "plus"})
_RELATES = frozenset({"who", "whose", "that", "which", "while"})
_TELLS = re.compile(
    r"\b(?:say|tell|reveal|know|think|ask|believe|show|see|hear|learn|find|realise|realize|shout|whisper)"
    r"(?:s|ing|ed)?(?:\s+[\w'’-]+){0,4}\s*$",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(
    r"\s*(?:an?|the|his|her|its|their|two|three|four|five|six|seven|eight|some|no|red|blue|green|yellow|black|white|"
    r"brown|grey|pink|long|short|large|small|tall|round|square|painted|wooden|striped|spotted)\b",
    re.IGNORECASE,
)
_DOES = re.compile(r"\s*[a-z]+[^s\W]s\b")
_STARTS_A_CLAUSE = frozenset({"he", "she", "it", "they", "we", "i", "you", "by", "near", "at", "while", "then", "as"})
_REACH = 120
"""Characters before a gap that are searched: from further on, a flood of "and" would take time with its square."""
_KEYWORDS = 4
"""Short pieces between commas from which on a text is a list, of which any piece may go."""
_A_PIECE = 4
_CONNECTOR = r"and|with|who|whose|of|or|but|wearing|which|including|between|into|from"
_DANGLING = re.compile(
    rf"\b(?:{_CONNECTOR}|a|an|the|his|her|its|their|my|our|your|in|while|as|that)"
    rf"\s*(?:[,.;:!?]|$|\b(?:{_CONNECTOR})\b)"
    r"|\b(?:a|an|the|my|his|their|our)\s+(?:a|an|the|his|their)\b"
    r"|['’]s\s+(?:a|an|the)\b|\b(?:a|an)\s+[\w-]+\s+(?:a|an)\b"
    r"|\b(\w{3,})\s+\1\b|[,;:]\s*[,;:.]|\(\s*\)",
    re.IGNORECASE | re.MULTILINE,
)
_LEADING = re.compile(r"(?:^|[.!?]\s+)(?:and|with|who|whose|that|which|of|but|or|while)\b", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’-]*")


def clean_gap(text: str, start: int, end: int) -> tuple[int, int] | None:
    """How far to cut so that the words from ``start`` to ``end`` go and nothing dangles; None where that cannot be."""
    start, end = _without_blanks(text, start, end)
    if start >= end:
        return None
    before = _BEFORE.search(text, max(0, start - _REACH), start)
    after = _AFTER.match(text, end)
    if before is None or after is None or _is_half_a_look(text, start, end, before, after):
        return None
    head = text[: before.start()]
    begins = not before["sign"] and not before["words"] and (not head.strip() or head.rstrip()[-1] in ".!?\n")
    ends = after["sign"] is not None and (not after["sign"].strip() or after["sign"] in ".!?")
    stops = ends or (after["sign"] or "").strip() in {",", ";", ":"}
    words = (before["words"] or "").lower().split()
    if begins:
        return _first_gap(text, start, after, ends=ends)
    if not before["sign"] and not words:
        return None
    if "that" in words and _TELLS.search(head[-_REACH:]):
        return None
    if (before["sign"] or "").strip() == ":" and not words:
        following = after.end("sign") if stops and not ends else None
        return (start, _past_blanks(text, following)) if following and _is_list(text) else None
    if stops:
        last = words[-1] if words else ""
        if last in ("with", "wearing") and after["sign"] == "," and _short_piece(text, after.end("sign")):
            # What follows in the list hangs on the same "with".
            return before.end(), _past_blanks(text, after.end("sign"))
        return before.start(), end
    word = (after["word"] or "").lower()
    if not word or after["sign"]:
        return None
    return _inner_gap(text, before, end, after, words, word)


def _inner_gap(
    text: str, before: re.Match[str], end: int, after: re.Match[str], words: list[str], word: str
) -> tuple[int, int] | None:
    last = words[-1] if words else ""
    rest = after.end("word")
    if word in _JOINS:
        if last in ("with", "wearing"):
            fits = _NOUN_PHRASE.match(text, rest) is not None and _is_a_thing(text, rest)
            return (before.end(), _past_blanks(text, rest)) if fits else None
        if last in _RELATES:
            fits = last != "whose" and _DOES.match(text, rest) is not None
            return (before.end(), _past_blanks(text, rest)) if fits else None
        return before.start(), end
    return (before.start(), end) if last in ("with", "wearing") else None


def _is_half_a_look(text: str, start: int, end: int, before: re.Match[str], after: re.Match[str]) -> bool:
    """Whether the words belong to others across an "and": "a red and blue suit"."""
    words = _WORD.findall(text[start:end])
    ahead = _WORD.findall(text[: before.start()])
    only_looks = all(group_of(word.lower()) == LOOKS for word in words)
    joined_after = not after["sign"] and (after["word"] or "").lower() == "and"
    joined_before = not before["sign"] and (before["words"] or "").lower().split()[:1] == ["and"]
    return (only_looks and joined_after) or (
        joined_before and bool(ahead) and group_of(ahead[-1].lower()) == LOOKS and not only_looks
    )


def _first_gap(text: str, start: int, after: re.Match[str], *, ends: bool) -> tuple[int, int] | None:
    """A whole sentence that is not the first; what begins a sentence is mostly what it is about."""
    if ends and text[:start].strip() and (after["sign"] or "") in {".", "!", "?"}:
        return start, _past_blanks(text, after.end("sign"))
    return None


def _short_piece(text: str, start: int) -> bool:
    piece = re.split(r"[,.;:!?\n]|\band\b", text[start:], maxsplit=1)[0]
    return len(_WORD.findall(piece)) <= _A_PIECE and _is_a_thing(text, start)


def _is_a_thing(text: str, start: int) -> bool:
    """Whether what follows names something and says nothing of what it does, as far as its words tell."""
    words = _WORD.findall(re.split(r"[,.;:!?\n]|\b(?:and|with|who|that|in|on|of)\b", text[start:], maxsplit=1)[0])
    does = [word for word in words[1:] if word.endswith("s") and not word.endswith("ss") and group_of(word) != THINGS]
    return bool(words) and not does and words[0].lower() not in _STARTS_A_CLAUSE


def _is_list(text: str) -> bool:
    pieces = [len(_WORD.findall(piece)) for piece in text.split(",")]
    return len(pieces) >= _KEYWORDS and sum(pieces) <= _A_PIECE * len(pieces) and max(pieces) <= 2 * _A_PIECE


def reads(before: str, after: str) -> bool:
    """Whether a text that came of another has no loose ends that the other had not."""
    for pattern in (_DANGLING, _LEADING):
        had, has = (Counter(found[0].casefold() for found in pattern.finditer(each)) for each in (before, after))
        if has - had:
            return False
    return True


def kept(before: str, after: str) -> float:
    """The share of the words of a text that stands in another, 0 to 1."""
    had, has = (Counter(word.casefold() for word in _WORD.findall(each)) for each in (before, after))
    return sum((had & has).values()) / sum(had.values()) if had else 1.0


def left(before: str, after: str) -> float:
    """How many words a text has for each of another."""
    return len(_WORD.findall(after)) / max(1, len(_WORD.findall(before)))


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


__all__ = ["clean_gap", "kept", "left", "reads"]
