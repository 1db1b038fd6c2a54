"""Words beside a word of every day that take it for a title: "in the world of frozen", "a film set in dune".

A title stands bare after them. What is said of a thing that follows is a word: "in the world of frozen food".
"""

from __future__ import annotations

import re

from faircut.detectors.common_words import FUNCTION_WORDS, is_a_word, is_given_name, is_place
from faircut.detectors.known_words import PLACES, is_in

_REACH = 64
_OPENING = r"(?:\s+the\s+(?:film|movie|series|show|game|book))?[\s\"“'‘«„]+$"
_WORLDS = r"(?:world|universe|multiverse|realm)"
_FIGURES = r"(?:characters?|hero(?:es)?|heroines?|villains?|protagonists?|princess(?:es)?)"
_TALES = (
    r"(?:stor(?:y|ies)|tales?|scenes?|films?|movies?|episodes?|adventures?|games?|musicals?|sequels?|"
    r"crossovers?|videos?|clips?|comics?|part(?:y|ies))"
)
# In English, German, French, Spanish, Portuguese and Italian.
_IN_A_WORLD = re.compile(
    rf"\b(?:the\s+(?:\w+\s+)?{_WORLDS}\s+of|(?:welt|universum)\s+von|(?:monde|univers|mundo|universo)\s+de|"
    rf"(?:mondo|universo)\s+di|{_FIGURES}\s+(?:from|out\s+of)|the\s+cast\s+of){_OPENING}",
    re.IGNORECASE,
)
_SET_THERE = re.compile(
    rf"(?:\b{_TALES}\s+(?:(?:that|which)\s+)?(?:(?:is|are)\s+)?set\s+in|(?:^|[,.;:(])\s*set\s+in|"
    rf"\b(?:scenes?|episodes?)\s+from){_OPENING}",
    re.IGNORECASE,
)
_TIMES_AND_PLACES = """
amber autumn bronze concrete country darkness fall gold heaven hell ice jail life marble motion nature paradise prison
real school silver space spring stone summer town twilight winter
"""
_SETTINGS = frozenset(_TIMES_AND_PLACES.split())
"""Times and places in which a scene is set without an article, and "set in stone"."""
_WORLD_OF_ITS_OWN = re.compile(rf"^['’]?s[’'\"”»]?\s+(?:\w+\s+)?{_WORLDS}\b", re.IGNORECASE)
_BARE = re.compile(
    r"\b(?:in|into|inside|from|of|to|through|across|enters?|visits?|explores?)[\s\"“'‘«„]+$", re.IGNORECASE
)
_ITS_UNIVERSE = re.compile(r"^[\"”'’»]?\s+(?:cinematic\s+)?(?:uni|multi)verse\b", re.IGNORECASE)
_THE = re.compile(r"\bthe[\s\"“'‘«„]+$", re.IGNORECASE)
_WORLD_OF_THINGS = re.compile(rf"\b{_WORLDS}\s+of\s+$", re.IGNORECASE)
_FILMS = (
    r"(?:films?|movies?|series|shows?|cartoons?|sitcoms?|anime|musical|blockbuster|thriller|franchise|video\s+games?)"
)
_PERSONS = r"(?:(?:super)?(?:hero|villain)(?:es|s)?|heroine|characters?|mutant|protagonist|antagonist|princess)"
_CALLED = r"(?:[\w'’.\-]+\s+){0,2}[A-Z][\w'’.\-]*\s+(?:[\w'’.\-]+\s+)?"
_CLOSES = r"(?=\s*(?:[,.;:!?)\n\r]|$)|\s+(?:by|from|of|with|about|directed|starring)\b)"
_THE_FILM = re.compile(r"\b(?:the|a)\s+(?:film|movie)\s+$", re.IGNORECASE)
# A film is anybody's, but a hero only of somebody who is named.
_EXPLAINED = re.compile(
    rf"\s*\((?:film,?\s+)?(?:18|19|20)\d\d(?:\s+film)?\)|"
    rf",\s+(?:the|an?)\s+(?:(?:{_CALLED})?{_FILMS}|(?:\d{{4}}\s+){_FILMS}|{_CALLED}{_PERSONS}){_CLOSES}|"
    rf"\s+(?:\d|II|III|IV)\s+(?:official\s+)?(?:teaser|trailer|poster|premiere|{_FILMS})\b|"
    r"\s+(?:characters|villains|fan\s?art|teaser|prequel|spin-?off|remake|reboot|fandom|fanfiction)\b"
)
_FROM_SOMEBODY = re.compile(r"\s+from\s+the\s+([A-Z][\w\-]*)((?:\s+[A-Z][\w\-]*)*)")
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"})
_QUOTED = re.compile(r"[\"“«„‘「『]$")
_UNQUOTED = re.compile(r"[\"”»“’」』]")
_SAID = re.compile(
    r"(?:[,:]|\b(?:says?|said|saying|sings?|singing|reads?|reading|shouts?|shouting|whispers?|yells?|words|sign))"
    r"\s*[\"“«„‘]$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[ \-]([a-zà-þ]+)")
_DOING = re.compile(r"(?:ing|ed|ly)$")
_NO_THING = frozenset({"cinematic", "forever", "movie", "please", "style", "today", "tomorrow", "tonight", "yesterday"})


def is_taken_for_a_title(text: str, start: int, end: int, *, plural: bool = False, rare: bool = False) -> bool:
    """Whether the words around a word take it for a title. ``rare``: hardly any word says how a universe is so."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    if _BARE.search(before) and _WORLD_OF_ITS_OWN.search(after):
        return True
    if rare and _THE.search(before) and _ITS_UNIVERSE.search(after):
        return True
    if not plural and _is_written_as_a_title(text[start:end]) and _is_explained(after):
        return True
    word = text[start:end].lower()
    if plural or word in FUNCTION_WORDS or _thing_after(after):
        return False
    return bool(
        _IN_A_WORLD.search(before) or _THE_FILM.search(before) or (word not in _SETTINGS and _SET_THERE.search(before))
    )


def _is_written_as_a_title(written: str) -> bool:
    return written.isdigit() or (written[0].isupper() and not written.isupper())


def _is_explained(after: str) -> bool:
    """Whether what follows a capitalised word says what it is a title of, or who has a figure called so."""
    if _EXPLAINED.match(after):
        return True
    whose = _FROM_SOMEBODY.match(after)
    if whose is None:
        return False
    words = [whose[1].lower(), *whose[2].lower().split()]
    return not any(
        word in _DIRECTIONS or is_place(word) or is_in(PLACES, word) or is_given_name(word) for word in words
    )


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a title stands alone in quotation marks, which nobody says and no sign shows."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + 1]
    return bool(_QUOTED.search(before) and _UNQUOTED.match(after)) and not _SAID.search(before)


def is_said_of_a_thing(text: str, start: int, end: int) -> bool:
    """Whether a word says what the things of a world are: "a world of joker cards"."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    return bool(_WORLD_OF_THINGS.search(before) and _thing_after(after))


def _thing_after(after: str) -> bool:
    """Whether a noun or adjective follows, rather than what somebody does, or how."""
    found = _NEXT.match(after)
    if found is None:
        return False
    word = found[1]
    return word not in FUNCTION_WORDS | _NO_THING and not _DOING.search(word) and is_a_word(word)
