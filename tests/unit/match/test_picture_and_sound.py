"""The matchers on films made here: what was copied, from when to when, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from faircut.domain import Asset, Fingerprint, MediaKind, Reference, Segment
from faircut.extract import FileExtractor
from faircut.fingerprints import pdq
from faircut.match.picture import PictureMatcher
from faircut.match.sound import SoundMatcher
from faircut.media.assets import asset_from_file
from faircut.media.limits import MediaLimits
from support.media import RATE, Edit, reencode, tune, wander, write_video

LIMITS = MediaLimits()


@dataclass
class Shelf:
    """A catalogue of references alone."""

    kept: list[tuple[int, Reference, dict[str, Fingerprint]]] = field(default_factory=list)
    changes: int = 0
    index_folder: Path | None = None

    def put(self, path: Path, work: str, exclude: tuple[Segment, ...] = ()) -> Reference:
        asset = asset_from_file(path, path.name)
        prints = dict(FileExtractor(LIMITS, queries=False).extract(path, asset.kind, label=path.name))
        seq = len(self.kept) + 1
        reference = Reference(f"ref_{seq}", "p", work, None, asset.kind, asset.digest, path.name, None, exclude)
        self.kept.append((seq, reference, prints))
        self.changes += 1
        return reference

    def revision(self) -> int:
        return self.changes

    def excludes(self):
        return {reference.id: reference.exclude for _, reference, _ in self.kept}

    def registered(self, algorithm: str):
        return {seq: reference for seq, reference, prints in self.kept if algorithm in prints}

    def fingerprints(self, algorithm: str, after_seq: int = 0):
        return [(seq, r, prints[algorithm]) for seq, r, prints in self.kept if algorithm in prints and seq > after_seq]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    made = {}
    for seed, name in enumerate(("north", "south", "innocent"), 11):
        made[name] = write_video(folder / f"{name}.mp4", wander(14, seed), 24, tune(14, seed))
    return made


@pytest.fixture(scope="module")
def shelf(films: dict[str, Path]) -> Shelf:
    shelf = Shelf()
    shelf.put(films["north"], "north")
    shelf.put(films["south"], "south")
    return shelf


def look(shelf: Shelf, path: Path):
    asset = asset_from_file(path, path.name)
    prints = FileExtractor(LIMITS, queries=True).extract(path, asset.kind, label=path.name)
    return PictureMatcher(shelf).detect(asset, prints), SoundMatcher(shelf).detect(asset, prints)


def close(found: Segment | None, start: float, end: float) -> bool:
    return found is not None and abs(found.start - start) <= 0.5 and abs(found.end - end) <= 0.5


def test_a_mirrored_poor_copy_is_found_with_its_segments(shelf: Shelf, films: dict[str, Path], tmp_path: Path) -> None:
    edit = Edit(start=3, seconds=6, mirror=True, height=120, fps=15, crf=35)
    pictures, sounds = look(shelf, reencode(films["south"], tmp_path / "copy.mp4", edit))
    assert [match.work_id for match in pictures] == ["south"]
    assert close(pictures[0].query, 0, 6)
    assert close(pictures[0].reference, 3, 9)
    assert pictures[0].evidence["transform"] == "mirrored"
    assert [match.work_id for match in sounds] == ["south"]
    assert close(sounds[0].query, 0, 6)
    assert close(sounds[0].reference, 3, 9)


def test_innocent_footage_matches_nothing(shelf: Shelf, films: dict[str, Path]) -> None:
    assert look(shelf, films["innocent"]) == ((), ())


def test_cuts_of_two_films_inside_other_footage_are_told_apart(shelf: Shelf, tmp_path: Path) -> None:
    other, song = wander(4, 99), tune(4, 99)
    frames = np.concatenate([other[:72], wander(14, 11)[120:216], other[72:], wander(14, 12)[48:144]])
    sound = np.concatenate(
        [song[: 3 * RATE], tune(14, 11)[5 * RATE : 9 * RATE], song[3 * RATE :], tune(14, 12)[2 * RATE : 6 * RATE]]
    )
    pictures, sounds = look(shelf, write_video(tmp_path / "mix.mp4", frames, 24, sound))
    assert [match.work_id for match in pictures] == ["north", "south"]
    assert close(pictures[0].query, 3, 7)
    assert close(pictures[0].reference, 5, 9)
    assert close(pictures[1].query, 8, 12)
    assert close(pictures[1].reference, 2, 6)
    assert [match.work_id for match in sounds] == ["north", "south"]
    # Sound codes look 2.7 s ahead, so cuts of 4 s have soft ends.
    assert sounds[0].query is not None
    assert sounds[0].query.overlap(Segment(3, 7)) > 2.5


def test_reordered_shots_are_all_found(shelf: Shelf, tmp_path: Path) -> None:
    film = wander(14, 11)
    pictures, _ = look(shelf, write_video(tmp_path / "reordered.mp4", np.concatenate([film[216:288], film[0:72]])))
    assert len(pictures) == 2
    assert close(pictures[0].query, 0, 3)
    assert close(pictures[0].reference, 9, 12)
    assert close(pictures[1].query, 3, 6)
    assert close(pictures[1].reference, 0, 3)


@pytest.mark.parametrize("speed", [0.8, 1.25, 2.0])
def test_changed_speed_is_found_and_stated(shelf: Shelf, tmp_path: Path, speed: float) -> None:
    film = wander(14, 12)[: 24 * 8]
    index = np.arange(0, len(film), speed).astype(int)
    pictures, _ = look(shelf, write_video(tmp_path / "fast.mp4", film[index]))
    assert [match.work_id for match in pictures] == ["south"]
    assert pictures[0].evidence["speed"] == pytest.approx(speed, rel=0.06)
    assert close(pictures[0].reference, 0, 8)


def test_a_still_frame_and_a_quarter_turn_of_it_are_found_as_images(shelf: Shelf, tmp_path: Path) -> None:
    import cv2

    frame = wander(14, 11)[100]
    for name, picture, transform in (
        ("still.png", frame, "as is"),
        ("turned.png", np.rot90(frame, -1), "turned by 90 degrees"),
    ):
        cv2.imwrite(str(tmp_path / name), cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))
        pictures, _ = look(shelf, tmp_path / name)
        assert [match.work_id for match in pictures] == ["north"]
        assert pictures[0].query is None
        assert pictures[0].reference is not None
        assert abs(pictures[0].reference.start - 100 / 24) < 0.5
        assert pictures[0].evidence["transform"].startswith(transform)


def test_a_freeze_frame_in_a_clip_is_found(shelf: Shelf, tmp_path: Path) -> None:
    film = wander(14, 12)
    frames = np.concatenate([wander(3, 77), np.repeat(film[60:61], 48, axis=0)])
    pictures, _ = look(shelf, write_video(tmp_path / "freeze.mp4", frames))
    assert [match.work_id for match in pictures] == ["south"]
    assert close(pictures[0].query, 3, 5)


def test_excluded_segments_never_match(films: dict[str, Path], tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.put(films["north"], "north", (Segment(0, 9),))
    inside = reencode(films["north"], tmp_path / "inside.mp4", Edit(start=1, seconds=5))
    assert look(shelf, inside) == ((), ())
    outside = reencode(films["north"], tmp_path / "outside.mp4", Edit(start=10, seconds=4))
    assert [match.work_id for match in look(shelf, outside)[0]] == ["north"]


def test_registration_and_removal_count_at_once(films: dict[str, Path]) -> None:
    shelf = Shelf()
    matcher, asset = PictureMatcher(shelf), asset_from_file(films["north"], "query")
    prints = FileExtractor(LIMITS, queries=True).extract(films["north"], MediaKind.VIDEO, label="query")
    assert matcher.detect(asset, prints) == ()
    shelf.put(films["north"], "north")
    assert len(matcher.detect(asset, prints)) == 1
    seq, reference, kept = shelf.kept[0]
    shelf.kept[0] = (seq, replace(reference, exclude=(Segment(0, 60),)), kept)
    shelf.changes += 1
    assert matcher.detect(asset, prints) == ()
    shelf.kept.clear()
    shelf.changes += 1
    assert matcher.detect(asset, prints) == ()


def test_black_and_silence_match_nothing(tmp_path: Path) -> None:
    shelf = Shelf()
    black = write_video(
        tmp_path / "black.mp4", np.zeros((120, 90, 160, 3), np.uint8), 24, np.zeros(5 * RATE, np.float32)
    )
    shelf.put(black, "black")
    assert look(shelf, black) == ((), ())


def test_a_file_without_a_picture_fingerprint_counts_as_not_checked(shelf: Shelf) -> None:
    asset = Asset("Video 1", MediaKind.VIDEO, "0" * 64, 1)
    with pytest.raises(KeyError, match=pdq.ALGORITHM):
        PictureMatcher(shelf).detect(asset, {})


@pytest.mark.parametrize(
    ("name", "top", "side", "colour"),
    [("letterbox", 50, 0, 0), ("pillarbox", 0, 90, 16), ("border", 12, 20, 235), ("upright", 190, 0, 0)],
)
def test_bars_and_borders_do_not_hide_a_film(
    shelf: Shelf, tmp_path: Path, name: str, top: int, side: int, colour: int
) -> None:
    film = wander(14, 11)[96:240, :, ::-1]
    boxed = np.pad(film, ((0, 0), (top, top), (side, side), (0, 0)), constant_values=colour)
    pictures, _ = look(shelf, write_video(tmp_path / f"{name}.mp4", boxed, crf=30))
    assert [match.work_id for match in pictures] == ["north"]
    assert close(pictures[0].query, 0, 6)
    assert close(pictures[0].reference, 4, 10)
    assert pictures[0].evidence["bars"] == "added"
    assert pictures[0].evidence["transform"] == "mirrored"


def test_a_film_registered_with_bars_is_found_without_them(tmp_path: Path) -> None:
    film = wander(8, 13)
    shelf = Shelf()
    boxed = np.pad(film, ((0, 0), (40, 40), (0, 0), (0, 0)))
    shelf.put(write_video(tmp_path / "boxed.mp4", boxed), "boxed")
    pictures, _ = look(shelf, write_video(tmp_path / "bare.mp4", film[48:144]))
    assert [match.work_id for match in pictures] == ["boxed"]
    assert pictures[0].evidence["bars"] == "cut off"
    assert close(pictures[0].reference, 2, 6)


@pytest.mark.parametrize(
    ("moments", "fps"),
    [([5.0], 24), ([5.0, 2.0], 24), ([12.5, 1.0, 9.0, 4.0], 1), (np.random.default_rng(1).permutation(14).tolist(), 1)],
    ids=["one frame", "two frames", "slides", "many slides"],
)
def test_pictures_of_a_film_in_no_order_of_time(shelf: Shelf, tmp_path: Path, moments: list[float], fps: int) -> None:
    frames = wander(14, 12)[[round(moment * 24) for moment in moments]]
    pictures, _ = look(shelf, write_video(tmp_path / "slides.mp4", frames, fps))
    assert {match.work_id for match in pictures} == {"south"}
    for match in pictures:
        assert match.query is not None
        assert match.reference is not None
        assert abs(moments[int((match.query.start + 1e-3) * fps)] - match.reference.start) <= 0.5


def test_one_picture_that_looks_alike_does_not_taint_a_whole_clip(shelf: Shelf, tmp_path: Path) -> None:
    frames = wander(10, 13)
    frames[120] = wander(14, 12)[100]
    pictures, _ = look(shelf, write_video(tmp_path / "clip.mp4", frames))
    assert pictures == ()


def test_a_dim_still_is_recognised_but_left_to_review(tmp_path: Path) -> None:
    import cv2

    # A plain picture: a soft slope with a few faint shapes, of the kind that PDQ's quality rule passes over.
    film = (wander(4, 14).astype(np.float32) * 0.45 + 20).astype(np.uint8)
    shelf = Shelf()
    shelf.put(write_video(tmp_path / "dim.mp4", film, crf=12), "dim")
    cv2.imwrite(str(tmp_path / "still.png"), cv2.cvtColor(film[30], cv2.COLOR_RGB2BGR))
    asset = asset_from_file(tmp_path / "still.png", "Image 1")
    prints = FileExtractor(LIMITS, queries=True).extract(tmp_path / "still.png", asset.kind, label="Image 1")
    assert pdq.FAINT_QUALITY <= prints[pdq.ALGORITHM].quality[0] < pdq.MIN_QUALITY
    (match,) = PictureMatcher(shelf).detect(asset, prints)
    assert match.evidence["ambiguous"]
    assert match.reference is not None
    assert abs(match.reference.start - 30 / 24) < 0.5
