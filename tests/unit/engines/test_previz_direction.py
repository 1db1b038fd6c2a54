"""First and last frames, clips and sounds that direct, transitions, words on screen, figures that stay themselves."""

from __future__ import annotations

import wave

import cv2
import numpy as np
import pytest
from benchmarks.previz_control import frames_of, standee, texture
from benchmarks.previz_measures import homography, matched, panned, placed, psnr, turn_at

from faircut.directives import Camera, Move, MoveKind, Physics, Placement, Transition, TransitionKind
from faircut.domain import GenerationRequest, Shot
from faircut.engines.previz.beats import onsets
from faircut.engines.previz.cuts import cuts_on_beats
from faircut.engines.previz.drafts import cut_on
from faircut.engines.previz.plan import plan_film
from support.previz import asset, clip_file, image_file, render_film

STILL = Camera((Move(MoveKind.STATIC),))
SIZE = (854, 480)


def flat(hue: tuple[int, int, int]) -> np.ndarray:
    return np.full((480, 854, 3), hue, np.uint8)


def scaled(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)


def test_the_first_frame_is_the_image_and_the_scene_moves_on_from_it(tmp_path):
    picture = texture(5)
    image = asset("Image 1", image_file(tmp_path / "a.png", picture))
    film = render_film(
        tmp_path, [Shot("It rains at dusk, light from the left")], images=(image,), audio=False, first_frame="Image 1"
    )
    assert psnr(film.frames[0], scaled(picture)) > 30
    assert psnr(film.frames[48], film.frames[0]) < 20
    matrix, _ = homography(matched(film.frames[0], film.frames[-1]), 4.0)
    assert turn_at(matrix, 427, 240).scale > 1.1
    assert film.frames[48].mean() < 0.8 * film.frames[0].mean()


def test_the_way_from_first_to_last_frame_is_the_camera_s_when_both_show_the_same(tmp_path):
    first = texture(6)
    way = np.array([[1.3, 0, -250], [0, 1.3, -110], [0, 0, 1]], float)
    last = cv2.warpPerspective(first, way, (1280, 720), borderMode=cv2.BORDER_REFLECT)
    images = tuple(
        asset(f"Image {number}", image_file(tmp_path / f"{number}.png", each))
        for number, each in ((1, first), (2, last))
    )
    film = render_film(
        tmp_path, [Shot("it moves")], images=images, audio=False, first_frame="Image 1", last_frame="Image 2"
    )
    assert psnr(film.frames[0], scaled(first)) > 30
    assert psnr(film.frames[-1], scaled(last)) > 30
    matrix, _ = homography(matched(film.frames[0], film.frames[48]))
    assert turn_at(matrix, 427, 240).scale == pytest.approx(1.15, abs=0.03)


def test_first_and_last_frames_may_show_different_things(tmp_path):
    images = tuple(
        asset(f"Image {number}", image_file(tmp_path / f"{number}.png", flat(hue)))
        for number, hue in ((1, (40, 60, 200)), (2, (200, 90, 40)))
    )
    film = render_film(
        tmp_path,
        [Shot("pan right", 1.5), Shot("and on")],
        images=images,
        audio=False,
        first_frame="Image 1",
        last_frame="Image 2",
    )
    assert psnr(film.frames[0], flat((40, 60, 200))) > 30
    assert psnr(film.frames[-1], flat((200, 90, 40))) > 30


def test_clips_play_from_where_and_as_fast_as_they_are_placed(tmp_path):
    frames = []
    for number in range(96):
        picture = np.full((240, 432, 3), 30, np.uint8)
        picture[:, : round(432 * number / 96)] = 220
        frames.append(picture)
    clip = asset("Video 1", clip_file(tmp_path / "bar.mp4", frames))
    shots = [
        Shot("", 1.5, STILL, clips=(Placement("Video 1", 1.0, 2.0),)),
        Shot("Video 1 from 2 seconds at half speed", None, STILL),
    ]
    film = render_film(tmp_path, shots, clips=(clip,), audio=False)
    for frame, expected in ((0, 0.25), (24, 0.75), (36, 0.5), (84, 0.75)):
        assert float((film.frames[frame][300].mean(1) > 110).mean()) == pytest.approx(expected, abs=0.03), frame


def test_the_camera_moves_as_in_a_clip(tmp_path):
    world = texture(11, (1600, 900))
    frames = []
    for number in range(96):
        share = number / 95
        zoom, across = 1 + 0.25 * share, 160 * share
        matrix = np.array([[zoom, 0, 320 - zoom * (640 + across)], [0, zoom, 180 - zoom * 450]])
        frames.append(cv2.warpAffine(world, matrix, (640, 360), flags=cv2.INTER_AREA))
    clip = asset("Video 1", clip_file(tmp_path / "way.mp4", frames))
    image = asset("Image 1", image_file(tmp_path / "a.png", texture(12)))
    film = render_film(
        tmp_path, [Shot("Image 1, the camera moves as in Video 1")], images=(image,), clips=(clip,), audio=False
    )
    matrix, _ = homography(matched(film.frames[0], film.frames[-1]))
    assert turn_at(matrix, 427, 240).scale == pytest.approx(1.25, rel=0.05)
    assert panned(matrix, *SIZE)[0] / turn_at(matrix, 427, 240).scale ** 0.5 == pytest.approx(0.25 * 854, rel=0.08)
    assert [event["media"] for event in film.events("media")] == ["Image 1"]


def clicks(path, times, seconds=4.0):
    sound = np.zeros(int(seconds * 48000), np.float32)
    rng = np.random.default_rng(3)
    for time in times:
        start = round(time * 48000)
        sound[start : start + 4800] += (rng.normal(0, 0.3, 4800) * np.exp(-np.arange(4800) / 700)).astype(np.float32)
    sound += 0.01 * np.sin(np.arange(len(sound)) / 48000 * 2 * np.pi * 220).astype(np.float32)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes())
    return sound


def test_shots_are_cut_on_the_beats_and_the_beats_are_heard_there(tmp_path):
    times = [0.31, 0.87, 1.52, 2.33, 3.18]
    sound = clicks(tmp_path / "beat.wav", times)
    found = onsets(sound)
    assert len(found) == len(times)
    assert max(abs(one - other) for one, other in zip(found, times, strict=True)) < 0.01
    hues = ((40, 40, 200), (40, 180, 40), (200, 60, 40))
    images = tuple(asset(f"Image {n}", image_file(tmp_path / f"{n}.png", flat(hue))) for n, hue in enumerate(hues, 1))
    film = render_film(
        tmp_path,
        [Shot(f"Image {n}", None, STILL) for n in (1, 2, 3)],
        images=images,
        sounds=(asset("Audio 1", tmp_path / "beat.wav"),),
        cut_on="Audio 1",
    )
    changes = [
        number
        for number in range(1, 96)
        if np.abs(film.frames[number].astype(int) - film.frames[number - 1]).mean() > 20
    ]
    assert [min(abs(frame / 24 - time) for time in times) < 1 / 24 for frame in changes] == [True, True]
    heard = onsets(film.sound.mean(1))
    for frame in changes:
        assert min(abs(frame / 24 - time) for time in heard) < 1 / 24


def test_cuts_move_to_the_nearest_beats_and_never_cross():
    assert cuts_on_beats([0, 32, 64, 96], [1.2, 2.5]) == [0, 29, 60, 96]
    assert cuts_on_beats([0, 32, 64, 96], []) == [0, 32, 64, 96]
    assert cuts_on_beats([0, 2, 4, 96], [0.05, 0.1]) == [0, 8, 16, 96]
    request = GenerationRequest((Shot("A hill, cut on the beat of Audio 1"),))
    assert cut_on(request) is None


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joined")
    hues = ((200, 40, 40), (40, 180, 40), (40, 40, 200), (180, 180, 180))
    images = tuple(asset(f"Image {n}", image_file(folder / f"{n}.png", flat(hue))) for n, hue in enumerate(hues, 1))
    kinds = (None, TransitionKind.DISSOLVE, TransitionKind.WIPE, TransitionKind.FADE)
    shots = [
        Shot(
            f"Image {n}",
            1.0,
            STILL,
            physics=Physics(wind=0.0),
            transition=Transition(kind, 0.5) if kind else None,
            title="The Long Way Home" if n == 1 else "",
            caption="Somewhere in the north, where nobody has been for a very long time, the wind tells stories "
            "to whoever listens. Größe, Žižek, 日本語"
            if n == 4
            else "",
        )
        for n, kind in enumerate(kinds, 1)
    ]
    return render_film(folder, shots, images=images, audio=False)


def middle(frame: np.ndarray) -> np.ndarray:
    return frame[330:380, 300:550].reshape(-1, 3).mean(0)


def test_a_dissolve_mixes_both_shots_around_the_cut(joined):
    assert len(joined.frames) == 96
    before, half, after = (middle(joined.frames[number]) for number in (16, 24, 31))
    assert before[0] > 2 * before[1]
    assert after[1] > 2 * after[0]
    assert half[0] == pytest.approx((before[0] + after[0]) / 2, abs=16)
    assert half[1] == pytest.approx((before[1] + after[1]) / 2, abs=16)


def test_a_wipe_uncovers_from_the_left_and_a_fade_goes_through_black(joined):
    frame = joined.frames[48].astype(int)[200:300]
    left, right = frame[:, 60:260].reshape(-1, 3).mean(0), frame[:, 600:800].reshape(-1, 3).mean(0)
    assert left[2] > 2 * left[1]
    assert right[1] > 2 * right[2]
    assert joined.frames[71].mean() < 18
    assert joined.frames[72].mean() < 18
    assert joined.frames[90].mean() > 60


def test_words_on_screen_are_legible_and_in_the_safe_area(joined):
    for number, rows in ((8, (100, 380)), (90, (300, 480))):
        frame = cv2.cvtColor(joined.frames[number], cv2.COLOR_BGR2GRAY)
        ground = float(np.median(frame))
        white = (frame > max(ground + 50, 205)).astype(np.uint8)
        white[:48, 700:] = 0
        ys, xs = np.nonzero(white)
        assert len(ys) > 800, "no words"
        assert xs.min() >= 0.05 * 854
        assert xs.max() <= 0.95 * 854
        assert rows[0] <= ys.min()
        assert ys.max() <= min(rows[1], 0.95 * 480)
        # Several separate letters, not a blot.
        assert cv2.connectedComponents(white)[0] > 10
    assert "Long" not in str(joined.shots()[1])


def test_a_cut_out_stays_itself_across_shots_and_is_no_drawn_figure(tmp_path):
    path = tmp_path / "figure.png"
    cv2.imwrite(str(path), standee(4))
    shots = [
        Shot("The figure from Image 1 stands in a desert", 2.0, STILL),
        Shot("It stands in the snow, close-up, at dusk", None, STILL),
    ]
    film = render_film(tmp_path, shots, images=(asset("Image 1", path),), audio=False)
    assert [shot["media"] for shot in film.shots()] == [["Image 1"], ["Image 1"]]
    assert [shot["subjects"] for shot in film.shots()] == [[], []]
    picture = standee(4)[..., :3]
    hues = []
    for shot in film.shots():
        frame = frames_of(film.frames, shot)[10]
        spot = placed(picture, frame)
        across, down = 60 * spot.scale, 100 * spot.scale
        crop = frame[int(spot.y - down) : int(spot.y + down), int(spot.x - across) : int(spot.x + across)]
        hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
        histogram = cv2.calcHist([hsv], [0, 1], None, [18, 4], [0, 180, 0, 256])
        hues.append(cv2.normalize(histogram, None).ravel())
    assert cv2.compareHist(hues[0], hues[1], cv2.HISTCMP_CORREL) > 0.7


def test_transitions_never_take_more_than_half_of_a_shot():
    long = Transition(TransitionKind.DISSOLVE, 2.0)
    plans = plan_film(
        GenerationRequest(tuple(Shot("a hill", transition=long if n else None) for n in range(8)), duration=4)
    )
    assert sum(plan.end - plan.start for plan in plans) == 96
    for plan in plans:
        assert plan.lead <= 6
        assert plan.tail <= 6
        assert plan.frames == plan.end - plan.start + plan.lead + plan.tail
