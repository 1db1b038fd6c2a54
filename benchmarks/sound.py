"""Sound fingerprints against the Chromaprint library's own program."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.films import encode_sound, media
from benchmarks.harness import Row, Series, fresh, measured, program, skipped
from faircut.domain import MediaKind
from faircut.extract import FileExtractor
from faircut.fingerprints import chromaprint
from faircut.media.limits import MediaLimits

TITLE = "Sound fingerprints"
METHOD = """\
The sound of the films, as 44.1 kHz stereo WAV, through our extractor and through `fpcalc -raw` (Chromaprint's program),
both with decoding and resampling. Codes are compared in order; the two resample differently, so a few bits differ.
Speed is taken on ten minutes of it."""
ROUNDS = 5


def fingerprint(path: str) -> dict[str, Any]:
    """One extraction as the service does it."""
    extractor = FileExtractor(MediaLimits(), queries=True)
    with measured() as usage:
        found = extractor.extract(Path(path), MediaKind.AUDIO, label="sound")[chromaprint.ALGORITHM]
    codes = np.ascontiguousarray(found.codes).view("<u4").ravel()
    return {"cpu": usage.cpu, "codes": codes.tolist(), "seconds": found.duration}


def run() -> list[Row]:
    """The rows of this part."""
    fpcalc = shutil.which("fpcalc")
    with TemporaryDirectory() as folder:
        films = media(Path(folder)).films
        long = encode_sound(films, Path(folder) / "long.wav", seconds=600)
        ours, theirs = Series(), Series()
        for _ in range(ROUNDS):
            result = fresh(fingerprint, str(long))
            ours.values.append(result["seconds"] / result["cpu"])
            if fpcalc:
                theirs.values.append(
                    result["seconds"] / program([fpcalc, "-ignore-errors", "-length", "0", str(long)]).cpu
                )
        n = f"{ROUNDS} rounds"
        rows = [Row("ours, sound alone", ours.text(" times real time", 0), n=n)]
        if not fpcalc:
            return [*rows, skipped("fpcalc", "fpcalc is not installed (Debian: libchromaprint-tools)")]
        rows.append(Row("fpcalc, sound alone", theirs.text(" times real time", 0), n=n))
        return [*rows, *_agreement(fpcalc, films, Path(folder))]


def _agreement(fpcalc: str, films: tuple[Path, ...], folder: Path) -> list[Row]:
    bits = codes = same = 0
    for number, film in enumerate(films):
        wav = encode_sound([film], folder / f"{number}.wav", seconds=None)
        ours = np.array(fresh(fingerprint, str(wav))["codes"], np.uint32)
        command = [fpcalc, "-raw", "-json", "-ignore-errors", "-length", "0", str(wav)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        theirs = np.array(json.loads(answer)["fingerprint"], np.int64).astype(np.uint32)
        count = min(len(ours), len(theirs))
        difference = np.bitwise_count(ours[:count] ^ theirs[:count])
        bits += int(difference.sum())
        same += int((difference == 0).sum())
        codes += count
    result = f"{100 * bits / (32 * codes):.2f} % of bits; {100 * same / codes:.0f} % of codes are equal"
    return [Row("bits that differ from fpcalc", result, n=f"{codes} codes, {len(films)} films")]
