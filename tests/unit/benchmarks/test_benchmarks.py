"""The measuring itself: percentiles, ratios, child processes, and a synthetic catalogue that resembles a real one."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from benchmarks import catalogue_fill
from benchmarks.harness import Row, Series, fresh, program
from benchmarks.report import Section, markdown
from benchmarks.results import Measured, load, save

from faircut.fingerprints import chromaprint, pdq


def test_percentiles_are_measured_values() -> None:
    series = Series([float(value) for value in range(1, 101)])
    assert series.percentile(0.95) == 95
    assert series.percentile(1.0) == 100
    assert Series([3.0]).percentile(0.95) == 3.0


def test_ratios_are_taken_round_by_round() -> None:
    assert Series([2.0, 9.0]).over(Series([1.0, 3.0])).values == [2.0, 3.0]
    with pytest.raises(ValueError, match="shorter"):
        Series([1.0, 2.0]).over(Series([1.0]))


def test_cpu_time_of_a_program_counts_work_and_not_waiting() -> None:
    worked = program([sys.executable, "-c", "sum(range(20_000_000))"])
    waited = program([sys.executable, "-c", "import time; time.sleep(0.5)"])
    assert waited.wall >= 0.5
    assert waited.cpu < 0.4
    assert worked.cpu > waited.cpu


def test_a_program_that_fails_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        program([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_fresh_process_returns_what_the_function_returned() -> None:
    assert fresh(catalogue_fill.describe, {"codes": 1200, "names": 3}) == "1,200 codes, 3 names"


def test_synthetic_shots_keep_the_distances_of_the_real_ones_and_are_far_from_them() -> None:
    rng = np.random.default_rng(3)
    real = np.cumsum(rng.random((12, 256)) < 0.05, axis=0) % 2
    shot = np.packbits(real.astype(np.uint8), axis=1)
    clock = np.arange(13) / 12
    quality = np.arange(12, dtype=np.uint8)
    made = catalogue_fill._picture(rng, [catalogue_fill._Stretch(shot, quality, clock)], seconds=50.0)
    assert len(made) == 600
    assert np.all(np.diff(made.times) > 0)
    assert np.array_equal(made.quality, np.tile(quality, 50))
    shots = made.codes.reshape(50, 12, pdq.CODE_BYTES)
    steps = pdq.hamming(shot[1:], shot[:-1])
    assert np.array_equal(pdq.hamming(shots[:, 1:], shots[:, :-1]), np.tile(steps, (50, 1)))
    popcount = np.bitwise_count(shot).sum(axis=1)
    assert np.array_equal(np.bitwise_count(shots).sum(axis=2), np.tile(popcount, (50, 1)))
    late = shots[:, -1]
    between = pdq.hamming(late[:, None], late[None, :])[np.triu_indices(50, 1)]
    assert between.min() > 20


def test_synthetic_sound_is_as_long_as_asked_and_made_of_real_features() -> None:
    rng = np.random.default_rng(4)
    real = rng.integers(0, 256, (64, chromaprint.CODE_BYTES), dtype=np.uint8)
    made = catalogue_fill._sound(rng, [real], seconds=60.0)
    assert abs(len(made) * chromaprint.STEP_SECONDS - 60) < 64 * chromaprint.STEP_SECONDS
    features = np.unpackbits(made.codes[:64], axis=1).reshape(64, 16, 2)
    originals = np.unpackbits(real, axis=1).reshape(64, 16, 2)
    assert {column.tobytes() for column in features.swapaxes(0, 1)} == {
        column.tobytes() for column in originals.swapaxes(0, 1)
    }


def test_invented_names_are_all_different() -> None:
    names = list(catalogue_fill._names(np.random.default_rng(5), 500, words=2))
    assert len(set(names)) == 500
    assert all(len(name.split()) == 2 for name in names)


def test_the_page_says_which_target_was_missed() -> None:
    rows = (Row("fast", "1 s", "≤ 2 s", True, "3"), Row("slow", "9 s", "≤ 2 s", False, "3", "busy"), Row("so", "5"))
    page = markdown([Measured(Section("Speed", "How.", rows), {"processor": "abacus"}, 60.0)])
    assert "| fast | 1 s | ≤ 2 s | met | 3 |" in page
    assert "| slow (busy) | 9 s | ≤ 2 s | MISSED | 3 |" in page
    assert "Measured in 1.0 min: processor abacus." in page


def test_what_a_part_measured_is_kept_for_the_page(tmp_path) -> None:  # type: ignore[no-untyped-def]
    measured = Measured(Section("Speed", "How.", (Row("fast", "1 s", "≤ 2 s", True, "3"),)), {"load": "0.1"}, 5.0)
    assert load("speed", tmp_path) is None
    save("speed", measured, tmp_path)
    assert load("speed", tmp_path) == measured
