"""Reads camera directives out of plain prose.

A *move* is one of the keywords of ``_MOVES`` in a clause (clauses end at punctuation and at "while", "as", "plus"); a
direction, a speed word and a number with a unit in the same clause qualify it:

    "slow dolly in", "pan left 0.2 widths", "zoom in 2x", "orbit around her 30 degrees", "crane up while panning right"

Moves on the two sides of "then" follow one another; all others go on together through the whole shot.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from faircut.directives import MOVE_RANGES, RANGES, Angle, Camera, Framing, Move, MoveKind, Speed

NUMBER: Final = r"(\d+(?:\.\d+)?)"
_SLOW: Final = re.compile(r"\b(slow(?:ly)?|gent(?:le|ly)|subtl[ey]|slight(?:ly)?|soft(?:ly)?|creep\w*|gradual\w*)\b")
_FAST: Final = re.compile(r"\b(fast|quick(?:ly)?|rapid(?:ly)?|whip|crash|swift(?:ly)?|sudden(?:ly)?|dramatic\w*)\b")
_STAGES: Final = re.compile(r"\b(?:and )?(?:then|after that|afterwards|finally)\b")
_CLAUSES: Final = re.compile(r"[;:!?\n]|[.,](?!\d)|\bwhile\b|\bas\b(?! in\b)|\bplus\b|\+")
_IN_OUT: Final = r"(?:\s+\w+){0,2}?\s+(in|out|forward|forwards|towards?|closer|back|backwards?|away|into)\b"
_LEFT_RIGHT: Final = r"(?:\s+\w+){0,3}?\s+(left|right)(?:wards?)?\b"
_UP_DOWN: Final = r"(?:\s+\w+){0,2}?\s+(up|down|upwards?|downwards?)\b"
_MOVES: Final[tuple[tuple[MoveKind, re.Pattern[str]], ...]] = (
    (MoveKind.ZOOM, re.compile(rf"\bzoom(?:s|ing|ed)?\b(?:{_IN_OUT})?")),
    (MoveKind.DOLLY, re.compile(rf"\b(?:dolly|dollies|dollying)\b(?!\s+shot of)(?:{_IN_OUT})?")),
    (MoveKind.DOLLY, re.compile(r"\b(?:push(?:es|ing)?|mov(?:es?|ing)|creep(?:s|ing)?)[\s-]+(in|closer)\b")),
    (MoveKind.DOLLY, re.compile(r"\bpull(?:s|ing)?[\s-]+(back|out|away)\b")),
    (MoveKind.ORBIT, re.compile(r"\b(?:(?:camera|slow(?:ly)?|gently|we)\s+(?:orbit|circle|arc)(?:s|ing)?)\b")),
    (
        MoveKind.ORBIT,
        re.compile(r"\b(?:orbit(?:s|ing)?|arc(?:s|ing)?)\s+(?:shot|left|right|around|about|clockwise|anticlockwise)\b"),
    ),
    (MoveKind.ORBIT, re.compile(r"\b(?:circl(?:es|ing)|360)\s+(?:shot|around)\b|^\s*orbit(?:ing)?\b")),
    (MoveKind.PAN, re.compile(rf"\bpan(?:s|ning|ned)?\b{_LEFT_RIGHT}")),
    (MoveKind.PAN, re.compile(r"\bwhip[\s-]pan\b|\bpan(?:ning)?\s+(?:shot|across|over|along)\b|\bcamera\s+pans\b")),
    (MoveKind.TILT, re.compile(rf"\btilt(?:s|ing|ed)?\b{_UP_DOWN}")),
    (MoveKind.TRUCK, re.compile(rf"\b(?:truck|trucks|trucking|track|tracks|tracking|slid(?:es?|ing))\b{_LEFT_RIGHT}")),
    (MoveKind.TRUCK, re.compile(r"\b(?:slider|trucking|lateral)\s+shot\b")),
    (MoveKind.CRANE, re.compile(rf"\b(?:crane|cranes|craning|boom|booms|pedestal|jib)\b{_UP_DOWN}")),
    (
        MoveKind.CRANE,
        re.compile(r"\bcrane\s+shot\b|\b(?:camera|drone)\s+(?:rises|rising|ascends|(?:descends|lowers))\b"),
    ),
    (
        MoveKind.ROLL,
        re.compile(
            r"\bcamera\s+rolls?\b|\bbarrel\s+roll\b|\broll(?:s|ing)?\s+(?:left|right|clockwise|anticlockwise)\b"
        ),
    ),
    (
        MoveKind.DOLLY,
        re.compile(r"\b(?:camera|drone)\s+(?:fl(?:y|ies)|glid(?:e|es)|mov(?:e|es))\s+(?:in|through|over|forward)"),
    ),
)
_ADVERB: Final = re.compile(r"\b(camera|drone|we)\s+\w+ly\s+")
_BACKWARDS: Final = re.compile(r"\b(out|back|backwards?|away|left(?:wards?)?|down(?:wards?)?|descends|lowers)\b")
_ANTICLOCKWISE: Final = re.compile(r"\b(?:anti|counter)[\s-]?clockwise\b")
_CLOCKWISE: Final = re.compile(r"(?<!anti)(?<!counter)(?<!anti[\s-])(?<!counter[\s-])\bclockwise\b")
_FROM_TO: Final = re.compile(
    r"\bfrom\s+(?:the\s+)?(?:left|right|top|bottom)\s+to\s+(?:the\s+)?(left|right|top|bottom)\b"
)
_SPAN: Final = re.compile(rf"\bfrom\s+{NUMBER}\s*%?\s+to\s+{NUMBER}\s*(?:%|percent|per cent)\s+of\s+the\s+shot\b")
_DEGREES: Final = re.compile(rf"{NUMBER}\s*(?:°|degrees?|deg\b)")
_TIMES: Final = re.compile(rf"\b{NUMBER}\s*(?:x|times)(?!\w)")
_PERCENT: Final = re.compile(rf"\b{NUMBER}\s*(?:%|percent|per cent)")
_SIZES: Final = re.compile(r"\b(\d*\.?\d+)\s*(?:frame\s+)?(?:widths?|heights?|frames? (?:wide|high))\b")
_PLAIN: Final = re.compile(
    r"\bstatic\b|\block(?:ed)?[\s-]?(?:off|down|shot)\b|\btripod\b|\bfixed camera\b|\bstill (?:camera|shot)\b"
)
_MOTION_OF: Final = re.compile(
    r"\bcamera\s+(?:moves?|motion|movement|path|work)\s+(?:is\s+)?(?:as|like|of|from|taken from|copied from)\s+"
    r"(?:in\s+|that of\s+)?[@\[(<]?(?:the\s+)?(?:video|clip)\s*#?(\d{1,2})\b"
)
_LENS: Final = re.compile(rf"\b{NUMBER}[\s-]?(?:mm|millimet(?:re|er)s?)\b(?!\s+(?:of rain|film|stock))")
_LENS_WORDS: Final = (
    (14.0, r"fish[\s-]?eye"),
    (24.0, r"wide[\s-]angle (?:lens|shot|view)|wide lens"),
    (135.0, r"tele(?:photo)?(?: lens)?|long lens"),
)


def bounded(value: float, path: str) -> float:
    """A number brought into the range that :data:`faircut.directives.RANGES` allows at a path."""
    allowed = RANGES[path]
    return min(max(value, allowed.least), allowed.most)


def parse_camera(text: str) -> Camera:
    """The camera of one shot, read from its prose; see the module's grammar. Nothing said: ``Camera()``.

    Never raises; every number is within its range.
    """
    lowered = text.lower()
    motion = _MOTION_OF.search(lowered)
    moves = () if motion else _moves(lowered)
    if not moves and not motion and _PLAIN.search(lowered):
        moves = (Move(MoveKind.STATIC),)
    return Camera(
        moves=moves,
        framing=_framing(lowered),
        angle=_angle(lowered),
        lens_mm=_lens(lowered),
        handheld=_handheld(lowered),
        follow=_follow(lowered, moves),
        dutch_degrees=_dutch(lowered),
        motion_from=f"Video {int(motion[1])}" if motion else None,
    )


def _moves(text: str) -> tuple[Move, ...]:
    stages = [found for part in _STAGES.split(text) if (found := _stage(part))]
    if len(stages) < 2:
        return tuple(stages[0]) if stages else ()
    moves: list[Move] = []
    for number, stage in enumerate(stages):
        span = (number / len(stages), (number + 1) / len(stages))
        moves += [
            replace(move, start=span[0], end=span[1]) if (move.start, move.end) == (0.0, 1.0) else move
            for move in stage
        ]
    return tuple(moves)


def _stage(text: str) -> list[Move]:
    moves: list[Move] = []
    for clause in _CLAUSES.split(text):
        seen: set[MoveKind] = set()
        bare = _ADVERB.sub(r"\1 ", clause)
        span = _span(clause)
        for kind, pattern in _MOVES:
            found = pattern.search(bare)
            again = any(move.kind is kind and (move.start, move.end) == span for move in moves)
            if found is None or kind in seen or again:
                continue
            seen.add(kind)
            moves.append(_move(kind, clause, found[0], span))
    return moves


def _span(clause: str) -> tuple[float, float]:
    found = _SPAN.search(clause)
    if found is None:
        return 0.0, 1.0
    start, end = (min(float(each) / 100, 1.0) for each in found.groups())
    return (start, end) if end - start >= 0.05 else (0.0, 1.0)


def _move(kind: MoveKind, clause: str, words: str, span: tuple[float, float]) -> Move:
    across = _FROM_TO.search(clause)
    backwards = bool(_BACKWARDS.search(across[1] if across else words)) or bool(across and across[1] == "bottom")
    if kind in (MoveKind.ORBIT, MoveKind.ROLL):
        against, along = bool(_ANTICLOCKWISE.search(clause)), bool(_CLOCKWISE.search(clause))
        # To the right around the subject is anticlockwise seen from above.
        turned = against if kind is MoveKind.ROLL else along and not against
        backwards = turned if against or along else bool(re.search(r"\bleft\b", clause))
    speed = Speed.SLOW if _SLOW.search(clause) else Speed.FAST if _FAST.search(clause) else Speed.NORMAL
    size = _size(kind, _SPAN.sub(" ", clause))
    if size is None:
        return Move(kind, None, speed, backwards, *span)
    allowed = MOVE_RANGES[kind]
    size = min(max(size, allowed.least), allowed.most)
    return Move(kind, -size if backwards else size, speed, False, *span)


def _size(kind: MoveKind, clause: str) -> float | None:
    if kind is MoveKind.ZOOM and (found := _TIMES.search(clause)):
        return float(found[1])
    if kind is MoveKind.ZOOM and (found := _PERCENT.search(clause)):
        return 1 + float(found[1]) / 100
    if kind in (MoveKind.ORBIT, MoveKind.ROLL):
        return float(found[1]) if (found := _DEGREES.search(clause)) else None
    if found := _SIZES.search(clause):
        return float(found[1])
    return float(found[1]) / 100 if (found := _PERCENT.search(clause)) else None


def _handheld(text: str) -> float | None:
    if found := re.search(rf"\bhand[\s-]?held\b[^.;!?]{{0,20}}?\bof\s+strength\s+{NUMBER}", text):
        return bounded(float(found[1]), "camera.handheld")
    if re.search(r"\bno\s+camera\s+shake\b", text):
        return 0.0
    if re.search(r"\bhand[\s-]?held\b", text):
        return 1.0
    return 1.8 if re.search(r"\bshak(?:y|ing|es)\b", text) else None


def _follow(text: str, moves: tuple[Move, ...]) -> bool | None:
    if re.search(r"\b(?:does not|doesn'?t|without)\s+follow(?:ing)?\b", text):
        return False
    said = re.search(
        r"\b(?:follow(?:s|ing)?|tracking shot|track(?:s|ing)? (?:with|alongside|beside|the|her|him|it))\b", text
    )
    return True if said and not any(move.kind is MoveKind.TRUCK for move in moves) else None


def _dutch(text: str) -> float | None:
    if re.search(r"\blevel horizon\b", text):
        return 0.0
    if not (said := re.search(r"\bdutch (?:angle|tilt)\b|\bcanted\b", text)):
        return None
    clause = _CLAUSES.split(text[said.start() :])[0]
    size = float(found[1]) if (found := _DEGREES.search(clause)) else 7.0
    return bounded(-size if _ANTICLOCKWISE.search(clause) or "left" in clause else size, "camera.dutch_degrees")


def _lens(text: str) -> float | None:
    if found := _LENS.search(text):
        return bounded(float(found[1]), "camera.lens_mm")
    return next((size for size, words in _LENS_WORDS if re.search(rf"\b(?:{words})\b", text)), None)


def _framing(text: str) -> Framing | None:
    if re.search(
        r"\b(?:extreme\s+)?close[\s-]?up\b|\bclose (?:on|shot)\b|\bmacro\b|\bportrait of\b|\btight (?:on|shot)\b", text
    ):
        return Framing.CLOSE
    if re.search(
        r"\bwide\b(?![\s-]angle lens)|\bestablishing\b|\blong shot\b|\bpanoram\w*\b|\bvista\b|\bextreme long\b", text
    ):
        return Framing.WIDE
    return Framing.MEDIUM if re.search(r"\bmedium (?:shot|close)\b|\bmid[\s-]shot\b|\bwaist[\s-]up\b", text) else None


def _angle(text: str) -> Angle | None:
    if re.search(r"\blow[\s-]angle\b|\bcamera from below\b|\bworm'?s[\s-]eye\b|\blooking up\b", text):
        return Angle.LOW
    if re.search(r"\baerial\b|\bbird'?s[\s-]eye\b|\btop[\s-]down\b|\boverhead\b|\bdrone\b", text):
        return Angle.AERIAL
    if re.search(r"\bhigh[\s-]angle\b|\blooking down\b", text):
        return Angle.HIGH
    return Angle.EYE if re.search(r"\beye[\s-]level\b", text) else None
