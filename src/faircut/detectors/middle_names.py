"""What stands between somebody's given name and surname: an initial, a nickname in quotation marks, a second name."""

from __future__ import annotations

import re

from faircut.detectors.common_words import is_everyday, is_given_name
from faircut.detectors.known_words import PEOPLE, is_in

_INITIALS = re.compile(r" (?:[A-Z]\.? ?){1,3} ?")
_NICKNAME = re.compile(r""" (?:["“”«„'‘][^"“”«»„,;:!?\n]{1,24}["“”»'’]|\([^()\n]{1,24}\)) """)
_SECOND = re.compile(r" ([A-ZÀ-Þ][^\W\d_]+) ")
MOST = 4
"""Words between: three initials, or a nickname of as many, and the surname after them."""


def is_between_names(between: str) -> bool:
    """Whether the text between two capitalised words leaves them the name of one person."""
    if _INITIALS.fullmatch(between) or _NICKNAME.fullmatch(between):
        return True
    second = _SECOND.fullmatch(between)
    if second is None:
        return False
    word = second[1].lower()
    # In a heading everything is capitalised, and "Tom Fixes Cruise Ships" names nobody.
    return is_given_name(word) or is_in(PEOPLE, word) or not is_everyday(word)


__all__ = ["MOST", "is_between_names"]
