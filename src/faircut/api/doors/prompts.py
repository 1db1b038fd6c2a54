"""Reads what clients put into prompts besides prose: ``--dur 5`` at the end, ``Shot 1 (0-3 s): …`` at line starts.

Pure. What is taken out here is taken out before anything is judged, and the engine never sees it either: both get the
same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from faircut.domain import Shot
from faircut.errors import InputError, LimitExceeded

_FLAGS: Final[Mapping[str, str]] = {
    "resolution": "resolution",
    "rs": "resolution",
    "ratio": "ratio",
    "rt": "ratio",
    "duration": "duration",
    "dur": "duration",
    "frames": "frames",
    "framespersecond": "fps",
    "fps": "fps",
    "seed": "seed",
    "camerafixed": "camera_fixed",
    "camera_fixed": "camera_fixed",
    "cf": "camera_fixed",
    "watermark": "watermark",
    "wm": "watermark",
}
_FLAG: Final = re.compile(
    rf"(?:(?<=\s)|^)--({'|'.join(sorted(_FLAGS, key=len, reverse=True))})[ \t]+(\S+)(?=\s|$)", re.I
)
_NUMBERS: Final = frozenset({"duration", "frames", "fps", "seed"})
_SWITCHES: Final = frozenset({"camera_fixed", "watermark"})
_TRUTH: Final = {"true": True, "false": False, "1": True, "0": False}

# Gaps are bounded and never cross lines: a prompt of nothing but blanks must not take a second to read.
_GAP: Final = r"[ \t]{0,3}"


def _range(number: int) -> str:
    """``0-3s``, with groups called from and to and the number."""
    seconds = r"\d{1,2}(?:\.\d)?"
    parts = (rf"(?P<from{number}>{seconds})", "s?", "[-–~]", rf"(?P<to{number}>{seconds})", "(?:sec|s|seconds|秒)")
    return _GAP.join(parts)


_MARK: Final = re.compile(
    rf"^{_GAP}(?:"
    rf"[\[(【]?{_GAP}(?:shot|scene|镜头|分镜){_GAP}(?P<number>\d{{1,2}}){_GAP}[\])】]?"
    rf"{_GAP}(?:[\[(（]?{_GAP}{_range(1)}{_GAP}[\])）]?)?{_GAP}[:：]"
    rf"|[\[(（]?{_GAP}{_range(2)}{_GAP}[\])）]?{_GAP}[:：]"
    rf"){_GAP}",
    re.I | re.M,
)
MOST_SHOTS: Final = 12


def check_length(prompt: str, most: int, field: str) -> None:
    """Raises LimitExceeded before anything reads a prompt that no request may have."""
    if len(prompt) > most:
        raise LimitExceeded(
            f"The prompt has {len(prompt)} characters; {most} are accepted.", field=field, remedy="Shorten it."
        )


def read_flags(prompt: str) -> tuple[str, dict[str, str | int | bool]]:
    """The prompt without the flags of the Seedance API's older style, and their values by the name of the parameter.

    Of a flag that stands there several times the last counts. Raises InputError naming the flag.
    """
    values: dict[str, str | int | bool] = {}
    for flag, value in _FLAG.findall(prompt):
        name = _FLAGS[flag.lower()]
        values[name] = _value(flag, name, value)
    return (re.sub(r"[ \t]{2,}", " ", _FLAG.sub(" ", prompt)).strip() if values else prompt), values


def _value(flag: str, name: str, value: str) -> str | int | bool:
    if name in _NUMBERS:
        if re.fullmatch(r"-?\d{1,10}", value, re.ASCII):
            return int(value)
        raise InputError(f"{value[:40]!r} is no whole number.", field=f"--{flag}", remedy="Write it as in `--dur 5`.")
    if name in _SWITCHES:
        if value.lower() in _TRUTH:
            return _TRUTH[value.lower()]
        raise InputError(f"{value[:40]!r} is not true or false.", field=f"--{flag}", remedy="Write true or false.")
    return value.lower()


@dataclass(frozen=True, slots=True)
class Script:
    """A prompt as shots. ``seconds`` is how long they last together, where the prompt says so of each."""

    shots: tuple[Shot, ...]
    seconds: float | None = None

    def lasting(self, duration: int) -> tuple[Shot, ...]:
        """The shots, those with times of their own stretched or shrunk together to a length of ``duration``."""
        if self.seconds is None:
            return self.shots
        stretch = duration / self.seconds
        return tuple(replace(shot, seconds=(shot.seconds or 0.0) * stretch) for shot in self.shots)


def read_script(prompt: str) -> Script:
    """Takes ``Shot 1: …``, ``Shot 2 (3-6s): …`` or ``0-3s: …`` at the starts of lines for shots, else all for one.

    Numbers must count up from 1 and times follow one another, or the prompt is left as it is. What stands before the
    first mark belongs to the first shot. Every word of the prompt but the marks is in one of the shots.
    """
    marks = list(_MARK.finditer(prompt))
    whole = Script((Shot(prompt),))
    if not 2 <= len(marks) <= MOST_SHOTS:
        return whole
    numbers = [each["number"] for each in marks]
    if any(numbers) and numbers != [str(n) for n in range(1, len(marks) + 1)]:
        return whole
    times = [_times(each) for each in marks]
    given = [each for each in times if each is not None]
    ends = [0.0, *(end for _, end in given)]
    if given and (
        len(given) != len(marks) or any(abs(s - b) > 0.01 or e <= s for (s, e), b in zip(given, ends, strict=False))
    ):
        return whole
    bounds = [*(each.start() for each in marks[1:]), len(prompt)]
    texts = [prompt[mark.end() : end].strip() for mark, end in zip(marks, bounds, strict=True)]
    texts[0] = f"{prompt[: marks[0].start()].strip()} {texts[0]}".strip()
    if not given:
        return Script(tuple(Shot(text) for text in texts))
    lengths = [round(end - start, 2) for start, end in given]
    shots = tuple(Shot(text, length) for text, length in zip(texts, lengths, strict=True))
    return Script(shots, ends[-1])


def _times(mark: re.Match[str]) -> tuple[float, float] | None:
    for n in (1, 2):
        if mark[f"from{n}"] is not None:
            return float(mark[f"from{n}"]), float(mark[f"to{n}"])
    return None
