"""The words of a request as one text: all shots and all file names, judged together and reported apart.

A name may be split over pieces in any order (a shot ends "… a man called Dar", a file is named "th Vader"), so the ends
of pieces that do not follow one another are laid side by side as well, as *seams*; and two ends with a short piece
between, since a name may have three parts. Several requests become one text in the same way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations
from pathlib import PurePath

from faircut.domain import Fingerprint, Match, Reason, Shot
from faircut.text.written import text_of, written_lines

_SEPARATOR = "\n"
_BETWEEN = ", "
_SEAM, _SHORT_SEAM = 48, 24
"""Characters of a piece's end that are laid beside another's beginning: longer than any name is split into. The second
with a third piece between. Half of them are left at least where a word at the cut is left out, as half a word is
another."""
_SHORT = 16
"""Characters of a piece that may be a part of a name and nothing else: a title, a caption, a file name."""
_MOST_SEAMS = 1000
_MOST_AROUND = 300
_MOST_TOGETHER = 3000
"""Seams between requests: enough for twelve shots beside those of nine earlier requests, in both orders."""
_PLACES = frozenset({"span", "spans", "occurrences"})
_EARLIER, _PRESENT = "an earlier request", "this request"
_CLAUSE = re.compile(r"[^.,;:!?()\n。！？，；]+")
_WORD = re.compile(r"\w[\w'’-]*")
_FEWEST_LEADING, _MOST_LEADING = 2, 12
"""Words with which clauses of several requests begin alike: "keep all that we have and put in"."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """``owner`` is the number of the piece, or of the request that it belongs to."""

    label: str
    owner: int
    text: str


@dataclass(frozen=True, slots=True)
class _Seam:
    """Ends of pieces side by side: those of ``pieces[n]`` stand from ``cuts[n]`` to ``cuts[n + 1]``."""

    pieces: tuple[_Piece, ...]
    cuts: tuple[int, ...]

    @property
    def label(self) -> str:
        labels = [each.label for each in self.pieces]
        return f"{', '.join(labels[:-1])} and {labels[-1]}"

    def is_crossed(self, start: int, end: int) -> bool:
        """Whether what stands there begins in the first piece and ends in the last."""
        return self.cuts[0] <= start < self.cuts[1] and self.cuts[-2] < end <= self.cuts[-1]


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
                if seam.is_crossed(start, end):
                    kept = {key: each for key, each in match.evidence.items() if key not in _PLACES}
                    evidence = {**kept, "matched": self.seams[start:end]}
                    return replace(match, input=seam.label, evidence=evidence)
        return None


@dataclass(frozen=True, slots=True)
class Together:
    """Several requests as one text. ``whose``: which of them, from 0 on in order of time, wrote what stands from where
    to where in ``words.text`` and, behind it, in ``words.seams``."""

    words: RequestText
    whose: tuple[tuple[int, int, int], ...]


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


def continue_with(earlier: Sequence[str], words: RequestText) -> Together:
    """Earlier requests and this one as one text. The pieces are "an earlier request" and "this request".

    Lines of this one are laid beside those of earlier ones, in both orders: a line of each after another, so that no
    request of many lines leaves an earlier one without.
    """
    texts = [*earlier, words.text]
    labels = [_EARLIER] * len(earlier) + [_PRESENT]
    parts, at = [], 0
    for label, text in zip(labels, texts, strict=True):
        parts.append((label, at, at + len(text)))
        at += len(text) + len(_SEPARATOR)
    whole = _SEPARATOR.join(texts)
    pieces = [_Piece(labels[number], number, line) for number, text in enumerate(texts) for line in text.splitlines()]
    filled = [each for each in pieces if each.text.strip()]
    before = _by_turns([each for each in filled if each.owner < len(earlier)])
    present = [each for each in filled if each.owner == len(earlier)]
    # The label says which pieces met, in order of time: the order of the words is told by the words.
    beside = [pair for old in before for new in present for pair in ((old, new), (new, old))]
    seams, laid = _laid((pair, _SEAM) for pair in beside[:_MOST_TOGETHER])
    laid = tuple(replace(each, pieces=tuple(sorted(each.pieces, key=lambda piece: piece.owner))) for each in laid)
    whose = [(number, start, end) for number, (_, start, end) in enumerate(parts)]
    return Together(RequestText(whole, tuple(parts), seams, laid), (*whose, *_whose_ends(beside, laid, len(whole))))


def what_each_adds(earlier: Sequence[str], words: RequestText) -> Together | None:
    """What several requests say that the others do not, clause by clause; None where they have nothing in common.

    Requests that belong together tell the same scene again and again, and what is split over them drowns in it. Words
    with which clauses of several begin are left out as well.
    """
    texts = [*earlier, words.text]
    said = [[_words_in(text, clause.span()) for clause in _CLAUSE.finditer(text)] for text in texts]
    whole = Counter(key for clauses in said for key in {tuple(map(_small, clause)) for clause in clauses})
    led = Counter(lead for clauses in said for lead in {each for clause in clauses for each in _leads(clause)})
    added: list[tuple[int, str]] = []
    kept = 0
    for number, (text, clauses) in enumerate(zip(texts, said, strict=True)):
        for clause in clauses:
            if not clause or whole[tuple(map(_small, clause))] > 1:
                continue
            shared = max((len(lead) for lead in _leads(clause) if led[lead] > 1), default=0)
            kept += not shared
            added.append((number, text[clause[shared].start() : clause[-1].end()]))
    nothing_shared = kept == sum(bool(clause) for clauses in said for clause in clauses)
    if nothing_shared or len(earlier) not in dict(added):
        return None
    labels = [f"what {_EARLIER} adds"] * len(earlier) + [f"what {_PRESENT} adds"]
    parts, whose, at = [], [], 0
    for number, clause_text in added:
        end = at + len(clause_text)
        parts.append((labels[number], at, end))
        whose.append((number, at, end))
        at = end + len(_BETWEEN)
    return Together(RequestText(_BETWEEN.join(text for _, text in added), tuple(parts)), tuple(whose))


def _by_turns(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces with different texts: the first of each owner, then the second of each, the last owner first."""
    newest = {each.text: each for each in sorted(pieces, key=lambda piece: piece.owner)}
    count: Counter[int] = Counter()
    ranked = []
    for each in pieces:
        if newest[each.text] is each:
            ranked.append((count[each.owner], -each.owner, each))
            count[each.owner] += 1
    return [each for *_, each in sorted(ranked, key=lambda rank: rank[:2])]


def _words_in(text: str, span: tuple[int, int]) -> list[re.Match[str]]:
    return list(_WORD.finditer(text, *span))


def _small(word: re.Match[str]) -> str:
    return word[0].casefold()


def _leads(clause: Sequence[re.Match[str]]) -> Iterator[tuple[str, ...]]:
    """The first words of a clause, two and more, some of it left over."""
    first = tuple(map(_small, clause[:_MOST_LEADING]))
    for count in range(_FEWEST_LEADING, min(len(first), len(clause) - 1) + 1):
        yield first[:count]


def _laid_side_by_side(pieces: Sequence[tuple[str, str]]) -> tuple[str, tuple[_Seam, ...]]:
    """All pairs of pieces that do not follow one another anyway, each a line; then with a short one between."""
    filled = [_Piece(label, number, piece) for number, (label, piece) in enumerate(pieces) if piece.strip()]
    pairs = [pair for pair in permutations(filled, 2) if pair[1].owner != pair[0].owner + 1]
    short = [each for each in filled if len(each.text.strip()) <= _SHORT]
    around = (
        (one, middle, other)
        for middle in short
        for one, other in permutations(filled, 2)
        if middle not in (one, other) and not one.owner + 1 == middle.owner == other.owner - 1
    )
    every: list[tuple[Sequence[_Piece], int]] = [(pair, _SEAM) for pair in pairs[:_MOST_SEAMS]]
    every += [(three, _SHORT_SEAM) for three in islice(around, _MOST_AROUND)]
    return _laid(every)


def _laid(beside: Iterable[tuple[Sequence[_Piece], int]]) -> tuple[str, tuple[_Seam, ...]]:
    """Ends of so many characters of pieces that are to stand side by side, each a line."""
    texts: list[str] = []
    seams: list[_Seam] = []
    at = 0
    for (first, *between, last), size in beside:
        ends = [_tail(first.text, size), *(" ".join(each.text.split()) for each in between), _head(last.text, size)]
        cuts = [at + len(_SEPARATOR)]
        for end in ends:
            cuts.append(cuts[-1] + len(end) + (len(cuts) > 1))
        text = _SEPARATOR + " ".join(ends)
        seams.append(_Seam((first, *between, last), tuple(cuts)))
        texts.append(text)
        at += len(text)
    return "".join(texts), tuple(seams)


def _whose_ends(
    beside: Sequence[Sequence[_Piece]], seams: Sequence[_Seam], after: int
) -> Iterator[tuple[int, int, int]]:
    """Which request each end in seams belongs to, with their places behind a text of ``after`` characters."""
    for pieces, seam in zip(beside, seams, strict=False):
        for piece, start, end in zip(pieces, seam.cuts, seam.cuts[1:], strict=False):
            yield piece.owner, after + start, after + end


def _tail(piece: str, size: int) -> str:
    """The end of a piece in one line, from the beginning of a word on."""
    words = " ".join(piece.split())
    cut = words[-size:]
    whole = cut.partition(" ")[2]
    return whole if 2 * len(whole) >= size and len(cut) < len(words) else cut


def _head(piece: str, size: int) -> str:
    """The beginning of a piece in one line, up to the end of a word."""
    words = " ".join(piece.split())
    cut = words[:size]
    whole = cut.rpartition(" ")[0]
    return whole if 2 * len(whole) >= size and len(cut) < len(words) else cut


def words_of(file_name: str) -> str:
    """What a file name says: 'my_darth-vader.v2.png' to 'my darth vader v2'."""
    return re.sub(r"[_\-.+\s]+", " ", PurePath(file_name).stem).strip()
