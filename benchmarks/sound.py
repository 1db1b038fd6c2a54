"""Sound: what is found of edited excerpts, how fast, and Chromaprint's codes against the library's own program."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import sound_recall
from benchmarks.films import NO_FILMS, encode_sound, media, shared_media
from benchmarks.harness import Row, Series, fresh, measured, program, skipped
from faircut.domain import MediaKind
from faircut.extract import FileExtractor
from faircut.fingerprints import chromaprint
from faircut.media.limits import MediaLimits

TITLE = "Sound"
METHOD = """\
Excerpts of 10 s of the sound of the films, every 3 s, under each edit and some pairs of edits, written to files and
screened. False positives are matches in another film, in the innocent clips, or of drawn music and speech. "Ends
right": all four within half a second. Speed counts decoding a WAV file, fingerprinting and matching.

Then the sound of the films, as 44.1 kHz stereo WAV, through our extractor and through `fpcalc -raw` (Chromaprint's
program), both with decoding and resampling. Codes are compared in order; the two resample differently, so a few bits
differ. Speed is taken on ten minutes of it."""
ROUNDS = 5
TARGET = 95.0


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
        rows = [*_recall(), Row("ours, sound alone", ours.text(" times real time", 0), n=n)]
        if not fpcalc:
            return [*rows, skipped("fpcalc", "fpcalc is not installed (Debian: libchromaprint-tools)")]
        rows.append(Row("fpcalc, sound alone", theirs.text(" times real time", 0), n=n))
        return [*rows, *_agreement(fpcalc, films, Path(folder))]


def recall(folder: str) -> dict[str, Any]:
    """Everything of :mod:`benchmarks.sound_recall`."""
    return sound_recall.as_json(sound_recall.measure(Path(folder)))


def _recall() -> list[Row]:
    if (folder := shared_media()) is None:
        return [skipped("excerpts found under each edit", NO_FILMS)]
    found = fresh(recall, str(folder))
    rows = [_edit_row(name, each) for name, each in found["edits"].items()]
    false = found["false"] + sum(each["false"] for each in found["edits"].values())
    asked = f"{found['strangers'] + sum(each['asked'] for each in found['edits'].values())} queries"
    rows.append(Row("false positives", f"{false}", "0", false == 0, asked))
    speed = found["times_real_time"]
    rows.append(Row("fingerprint and match", f"{speed:.0f} times real time a core", "200", speed >= 200, asked))
    return rows


def _edit_row(name: str, each: dict[str, Any]) -> Row:
    share, ends = (100 * each[what] / each["asked"] for what in ("found", "ends"))
    result, missed = f"{share:.1f} %, ends right {ends:.1f} %", "; ".join(each["missed"][:4])
    if " and " in name:
        return Row(f"found: {name}", result, n=f"{each['asked']} excerpts", note=missed)
    return Row(f"found: {name}", result, f"{TARGET:g} %", share >= TARGET, f"{each['asked']} excerpts", missed)


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
