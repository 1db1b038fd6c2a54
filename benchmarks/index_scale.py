"""``python -m benchmarks.index_scale [SECONDS …]``: what a lookup costs against 10,000 to 10 million seconds of film.

Fills indexes with made-up films (:mod:`benchmarks.index_population`), opens them in a fresh process and asks about
clips of 15 s, on one core. Prints what it measured as JSON and draws ``docs/images/index-scale.svg``.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.films import media
from benchmarks.harness import Series, fresh
from benchmarks.index_chart import draw
from benchmarks.index_population import Material, Population, flipped
from faircut.domain import Fingerprint
from faircut.extract import FileExtractor
from faircut.fingerprints import chromaprint, keypoint_codes, keypoints, landmarks, pdq
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from faircut.index.segments import SegmentFolder
from faircut.match import frame_votes
from faircut.match import landmarks as triples
from faircut.match.sound_chromaprint import as_integers
from faircut.media.assets import asset_from_file
from faircut.media.decode import SampleBatch, read
from faircut.media.limits import MediaLimits

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CLIPS = 100
WARM_UP = 10
FRAMES, TURNED_FRAMES, RADIUS = 15, 5, 40
MOMENTS, POINTS = 8, 300
CLIP_SECONDS = 15.0
CHART = Path(__file__).parents[1] / "docs" / "images" / "index-scale.svg"


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


def gather(target: str) -> dict[str, int]:
    """Fingerprints of the films and of the innocent clips, as references and as queries, into a file."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    with TemporaryDirectory() as workdir:
        found = media(Path(workdir))
        for role, paths in (("registered", found.films), ("asked", found.innocent)):
            for number, path in enumerate(paths):
                queries = role == "asked"
                extractor = FileExtractor(MediaLimits(), queries=queries)
                asset = asset_from_file(path, path.name)
                prints = dict(extractor.extract(path, asset.kind, label=path.name))
                if landmarks.ALGORITHM not in prints:
                    prints[landmarks.ALGORITHM] = _listened(path, queries)
                for name in _SCHEMES:
                    each = prints[name]
                    codes = each.codes[:, : pdq.CODE_BYTES] if name == pdq.ALGORITHM else each.codes
                    for what, array in (("codes", codes), ("times", each.times), ("quality", each.quality)):
                        arrays[f"{role}|{name}|{number}|{what}"] = array
                    arrays[f"{role}|{name}|{number}|duration"] = np.array(each.duration)
    np.savez(target, allow_pickle=False, **arrays)
    return {"films": len(arrays) // (4 * len(_SCHEMES))}


def _listened(path: Path, queries: bool) -> Fingerprint:
    hasher = landmarks.LandmarkHasher(queries=queries)
    for batch in read(path, path.name, MediaLimits())[1]:
        if isinstance(batch, SampleBatch):
            hasher.add(batch.samples, batch.start)
    return hasher.finish()


def _material(source: str) -> Material:
    with np.load(source, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}

    def prints(role: str, name: str) -> Iterator[Fingerprint]:
        number = 0
        while (stem := f"{role}|{name}|{number}") + "|codes" in arrays:
            codes, times, quality = (arrays[f"{stem}|{what}"] for what in ("codes", "times", "quality"))
            yield Fingerprint(name, codes, times, quality, float(arrays[f"{stem}|duration"]))
            number += 1

    return Material(
        {name: list(prints("registered", name)) for name in _SCHEMES},
        {name: list(prints("asked", name)) for name in _SCHEMES},
    )


def _index(population: Population, algorithm: str, folder: str) -> LiveIndex[Any]:
    return LiveIndex(population, algorithm, _SCHEMES[algorithm](), folder=Path(folder))


def _home(folder: str, algorithm: str) -> Path:
    return SegmentFolder(Path(folder), algorithm, _SCHEMES[algorithm]()).folder


def fill(source: str, algorithm: str, seconds: int, folder: str) -> dict[str, float]:
    """Registers so many seconds and compacts: what it took, and how much there is of it."""
    population = Population(_material(source), algorithm, seconds)
    index = _index(population, algorithm, folder)
    began = time.process_time()
    rows = len(index.view())
    index.compact()
    built = time.process_time() - began - population.spent
    home = _home(folder, algorithm)
    return {
        "rows": rows,
        "disk": sum(path.stat().st_size for path in home.iterdir()),
        "segments": len(list(home.glob("*.seg"))),
        "build s": built,
        "peak": _status("VmHWM"),
    }


def ask(source: str, seconds: int, folder: str, algorithms: list[str]) -> dict[str, Any]:
    """Opens the indexes and looks up what :data:`CLIPS` clips ask: CPU milliseconds a clip, and memory at the end."""
    material = _material(source)
    gc.collect()
    baseline = _status("RssAnon")
    rng = np.random.default_rng(4)
    questions = {pdq.ALGORITHM: _pictures, keypoints.ALGORITHM: _points, landmarks.ALGORITHM: _sound}
    questions[chromaprint.ALGORITHM] = _codes
    began = time.perf_counter()
    views = {name: _index(Population(material, name, seconds), name, folder).view() for name in algorithms}
    opened = time.perf_counter() - began
    spent: dict[str, list[float]] = {name: [] for name in algorithms}
    cut = hits = 0
    for clip in range(WARM_UP + CLIPS):
        for name, view in views.items():
            lookup = questions[name](rng, material, view)
            start = time.process_time()
            found = lookup()
            if clip >= WARM_UP:
                spent[name].append((time.process_time() - start) * 1000)
                if name == pdq.ALGORITHM:
                    cut += int((found.cut > 0).sum())
                    hits += len(found)
    return {
        "open s": opened,
        "ms": spent,
        "anonymous": _status("RssAnon") - baseline,
        "mapped": {name: _mapped(str(_home(folder, name))) for name in algorithms},
        "process": _status("RssAnon") + _mapped(folder),
        "pictures cut": cut,
        "picture hits": hits,
    }


def _pictures(rng: np.random.Generator, material: Material, view: Any) -> Callable[[], Any]:
    """15 frames as they are and mirrored, 5 in the six other positions. Every other clip is a poor copy."""
    strange = np.concatenate([each.codes for each in material.asked[pdq.ALGORITHM]])
    codes = strange[rng.integers(0, len(strange), 2 * FRAMES + 6 * TURNED_FRAMES)]
    codes = flipped(rng, codes, 0.1)
    if rng.random() < 0.5:
        entry = view.entry(int(rng.integers(len(view.numbers()))))
        first = int(rng.integers(max(1, len(entry.codes) - 160)))
        codes[:FRAMES] = flipped(rng, entry.codes[first : first + 150 : 10][:FRAMES], 0.06)
    return lambda: view.search(codes, RADIUS)


def _points(rng: np.random.Generator, material: Material, view: Any) -> Callable[[], Any]:
    """The strongest points of eight key moments, as the picture is: words, votes and candidates."""
    prints = material.asked[keypoints.ALGORITHM]
    chosen = []
    for _ in range(MOMENTS):
        each = prints[rng.integers(len(prints))]
        starts = keypoints.boundaries(each)
        number = int(rng.integers(len(starts) - 1))
        rows = slice(int(starts[number]), min(int(starts[number + 1]), int(starts[number]) + POINTS))
        places = keypoints.places(each.codes[rows])
        chosen.append((places, keypoint_codes.project(each.codes[rows, keypoints.PLACE_BYTES :])))
    return lambda: [frame_votes.candidates(view, places, projected, 5) for places, projected in chosen]


def _sound(rng: np.random.Generator, material: Material, view: Any) -> Callable[[], Any]:
    """The landmarks of 15 s: triples, and those registered that agree."""
    prints = material.asked[landmarks.ALGORITHM]
    each = prints[rng.integers(len(prints))]
    start = rng.random() * max(each.duration - CLIP_SECONDS, 0.0)
    rows = (each.times >= start) & (each.times < start + CLIP_SECONDS)
    times, points = each.times[rows].astype(np.float64), landmarks.read(each.codes[rows])
    owners = points.side.astype(np.int64)
    order = np.lexsort((times, owners))
    times, owners = times[order], owners[order]
    points = landmarks.Points(points.octave[order], points.strength[order], points.side[order])

    def lookup() -> Any:
        found = triples.triples(times, points, owners, fan=triples.query_fan(len(view)))
        return view.scheme.search(view.parts, found, times, points.octave)

    return lookup


def _codes(rng: np.random.Generator, material: Material, view: Any) -> Callable[[], Any]:
    """The Chromaprint codes of 15 s, and all that differ from one of them in one bit."""
    strange = material.asked[chromaprint.ALGORITHM][0].codes
    count = int(CLIP_SECONDS / chromaprint.STEP_SECONDS)
    codes = as_integers(flipped(rng, strange[rng.integers(0, len(strange), count)], 0.1))
    flips = np.concatenate([np.zeros(1, np.uint32), np.uint32(1) << np.arange(32, dtype=np.uint32)])
    wanted = (codes[:, None] ^ flips).reshape(-1)
    return lambda: view.lookup(wanted, longest=256)


def _status(what: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(what + ":")).split()[1])


def _mapped(folder: str) -> int:
    """Bytes of segments that are resident in this process."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if "-" in line.split(" ", 1)[0] and not line.split(" ", 1)[0].endswith(":"):
            inside = str(folder) in line
        elif inside and line.startswith("Rss:"):
            total += 1024 * int(line.split()[1])
    return total


def _filled(source: str, algorithm: str, seconds: int, folder: Path) -> dict[str, float]:
    """Fills once; a folder that is kept is used again."""
    note = folder / f"{algorithm}.json"
    if not note.exists():
        result = fresh(fill, source, algorithm, seconds, str(folder))
        note.write_text(json.dumps(result), encoding="utf-8")
    filled: dict[str, float] = json.loads(note.read_text(encoding="utf-8"))
    return filled


def measure(source: str, seconds: int, folder: Path, algorithms: list[str]) -> dict[str, Any]:
    """One size: filled and asked in processes of their own."""
    built = {name: _filled(source, name, seconds, folder) for name in algorithms}
    asked = fresh(ask, source, seconds, str(folder), algorithms)
    total = Series([sum(each) for each in zip(*asked["ms"].values(), strict=True)])
    return {
        "seconds": seconds,
        "built": built,
        "p50": {**{name: Series(each).percentile(0.5) for name, each in asked["ms"].items()}, "all": total.median},
        "p95": {
            **{name: Series(each).percentile(0.95) for name, each in asked["ms"].items()},
            "all": total.percentile(0.95),
        },
        **{key: asked[key] for key in ("open s", "anonymous", "mapped", "process", "pictures cut", "picture hits")},
    }


def main() -> int:
    """Measures and prints. Status 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index_scale", description=__doc__)
    parser.add_argument("seconds", nargs="*", type=int, default=list(SIZES), help="registered seconds; default: all")
    parser.add_argument("--only", action="append", choices=list(_SCHEMES), help="an algorithm; default: all")
    parser.add_argument("--folder", type=Path, help="where to build, and to leave it; default: a temporary folder")
    parser.add_argument("--material", type=Path, help="where fingerprints of the films are kept for the next run")
    parser.add_argument("--results", type=Path, help="JSON of earlier results, to add to and to draw from")
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    results: list[dict[str, Any]] = []
    if chosen.results and chosen.results.exists():
        results = json.loads(chosen.results.read_text(encoding="utf-8"))
    algorithms = chosen.only or list(_SCHEMES)
    with TemporaryDirectory() as temporary:
        workdir = chosen.folder or Path(temporary)
        source = str(chosen.material or Path(workdir) / "material.npz")
        if not Path(source).exists():
            fresh(gather, source)
        for seconds in chosen.seconds:
            folder = Path(workdir) / str(seconds)
            result = measure(source, seconds, folder, algorithms)
            results = [each for each in results if each["seconds"] != seconds] + [result]
            print(json.dumps(result), flush=True)
            if not chosen.folder:
                shutil.rmtree(folder)
    results.sort(key=lambda each: each["seconds"])
    if chosen.results:
        chosen.results.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if not chosen.only:
        CHART.write_text(draw(results), encoding="utf-8")
    million = next((each for each in results if each["seconds"] == 1_000_000), None)
    return int(million is not None and (million["p95"]["all"] > 300 or million["process"] > 2 * 2**30))


if __name__ == "__main__":
    # By its own name, so that processes of its own find its functions.
    from benchmarks.index_scale import main as run

    sys.exit(run())
