"""The sound of real films, edited as people edit it: found where it stands, and nothing found in what shows none."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import sound_recall
from benchmarks.sound_recall import FILMS, INNOCENT, RATE, Registered, load, write

from faircut.bench.sound_edits import SOUND_EDITS
from faircut.domain import Asset, Match, MediaKind
from faircut.extract import FileExtractor
from faircut.match.sound import SoundMatcher
from faircut.media.limits import MediaLimits

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

MOMENTS = ((FILMS[0], 12.0), (FILMS[2], 9.0), (FILMS[3], 33.0))
PAIRS = (("speed-up-10", "phone-band"), ("noise-0db", "mp3-64k"), ("pitch-down-5", "volume-down"))


@pytest.fixture(scope="module")
def matcher(real_media: Path, tmp_path_factory: pytest.TempPathFactory) -> SoundMatcher:
    path, prints = tmp_path_factory.mktemp("films") / "film.wav", {}
    extractor = FileExtractor(MediaLimits(), queries=False)
    for name in FILMS:
        # The sound alone: decoding the pictures too would take most of the time.
        write(path, load(real_media / name))
        prints[name] = extractor.extract(path, MediaKind.AUDIO, label=name)
    return SoundMatcher(Registered(prints))


def listen(matcher: SoundMatcher, path: Path) -> tuple[Match, ...]:
    prints = FileExtractor(MediaLimits(), queries=True).extract(path, MediaKind.AUDIO, label="Audio 1")
    return tuple(matcher.detect(Asset("Audio 1", MediaKind.AUDIO, "0" * 64, 1, path=path), prints))


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
@pytest.mark.parametrize(("name", "start"), MOMENTS)
def test_two_edits_of_a_film_are_found_with_their_ends(
    matcher: SoundMatcher, real_media: Path, tmp_path: Path, name: str, start: float, pair: tuple[str, str]
) -> None:
    sound = load(real_media / name)[round(start * RATE) :][: 10 * RATE]
    speed = 1.0
    for edit in pair:
        sound, speed = SOUND_EDITS[edit].apply(sound, RATE), speed * SOUND_EDITS[edit].speed
    write(tmp_path / "copy.wav", sound)
    (match,) = listen(matcher, tmp_path / "copy.wav")
    assert match.work_id == name
    assert match.query is not None
    assert match.reference is not None
    assert match.query.start == pytest.approx(0, abs=0.5)
    assert match.query.end == pytest.approx(len(sound) / RATE, abs=0.5)
    assert match.reference.start == pytest.approx(start, abs=0.5)
    assert match.reference.end == pytest.approx(start + 10, abs=0.5)
    assert match.evidence["speed"] == pytest.approx(speed, abs=0.01)
    assert match.probability is not None
    assert match.probability > 0.99


@pytest.mark.parametrize("name", INNOCENT)
def test_bystanders_sound_like_no_film(matcher: SoundMatcher, real_media: Path, tmp_path: Path, name: str) -> None:
    sound = load(real_media / name)
    for edit in ("volume-down", "noise-0db", "speed-up-10"):
        write(tmp_path / "other.wav", SOUND_EDITS[edit].apply(sound, RATE))
        assert listen(matcher, tmp_path / "other.wav") == ()


def test_the_films_sound_like_no_other_film(matcher: SoundMatcher, real_media: Path, tmp_path: Path) -> None:
    for name in FILMS:
        write(tmp_path / "film.wav", sound_recall.load(real_media / name))
        assert {match.work_id for match in listen(matcher, tmp_path / "film.wav")} == {name}
