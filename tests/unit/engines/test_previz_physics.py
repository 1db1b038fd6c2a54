"""Falls and impacts as they are measured in the finished file, and in closed form."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.engines.previz.physics import fall_of
from faircut.engines.previz.staging import DropPlan

G = 9.81


def bottoms(frames: list[np.ndarray]) -> np.ndarray:
    """(n,) row of the lowest red pixel in each frame: where the ball meets the ground."""
    rows = []
    for frame in frames:
        blue, green, red = (frame[..., channel].astype(int) for channel in range(3))
        mask = (red > 90) & (red > 2 * green) & (red > 2 * blue)
        rows.append(np.flatnonzero(mask.sum(1) > 3)[-1])
    return np.array(rows, float)


def test_the_ball_falls_with_g(ball_film):
    (shot,) = ball_film.shots()
    scale = shot["camera"]["pixels_per_metre"]
    rows = bottoms(ball_film.frames)
    hit = ball_film.events("impact")[0]["frame"]
    times = np.arange(96) / 24
    released = hit / 24 - math.sqrt(2 * 2.0 / G)
    falling = (times > released + 1 / 24) & (np.arange(96) < hit)
    # Rows grow downwards: y = y0 + v t + g t^2 / 2, all three free.
    acceleration = 2 * np.polyfit(times[falling], rows[falling], 2)[0] / scale
    assert falling.sum() >= 10
    assert acceleration == pytest.approx(G, rel=0.03)


def test_drop_height_and_rebounds_are_to_scale(ball_film):
    (shot,) = ball_film.shots()
    scale = shot["camera"]["pixels_per_metre"]
    rows = bottoms(ball_film.frames)
    hits = [event["frame"] for event in ball_film.events("impact")]
    floor = rows[hits[0]]
    assert (floor - rows[0]) / scale == pytest.approx(2.0, rel=0.03)
    rebound = (floor - rows[hits[0] : hits[1]].min()) / scale
    assert rebound == pytest.approx(2.0 * 0.82**2, rel=0.06)


def test_it_bounces_twice_and_then_rests(ball_film):
    assert len(ball_film.events("impact")) == 3
    rows = bottoms(ball_film.frames)
    last = ball_film.events("impact")[-1]["frame"]
    assert np.ptp(rows[last + 2 :]) <= 1


def test_each_impact_is_seen_on_its_frame(ball_film):
    rows = bottoms(ball_film.frames)
    for event in ball_film.events("impact"):
        frame = event["frame"]
        around = rows[frame - 3 : frame + 4]
        assert abs(int(np.argmax(around)) - 3) <= 1
        assert rows[frame] >= rows.max() - 12


def test_each_impact_is_heard_on_its_frame(ball_film):
    mono = ball_film.sound.mean(1)
    power = np.convolve(np.diff(mono, prepend=0) ** 2, np.ones(96) / 96, "same")
    before = np.convolve(np.diff(mono, prepend=0) ** 2, np.ones(2400) / 2400, "full")[: len(mono)]
    rise = power / (np.roll(before, 200) + 1e-9)
    onsets: list[int] = []
    for at in np.argsort(rise)[::-1]:
        if all(abs(at - other) > 6000 for other in onsets):
            onsets.append(int(at))
        if len(onsets) == 3:
            break
    impacts = [event["sample"] for event in ball_film.events("impact")]
    for sample, onset in zip(impacts, sorted(onsets), strict=True):
        assert abs(onset - sample) <= 2000
    for event in ball_film.events("impact"):
        assert abs(event["sample"] - event["frame"] * 2000) <= 1000


@given(
    st.floats(0.1, 20), st.floats(0.05, 0.95), st.integers(0, 6), st.sampled_from([1.62, 3.71, 9.81]), st.floats(2, 15)
)
def test_energy_is_never_gained_and_nothing_sinks(start, restitution, bounces, gravity, seconds):
    fall = fall_of(DropPlan("ball", start, restitution, bounces), start, gravity, seconds)
    heights = [fall.height(frame / 24) for frame in range(int(seconds * 24))]
    assert min(heights) >= 0
    assert max(heights) <= start + 1e-9
    assert len(fall.contacts) <= bounces + 1
    speeds = [contact.speed for contact in fall.contacts]
    for earlier, later in pairwise(speeds):
        assert later == pytest.approx(earlier * restitution)
    if fall.contacts:
        assert fall.contacts[0].seconds * 24 == pytest.approx(round(fall.contacts[0].seconds * 24), abs=1e-6)
        assert fall.contacts[0].seconds - fall.release == pytest.approx(math.sqrt(2 * start / gravity))
