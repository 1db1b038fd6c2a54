import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.fingerprints import landmarks
from faircut.fingerprints.landmarks import LandmarkHasher, read

RATE = landmarks.SAMPLE_RATE


def notes(seconds: float, seed: int) -> np.ndarray:
    """Plucked notes, one every 0.2 s, at 11,025 Hz."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE) + RATE, np.float32)
    time = np.arange(round(0.6 * RATE)) / RATE
    for start in np.arange(0.1, seconds, 0.2):
        note = 220 * 2 ** (int(rng.integers(0, 36)) / 12)
        first = round(start * RATE)
        sound[first : first + len(time)] += 0.3 * np.sin(2 * np.pi * note * time) * np.exp(-9 * time)
    return sound[: round(seconds * RATE)]


def hashed(sound: np.ndarray, *, queries: bool = True, block: int = 5000, side: np.ndarray | None = None):
    hasher = LandmarkHasher(queries=queries)
    for start in range(0, len(sound), block):
        beside = None if side is None else side[start : start + block]
        hasher.add(sound[start : start + block], 0.0, beside)
    return hasher.finish()


# Published test vector of landmarks-v1: time in milliseconds, frequency in 1/1024 octaves above 180 Hz and quality of
# the first points of notes(4, seed=1).
VECTOR = [
    (140, 1747, 100),
    (339, 1832, 50),
    (538, 2598, 100),
    (736, 3201, 100),
    (942, 380, 100),
    (1143, 722, 100),
    (1337, 2768, 100),
    (1536, 3201, 100),
]


def test_published_vector() -> None:
    found = hashed(notes(4, 1))
    rows = zip(
        np.rint(found.times * 1000).astype(int).tolist(),
        np.rint(read(found.codes).octave * landmarks.STEPS_PER_OCTAVE).astype(int).tolist(),
        found.quality.tolist(),
        strict=True,
    )
    assert list(rows)[: len(VECTOR)] == VECTOR


@settings(max_examples=8, deadline=None)
@given(st.integers(300, 60000))
def test_blocks_make_no_difference(block: int) -> None:
    sound = notes(25, 2)
    expected, found = hashed(sound, block=len(sound)), hashed(sound, block=block)
    assert (expected.codes == found.codes).all()
    assert (expected.times == found.times).all()


def test_points_lie_at_the_notes() -> None:
    found = hashed(notes(6, 3), queries=False)
    rng = np.random.default_rng(3)
    played = [220 * 2 ** (int(rng.integers(0, 36)) / 12) for _ in np.arange(0.1, 6, 0.2)]
    hertz = landmarks.LOWEST_HZ * 2.0 ** read(found.codes).octave
    heard = 0
    for number, note in enumerate(played):
        start = 0.1 + 0.2 * number
        near = (found.times > start - 0.05) & (found.times < start + 0.2) & (np.abs(hertz / note - 1) < 0.01)
        heard += bool(near.any())
    assert heard >= 0.8 * len(played)


def test_another_speed_moves_all_points_alike() -> None:
    sound = notes(10, 4)
    fast = np.interp(np.arange(0, len(sound) - 1, 1.1), np.arange(len(sound)), sound).astype(np.float32)
    ours, theirs = hashed(sound, queries=False), hashed(fast)
    octave, other = read(ours.codes).octave + np.log2(1.1), read(theirs.codes).octave
    back = [
        bool(((np.abs(theirs.times - time / 1.1) < 0.04) & (np.abs(other - place) < 0.015)).any())
        for time, place in zip(ours.times, octave, strict=True)
    ]
    assert np.mean(back) > 0.8


def test_references_keep_the_points_that_stand_out_furthest() -> None:
    sound = notes(10, 5)
    asked, stored = hashed(sound), hashed(sound, queries=False)
    assert 0 < len(stored) < len(asked)
    assert (stored.quality == landmarks.REFERENCE_QUALITY).all()
    kept = asked.quality == landmarks.REFERENCE_QUALITY
    assert (asked.codes[kept] == stored.codes).all()


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(3 * RATE, np.float32),
        np.random.default_rng(1).uniform(-1e-5, 1e-5, 3 * RATE).astype(np.float32),
        np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE).astype(np.float32),
        notes(0.15, 6),
        np.empty(0, np.float32),
    ],
    ids=["silence", "the noise of 16 bits", "a steady tone", "too short", "nothing"],
)
def test_what_has_no_moments_has_no_points(sound: np.ndarray) -> None:
    found = hashed(sound)
    inside = (found.times > 0.5) & (found.times < 2.5)
    assert not inside.any()
    assert found.codes.shape == (len(found), landmarks.CODE_BYTES)


def test_the_difference_of_the_channels_is_told_apart_and_kept_for_queries_only() -> None:
    mid, side = notes(6, 7), notes(6, 8)
    both = hashed(mid, side=side)
    flags = read(both.codes).side
    assert 0 < flags.sum() < len(flags)
    alone = hashed(side)
    assert (both.codes[flags][:, :3] == alone.codes[:, :3]).all()
    assert (both.times[flags] == alone.times).all()
    assert not read(hashed(mid, queries=False, side=side).codes).side.any()


def test_a_difference_that_begins_late_stays_in_step() -> None:
    mid, side = notes(6, 9), notes(6, 10)
    side[: 3 * RATE] = 0
    late = LandmarkHasher(queries=True)
    late.add(mid[: 3 * RATE], 0.0, None)
    late.add(mid[3 * RATE :], 3.0, side[3 * RATE :])
    found, expected = late.finish(), hashed(mid, side=side)
    assert (found.codes == expected.codes).all()
    assert (found.times == expected.times).all()
