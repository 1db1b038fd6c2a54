"""What is taken off a respelt find because chance, grammar or another language may have written it.

A find stands for so many letters of proof (see ``respelt``). Fewer are left where other names are nearly as near, since
then one of so many was bound to be; where a comma parts its words; where the words around are of another language, in
which unknown words are no sign of anything; and where grammar makes a thing of it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from faircut.detectors.common_words import FUNCTION_WORDS, is_known
from faircut.detectors.folding import Folded
from faircut.detectors.search import is_plain
from faircut.detectors.several_words import CERTAIN_LETTERS, POSSIBLE_LETTERS, WEAK_LETTERS, Respelt
from faircut.detectors.tokens import Passage, Token

INTERRUPTED, OTHER_WAY_ROUND = "interrupted", "in another order"

_SEVERAL_AGREE = 0.5
_SEVERAL_HEARD = 1.5
_HEARD_MOST = CERTAIN_LETTERS - 0.1
"""Letters that words heard in a text of their own script may prove among as many names as the prices are for."""

_SAYS_MOST = "Devanagari"
"""A script whose letters say so much of a name that its faults count once, as they do in Latin letters."""

_RIVAL = 0.9
_RIVALS_WITHIN = 1.5
"""Letters of proof for each doubling of the names that the same words may stand for, and how much worse these are."""

_PAUSE = 1.0
_PAUSES = re.compile(r"[,()\[\]{}«»“”„]")

_AS_A_NOUN = 1.3
"""Letters less for a word in small letters, where the text writes names with capitals or counts it as a thing."""
_SLIPS = frozenset({"misspelt", "sounds like"})
_NAMED = re.compile(r"[^\W\d_A-Z],? [A-Z][^\W\d_]+")
_COUNTED = re.compile(
    r"(?<![^\W_])(?:an?|another|any|each|every|no|some|two|three|four|five|six|several|many|these|those|my|your|his|her|our"
    r"|their|its) \Z"
)
_SENTENCE_END = re.compile(r"[.!?;:](?=\s)(?!\s+[a-z])")
_WORDS = re.compile(r"[^\W_]+")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]\.")


class Scales:
    """Weighs the finds of one text. ``slack`` is what the small number of names is worth, in letters."""

    def __init__(self, text: str, folded: Folded, passage: Passage, slack: float, *, sentences: bool) -> None:
        """``sentences``: whether no name runs over what looks like the end of one."""
        self._text = text
        self._positions = folded.positions
        self._passage = passage
        self._slack = slack
        self._sentences = sentences
        self._names_things: bool | None = None

    def weighed(self, at: int, finds: Sequence[Respelt]) -> Iterator[Respelt]:
        """The finds around the word at ``at`` with the letters that are left."""
        token = self._passage.tokens[at]
        # The rest cannot become a find, whatever is taken off.
        least = WEAK_LETTERS - self._slack
        kept = [
            find
            for find in finds
            if (find.letters >= least or find.how == OTHER_WAY_ROUND) and not self._runs_over(find)
        ]
        if not kept:
            return
        doubt = self._passage.foreignness(at)
        for find, rivals in zip(kept, _rivals(kept), strict=True):
            letters = _doubted(find, token, doubt) if doubt else find.letters
            written = self._written(find)
            if find.faults:
                letters -= _RIVAL * math.log2(1 + rivals)
                if self._sentences and _PAUSES.search(written) and not _PAUSES.search(find.pattern.names[0].text):
                    letters -= _PAUSE
            if find.how in _SLIPS and " " not in written and written.islower() and self._is_a_thing(find):
                letters -= _AS_A_NOUN
            if find.how == OTHER_WAY_ROUND and token.word in FUNCTION_WORDS and find.start == token.start:
                # "Well Parley", and not "all goes well, parley or not".
                if not all(word[0].isupper() for word in _WORDS.findall(written)) or _PAUSES.search(written):
                    continue
                letters = POSSIBLE_LETTERS - self._slack
            elif find.how == OTHER_WAY_ROUND and _is_capitalised(self._text, written):
                letters = max(letters, POSSIBLE_LETTERS)
            letters += self._slack
            if _in_own_letters(find) and (written.lower() == written.upper() or self._is_plain(find)):
                letters = min(letters, _HEARD_MOST)
            if find.how == OTHER_WAY_ROUND and "," in written and all(map(is_known, find.pattern.parts)):
                # "Jones, Indiana" may be a place, and "cruise, Tom" two things.
                letters = min(letters, _HEARD_MOST)
            yield replace(find, letters=letters) if letters != find.letters else find

    def _runs_over(self, find: Respelt) -> bool:
        if not self._sentences:
            return False
        if not _SENTENCE_END.search(self._text, self._positions[find.start], self._positions[find.end - 1]):
            return False
        return find.how != INTERRUPTED or _SENTENCE_END.search(_INITIAL.sub("", self._written(find))) is not None

    def _is_a_thing(self, find: Respelt) -> bool:
        if self._names_things is None:
            self._names_things = _NAMED.search(self._text) is not None
        return self._names_things or _COUNTED.search(self._text, 0, self._positions[find.start]) is not None

    def _is_plain(self, find: Respelt) -> bool:
        return is_plain(self._text, self._positions[find.start], self._positions[find.end - 1] + 1)

    def _written(self, find: Respelt) -> str:
        return self._text[self._positions[find.start] : self._positions[find.end - 1] + 1]


def _doubted(find: Respelt, token: Token, doubt: float) -> float:
    """Letters left in a passage of another language. Two words that agree are less easily met by chance."""
    several = find.end - find.start > len(token.word) and len(find.pattern.words) > 1
    if token.heard is None or token.heard.script == _SAYS_MOST:
        return find.letters - doubt * (_SEVERAL_AGREE if several and token.heard is None else 1.0)
    share, again = (_SEVERAL_HEARD, 0.5) if several else (1.0, 1.0)
    letters = find.letters - again * find.faults - doubt * share
    # Among many names some sound like any word of a script that lacks sounds.
    return min(letters, _HEARD_MOST) if token.heard.loan else letters


def _in_own_letters(find: Respelt) -> bool:
    """Whether a name that was registered in another script than Latin is inflected or misspelt in it.

    Where no capitals make a name of them, other forms of its words are met in any sentence: they are only possible.
    """
    return find.how.startswith("in ") and find.how.endswith(" letters") and not find.pattern.letters.isascii()


def _rivals(finds: Sequence[Respelt]) -> list[int]:
    """For each find how many names of others the same words may stand for nearly as well."""
    if len(finds) == 1:
        return [0]
    best: dict[tuple[int, int], dict[str | None, float]] = {}
    for find in finds:
        here, whose = best.setdefault((find.start, find.end), {}), _whose(find)
        here[whose] = max(find.letters, here.get(whose, find.letters))
    ranked = {place: sorted(letters.values()) for place, letters in best.items()}
    counted = []
    for find in finds:
        place, least = (find.start, find.end), find.letters - _RIVALS_WITHIN
        near = len(ranked[place]) - bisect_left(ranked[place], least)
        counted.append(near - (best[place][_whose(find)] >= least))
    return counted


def _whose(find: Respelt) -> str | None:
    """The work of a name, or its element: names of the same are no rivals."""
    name = find.pattern.names[0]
    return name.work_id or name.element_id


def _is_capitalised(text: str, written: str) -> bool:
    """Whether all words of a find begin with a capital and the text is not all in capitals: as a name is written."""
    words = [word for word in _WORDS.findall(written) if word.lower() not in FUNCTION_WORDS]
    return len(words) > 1 and all(word[0].isupper() for word in words) and not text.isupper()


__all__ = ["INTERRUPTED", "Scales"]
