"""Index look-ups against 10,000 to 10 million registered seconds: a part of ``python -m benchmarks``.

Filling large indexes takes long, so it can be done beforehand, broken off and taken up again, one at a time:

    export INDEX_BENCH_FOLDER=/var/tmp/indexes          # kept; without it everything is made anew and thrown away
    python -m benchmarks.index_scale 1000000            # fill what lacks
    python -m benchmarks.index_scale 10000000 --only keypoints-v2 --upto 3000000    # only so many of them
    python -m benchmarks.index_scale 1000000 --ask      # measure one size and keep that, for want of time at once
    INDEX_BENCH_SIZES=10000,1000000,10000000 python -m benchmarks index_scale

At a size only what was filled is asked; the chart goes on from the sizes before with dashes, and says so.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import cv2

from benchmarks.harness import Row, Series, fresh
from benchmarks.index_chart import carried_on, draw
from benchmarks.index_hollow import Restored, hollowing, unchecked
from benchmarks.index_material import ALGORITHMS, Question, asset, gather, load
from benchmarks.index_population import REAL, Population
from faircut.fingerprints import chromaprint, keypoints, landmarks, pdq
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from faircut.index.segments import SegmentFolder
from faircut.index.views import View
from faircut.match import frame_votes, frames, sound_landmarks
from faircut.match import landmarks as triples
from faircut.match.picture import PictureMatcher
from faircut.match.sound import SoundMatcher
from faircut.match.sound_chromaprint import as_integers

TITLE = "Indexes from ten thousand to ten million seconds"
METHOD = """\
Forty clips of 15 s, picture and sound, are asked by the matchers that `faircut screen` uses, on one core: twenty
edited excerpts of a real film that is registered (one edit each, crops to a quarter, mosaics and a camera off a screen
among them), and twenty that show nothing registered. Beside the film stands as much made-up footage as the first
column says, made from fingerprints of other real films so that codes crowd as in those
(`benchmarks/index_population.py`): per second 8.5 picture codes, 204 points of 0.7 key moments, 10 landmarks and 8
Chromaprint codes. *Look-ups* is CPU time in the index: forming words and triples, reading lists, comparing codes,
counting votes. *Whole query* is all that follows fingerprinting, with geometry, alignment and evidence, of pictures
and sound one after the other; what that of a copy takes beyond that of a stranger is its evidence, which costs the
same in a catalogue of one film. A small catalogue is asked more patiently: up to a million points (over an hour of
film), all points of all moments of a clip are looked up; beyond, 300 of eight moments. At ten million seconds picture
and Chromaprint codes were registered in full, landmarks and local features as far as their rows say, for want of
hours; what lacks is carried on, along the line through the last two sizes in time and in proportion in memory, dashed
in the chart. Its local features (63 GB in full, 19 as far as registered) are kept on disk without the points that
nobody compares; those that a query reads are made again and put where they would stand before time is taken
(`benchmarks/index_hollow.py`). Every other clip was asked there, at another hour than the smaller sizes, beside ten
other programs on two cores, which costs CPU time too; and it was more than there was memory for, so that what it
touched is rather too high. *Memory* is
what is resident and needed: the anonymous memory of the whole process, and those pages of mapped segments that the
forty clips touch (`Referenced` in Linux's smaps, cleared once all have been asked, with pages locked as they are
touched), so what a machine must have free to answer without reading from its disk; the kernel may map more beside
them, and more than once where it takes pages away, so that the indexes up to a million lay in a file system in memory.
Sizes are asked one after the other, beforehand where the indexes are kept; the minutes below are then those of
putting the answers together.

![CPU time and memory of look-ups against registered seconds](images/index-scale.svg)"""
SIZES = (10_000, 100_000, 1_000_000)
TARGET_SIZE, TARGET_MS, TARGET_BYTES = 1_000_000, 300.0, 2 * 2**30
_HOLLOW_FROM = 10_000_000
"""Seconds from which on segments of local features are kept without what nobody reads: they would be 63 GB."""
_KEPT = f"ref_{REAL}"
_MEASURED = "measured"
_ON_FAULT = 1
"""MLOCK_ONFAULT of mlock2(2)."""
CHART = Path(__file__).parents[1] / "docs" / "images" / "index-scale.svg"
_LABELS = {
    pdq.ALGORITHM: "picture codes",
    keypoints.ALGORITHM: "local features",
    landmarks.ALGORITHM: "landmarks of sound",
    chromaprint.ALGORITHM: "Chromaprint codes",
}


def _sound_codes() -> InvertedScheme:
    return InvertedScheme(
        "chromaprint-codes-v1",
        code_bytes=chromaprint.CODE_BYTES,
        key_bits=32,
        describe=lambda codes, _: Listing(keys=as_integers(codes)),
        min_quality=1,
    )


_SCHEMES: Mapping[str, Callable[[], Any]] = {
    pdq.ALGORITHM: lambda: HammingScheme(min_quality=pdq.FAINT_QUALITY),
    keypoints.ALGORITHM: frame_votes.scheme,
    landmarks.ALGORITHM: triples.TripleScheme,
    chromaprint.ALGORITHM: _sound_codes,
}


def collect(folder: str) -> int:
    """:func:`benchmarks.index_material.gather` for a process of its own."""
    return gather(Path(folder))


def fill(material: str, algorithm: str, seconds: int, folder: str, upto: int | None = None) -> dict[str, Any]:
    """Registers so many seconds and compacts: what it took, and how much there is of it. Goes on where it stopped.

    ``upto``: registers only so many of them.
    """
    upto = min(upto or seconds, seconds)
    home = SegmentFolder(Path(folder), algorithm, _SCHEMES[algorithm]()).folder
    note = Path(folder) / f"{algorithm}.json"
    before = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {"build s": 0.0, "peak": 0}
    if before.get("done") and before.get("seconds", seconds) >= upto:
        return dict(before)
    source = Population(load(Path(material))[0], seconds, (algorithm,), Path(folder), {algorithm: upto})
    index: LiveIndex[Any] = LiveIndex(source, algorithm, _SCHEMES[algorithm](), folder=Path(folder))
    signal.signal(signal.SIGTERM, _stop)
    began, rows = time.process_time(), 0
    try:
        with hollowing(_KEPT) if _hollow(algorithm, seconds) else nullcontext():
            rows = len(index.view())
            index.compact()
    finally:
        spent = before["build s"] + time.process_time() - began - source.spent
        after = {"build s": spent, "peak": max(before["peak"], _status("VmHWM")), "done": rows > 0, "rows": rows}
        after["seconds"] = upto
        after["disk"] = sum(path.stat().st_size for path in home.glob("*.seg"))
        after["segments"] = len(list(home.glob("*.seg")))
        Path(folder).mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(after), encoding="utf-8")
    return after


def _hollow(algorithm: str, seconds: int) -> bool:
    return algorithm == keypoints.ALGORITHM and seconds >= _HOLLOW_FROM


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Clock:
    """CPU time within functions, by name; what they call of one another counts for the first."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._depth = 0

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time taken."""

        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            self._depth += 1
            try:
                return function(*arguments, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - began

        return call


@contextmanager
def _watched(clock: _Clock) -> Iterator[None]:
    """The matchers' doors to the index, with their time taken."""
    doors: list[tuple[Any, str, str]] = [
        (View, "search", pdq.ALGORITHM),
        (frames, "candidates", keypoints.ALGORITHM),
        (sound_landmarks, "triples", landmarks.ALGORITHM),
        (triples.TripleScheme, "search", landmarks.ALGORITHM),
        (View, "lookup", chromaprint.ALGORITHM),
    ]
    plain = [getattr(where, what) for where, what, _ in doors]
    for (where, what, name), function in zip(doors, plain, strict=True):
        setattr(where, what, clock.timed(name, function))
    try:
        yield
    finally:
        for (where, what, _), function in zip(doors, plain, strict=True):
            setattr(where, what, function)


def ask(material: str, seconds: int, folder: str, upto: dict[str, int]) -> dict[str, Any]:
    """Opens the indexes and asks all questions: CPU milliseconds of each, what was found, and memory at the end.

    ``upto``: the seconds that are registered, by algorithm.
    """
    algorithms = list(upto)
    cv2.setNumThreads(1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    films, questions = load(Path(material))
    source = Population(films, seconds, algorithms, Path(folder), upto)
    matchers = [each(source) for each in (PictureMatcher, SoundMatcher)]
    hollow = keypoints.ALGORITHM in upto and _hollow(keypoints.ALGORITHM, seconds)
    with unchecked() if hollow else nullcontext():
        began = time.perf_counter()
        _asked(matchers, questions[0])
        opened = time.perf_counter() - began
    # All of them once, so that afterwards no page is counted that the kernel maps beside one that is asked for.
    if hollow:
        # It may be more than there is memory for: what the kernel takes away and maps again is then counted with more.
        home = SegmentFolder(Path(folder), keypoints.ALGORITHM, _SCHEMES[keypoints.ALGORITHM]())
        Restored(home, source.points, _KEPT).settle(lambda: [_asked(matchers, each) for each in questions])
        source.forget()
    else:
        _held(folder)
        for question in questions:
            _asked(matchers, question)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("1", encoding="utf-8")
    answers = []
    for question in questions:
        clock = _Clock()
        with _watched(clock):
            begun, wall = time.process_time(), time.perf_counter()
            found = _asked(matchers, question)
            spent = time.process_time() - begun
        lookups = {name: 1000 * clock.spent.get(name, 0.0) for name in algorithms}
        answers.append(
            {
                "name": question.name,
                "copy": question.copy,
                "look-ups": {**lookups, "all": sum(lookups.values())},
                "whole": 1000 * spent,
                "wall": 1000 * (time.perf_counter() - wall),
                "right": sorted(name for name, number in found if number == REAL),
                "wrong": sum(number != REAL for _, number in found),
            }
        )
    homes = {name: str(SegmentFolder(Path(folder), name, _SCHEMES[name]()).folder) for name in algorithms}
    return {
        "open s": opened,
        "answers": answers,
        "anonymous": _status("RssAnon"),
        "touched": {name: _mapped(home, "Referenced:") for name, home in homes.items()},
        "mapped": {name: _mapped(home, "Rss:") for name, home in homes.items()},
    }


def _asked(matchers: Sequence[PictureMatcher | SoundMatcher], question: Question) -> list[tuple[str, int]]:
    """(detector, number of the film) of what is found."""
    found = [match for each in matchers for match in each.detect(asset(question), question.prints)]
    return [(each.detector, int(str(each.reference_id).removeprefix("ref_"))) for each in found]


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))


def _mapped(folder: str, key: str) -> int:
    """Bytes of files of a folder that are mapped, counted as smaps does under the key."""
    return sum(1024 * int(line.split()[1]) for _, line in _areas(folder) if line.startswith(key))


def _areas(folder: str) -> Iterator[tuple[str, str]]:
    """What smaps says of the files of a folder: addresses, and each line about them."""
    inside = None
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        first = line.split(" ", 1)[0]
        if "-" in first and not first.endswith(":"):
            inside = first if folder + "/" in line else None
        elif inside is not None:
            yield inside, line


def _held(folder: str) -> None:
    """Keeps what is touched of a folder's files in memory. Where the kernel takes pages away meanwhile, it would map
    others beside them when they are asked for again, and those would be counted, as would the time of reading."""
    library = ctypes.CDLL(None, use_errno=True)
    for area in {each for each, _ in _areas(folder)}:
        first, last = (int(each, 16) for each in area.split("-"))
        # Without the right to it, what is measured is as it was: more than is needed.
        library.mlock2(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _ON_FAULT)


def measure(material: str, seconds: int, folder: Path) -> dict[str, Any]:
    """One size, whose indexes are filled, asked in a process of its own."""
    built = {name: json.loads(path.read_text()) for name in ALGORITHMS if (path := folder / f"{name}.json").exists()}
    built = {name: each for name, each in built.items() if each["done"]}
    upto = {name: each.get("seconds", seconds) for name, each in built.items()}
    asked = fresh(ask, material, seconds, str(folder), upto)
    answers = asked.pop("answers")
    lookups = {name: Series([each["look-ups"][name] for each in answers]) for name in (*built, "all")}
    kinds = {
        word: [each for each in answers if each["copy"] is copy] for word, copy in (("copies", True), ("others", False))
    }
    return {
        "seconds": seconds,
        "upto": upto,
        "directories": {
            name: 4 * (2**frame_votes.WORD_BITS + 1) * each["segments"]
            for name, each in built.items()
            if name == keypoints.ALGORITHM
        },
        "built": built,
        "p50": {name: each.median for name, each in lookups.items()},
        "p95": {name: each.percentile(0.95) for name, each in lookups.items()},
        "whole": {word: _shares([each["whole"] for each in some]) for word, some in kinds.items()},
        "asked": {word: len(some) for word, some in kinds.items()},
        "found": sum(bool(each["right"]) for each in kinds["copies"]),
        "seen": sum(
            any(name != chromaprint.ALGORITHM and name != landmarks.ALGORITHM for name in each["right"])
            for each in kinds["copies"]
        ),
        "wrong": sum(each["wrong"] for each in answers),
        "memory": asked["anonymous"] + sum(asked["touched"].values()),
        **asked,
        "answers": answers,
    }


def _shares(values: Sequence[float]) -> list[float]:
    return [Series(list(values)).median, Series(list(values)).percentile(0.95)]


def run() -> list[Row]:
    """The rows of this part."""
    sizes = [int(each) for each in os.environ.get("INDEX_BENCH_SIZES", "").split(",") if each] or list(SIZES)
    results = []
    with _workplace() as (workdir, kept):
        material = str(workdir / "material")
        fresh(collect, material)
        for seconds in sizes:
            folder = workdir / str(seconds)
            if not list(folder.glob("*.json")):
                for name in ALGORITHMS:
                    fresh(fill, material, name, seconds, str(folder))
            known = folder / _MEASURED
            results.append(
                json.loads(known.read_text(encoding="utf-8")) if known.exists() else measure(material, seconds, folder)
            )
            if not kept:
                shutil.rmtree(folder)
    CHART.write_text(draw(results), encoding="utf-8")
    return [row for each in results for row in (_part(each, results) if _lacking(each) else _rows(each))]


@contextmanager
def _workplace() -> Iterator[tuple[Path, bool]]:
    if named := os.environ.get("INDEX_BENCH_FOLDER"):
        yield Path(named), True
    else:
        with TemporaryDirectory() as temporary:
            yield Path(temporary), False


def _rows(result: Mapping[str, Any]) -> Iterator[Row]:
    asked, whole = result["asked"], result["whole"]
    clips = f"{asked['copies'] + asked['others']} clips"
    aimed = result["seconds"] == TARGET_SIZE
    p95, memory = result["p95"]["all"], result["memory"]
    yield Row(
        f"{_size(result)}: look-ups of a clip, 95 of 100 below",
        f"{p95:.0f} ms (median {result['p50']['all']:.0f})",
        f"≤ {TARGET_MS:.0f} ms" if aimed else "",
        p95 <= TARGET_MS if aimed else None,
        clips,
    )
    yield Row(
        "… memory",
        f"{memory / 2**30:.2f} GiB",
        "≤ 2 GiB" if aimed else "",
        memory <= TARGET_BYTES if aimed else None,
        note=f"{result['anonymous'] / 2**20:.0f} MiB anonymous, the rest mapped and touched",
    )
    yield from _each(result)
    yield Row(
        "… whole query, 95 of 100 below",
        f"{whole['others'][1]:.0f} ms (median {whole['others'][0]:.0f}) where nothing is found, "
        f"{whole['copies'][1]:.0f} ms (median {whole['copies'][0]:.0f}) of a copy",
        f"≤ {TARGET_MS:.0f} ms, either" if aimed else "",
        max(whole["others"][1], whole["copies"][1]) <= TARGET_MS if aimed else None,
        clips,
    )
    yield _found(result)


def _found(result: Mapping[str, Any]) -> Row:
    asked = result["asked"]
    return Row(
        "… copies found, and by their pictures",
        f"{result['found']} of {asked['copies']}, {result['seen']} of {asked['copies']}; {result['wrong']} wrong works",
        n=f"{asked['copies'] + asked['others']} clips",
    )


def _lacking(result: Mapping[str, Any]) -> list[str]:
    """What was not registered in full, in words."""
    upto = {name: result.get("upto", {}).get(name, result["seconds"]) for name in result["built"]}
    return [
        f"{_LABELS[name]} (filled up to {upto[name]:,} s)" if name in upto else _LABELS[name]
        for name in ALGORITHMS
        if upto.get(name, 0) < result["seconds"]
    ]


def _part(result: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Of a size at which not everything was filled: what was measured, and where straight lines lead to."""
    time_, memory = carried_on([each for each in results if each["seconds"] <= result["seconds"]])
    yield Row(
        f"{_size(result)}: look-ups of a clip, in part extrapolated",
        f"{time_:.0f} ms, {memory / 2**30:.1f} GiB",
        note="carried on, time along the line through the last two sizes and memory in proportion: "
        f"{', '.join(_lacking(result))}",
    )
    yield from _each(result)
    yield _found(result)


def _each(result: Mapping[str, Any]) -> Iterator[Row]:
    for name, each in result["built"].items():
        yield Row(
            f"… {_LABELS[name]}: {each['rows']:,} rows",
            f"{result['p95'][name]:.0f} ms (median {result['p50'][name]:.0f}); "
            f"{result['touched'][name] / 2**20:,.0f} MiB touched, {each['disk'] / 2**20:,.0f} MiB on disk",
            n=f"{each['segments']} segments, built in {each['build s']:.0f} CPU-s"
            if each["build s"]
            else f"{each['segments']} segments",
        )


def _size(result: Mapping[str, Any]) -> str:
    return f"{result['seconds']:,} s ({result['seconds'] / 3600:,.0f} h)"


def main() -> int:
    """Fills indexes in ``INDEX_BENCH_FOLDER`` and leaves them there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index_scale", description=__doc__)
    parser.add_argument("seconds", nargs="+", type=int, help="registered seconds")
    parser.add_argument("--only", action="append", choices=list(_SCHEMES), help="an algorithm; default: all")
    parser.add_argument("--upto", type=int, help="register only so many of the seconds")
    parser.add_argument("--ask", action="store_true", help="ask as well, and keep what was measured for the part")
    chosen = parser.parse_args()
    workdir = Path(os.environ.get("INDEX_BENCH_FOLDER", ""))
    if not workdir.name:
        parser.error("INDEX_BENCH_FOLDER is not set")
    gather(workdir / "material")
    for seconds in chosen.seconds:
        folder = workdir / str(seconds)
        for name in chosen.only or ALGORITHMS:
            told = fill(str(workdir / "material"), name, seconds, str(folder), chosen.upto)
            sys.stderr.write(f"{name}: {json.dumps(told)}\n")
        if chosen.ask:
            measured = json.dumps(measure(str(workdir / "material"), seconds, folder), indent=1)
            (folder / _MEASURED).write_text(measured, encoding="utf-8")
    return 0


if __name__ == "__main__":
    # By its own name, so that processes of its own find its functions.
    from benchmarks.index_scale import main as started

    sys.exit(started())
