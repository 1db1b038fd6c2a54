"""The user's own pixels and sounds: each in its shot, cut on its frame, heard where it belongs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from faircut.domain import Shot
from support.previz import asset, clip_file, image_file, render_film, sound_file

HUES = ((30, 30, 220), (30, 200, 30), (220, 60, 30), (20, 200, 220), (200, 30, 200), (210, 200, 30), (30, 110, 230),
        (120, 40, 90), (60, 60, 60), (150, 220, 150), (230, 160, 190), (90, 160, 60))  # fmt: skip
"""Twelve colours (B, G, R) that no other of them is taken for."""


def nearest(frame: np.ndarray) -> int:
    middle = frame[frame.shape[0] // 3 : frame.shape[0] * 2 // 3, frame.shape[1] // 3 : frame.shape[1] * 2 // 3]
    colour = np.median(middle.reshape(-1, 3), axis=0)
    lab = cv2.cvtColor(np.array([[colour, *HUES]], np.uint8), cv2.COLOR_BGR2LAB)[0].astype(float)
    return int(np.argmin(((lab[1:] - lab[0]) ** 2).sum(1)))


def tone_share(sound: np.ndarray, hertz: float) -> float:
    """How much of a sound's energy is within 20 Hz of a tone."""
    mono = sound.mean(1) * np.hanning(len(sound))
    spectrum = np.abs(np.fft.rfft(mono)) ** 2
    frequency = np.fft.rfftfreq(len(mono), 1 / 48000)
    return float(spectrum[np.abs(frequency - hertz) < 20].sum() / spectrum.sum())


def test_shots_are_cut_on_their_exact_frames_and_show_their_own_file(plates_film):
    assert [(shot["start_frame"], shot["end_frame"]) for shot in plates_film.shots()] == [(0, 36), (36, 60), (60, 96)]
    strongest = []
    for frame in plates_film.frames:
        blue, green, red = frame[100:380, 200:650].reshape(-1, 3).mean(0)
        strongest.append("bgr"[int(np.argmax((blue, green, red)))])
    assert strongest == ["r"] * 36 + ["g"] * 24 + ["b"] * 36


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crowded")
    flat = [np.full((240, 320, 3), hue, np.uint8) for hue in HUES]
    images = tuple(
        asset(f"Image {n + 1}", image_file(folder / f"{n}.png", picture)) for n, picture in enumerate(flat[:9])
    )
    clips = tuple(
        asset(f"Video {n + 1}", clip_file(folder / f"{n}.mp4", [picture] * 48)) for n, picture in enumerate(flat[9:])
    )
    sounds = tuple(
        asset(f"Audio {n + 1}", sound_file(folder / f"{n}.wav", hertz, 2.0)) for n, hertz in enumerate((500, 900, 1500))
    )
    shots = [Shot("Image 3, static, with Audio 2"), Shot("Video 2, static")]
    return render_film(folder, shots, images=images, clips=clips, sounds=sounds)


def test_nine_images_and_three_clips_are_all_shown_when_the_timeline_says(crowded):
    labels = [*(f"Image {n}" for n in range(1, 10)), *(f"Video {n}" for n in range(1, 4))]
    shown = crowded.events("media")
    assert sorted(event["media"] for event in shown) == sorted(labels)
    for event in shown:
        middle = (event["frame"] + event["end_frame"]) // 2
        assert labels[nearest(crowded.frames[middle])] == event["media"], event
    shots = {event["media"]: event["shot"] for event in shown}
    assert shots["Image 3"] == 1
    assert shots["Video 2"] == 2


def test_named_sounds_play_in_their_shot(crowded):
    first, second = crowded.sound[4800:91200], crowded.sound[100800:187200]
    assert tone_share(first, 900) > 0.2
    heard = {hertz: max(tone_share(first, hertz), tone_share(second, hertz)) for hertz in (500, 900, 1500)}
    assert min(heard.values()) > 0.05, heard


def test_a_clip_brings_its_own_sound_when_no_other_is_given(tmp_path):
    frames = [np.full((240, 320, 3), 120, np.uint8)] * 96
    clip = asset("Video 1", clip_file(tmp_path / "clip.mp4", frames, tone=700))
    film = render_film(tmp_path, [Shot("Video 1, static")], clips=(clip,))
    assert tone_share(film.sound[9600:180000], 700) > 0.5


def test_a_clip_runs_at_its_own_speed_and_a_short_one_is_stretched(tmp_path):
    for seconds, expected in ((4, 0.5), (2, 1.0)):
        frames = []
        for number in range(seconds * 24):
            picture = np.full((240, 432, 3), 30, np.uint8)
            picture[:, : round(432 * number / (seconds * 24))] = 220
            frames.append(picture)
        clip = asset("Video 1", clip_file(tmp_path / f"clip{seconds}.mp4", frames))
        film = render_film(tmp_path, [Shot("Video 1, static")], clips=(clip,), audio=False)
        # A bar that crosses the picture once: after two of four seconds it is half way in a clip that fills the shot.
        row = film.frames[48][300].mean(1)
        assert float((row > 110).mean()) == pytest.approx(0.5, abs=0.06), (seconds, expected)


def test_portrait_pictures_fill_a_landscape_frame(tmp_path):
    tall = np.zeros((1600, 500, 3), np.uint8)
    tall[:] = (40, 160, 40)
    film = render_film(
        tmp_path,
        [Shot("Image 1, crane up")],
        images=(asset("Image 1", image_file(tmp_path / "t.png", tall)),),
        audio=False,
    )
    for frame in (film.frames[0], film.frames[-1]):
        inner = frame[60:420, 4:-4]
        assert (inner[..., 1] > inner[..., 0] + 30).mean() > 0.99


def test_a_cut_out_stands_in_a_drawn_scene(tmp_path):
    picture = np.full((600, 400, 3), 245, np.uint8)
    cv2.ellipse(picture, (200, 320), (110, 240), 0, 0, 360, (200, 20, 200), -1)
    film = render_film(
        tmp_path,
        [Shot("The figure from Image 1 stands in a desert, static")],
        images=(asset("Image 1", image_file(tmp_path / "f.png", picture)),),
        audio=False,
    )
    frame = film.frames[48].astype(int)
    magenta = (frame[..., 0] > frame[..., 1] + 60) & (frame[..., 2] > frame[..., 1] + 60)
    white = frame.min(2) > 232
    assert 0.01 < magenta.mean() < 0.4
    rows, columns = np.flatnonzero(magenta.any(1)), np.flatnonzero(magenta.any(0))
    box = np.s_[rows[0] : rows[-1], columns[0] : columns[-1]]
    assert white[box].mean() < 0.12, "the white of the upload came along"
    assert film.shots()[0]["place"] == "desert"


@pytest.mark.real
def test_real_clips_become_a_film_with_their_sound_or_ours(real_media, tmp_path):
    clips = tuple(
        asset(f"Video {n + 1}", real_media / name)
        for n, name in enumerate(("frog-720x480-8s.mp4", "chair-480x720-22s.mp4"))
    )
    film = render_film(tmp_path, [Shot("Video 1, slow zoom in"), Shot("Video 2 at dusk, pan left")], clips=clips)
    assert len(film.frames) == 96
    assert [event["media"] for event in film.events("media")] == ["Video 1", "Video 2"]
    assert np.abs(film.sound).max() > 0.05
    # Neither black bars nor an empty border: the outermost columns carry picture.
    for frame in (film.frames[10], film.frames[60]):
        assert frame[:, :6].mean() > 12
        assert frame[:, -6:].mean() > 12
