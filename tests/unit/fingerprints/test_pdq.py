import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from faircut.fingerprints import pdq


def planes(seed: int, count: int = 1) -> np.ndarray:
    """Smooth random pictures: sums of a few waves, quantised."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:64, 0:64] / 64
    made = []
    for _ in range(count):
        waves = sum(
            rng.normal() * np.cos(np.pi * (fx * x + fy * y) + rng.uniform(0, 6))
            for fx, fy in rng.integers(0, 9, (24, 2))
        )
        made.append(np.interp(waves, (waves.min(), waves.max()), (0, 255)))
    return np.array(made).astype(np.uint8)


# Published test vectors of pdq-v1: the code of planes(seed), as PDQ prints it in hex.
VECTORS = {
    1: "fd36e02fdd36c02fd536402ff536000f5536002d0069aacf55385571ffc7ff10",
    2: "0568ff2807e8df2817e8ff28ffe8ff28aa59aa935502005f555faad4aa9400b5",
    3: "157bd09ed47b109e147b009e507b009e407b55daaa71eadeff34aae0ff805525",
}


@pytest.mark.parametrize("seed", VECTORS)
def test_published_vectors(seed: int) -> None:
    assert pdq.threshold(pdq.coefficients(planes(seed)))[0].tobytes().hex() == VECTORS[seed]


@pytest.mark.parametrize(
    ("variant", "turn"),
    [
        (0, lambda plane: plane),
        (1, np.fliplr),
        (2, np.flipud),
        (3, lambda plane: np.rot90(plane, 2)),
        (4, np.transpose),
        (5, lambda plane: np.rot90(plane, -1)),
        (6, lambda plane: np.rot90(plane, 1)),
        (7, lambda plane: np.rot90(plane, 2).T),
    ],
)
def test_each_dihedral_code_is_the_code_of_the_picture_laid_that_way(variant: int, turn) -> None:
    for seed in range(10):
        picture = planes(seed)
        laid = np.ascontiguousarray(turn(picture[0]))[None]
        expected = pdq.threshold(pdq.coefficients(laid))[0]
        found = pdq.dihedral(pdq.coefficients(picture))[0, variant]
        assert pdq.hamming(expected, found) <= 2, pdq.VARIANTS[variant].name


def test_half_of_the_bits_are_set_and_brightness_and_contrast_do_not_matter() -> None:
    picture = planes(5)
    code = pdq.threshold(pdq.coefficients(picture))[0]
    assert np.bitwise_count(code).sum() == 128
    darker = (picture.astype(float) * 0.5 + 40).round().astype(np.uint8)
    assert pdq.hamming(code, pdq.threshold(pdq.coefficients(darker))[0]) <= 20


def test_unrelated_pictures_lie_far_apart() -> None:
    codes = pdq.threshold(pdq.coefficients(planes(7, 60)))
    distances = [int(pdq.hamming(codes[i], codes[j])) for i in range(60) for j in range(i)]
    assert min(distances) > 64


def test_quality_tells_flat_from_full_pictures() -> None:
    flat = np.full((1, 64, 64), 90, np.uint8)
    noise = np.random.default_rng(0).integers(0, 255, (1, 64, 64)).astype(np.uint8)
    assert pdq.quality(flat)[0] == 0
    assert pdq.quality(noise)[0] == 100


@given(arrays.arrays(np.uint8, (3, 64, 64)))
def test_any_picture_has_a_code(pictures: np.ndarray) -> None:
    block = pdq.coefficients(pictures)
    assert pdq.dihedral(block).shape == (3, 8, 32)
    assert (pdq.dihedral(block)[:, 0] == pdq.threshold(block)).all()
    assert (pdq.quality(pictures) <= 100).all()


@given(st.integers(0, 40), st.integers(1, 12))
def test_batches_make_no_difference(seed: int, cut: int) -> None:
    pictures, times = planes(seed % 4, 13), np.arange(13) / 24
    whole = pdq.PdqHasher(dihedral=False, drop_within=8)
    whole.add(pictures, times)
    parts = pdq.PdqHasher(dihedral=False, drop_within=8)
    parts.add(pictures[:cut], times[:cut])
    parts.add(pictures[cut:], times[cut:])
    one, two = whole.finish(), parts.finish()
    assert (one.codes == two.codes).all()
    assert (one.times == two.times).all()
    assert one.duration == two.duration


def test_references_keep_a_still_picture_once() -> None:
    still = np.repeat(planes(3), 50, axis=0)
    hasher = pdq.PdqHasher(dihedral=False, drop_within=8)
    hasher.add(still, np.arange(50) / 25)
    fingerprint = hasher.finish(2.0)
    assert len(fingerprint) == 1
    assert fingerprint.duration == 2.0
