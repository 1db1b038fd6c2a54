import ctypes
import ctypes.util

import numpy as np
import pytest

from faircut.fingerprints import chromaprint
from faircut.fingerprints.chromaprint import SAMPLE_RATE, ChromaprintHasher


def song(seconds: float, seed: int) -> np.ndarray:
    """Random chords, 16-bit like, at 11,025 Hz."""
    rng = np.random.default_rng(seed)
    pieces = []
    for _ in range(round(seconds / 0.25)):
        time = np.arange(round(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
        notes = 110 * 2 ** (rng.integers(0, 36, 3) / 12)
        pieces.append(sum(np.sin(2 * np.pi * note * time + rng.uniform(0, 6)) for note in notes) / 4)
    return (np.concatenate(pieces) * 32767).astype(np.int16).astype(np.float32) / 32768


def codes_of(samples: np.ndarray, block: int = 5000) -> np.ndarray:
    hasher = ChromaprintHasher()
    for start in range(0, len(samples), block):
        hasher.add(samples[start : start + block], start / SAMPLE_RATE)
    return hasher.finish().codes.view("<u4").reshape(-1)


# Published test vector of chromaprint-v1: the first codes of song(6, seed=1).
VECTOR = [2026387073, 2026448513, 2022326176, 4237969824, 4240361600, 4289628288]


def test_published_vector() -> None:
    assert codes_of(song(6, 1))[: len(VECTOR)].tolist() == VECTOR


def test_blocks_make_no_difference() -> None:
    samples = song(8, 2)
    expected = codes_of(samples, len(samples))
    for block in (700, 4096, 30000):
        assert (codes_of(samples, block) == expected).all()


def test_too_short_a_sound_has_no_code_and_silence_has_no_quality() -> None:
    hasher = ChromaprintHasher()
    hasher.add(song(1, 3), 0.0)
    assert len(hasher.finish()) == 0
    silent = ChromaprintHasher()
    silent.add(np.zeros(SAMPLE_RATE * 6, np.float32), 0.0)
    fingerprint = silent.finish()
    assert len(fingerprint) > 20
    assert (fingerprint.quality == 0).all()


def test_same_sound_at_another_loudness_has_nearly_the_same_codes_and_another_song_has_not() -> None:
    a, b = codes_of(song(10, 4)), codes_of(song(10, 4) * np.float32(0.3))
    c = codes_of(song(10, 5))
    assert np.bitwise_count(a ^ b).mean() < 1
    assert np.bitwise_count(a ^ c).mean() > 8


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    name = ctypes.util.find_library("chromaprint")
    if name is None:
        pytest.skip("libchromaprint is not installed on this machine: nothing to compare with")
    return ctypes.CDLL(name)


def test_agrees_with_libchromaprint(library: ctypes.CDLL) -> None:
    library.chromaprint_new.restype = ctypes.c_void_p
    samples = song(20, 6)
    data = (samples * 32768).astype("<i2")
    context = ctypes.c_void_p(library.chromaprint_new(1))
    assert library.chromaprint_start(context, SAMPLE_RATE, 1)
    assert library.chromaprint_feed(context, data.ctypes.data_as(ctypes.c_void_p), len(data))
    assert library.chromaprint_finish(context)
    raw, size = ctypes.POINTER(ctypes.c_uint32)(), ctypes.c_int()
    assert library.chromaprint_get_raw_fingerprint(context, ctypes.byref(raw), ctypes.byref(size))
    theirs = np.array(raw[: size.value], np.uint32)
    mine = codes_of(samples)
    library.chromaprint_dealloc(raw)
    library.chromaprint_free(context)
    assert len(mine) == len(theirs)
    assert np.bitwise_count(mine ^ theirs).mean() < 0.25
    assert pytest.approx(2.72, abs=0.01) == chromaprint.CODE_SECONDS
