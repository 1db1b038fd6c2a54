"""How much of edited sound is found: excerpts of the films under every sound edit, alone and in pairs, end to end.

The films are registered as works; excerpts are edited, written to files and screened as uploads are. What is found in
another work than the excerpt's, or in sound that shows none of them, is a false positive.
"""

from __future__ import annotations

import json
import sys
import time
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from benchmarks.films import shared_media
from faircut.bench.drawn_sounds import music, speech
from faircut.bench.sound_edits import SOUND_EDITS, SoundEdit
from faircut.domain import Asset, Fingerprint, Match, MediaKind, Reference, Segment
from faircut.extract import FileExtractor
from faircut.match.sound import SoundMatcher
from faircut.media.limits import MediaLimits

RATE = 22050
SECONDS = 10.0
STEP = 3.0
FILMS = (
    "big-buck-bunny-480p-30s.mp4",
    "sintel-720p-16s.mp4",
    "sintel-letterboxed-848x480-26s.mp4",
    "tears-of-steel-800x332-70s-vp8.webm",
)
INNOCENT = ("chair-480x720-22s.mp4", "crystal-720x480-12s.mp4", "frog-720x480-8s.mp4")
PAIRS = (
    ("speed-up-5", "speech-0db"),
    ("mp3-64k", "noise-0db"),
    ("pitch-up-5", "phone-band"),
    ("tempo-down-10", "reverb"),
    ("low-pass", "clipping"),
    ("speed-down-10", "noise-0db"),
)
STRANGERS = 40
_NEAR = 0.5

Sound = npt.NDArray[np.float32]


class Registered:
    """A CatalogueReader of a few references."""

    index_folder: Path | None = None

    def __init__(self, prints: Mapping[str, Mapping[str, Fingerprint]]) -> None:
        self._kept = {
            seq: (Reference(f"ref {name}", f"party of {name}", name, None, MediaKind.VIDEO, "0" * 64, name), each)
            for seq, (name, each) in enumerate(prints.items(), 1)
        }

    def revision(self) -> int:
        return 1

    def registered(self, algorithm: str) -> dict[int, Reference]:
        return {seq: reference for seq, (reference, prints) in self._kept.items() if algorithm in prints}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterator[tuple[int, Reference, Fingerprint]]:
        for seq, (reference, prints) in self._kept.items():
            if algorithm in prints and seq > after_seq:
                yield seq, reference, prints[algorithm]


@dataclass(slots=True)
class Tally:
    """Of one edit: excerpts, those found, those whose ends are right within half a second, and false positives."""

    asked: int = 0
    found: int = 0
    ends: int = 0
    false: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """Tallies by edit; ``seconds`` of sound that were fingerprinted and matched in ``cpu`` seconds."""

    edits: dict[str, Tally] = field(default_factory=dict)
    strangers: int = 0
    false: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


def measure(
    folder: Path, step: float = STEP, only: Sequence[str] = (), told: Callable[[str], None] = lambda _: None
) -> Result:
    """Excerpts every ``step`` seconds of the films in ``folder``; ``only`` some edits and pairs by name.

    ``told`` hears of each edit as it is done.
    """
    extractor = FileExtractor(MediaLimits(), queries=False)
    prints = {name: extractor.extract(folder / name, MediaKind.VIDEO, label=name) for name in FILMS}
    matcher = SoundMatcher(Registered(prints))  # type: ignore[arg-type]  # it reads fingerprints alone
    result = Result()
    with TemporaryDirectory() as place:
        ask = _Asking(matcher, Path(place) / "query.wav", result)
        sounds = {name: load(folder / name) for name in FILMS}
        for edit, parts in _edits(only):
            tally = result.edits[edit] = Tally()
            for name, sound in sounds.items():
                _one_film(ask, tally, name, sound, parts, step)
            told(f"{edit}: {tally}, {result.seconds / result.cpu:.0f} times real time")
        for sound in _strangers(folder):
            for _, parts in [("as is", ()), *_edits(only)][:: 1 if len(sound) < 12 * RATE else 4]:
                result.strangers += 1
                result.false += len(ask(_edited(sound[: round(SECONDS * RATE)], parts)))
    return result


def _one_film(ask: _Asking, tally: Tally, name: str, sound: Sound, parts: Sequence[SoundEdit], step: float) -> None:
    for start in np.arange(0.0, len(sound) / RATE - SECONDS, step):
        first = round(start * RATE)
        edited = _edited(sound[first : first + round(SECONDS * RATE)], parts)
        matches = ask(edited)
        tally.asked += 1
        tally.false += sum(match.work_id != name for match in matches)
        mine = [match for match in matches if match.work_id == name and _overlaps(match, start)]
        tally.found += bool(mine)
        tally.ends += any(_right(match, start, len(edited) / RATE) for match in mine)
        if not mine:
            tally.missed.append(f"{name} at {start:.0f} s")


class _Asking:
    def __init__(self, matcher: SoundMatcher, path: Path, result: Result) -> None:
        self._matcher, self._path, self._result = matcher, path, result
        self._extractor = FileExtractor(MediaLimits(), queries=True)

    def __call__(self, sound: Sound) -> tuple[Match, ...]:
        write(self._path, sound)
        asset = Asset("Audio 1", MediaKind.AUDIO, "0" * 64, 1, path=self._path)
        begun = time.process_time()
        prints = self._extractor.extract(self._path, MediaKind.AUDIO, label="Audio 1")
        matches = tuple(self._matcher.detect(asset, prints))
        self._result.cpu += time.process_time() - begun
        self._result.seconds += len(sound) / RATE
        return matches


def _edits(only: Sequence[str]) -> list[tuple[str, tuple[SoundEdit, ...]]]:
    singles = [(name, (edit,)) for name, edit in SOUND_EDITS.items()]
    pairs = [(" and ".join(pair), tuple(SOUND_EDITS[name] for name in pair)) for pair in PAIRS]
    return [(name, parts) for name, parts in (*singles, *pairs) if not only or name in only]


def _edited(sound: Sound, parts: Sequence[SoundEdit]) -> Sound:
    for part in parts:
        sound = part.apply(sound, RATE)
    return sound


def _strangers(folder: Path) -> Iterator[Sound]:
    """Sound that shows none of the films: that of the innocent clips, and drawn music and speech."""
    yield from (load(folder / name) for name in INNOCENT)
    for seed in range(STRANGERS):
        yield music(SECONDS + 2.5, 90_000 + seed, RATE, style=seed % 10)
        if seed % 4 == 0:
            yield speech(SECONDS + 2.5, 90_000 + seed, RATE)


def _overlaps(match: Match, start: float) -> bool:
    truth = Segment(start, start + SECONDS)
    return match.reference is not None and match.reference.overlap(truth) > 0.5 * match.reference.seconds


def _right(match: Match, start: float, length: float) -> bool:
    """Whether both ends on both sides are right."""
    query, reference = match.query, match.reference
    if query is None or reference is None:
        return False
    off = (query.start, query.end - length, reference.start - start, reference.end - start - SECONDS)
    return max(map(abs, off)) <= _NEAR


def load(path: Path) -> Sound:
    """(n,) mono at 22,050 Hz."""
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        pieces = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate([each.to_ndarray().reshape(-1) for each in pieces]).astype(np.float32)


def write(path: Path, sound: Sound) -> None:
    """16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def as_json(result: Result) -> dict[str, Any]:
    """Plain values."""
    return {
        "edits": {
            name: {
                "asked": each.asked,
                "found": each.found,
                "ends": each.ends,
                "false": each.false,
                "missed": each.missed,
            }
            for name, each in result.edits.items()
        },
        "strangers": result.strangers,
        "false": result.false,
        "times_real_time": result.seconds / max(result.cpu, 1e-9),
    }


def main() -> None:
    """``python -m benchmarks.sound_recall [STEP [EDIT …]]``: JSON on stdout, each edit as it is done on stderr."""
    if (folder := shared_media()) is None:
        sys.exit("The real films are not here: set FAIRCUT_SHARED_MEDIA to their folder.")
    step = float(sys.argv[1]) if len(sys.argv) > 1 else STEP
    result = measure(folder, step, sys.argv[2:], lambda words: print(words, file=sys.stderr, flush=True))
    json.dump(as_json(result), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
