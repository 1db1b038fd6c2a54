"""What was removed from the catalogue leaves the indexes on disk when they are compacted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.media import tune, wander, write_video

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Verdict


def on_disk(home: Path, codes: bytes) -> bool:
    return any(codes in segment.read_bytes() for segment in (home / "index").rglob("*.seg"))


def test_codes_of_a_removed_work_are_gone_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if very much were registered: then codes are written to disk as they come.
    monkeypatch.setattr("faircut.index.live.FLUSH_ROWS", 1)
    home = tmp_path / "home"
    films = {
        title: write_video(tmp_path / f"{title}.mp4", wander(3, seed), sound=tune(3, seed))
        for title, seed in (("Kept", 5), ("Gone", 6))
    }
    with Faircut(Settings(home=home)) as faircut:
        faircut.catalogue.add_party("House", actor="tests")
        for title, film in films.items():
            faircut.catalogue.add_work(title, "House", actor="tests")
            faircut.catalogue.add_reference(film, work=title, actor="tests")
        assert faircut.screen_file(films["Gone"], actor="maker").verdict is Verdict.BLOCK
        codes = {
            reference.name.removesuffix(".mp4"): fingerprint.codes.tobytes()
            for _, reference, fingerprint in faircut.catalogue.fingerprints("pdq-v1")
        }
        assert on_disk(home, codes["Gone"])
        faircut.catalogue.remove_work("Gone", cascade=True, actor="tests")
        assert faircut.screen_file(films["Gone"], actor="maker").verdict is Verdict.ALLOW
        assert on_disk(home, codes["Gone"])
        assert faircut.compact_indexes() == {"picture": True, "sound": True}
        assert not on_disk(home, codes["Gone"])
        assert on_disk(home, codes["Kept"])
        assert faircut.screen_file(films["Kept"], actor="maker").verdict is Verdict.BLOCK
