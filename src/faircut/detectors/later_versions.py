"""Whether a text asks for a later version of a figure that belongs to everybody: the film, the remake, a studio's own.

What speaks of a version of one figure stands in its table; here is what does so of any: the year of a film beside the
name, "live action", "from the movie", and the name of the party that registered the figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import zip_longest

from faircut.detectors.common_words import is_everyday
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.free_figures import Figure
from faircut.detectors.grey_cues import SENTENCE_END
from faircut.detectors.studio_styles import telling_name, works_under

_SCREEN = (
    r"(?:movies?|films?|cartoons?|series|sitcom|tv(?:\s+(?:show|series|film))?|television|anime|remake|reboot|franchise|"
    r"blockbuster|adaptation|screen|cinema)"
)
_KIND = r"(?:(?:19|20)\d\ds?|animated|classic|original|old|new|famous|popular|hit|tv|cgi|3d|hollywood|musical)"
_ANYWHERE = re.compile(
    r"\b(?:live[\s-]+action|remake|reboot|neuverfilmung)\b|"
    r"\b(?:animated|cartoon|film|movie|screen|tv|television|hollywood)\s+(?:version|adaptation)\b",
    re.IGNORECASE,
)
# In English, German, French, Spanish, Italian and Portuguese.
_FROM_ONE = re.compile(
    rf"\b(?:(?:from|(?:like|as|seen)\s+(?:he\s+is\s+|she\s+is\s+)?in|out\s+of)\s+(?:the|that|his|her|its|their)\s+"
    rf"(?:{_KIND}\s+){{0,3}}{_SCREEN}|aus\s+(?:dem|der)\s+\w*(?:film|serie)|du\s+(?:film|dessin\s+animé)|"
    r"de\s+la\s+(?:película|serie|série)|del\s+(?:film|cartone)|do\s+(?:filme|desenho)|da\s+série)\b",
    re.IGNORECASE,
)
_YEAR = r"(?:19[3-9]\d|20[0-2]\d)"
"""Years of films with sound: what was shown before them is as free as the books."""
_YEAR_BEFORE = re.compile(
    rf"\b{_YEAR}(?:['’]?s)?\s+(?:(?:{_KIND}|{_SCREEN}|version)\s+)?(?:of\s+)?(?:the\s+)?[\"“‘«]?$", re.IGNORECASE
)
_YEAR_AFTER = re.compile(
    rf"^[\"”’»]?\s*(?:[,(\[]\s*(?:from\s+)?{_YEAR}\s*(?:[,.;)\]]|$)|(?:(?:from|of|circa)\s+)?{_YEAR}\b)", re.IGNORECASE
)
_IS_ONE = re.compile(
    r"^(?:\s+|\s*[,(]\s*(?=(?:the|an?|as|is)\b))(?:(?:the|an?|as|is|was|being|turned|into|played|by|who|like)\s+)*"
    r"(?:(?<=an\s)[a-z]+\s+|(?<=\ba\s)[a-z]+\s+|(?<=\bthe\s)[a-z]+\s+)?$",
    re.IGNORECASE,
)
_PLAYS = re.compile(r"^\s+(?:as|plays|playing|called|named|dressed\s+as|who\s+is)\s+(?:the\s+)?$", re.IGNORECASE)
_BOTH = re.compile(r"^s?(?:\s*[,&/+]\s*|\s+)(?:and\s+|&\s*|or\s+)?(?:the\s+|a\s+)?$", re.IGNORECASE)
_ENDED = re.compile(r"[.!?;:\n][\s\"“‘«(]*$")
_NEAR = 60


class Later(IntEnum):
    """How plainly a text speaks of a later version."""

    NOT = 0
    PERHAPS = 1
    PLAINLY = 2


def later_version(figure: Figure, party: str, text: str, spans: Sequence[Sequence[int]]) -> tuple[Later, str]:
    """How plainly a text speaks of a version of the figure named at ``spans``, and by which word if only perhaps.

    ``party``: who registered it.
    """
    plain = plain_text(text)
    if figure.later_in(plain) or _of_any_figure(text, spans) or _of_the_party(party, plain, text, spans):
        return Later.PLAINLY, ""
    words = figure.perhaps_later_in(plain)
    # Two in a row are found as one and the next: each with each would take time with the square of their number.
    if any(_is_plain(text, word, after, spans) for word, after in zip_longest(words, words[1:])):
        return Later.PLAINLY, ""
    return (Later.PERHAPS, text[slice(*words[0])]) if words else (Later.NOT, "")


def _is_plain(
    text: str, word: tuple[int, int], following: tuple[int, int] | None, spans: Sequence[Sequence[int]]
) -> bool:
    """Whether a word of every day is a name here, what the figure is said to be, or stands with another such word."""
    start, end = word
    if (
        text[start].isupper()
        and not text[start:end].isupper()
        and not _ENDED.search(text[max(0, start - _NEAR) : start] or ".")
    ):
        return True
    for left, right in spans:
        if right <= start <= right + _NEAR and _IS_ONE.match(text[right:start]):
            return True
        if end <= left <= end + _NEAR and _PLAYS.match(text[end:left]):
            return True
    if following is None or text[start:end].lower() == text[slice(*following)].lower():
        return False
    return following[0] <= end + _NEAR and bool(_BOTH.match(text[end : following[0]]))


def _of_any_figure(text: str, spans: Sequence[Sequence[int]]) -> bool:
    if _ANYWHERE.search(text):
        return True
    for start, end in spans:
        before, after = (
            text[max(0, start - _NEAR) : start],
            SENTENCE_END.split(text[end : end + 2 * _NEAR], maxsplit=1)[0],
        )
        if _YEAR_BEFORE.search(before) or _YEAR_AFTER.match(after) or _FROM_ONE.search(after):
            return True
        if any(not before[each.end() :].strip(" \"“”‘’'«") for each in _FROM_ONE.finditer(before)):
            return True
    return False


def _of_the_party(party: str, plain: str, text: str, spans: Sequence[Sequence[int]]) -> bool:
    small = plain.casefold()
    rare = [word for word in re.findall(r"[^\W\d_]{3,}", party.casefold()) if not is_everyday(word)]
    if any(re.search(rf"\b{re.escape(word)}\b", small) for word in rare):
        return True
    if not (name := telling_name(party)):
        return False
    # "Universal" is a word besides: a genitive, or what companies are called, makes it a name.
    if re.search(rf"\b{re.escape(name.capitalize())}['’]s?\b|\b{re.escape(name.upper())}['’]S?\b", text):
        return True
    return works_under(name, small) or any(
        re.search(rf"\b{re.escape(name)}['’]s?\s+(?:[\w-]+\s+){{0,2}}[\"“‘«]?$", small[max(0, start - _NEAR) : start])
        for start, _ in spans
    )


__all__ = ["Later", "later_version"]
