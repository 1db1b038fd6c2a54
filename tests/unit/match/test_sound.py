"""The sound matcher on sound composed here: what was done to it, from when to when, and what proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from av import AudioFrame
from av.audio.resampler import AudioResampler

from faircut.bench.drawn_sounds import applause, atmosphere, music, noise, tones
from faircut.bench.sound_edits import SOUND_EDITS, louder, noisy, resampled, spoken_over
from faircut.domain import Asset, Fingerprint, Match, MediaKind, NeverMatch, Reference, Segment
from faircut.fingerprints import chromaprint, landmarks, levels
from faircut.fingerprints.chromaprint import ChromaprintHasher
from faircut.fingerprints.landmarks import LandmarkHasher
from faircut.fingerprints.levels import LevelHasher
from faircut.match.sound import SoundMatcher
from support.catalogue import FakeCatalogue

RATE = 22050
ASSET = Asset("Audio 1", MediaKind.AUDIO, "0" * 64, 1)
Sound = npt.NDArray[np.float32]


def heard(sound: Sound) -> Sound:
    """As the extractor hears it, at 11,025 Hz."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[None], np.float32), "flt", "mono")
    frame.sample_rate = RATE
    resampler = AudioResampler(format="flt", layout="mono", rate=landmarks.SAMPLE_RATE)
    pieces = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([each.to_ndarray().reshape(-1) for each in pieces]).astype(np.float32)


def prints(sound: Sound, *, queries: bool, side: Sound | None = None) -> dict[str, Fingerprint]:
    codes, loudness = ChromaprintHasher(), LevelHasher()
    points = LandmarkHasher(queries=queries, shown=loudness.add)
    mono = heard(sound)
    codes.add(mono, 0.0)
    points.add(mono, 0.0, None if side is None else heard(side)[: len(mono)])
    constellation = points.finish()
    return {
        chromaprint.ALGORITHM: codes.finish(),
        landmarks.ALGORITHM: constellation,
        levels.ALGORITHM: loudness.finish(0.0, constellation.duration),
    }


def cut(sound: Sound, start: float, end: float) -> Sound:
    return sound[round(start * RATE) : round(end * RATE)]


def register(
    catalogue: FakeCatalogue, name: str, sound: Sound, *, party: str = "party", exclude: tuple[Segment, ...] = ()
) -> Reference:
    reference = catalogue.put(*prints(sound, queries=False).values(), name=name, exclude=exclude)
    catalogue.references[name] = replace(reference, party_id=party)
    return reference


def listen(catalogue: FakeCatalogue, sound: Sound, side: Sound | None = None) -> tuple[Match, ...]:
    return tuple(SoundMatcher(catalogue).detect(ASSET, prints(sound, queries=True, side=side)))


def close(found: Segment | None, start: float, end: float, within: float = 0.5) -> bool:
    return found is not None and abs(found.start - start) <= within and abs(found.end - end) <= within


@pytest.fixture(scope="module")
def pieces() -> Mapping[str, Sound]:
    return {name: music(30, seed, RATE) for seed, name in enumerate(("north", "south", "east", "stranger"), 41)}


@pytest.fixture(scope="module")
def catalogue(pieces: Mapping[str, Sound]) -> FakeCatalogue:
    made = FakeCatalogue()
    for name in ("north", "south", "east"):
        register(made, name, pieces[name])
    return made


@pytest.mark.parametrize("name", SOUND_EDITS)
def test_every_edit_is_found_with_its_ends_and_its_speed(
    catalogue: FakeCatalogue, pieces: Mapping[str, Sound], name: str
) -> None:
    edit = SOUND_EDITS[name]
    made = edit.apply(cut(pieces["south"], 7.3, 17.3), RATE)
    (match,) = listen(catalogue, made)
    assert match.work_id == "work of south"
    assert close(match.query, 0, len(made) / RATE)
    assert close(match.reference, 7.3, 17.3)
    assert match.evidence["speed"] == pytest.approx(edit.speed, abs=0.01)
    assert match.evidence["pitch"] == pytest.approx(edit.pitch, abs=0.01)
    assert match.probability is not None
    assert match.probability > 0.99


def test_fast_music_under_a_voice_is_found_and_the_other_piece_is_not(
    catalogue: FakeCatalogue, pieces: Mapping[str, Sound]
) -> None:
    made = spoken_over(resampled(cut(pieces["east"], 4, 16), RATE, 1.07), RATE, seed=5)
    (match,) = listen(catalogue, made)
    assert match.work_id == "work of east"
    assert match.detector == landmarks.ALGORITHM
    assert match.evidence["speed"] == pytest.approx(1.07, abs=0.01)


def test_an_exact_copy_is_heard_by_both_and_surer_for_it(catalogue: FakeCatalogue, pieces: Mapping[str, Sound]) -> None:
    sound = louder(cut(pieces["north"], 5, 13), RATE, -6)
    asked = prints(sound, queries=True)
    (both,) = SoundMatcher(catalogue).detect(ASSET, asked)
    assert both.evidence["algorithms"] == [chromaprint.ALGORITHM, landmarks.ALGORITHM]
    for name in (chromaprint.ALGORITHM, landmarks.ALGORITHM):
        fingerprint = asked[name]
        (alone,) = SoundMatcher(catalogue).detect(ASSET, {name: fingerprint})
        assert alone.evidence["algorithms"] == [name]
        assert close(alone.reference, 5, 13)
        assert (alone.probability or 0) <= (both.probability or 0)


def test_strangers_and_what_everybody_has_match_nothing(catalogue: FakeCatalogue, pieces: Mapping[str, Sound]) -> None:
    own = FakeCatalogue()
    for name in ("north", "south", "east"):
        register(own, name, pieces[name])
    register(own, "hum", tones(20, 1, RATE))
    register(own, "hiss", noise(20, 1, RATE, 0.0))
    register(own, "hands", applause(20, 1, RATE))
    register(own, "nothing", np.zeros(20 * RATE, np.float32))
    for sound in (
        pieces["stranger"],
        music(20, 77, RATE, style=41),
        tones(15, 1, RATE),
        tones(15, 2, RATE),
        noise(15, 2, RATE, 0.0),
        applause(15, 2, RATE),
        np.zeros(15 * RATE, np.float32),
    ):
        assert listen(own, sound) == ()


def test_several_works_a_loop_and_a_stranger_are_told_apart(
    catalogue: FakeCatalogue, pieces: Mapping[str, Sound]
) -> None:
    loop = cut(pieces["east"], 11.3, 15.6)
    made = np.concatenate(
        [
            cut(pieces["north"], 2, 8),
            cut(pieces["stranger"], 0, 4),
            resampled(cut(pieces["south"], 20, 27), RATE, 1.08),
            loop,
            loop,
        ]
    )
    found = listen(catalogue, made)
    assert [match.work_id for match in found] == ["work of north", "work of south", "work of east", "work of east"]
    north, south, first, second = found
    middle = 10 + 7 / 1.08
    assert close(north.query, 0, 6)
    assert close(north.reference, 2, 8)
    assert close(south.query, 10, middle)
    assert close(south.reference, 20, 27)
    assert close(first.query, middle, middle + 4.3)
    assert close(second.query, middle + 4.3, middle + 8.6)
    assert close(first.reference, 11.3, 15.6)
    assert close(second.reference, 11.3, 15.6)


def test_excluded_segments_never_match(pieces: Mapping[str, Sound]) -> None:
    own = FakeCatalogue()
    reference = register(own, "north", pieces["north"])
    matcher = SoundMatcher(own)
    asked = prints(resampled(cut(pieces["north"], 6, 14), RATE, 1.05), queries=True)
    assert len(matcher.detect(ASSET, asked)) == 1
    own.exclude(reference, Segment(5, 15))
    assert matcher.detect(ASSET, asked) == ()
    own.remove(reference)
    assert matcher.detect(ASSET, asked) == ()


def test_negative_references_take_away_what_they_explain(pieces: Mapping[str, Sound]) -> None:
    own = FakeCatalogue()
    jingle = cut(pieces["east"], 0, 8)
    register(own, "film", np.concatenate([jingle, cut(pieces["north"], 0, 15)]))
    register(own, "jingle", jingle, party="other")
    assert {match.work_id for match in listen(own, jingle)} == {"work of film", "work of jingle"}
    for scope, found in ((NeverMatch.EVERYONE, set()), (NeverMatch.PARTY, {"work of film"})):
        own.references["jingle"] = replace(own.references["jingle"], negative=scope, work_id=None)
        own.changes += 1
        assert {match.work_id for match in listen(own, jingle)} == found
    # Beyond the jingle the film is still the film.
    own.references["jingle"] = replace(own.references["jingle"], negative=NeverMatch.EVERYONE)
    own.changes += 1
    (match,) = listen(own, np.concatenate([jingle, cut(pieces["north"], 0, 6)]))
    assert match.work_id == "work of film"
    assert close(match.query, 8, 14)
    assert close(match.reference, 8, 14)


def test_a_jingle_in_the_works_of_many_parties_is_no_evidence(pieces: Mapping[str, Sound]) -> None:
    own = FakeCatalogue()
    jingle = cut(pieces["east"], 0, 6)
    for number, name in enumerate(("north", "south", "stranger")):
        register(own, name, np.concatenate([jingle, cut(pieces[name], 0, 12)]), party=f"party {number}")
    assert listen(own, jingle) == ()
    (match,) = listen(own, np.concatenate([jingle, cut(pieces["south"], 0, 6)]))
    assert match.work_id == "work of south"
    assert close(match.query, 6, 12)


def test_what_stands_in_the_difference_of_the_channels_alone_is_heard(
    catalogue: FakeCatalogue, pieces: Mapping[str, Sound]
) -> None:
    mid, side = cut(pieces["stranger"], 0, 10), cut(pieces["north"], 8, 18)
    assert listen(catalogue, mid) == ()
    (match,) = listen(catalogue, mid, side)
    assert match.work_id == "work of north"
    assert match.evidence["channel"] == "difference of the stereo channels"
    assert close(match.reference, 8, 18)


def test_what_noise_hides_of_a_copy_belongs_to_it_and_what_is_put_beside_it_does_not() -> None:
    own = FakeCatalogue()
    film = atmosphere(30, 104, RATE)
    register(own, "film", film)
    asked = prints(noisy(cut(film, 9, 19), RATE, seed=3), queries=True)
    (match,) = SoundMatcher(own).detect(ASSET, asked)
    assert close(match.query, 0, 10)
    assert close(match.reference, 9, 19)
    assert match.evidence["fine_structure"] > 5.5
    # Of a reference that was registered before there were levels, landmarks alone must tell.
    del asked[levels.ALGORITHM]
    for old in SoundMatcher(own).detect(ASSET, asked):
        assert "fine_structure" not in old.evidence
        assert old.work_id == "work of film"
    beside = music(5, 61, RATE)
    level = np.float32(film[9 * RATE : 19 * RATE].std() / beside.std())
    (match,) = listen(own, np.concatenate([level * beside, cut(film, 9, 19), level * music(5, 62, RATE)]))
    assert close(match.query, 5, 15)
    assert close(match.reference, 9, 19)
