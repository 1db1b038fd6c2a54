import pytest

from faircut.domain import Ratio, Size
from faircut.engines import FRAME_SIZES, frame_size


@pytest.mark.parametrize(
    ("size", "pixels"),
    [(Size.P480, (854, 480)), (Size.P720, (1280, 720)), (Size.P1080, (1920, 1080)), (Size.K2, (2048, 1152))],
)
def test_wide_screen_follows_the_usual_names(size, pixels):
    assert frame_size(size, Ratio.R16_9) == pixels


def test_every_size_and_ratio_is_even_near_its_ratio_and_near_the_same_area():
    for size, ratios in FRAME_SIZES.items():
        base = frame_size(size, Ratio.R16_9)
        assert set(ratios) == set(Ratio)
        for ratio in Ratio:
            width, height = frame_size(size, ratio)
            across, down = (int(part) for part in ratio.value.split(":"))
            assert width % 2 == height % 2 == 0
            assert width / height == pytest.approx(across / down, rel=0.012)
            assert width * height == pytest.approx(base[0] * base[1], rel=0.03)


def test_plain_strings_are_accepted():
    assert frame_size("720p", "9:16") == (720, 1280)
