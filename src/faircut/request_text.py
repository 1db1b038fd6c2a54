"""The words of a request as one text: all shots and all file names, judged together and reported apart.

A name may be split over pieces in any order (a shot ends "… a man called Dar", a file is named "th Vader"), so the ends
of pieces that do not follow one another are laid side by side as well, as *seams*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import PurePath

from faircut.domain import Fingerprint, Match, Reason, Shot
from faircut.text.written import text_of, written_lines

_SEPARATOR = "\n"
_SEAM = 48
"""Characters of a piece's end that are laid beside another's beginning: longer than any name is split into."""
_SHORTEST_SEAM = 24
"""Characters that are left at least where a word at the cut is left out, since half a word is another."""
_MOST_SEAMS = 1000
_PLACES = frozenset({"span", "spans", "occurrences"})


@dataclass(frozen=True, slots=True)
class _Seam:
    """``start`` to ``middle`` is the end of the piece ``first``; from there to ``end`` the piece ``second`` begins."""

    first: str
    second: str
    start: int
    middle: int
    end: int


@dataclass(frozen=True, slots=True)
class RequestText:
    """``text`` is what is judged; ``parts`` are the labels of its pieces with where each begins and ends.

    ``seams`` are judged beside it, see :class:`faircut.domain.Asset`.
    """

    text: str
    parts: tuple[tuple[str, int, int], ...]
    seams: str = ""
    _seams: tuple[_Seam, ...] = ()

    def locate(self, match: Match) -> Match | None:
        """The match with ``input`` naming the piece, and ``span`` counted from that piece's own start.

        What stands in several pieces names the first one; the others are in its evidence, as ``also``.
        A match that runs over several pieces names the first and the last, and keeps its span. One in a seam has no
        span; None when it lies on one side of the seam, since it is found in the piece itself as well.
        """
        if "span" not in match.evidence:
            return match
        match = self._told_once(match)
        start, end = match.evidence["span"]
        if start >= len(self.text) and self.seams:
            return self._across(match)
        touched = [part for part in self.parts if part[1] < end and start < part[2]]
        if not touched:
            return match
        if len(touched) > 1:
            return replace(match, input=f"{touched[0][0]} and {touched[-1][0]}")
        label, first, _last = touched[0]
        evidence = {**match.evidence, "span": [start - first, end - first]}
        if also := self._also_in(match, label):
            evidence["also"] = also
        return replace(match, input=label, evidence=evidence)

    def places(self, reason: Reason) -> list[tuple[int, int]]:
        """Where in the whole text a reason's words stand: ``span`` counts from the named piece, ``spans`` do not."""
        evidence = reason.evidence
        if "spans" in evidence:
            return [(int(start), int(end)) for start, end in evidence["spans"]]
        if "span" not in evidence:
            return []
        start, end = evidence["span"]
        first = next((first for label, first, _last in self.parts if label == reason.input), None)
        if first is not None:
            return [(int(start) + first, int(end) + first)]
        return [(int(start), int(end))] if " and " in reason.input else []

    def _also_in(self, match: Match, label: str) -> list[str]:
        """The other pieces in which the same thing stands."""
        spans = match.evidence.get("spans", ())
        return [
            other
            for other, first, last in self.parts
            if other != label and any(first < end and start < last for start, end in spans)
        ]

    def _told_once(self, match: Match) -> Match:
        """Without the further places of a find that are only copies, laid side by side in the seams."""
        spans = match.evidence.get("spans")
        if not spans or spans[0][0] >= len(self.text):
            return match
        inside = [span for span in spans if span[0] < len(self.text)]
        evidence = {key: each for key, each in match.evidence.items() if key not in ("spans", "occurrences")}
        if evidence["span"][0] >= len(self.text):
            start, end = inside[0]
            evidence |= {"span": inside[0], "matched": self.text[start:end]}
        if len(inside) > 1:
            copies = len(spans) - len(inside)
            evidence |= {"spans": inside, "occurrences": match.evidence.get("occurrences", len(spans)) - copies}
        return replace(match, evidence=evidence)

    def _across(self, match: Match) -> Match | None:
        """The match with ``input`` naming both sides of the first seam that one of its places runs over."""
        for place in (match.evidence["span"], *match.evidence.get("spans", ())):
            start, end = (each - len(self.text) for each in place)
            for seam in self._seams:
                if seam.start <= start < seam.middle < end <= seam.end:
                    kept = {key: each for key, each in match.evidence.items() if key not in _PLACES}
                    evidence = {**kept, "matched": self.seams[start:end]}
                    return replace(match, input=f"{seam.first} and {seam.second}", evidence=evidence)
        return None


def compose(
    shots: Sequence[str], file_names: Sequence[tuple[str, str]] = (), more: Sequence[tuple[str, str]] = ()
) -> RequestText:
    """Joins shots, file names given as (label, name), and whatever ``more`` is said, given as (label, words).

    One shot is called "prompt", several "Shot 1" ….
    """
    labels = ["prompt"] if len(shots) == 1 else [f"Shot {number}" for number in range(1, len(shots) + 1)]
    pieces = list(zip(labels, shots, strict=True))
    pieces += more
    pieces += [(f"file name of {label}", words_of(name)) for label, name in file_names]
    parts: list[tuple[str, int, int]] = []
    at = 0
    for label, piece in pieces:
        parts.append((label, at, at + len(piece)))
        at += len(piece) + len(_SEPARATOR)
    return RequestText(_SEPARATOR.join(piece for _, piece in pieces), tuple(parts), *_laid_side_by_side(pieces))


def words_on_screen(shots: Sequence[Shot]) -> list[tuple[str, str]]:
    """What shots say besides their prompts, as (label, words): titles, captions, and the names of things that fall.

    All titles follow one another, then all captions, as a viewer reads them: a name may be split over several.
    """
    falls = [shot.physics.drop.what if shot.physics and shot.physics.drop else "" for shot in shots]
    kinds = (
        ("title", [shot.title for shot in shots]),
        ("caption", [shot.caption for shot in shots]),
        ("falling thing", falls),
    )
    return [
        (f"{what} of shot {number}", words)
        for what, said in kinds
        for number, words in enumerate(said, 1)
        if words.strip()
    ]


def writing_in(files: Sequence[tuple[str, Mapping[str, Fingerprint]]]) -> list[tuple[str, str]]:
    """What is written in the pictures of files, given as (label, fingerprints), as (label, words)."""
    read = [(label, text_of(written_lines(fingerprints))) for label, fingerprints in files]
    return [(f"the writing in {label}", words) for label, words in read if words]


def _laid_side_by_side(pieces: Sequence[tuple[str, str]]) -> tuple[str, tuple[_Seam, ...]]:
    """All pairs of pieces that do not follow one another anyway, each a line."""
    filled = [(number, label, _tail(piece), _head(piece)) for number, (label, piece) in enumerate(pieces)]
    filled = [each for each in filled if each[2]]
    texts: list[str] = []
    seams: list[_Seam] = []
    at = 0
    for (one, first, tail, _), (other, second, _, head) in permutations(filled, 2):
        if other == one + 1 or len(seams) == _MOST_SEAMS:
            continue
        text = f"{_SEPARATOR}{tail} {head}"
        seams.append(_Seam(first, second, at + 1, at + 1 + len(tail), at + len(text)))
        texts.append(text)
        at += len(text)
    return "".join(texts), tuple(seams)


def _tail(piece: str) -> str:
    """The end of a piece in one line, from the beginning of a word on."""
    words = " ".join(piece.split())
    cut = words[-_SEAM:]
    whole = cut.partition(" ")[2]
    return whole if len(whole) >= _SHORTEST_SEAM and len(cut) < len(words) else cut


def _head(piece: str) -> str:
    """The beginning of a piece in one line, up to the end of a word."""
    words = " ".join(piece.split())
    cut = words[:_SEAM]
    whole = cut.rpartition(" ")[0]
    return whole if len(whole) >= _SHORTEST_SEAM and len(cut) < len(words) else cut


def continue_with(earlier: Sequence[str], words: RequestText) -> RequestText:
    """Earlier requests and this one as one text. The pieces are "an earlier request" and "this request"."""
    pieces = [*(("an earlier request", each) for each in earlier), ("this request", words.text)]
    parts: list[tuple[str, int, int]] = []
    at = 0
    for label, piece in pieces:
        parts.append((label, at, at + len(piece)))
        at += len(piece) + len(_SEPARATOR)
    return RequestText(_SEPARATOR.join(piece for _, piece in pieces), tuple(parts))


def words_of(file_name: str) -> str:
    """What a file name says: 'my_darth-vader.v2.png' to 'my darth vader v2'."""
    return re.sub(r"[_\-.+\s]+", " ", PurePath(file_name).stem).strip()
