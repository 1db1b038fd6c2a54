import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from faircut.fingerprints import framing, pdq
from faircut.fingerprints.framing import BoxFinder, FramedHasher, unframe
from support.media import wander


def planes(frames: np.ndarray) -> np.ndarray:
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    return np.stack([cv2.resize(each, (64, 64), interpolation=cv2.INTER_AREA) for each in grey])


def letterboxed(seed: int) -> np.ndarray:
    """Rows 12 to 51 of a picture of smooth waves, between bars of grey level 16."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:64, 0:64] / 64
    waves = sum(
        rng.normal() * np.cos(np.pi * (fx * x + fy * y) + rng.uniform(0, 6)) for fx, fy in rng.integers(0, 9, (24, 2))
    )
    shown = np.full((1, 64, 64), 16, np.uint8)
    shown[0, 12:52] = np.interp(waves, (waves.min(), waves.max()), (0, 255)).astype(np.uint8)[12:52]
    return shown


# Published test vectors of pdq-framed-v1: the code of letterboxed(seed), in hex.
VECTORS = {
    1: "055801d8415803d005d801d011d997d257d95fd2ffc9ffd2ff925570aac7ff8c",
    2: "c44260d375a600d755b600df57b600dd57b6005dffb6556caaddff90aa80552b",
}


@pytest.mark.parametrize("seed", VECTORS)
def test_published_vectors(seed: int) -> None:
    hasher = FramedHasher(dihedral=False)
    hasher.add(letterboxed(seed), np.zeros(1))
    fingerprint = hasher.finish()
    assert fingerprint is not None
    assert fingerprint.codes[0].tobytes().hex() == VECTORS[seed]


def box_of(boxed: np.ndarray) -> framing.Box | None:
    finder = BoxFinder()
    finder.add(boxed)
    return finder.box()


@pytest.mark.parametrize(("top", "side", "bits"), [(31, 0, 20), (0, 57, 20), (9, 16, 20), (200, 0, 36)])
def test_the_box_is_found_to_a_fraction_of_a_row_and_the_codes_come_back(top: int, side: int, bits: int) -> None:
    film = wander(3, 31)
    boxed = np.pad(film, ((0, 0), (top, top), (side, side), (0, 0)))
    box = box_of(planes(boxed))
    assert box is not None
    height, width = boxed.shape[1:3]
    assert box.top == pytest.approx(64 * top / height, abs=0.35)
    assert box.bottom == pytest.approx(64 - 64 * top / height, abs=0.35)
    assert box.left == pytest.approx(64 * side / width, abs=0.35)
    bare = pdq.threshold(pdq.coefficients(planes(film)))
    inside = pdq.threshold(pdq.coefficients(unframe(planes(boxed), box)))
    outside = pdq.threshold(pdq.coefficients(planes(boxed)))
    assert pdq.hamming(bare, inside).mean() < bits
    assert pdq.hamming(bare, outside).mean() > 40


def test_a_full_picture_a_black_one_and_a_drawing_on_one_colour_have_no_bars_that_matter() -> None:
    assert box_of(planes(wander(2, 32))) is None
    assert box_of(np.zeros((5, 64, 64), np.uint8)) is None
    dot = np.zeros((5, 64, 64), np.uint8)
    dot[:, 30:34, 30:34] = 255
    assert box_of(dot) is None


@given(arrays.arrays(np.uint8, (2, 64, 64)), st.integers(0, 20), st.integers(0, 20))
def test_any_planes_are_fine(any_planes: np.ndarray, top: int, left: int) -> None:
    any_planes[:, :top] = 0
    any_planes[:, :, :left] = 0
    hasher = FramedHasher(dihedral=True)
    hasher.add(any_planes, np.array([0.0, 0.1]))
    fingerprint = hasher.finish()
    assert fingerprint is None or fingerprint.codes.shape == (2, 256)


def test_long_films_are_unframed_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    boxed = planes(np.pad(wander(4, 33), ((0, 0), (30, 30), (0, 0), (0, 0))))
    times = np.arange(len(boxed)) / 24
    whole = FramedHasher(dihedral=False)
    whole.add(boxed, times)
    monkeypatch.setattr(framing, "_BUFFER", 48)
    parts = FramedHasher(dihedral=False)
    for start in range(0, len(boxed), 16):
        parts.add(boxed[start : start + 16], times[start : start + 16])
    one, two = whole.finish(), parts.finish()
    assert one is not None
    assert two is not None
    assert pdq.hamming(one.codes, two.codes).mean() < 6
