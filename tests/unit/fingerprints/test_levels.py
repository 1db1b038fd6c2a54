import numpy as np
import pytest

from faircut.fingerprints import landmarks, levels
from faircut.fingerprints.landmarks import LandmarkHasher
from faircut.fingerprints.levels import LevelHasher

RATE = landmarks.SAMPLE_RATE

# Published test vector of levels-v1: the fifth code of sweep(4, 9), in hexadecimal.
VECTOR = "6bff09f8ff5fff999fbfdeedffffff"


def sweep(seconds: float, overtones: int = 0) -> np.ndarray:
    """A tone that rises from 200 to 4,000 Hz, at 11,025 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(200 * 20 ** (time / seconds)) / RATE
    return sum(0.5 / k * np.sin(k * phase) for k in range(1, overtones + 2)).astype(np.float32)


def hashed(sound: np.ndarray, *, block: int = 5000, start: float = 0.0):
    loudness = LevelHasher()
    hasher = LandmarkHasher(queries=True, shown=loudness.add)
    for at in range(0, len(sound), block):
        hasher.add(sound[at : at + block], start)
    return loudness.finish(start, hasher.finish().duration)


def test_published_vector() -> None:
    assert bytes(hashed(sweep(4, 9)).codes[4]).hex() == VECTOR


@pytest.mark.parametrize("block", [300, 2047, 60000])
def test_blocks_make_no_difference(block: int) -> None:
    expected, found = hashed(sweep(6), block=10**6), hashed(sweep(6), block=block)
    assert (expected.codes == found.codes).all()
    assert (expected.times == found.times).all()


def test_the_loudest_band_is_where_the_tone_is_and_the_time_is_that_of_its_middle() -> None:
    found = hashed(sweep(8), start=3.0)
    assert found.codes.shape == (len(found), levels.CODE_BYTES)
    loudest = levels.read(found.codes).argmax(axis=1)
    tone = 200 * 20 ** ((found.times - 3.0) / 8)
    band = np.log2(tone / landmarks.LOWEST_HZ) * levels.BANDS_PER_OCTAVE
    assert np.abs(loudest + 0.5 - band).max() < 1.0


def test_levels_are_those_of_the_sound_within_a_step() -> None:
    loud, soft = (levels.read(hashed(sweep(4) * np.float32(gain)).codes) for gain in (1.0, 0.1))
    heard = loud > loud.max(axis=1, keepdims=True) - 20
    assert np.abs((loud - soft)[heard] - 20).max() <= 2.0


def test_silence_has_no_quality_and_too_short_a_sound_no_code() -> None:
    assert (hashed(np.zeros(2 * RATE, np.float32)).quality == 0).all()
    assert (hashed(sweep(2)).quality == 100).all()
    assert len(hashed(sweep(0.2))) == 0
