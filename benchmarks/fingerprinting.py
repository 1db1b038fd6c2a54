"""Fingerprinting every frame and all sound of a 1080p clip, against decoding it, vpdq and pdqhash."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from benchmarks.films import ffmpeg, media
from benchmarks.harness import Row, Series, fresh, measured, program, skipped
from faircut.compare import OneFile
from faircut.domain import MediaKind
from faircut.extract import FileExtractor
from faircut.fingerprints import pdq
from faircut.match.picture import PictureMatcher
from faircut.match.sound import SoundMatcher
from faircut.media.assets import asset_from_file
from faircut.media.decode import LumaScaler
from faircut.media.limits import MediaLimits
from faircut.protocols import Detector

TITLE = "Fingerprinting every frame, picture and sound"
METHOD = """\
The clip has 10 s of 1920x1080 h264 at 30 frames a second and AAC in 5.1 channels. `ffmpeg -i CLIP -f null -`
(imageio-ffmpeg's build) decodes both streams; its CPU time counts from its start. Ours and vpdq's count from the call
of the function, in a fresh interpreter each time; picture codes, local features and sound are all taken. *Screen* is a
query from the file to the matches: the clip and half of it again, 15 s, with the same registered, so that everything
is found. All are run in turn, round by round; ratios are taken within a round. The targets are held against ffmpeg as
it is called above, with threads of its own choice; `-threads 1` costs it less CPU time and is shown beside it. vpdq
hashes every frame at full size, picture only. Distances are bits of 256, our hash of a frame against pdqhash's of the
same frame at full size."""
ROUNDS = 5
VPDQ_ROUNDS = 2
REFERENCE_TARGET, QUERY_TARGET = 1.5, 2.0


def fingerprint(path: str, queries: bool) -> dict[str, float]:
    """One extraction as the service does it."""
    extractor = FileExtractor(MediaLimits(), queries=queries)
    with measured() as usage:
        found = extractor.extract(Path(path), MediaKind.VIDEO, label="clip")
    return {"cpu": usage.cpu, "codes": len(found[pdq.ALGORITHM])}


def screen(path: str) -> dict[str, float]:
    """One query from file to matches, with the same clip registered: picture and sound are found in all of it."""
    asset = asset_from_file(Path(path), "clip")
    held = FileExtractor(MediaLimits(), queries=False).extract(Path(path), MediaKind.VIDEO, label="clip")
    catalogue = OneFile(asset, held)
    matchers: tuple[Detector, ...] = (PictureMatcher(catalogue), SoundMatcher(catalogue))
    extractor = FileExtractor(MediaLimits(), queries=True)
    cpu, found = 0.0, 0
    # The first query builds the index of what is registered, which is no part of the second.
    for _ in range(2):
        with measured() as usage:
            prints = extractor.extract(Path(path), MediaKind.VIDEO, label="clip")
            found = sum(len(matcher.detect(asset, prints)) for matcher in matchers)
        cpu = usage.cpu
    return {"cpu": cpu, "matches": found}


def hash_vpdq(path: str) -> dict[str, float]:
    """vpdq on every frame at full size."""
    import vpdq

    with measured() as usage:
        hashes = vpdq.computeHash(path, seconds_per_hash=0)
    return {"cpu": usage.cpu, "codes": len(hashes)}


def compare_pdqhash(path: str, every: int) -> dict[str, Any]:
    """Our hash and pdqhash's of every so many frames: differing bits, and pdqhash's CPU time a frame."""
    import pdqhash

    scaler, planes, theirs, cpu = LumaScaler(), [], [], 0.0
    with av.open(path) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every:
                continue
            planes.append(scaler.scale(frame))
            picture = frame.to_ndarray(format="rgb24")
            with measured() as usage:
                bits, quality = pdqhash.compute(picture)
            cpu += usage.cpu
            theirs.append((np.packbits(bits), quality))
    with measured() as usage:
        ours = pdq.threshold(pdq.coefficients(np.stack(planes)))
    trusted = [quality >= pdq.MIN_QUALITY for _, quality in theirs]
    distances = pdq.hamming(ours, np.stack([code for code, _ in theirs]))[trusted]
    return {
        "distances": distances.tolist(),
        "pdqhash_ms": cpu / len(theirs) * 1000,
        "ours_ms": usage.cpu / len(theirs) * 1000,
    }


def run() -> list[Row]:
    """The rows of this part."""
    with TemporaryDirectory() as folder:
        found = media(Path(folder))
        note = "" if found.real else "on a drawn clip: the real films are not here"
        query = _fifteen_seconds(found.clip, Path(folder) / "query.mp4")
        return [
            *_against_decoding(found.clip, note),
            *_screened(query),
            *_against_pdqhash(found.clip),
        ]


def _fifteen_seconds(clip: Path, target: Path) -> Path:
    """The clip and half of it again, copied packet by packet."""
    again = ["-stream_loop", "1", "-i", str(clip), "-t", "15", "-c", "copy", str(target)]
    program([ffmpeg(), "-v", "error", "-nostdin", *again])
    return target


def _screened(clip: Path) -> list[Row]:
    one, many, whole = Series(), Series(), Series()
    null = ["-i", str(clip), "-f", "null", "-"]
    for _ in range(ROUNDS):
        one.values.append(program([ffmpeg(), "-v", "error", "-nostdin", "-threads", "1", *null]).cpu)
        whole.values.append(fresh(screen, str(clip))["cpu"])
        many.values.append(program([ffmpeg(), "-v", "error", "-nostdin", *null]).cpu)
    ratio, n = whole.over(many), f"{ROUNDS} rounds"
    return [
        Row("screen 15 s of it as a query, matching included", whole.text(" CPU-s"), n=n),
        Row(
            "… over ffmpeg, its own threads",
            ratio.text("x"),
            f"≤ {QUERY_TARGET}x",
            ratio.median <= QUERY_TARGET,
            n,
        ),
        Row("… over ffmpeg -threads 1", whole.over(one).text("x"), n=n),
    ]


def _against_decoding(clip: Path, note: str) -> list[Row]:
    decode = [ffmpeg(), "-v", "error", "-nostdin"]
    null = ["-i", str(clip), "-f", "null", "-"]
    one, many, references, queries, vpdq = Series(), Series(), Series(), Series(), Series()
    has_vpdq = importlib.util.find_spec("vpdq") is not None
    kept = 0.0
    for number in range(ROUNDS):
        one.values.append(program([*decode, "-threads", "1", *null]).cpu)
        result = fresh(fingerprint, str(clip), False)
        references.values.append(result["cpu"])
        kept = result["codes"]
        queries.values.append(fresh(fingerprint, str(clip), True)["cpu"])
        many.values.append(program([*decode, *null]).cpu)
        if has_vpdq and number < VPDQ_ROUNDS:
            vpdq.values.append(fresh(hash_vpdq, str(clip))["cpu"])
    n = f"{ROUNDS} rounds"
    rows = [
        Row("ffmpeg decode, -threads 1", one.text(" CPU-s"), n=n, note=note),
        Row("ffmpeg decode, its own choice of threads", many.text(" CPU-s"), n=n),
    ]
    for what, series, target in (
        (f"fingerprint as a reference ({kept:.0f} picture codes kept)", references, REFERENCE_TARGET),
        ("fingerprint as a query", queries, None),
    ):
        ratio = series.over(many)
        wanted, met = ("", None) if target is None else (f"≤ {target}x", ratio.median <= target)
        rows += [
            Row(what, series.text(" CPU-s"), n=n),
            Row("… over ffmpeg, its own threads", ratio.text("x"), wanted, met, n),
            Row("… over ffmpeg -threads 1", series.over(one).text("x"), n=n),
        ]
    if not has_vpdq:
        return [*rows, skipped("vpdq, every frame", "vpdq is not installed: it builds from source, see docs")]
    faster = vpdq.over(Series(queries.values[:VPDQ_ROUNDS]))
    n = f"{VPDQ_ROUNDS} rounds"
    return [
        *rows,
        Row("vpdq, every frame, picture only", vpdq.text(" CPU-s"), n=n),
        Row("… over ours as a query", faster.text("x", 1), n=n),
    ]


def _against_pdqhash(clip: Path) -> list[Row]:
    if importlib.util.find_spec("pdqhash") is None:
        return [skipped("distance to pdqhash", "pdqhash is not installed: it builds from source with a C++ compiler")]
    result = fresh(compare_pdqhash, str(clip), 3)
    distances = Series([float(each) for each in result["distances"]])
    n = f"{len(distances.values)} frames"
    mean = sum(distances.values) / len(distances.values)
    return [
        Row("bits that differ from pdqhash", f"mean {mean:.1f}, max {max(distances.values):.0f}", n=n),
        Row(
            "hash of a frame: ours from its 64x64 plane, pdqhash from full size",
            f"{result['ours_ms'] * 1000:.0f} µs, {result['pdqhash_ms']:.1f} ms",
            n=n,
        ),
    ]
