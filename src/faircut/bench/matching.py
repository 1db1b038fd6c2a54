"""``faircut bench matching``: registers films, asks edited copies of them and innocent clips, and counts."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from faircut.bench import encoding, peers, queries, scores
from faircut.bench import films as material
from faircut.bench.chart import recall_chart
from faircut.bench.edits import EDITS, FRAME_MATRIX, Edit, Form
from faircut.bench.films import Films
from faircut.bench.footage import RATE, Footage
from faircut.bench.judging import Judge, register
from faircut.bench.peers import Peers
from faircut.bench.pictures import drawn
from faircut.bench.queries import Plan, Query
from faircut.bench.scores import Result
from faircut.domain import MediaKind
from faircut.protocols import Progress, no_progress

_CHUNK = 6
"""Queries that one process is handed at once: they share an excerpt, which it decodes once."""


@dataclass(frozen=True, slots=True)
class Run:
    """What to measure. Without ``films`` the demo's are drawn. ``edits`` are those of clips; ``frames`` of frames.

    ``keep_missed``: a folder for copies of what was not found, to look at.
    """

    films: tuple[Path, ...] = ()
    innocent: tuple[Path, ...] = ()
    edits: tuple[Edit, ...] = tuple(EDITS.values())
    frames: tuple[Edit, ...] = tuple(EDITS[name] for name in FRAME_MATRIX)
    plan: Plan = field(default_factory=lambda: Plan(12, 3))
    frame_plan: Plan = field(default_factory=lambda: Plan(60, 30))
    jobs: int = 1
    with_peers: bool = True
    keep_missed: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of what came out. ``peers``: which were there, if they were to be asked at all (``asked_peers``)."""

    films: Films
    clips: tuple[Result, ...]
    frames: tuple[Result, ...]
    peers: tuple[str, ...]
    asked_peers: bool
    plan: Plan
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The whole, for the results file."""
        return {
            "films": [{"title": each.title, "seconds": round(each.seconds, 3)} for each in self.films.films],
            "innocent": [{"title": each.title, "seconds": round(each.seconds, 3)} for each in self.films.innocent],
            "drawn": self.films.drawn,
            "seed": self.plan.seed,
            "peers": {name: name in self.peers for name in peers.LABELS},
            "wall_seconds": round(self.seconds, 1),
            **{
                name: {
                    "total": scores.total(results, len(self.films.films)).as_json(),
                    "edits": [row.as_json() for row in scores.rows(results)],
                    "queries": [result.as_json() for result in results],
                }
                for name, results in (("clips", self.clips), ("frames", self.frames))
                if results
            },
        }

    def write(self, path: Path) -> Path:
        """Writes :meth:`as_json`."""
        path.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def measure(run: Run, progress: Progress = no_progress) -> Outcome:
    """Runs the benchmark in a data folder of its own, which is gone afterwards.

    Raises what collecting and registering films raise: NotFound, InputError, UnreadableMedia, LimitExceeded.
    """
    begun = time.monotonic()
    with _folder() as folder:
        found = material.given(run.films, run.innocent) if run.films else None
        if found is None:
            found = material.drawn(folder / "drawn", lambda share, word: progress(0.05 * share, word))
        register(
            folder / "home", found.films, lambda share, word: progress(0.05 + 0.05 * share, f"registering, {word}")
        )
        known = Peers([], [])
        if run.with_peers:
            progress(0.1, "asking the peers to hash the films")
            known = Peers.of([(film.path, film.seconds) for film in found.films])
        known.save(folder / "peers.npz")
        asked = queries.clip_queries(found, run.edits, run.plan) if run.edits else []
        asked += queries.frame_queries(found, run.frames, run.frame_plan) if run.frames else []
        setup = _Setup(folder, run.with_peers, run.keep_missed)
        results = _ask(setup, asked, run.jobs, lambda share, word: progress(0.12 + 0.88 * share, word))
    there = tuple(name for name in peers.LABELS if run.with_peers and name in known.there)
    clips = tuple(each for each in results if not each.query.single)
    frames = tuple(each for each in results if each.query.single)
    return Outcome(found, clips, frames, there, run.with_peers, run.plan, time.monotonic() - begun)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="faircut-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Setup:
    """What a process needs to answer queries."""

    folder: Path
    with_peers: bool
    keep_missed: Path | None


class _Worker:
    """Makes queries, has them judged, and throws them away."""

    def __init__(self, setup: _Setup) -> None:
        self._setup = setup
        self._judge = Judge(setup.folder / "home")
        self._peers = Peers.load(setup.folder / "peers.npz") if setup.with_peers else None
        self._scratch = Path(tempfile.mkdtemp(dir=setup.folder))
        self._warm_up()

    def _warm_up(self) -> None:
        """The first question of a process loads the index and the names, which is no clip's cost."""
        frames = [drawn((320, 180), 1, number / 12) for number in range(12)]
        sound = np.random.default_rng(1).uniform(-0.3, 0.3, RATE).astype(np.float32)
        path = encoding.write_clip(self._scratch / "first.mp4", Footage(frames, 12.0, sound), encoding.Encoding())
        self._judge.ask(path)
        path.unlink()

    def answer(self, query: Query) -> Result:
        written = queries.make(query, self._scratch)
        try:
            answer = self._judge.ask(written.path)
            said = {}
            if self._peers is not None and written.kind is MediaKind.VIDEO:
                said = self._peers.clip(written.path)
            elif self._peers is not None and written.kind is MediaKind.IMAGE:
                said = self._peers.image(written.path)
            result = Result(query, written.seconds, written.pieces, answer, said)
            if self._setup.keep_missed is not None and (result.wrong or (query.film is not None and not result.found)):
                self._setup.keep_missed.mkdir(parents=True, exist_ok=True)
                shutil.copy(written.path, self._setup.keep_missed / written.path.name)
            return result
        finally:
            written.path.unlink(missing_ok=True)

    def close(self) -> None:
        self._judge.close()


def _ask(setup: _Setup, asked: Sequence[Query], jobs: int, progress: Progress) -> list[Result]:
    """Answers in the order of the questions."""
    if jobs <= 1:
        worker = _Worker(setup)
        try:
            results = []
            for number, query in enumerate(asked):
                progress(number / len(asked), _word(number, len(asked), query))
                results.append(worker.answer(query))
            return results
        finally:
            worker.close()
    chunks = _chunks(asked)
    done: dict[int, list[Result]] = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_open, initargs=(setup,)) as pool:
        futures = {pool.submit(_answer, chunk): number for number, chunk in enumerate(chunks)}
        try:
            for future in as_completed(futures):
                done[futures[future]] = future.result()
                count = sum(map(len, done.values()))
                progress(count / len(asked), _word(count, len(asked), chunks[futures[future]][-1]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [result for number in range(len(chunks)) for result in done[number]]


def _word(number: int, count: int, query: Query) -> str:
    return f"{number} of {count}, {query.edit.name}"


def _chunks(asked: Sequence[Query]) -> list[Sequence[Query]]:
    chunks: list[list[Query]] = []
    for query in asked:
        if not chunks or len(chunks[-1]) == _CHUNK or chunks[-1][-1].place != query.place:
            chunks.append([])
        chunks[-1].append(query)
    return list(chunks)


_worker: _Worker | None = None
"""Of this process, where it is one of the pool."""


def _open(setup: _Setup) -> None:
    global _worker
    cv2.setNumThreads(1)
    _worker = _Worker(setup)


def _answer(chunk: Sequence[Query]) -> list[Result]:
    if _worker is None:
        raise RuntimeError("the process was not opened")
    return [_worker.answer(query) for query in chunk]


def listed(outcome: Outcome) -> list[tuple[str, Sequence[Result]]]:
    """The parts that were measured, with headings: moving pictures, sound, and single frames."""
    seen = [each for each in outcome.clips if each.query.edit.form is not Form.SOUND]
    heard = [each for each in outcome.clips if each.query.edit.form is Form.SOUND]
    parts = [
        ("Clips, found by their pictures", seen),
        ("Sound alone", heard),
        ("Single frames, as images", outcome.frames),
    ]
    return [(heading, results) for heading, results in parts if results]


def chart(outcome: Outcome) -> str:
    """The recall-by-edit chart of a run, as SVG: a group for each family of edits."""
    peer = next((name for name in (peers.VPDQ, peers.PDQ) if name in outcome.peers), None)
    rows = scores.rows(outcome.clips or outcome.frames)
    groups: dict[str, list[scores.Row]] = {}
    for row in rows:
        groups.setdefault("pairs" if "+" in row.edit else row.family, []).append(row)
    what = "excerpts" if outcome.clips else "frames"
    title = f"Share of edited {what} that are found, by edit"
    peer = peer if outcome.clips or peer is None else peers.PDQ
    return recall_chart([(name.capitalize(), each) for name, each in groups.items()], title=title, peer=peer)
