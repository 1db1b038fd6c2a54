"""Edits of time tell the truth: the frame that is seen is the one that the Piece says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.numbered import FPS, read_number

from faircut.bench import time_edits
from faircut.bench.clips import edited
from faircut.bench.edits import EDITS, Family, Form, find
from faircut.bench.footage import RATE, Footage

TIME_EDITS = [name for name, edit in EDITS.items() if edit.family in (Family.TIME, Family.STILL)]
PAIRS = ["speed-1.5+grey", "reversed+noise", "shuffled+144p", "looped+text", "black-frames+gamma-2"]


def seen(footage: Footage, time: float) -> int | None:
    """The film's frame number that is shown at a time; None where a frame was lost or is black."""
    frame = footage.frames[min(int(time * footage.fps), len(footage.frames) - 1)]
    return None if frame is None or not frame.any() else read_number(frame)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", [*TIME_EDITS, *PAIRS])
def test_the_truth_says_which_frame_is_seen(name: str, seed: int, numbered: Footage) -> None:
    edit = find(name)
    changed = edited(numbered, edit, seed=seed)
    assert changed.pieces
    checked = 0
    for piece in changed.pieces:
        assert 10.0 <= piece.reference.start <= piece.reference.end <= 18.0
        assert piece.query.seconds * abs(piece.speed) == pytest.approx(piece.reference.seconds, abs=1.5 / FPS)
        # The zoom moves the fields out of their places, but not in its first third.
        last = piece.query.start + (0.3 if name == "still-in-clip" else 1.0) * piece.query.seconds
        for time in np.linspace(piece.query.start, last, 25)[1:-1]:
            if (number := seen(changed, float(time))) is not None:
                # A frame of the clip stands for as long as ``speed`` frames of the film.
                leeway = 0.6 + max(1.0, abs(piece.speed))
                assert number == pytest.approx((piece.film_time(float(time)) - 10.0) * FPS, abs=leeway)
                checked += 1
    assert checked >= 15


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.25, 1.5, 2.0])
def test_speed_changes_the_length_of_picture_and_sound(factor: float, numbered: Footage) -> None:
    changed = edited(numbered, EDITS[f"speed-{factor:g}"], seed=1)
    assert changed.seconds == pytest.approx(8.0 / factor, abs=1 / FPS)
    assert len(changed.sound) / RATE == pytest.approx(8.0 / factor, abs=0.01)
    assert changed.fps == FPS


def test_another_frame_rate_keeps_the_length(numbered: Footage) -> None:
    changed = edited(numbered, EDITS["fps-15"], seed=1)
    assert changed.fps == 15
    assert len(changed.frames) == 120


def test_one_frame_in_ten_is_lost_or_black(numbered: Footage) -> None:
    dropped = edited(numbered, EDITS["dropped-frames"], seed=5)
    black = edited(numbered, EDITS["black-frames"], seed=5)
    assert sum(frame is None for frame in dropped.frames) == 19
    assert sum(frame is not None and not frame.any() for frame in black.frames) == 19
    assert dropped.frames[0] is not None
    assert dropped.seconds == black.seconds == 8.0


def test_shuffled_shots_stand_elsewhere_and_none_is_lost(numbered: Footage) -> None:
    changed = edited(numbered, EDITS["shuffled"], seed=3)
    assert len(changed.frames) == len(numbered.frames)
    assert len(changed.pieces) >= 3
    shown = [read_number(frame) for frame in changed.frames if frame is not None]
    assert sorted(shown) == list(range(192))
    assert all(abs(piece.query.start + 10 - piece.reference.start) > 0.5 for piece in changed.pieces)


def test_shots_that_stay_neighbours_are_one_piece_of_truth(numbered: Footage) -> None:
    halves = time_edits.joined(numbered, [(4.0, 6.0), (6.0, 8.0), (0.0, 4.0)])
    assert [(piece.query, piece.reference) for piece in halves.pieces] == [
        ((0.0, 4.0), (14.0, 18.0)),
        ((4.0, 8.0), (10.0, 14.0)),
    ]
    twice = time_edits.joined(numbered, [(0.0, 4.0), (0.0, 4.0)])
    assert len(twice.pieces) == 2


def test_looped_shows_the_same_three_times_and_one_second_is_one_second(numbered: Footage) -> None:
    loops = edited(numbered, EDITS["looped"], seed=1).pieces
    assert len(loops) == 3
    assert len({piece.reference for piece in loops}) == 1
    short = edited(numbered, EDITS["one-second"], seed=1)
    assert short.seconds == 1.0
    assert len(short.sound) == RATE


def test_reversed_runs_backwards_in_picture_and_sound(numbered: Footage) -> None:
    changed = edited(numbered, EDITS["reversed"], seed=1)
    assert [read_number(frame) for frame in changed.frames[:3] if frame is not None] == [191, 190, 189]
    assert np.array_equal(changed.sound, numbered.sound[::-1])
    assert changed.pieces[0].speed == -1.0


def test_a_still_is_one_frame_and_a_zoom_lasts_as_long(numbered: Footage) -> None:
    single = edited(numbered, EDITS["still"], seed=1)
    assert EDITS["still"].form is Form.IMAGE
    assert len(single.frames) == 1
    assert not len(single.sound)
    zoom = edited(numbered, EDITS["still-in-clip"], seed=1)
    assert zoom.seconds == 8.0
    assert not np.array_equal(zoom.frames[0], zoom.frames[-1])
    assert zoom.pieces[0].reference.seconds == 0


@pytest.mark.parametrize("name", [name for name, edit in EDITS.items() if edit.family is Family.SOUND])
def test_sound_edits_become_sound_alone_with_their_truth(name: str, numbered: Footage) -> None:
    edit = EDITS[name]
    changed = edited(numbered, edit, seed=1)
    assert not changed.frames
    speed = edit.parameters["speed"]
    assert changed.seconds == pytest.approx(8.0 / speed, abs=0.15)
    assert changed.pieces[0].query.end == pytest.approx(8.0 / speed)
    assert changed.pieces[0].reference.end == 18.0
