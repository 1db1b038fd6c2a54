"""An upgrade of the fingerprints: what an older extractor took is taken again, and is found all the while."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faircut.catalogue.refingerprinting import Refingerprinting
from faircut.domain import Fingerprint, MediaKind

NEW = "pdq-v2"


@pytest.fixture
def old(home: Any) -> Any:
    """A catalogue whose references an extractor of version 1 took."""
    home.catalogue.add_party("Lantern Pictures", actor="test")
    home.catalogue.add_work("The Tin Heron", "Lantern Pictures", actor="test")
    for name in ("one.mp4", "two.mp4", "three.png"):
        home.catalogue.add_reference(home.file(name), work="The Tin Heron", actor="test")
    home.catalogue.add_reference(
        text="A long passage of words, forty letters or more.", work="The Tin Heron", actor="t"
    )
    return home


def upgrade(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the extractor writes ``pdq-v2`` instead of ``pdq-v1``."""
    before = home.extractor.extract

    def extract(path: Path, kind: MediaKind, **more: Any) -> Mapping[str, Fingerprint]:
        found = dict(before(path, kind, **more))
        one = found.pop("pdq-v1")
        return {**found, NEW: Fingerprint(NEW, one.codes ^ np.uint8(255), one.times, one.quality, one.duration)}

    monkeypatch.setattr(home.extractor, "extract", extract)
    monkeypatch.setattr(home.extractor, "version", "bytes-v2")


def held(home: Any) -> dict[str, set[str]]:
    """The references that can be searched by each algorithm."""
    return {
        name: {reference.id for _, reference, _ in home.catalogue.fingerprints(name)}
        for name in ("pdq-v1", NEW, "chroma-v1")
    }


def test_nothing_is_outdated_until_the_extractor_changes(old: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Refingerprinting(old.catalogue)
    assert work.outdated() == 0
    upgrade(old, monkeypatch)
    assert work.outdated() == 3, "texts have no fingerprints"


def test_every_reference_is_found_by_one_version_or_the_other_at_every_moment(
    old: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = held(old)["pdq-v1"]
    upgrade(old, monkeypatch)
    states: list[dict[str, set[str]]] = []
    report = Refingerprinting(old.catalogue).run(progress=lambda *_: states.append(held(old)), actor="test")
    assert (report.done, report.failed) == (3, ())
    assert [len(state[NEW]) for state in states] == [0, 1, 2, 3]
    for state in states:
        assert state["pdq-v1"] | state[NEW] == everything
        assert state["pdq-v1"] & state[NEW] == set()
        assert len(state["chroma-v1"]) == 2, "what has not changed is left alone"


def test_an_index_that_follows_sequence_numbers_sees_the_new_fingerprints(
    old: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = max(seq for seq, _, _ in old.catalogue.fingerprints("pdq-v1"))
    upgrade(old, monkeypatch)
    Refingerprinting(old.catalogue).run(actor="test")
    assert len(list(old.catalogue.fingerprints(NEW, last))) == 3


def test_what_cannot_be_read_keeps_its_old_fingerprints_and_is_reported(
    old: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = old.catalogue.references()[0]
    upgrade(old, monkeypatch)
    old.blobs.delete(first.digest)
    report = Refingerprinting(old.catalogue).run(actor="test")
    assert report.done == 2
    assert [name for name, _ in report.failed] == [first.id]
    assert held(old)["pdq-v1"] == {first.id}
    assert Refingerprinting(old.catalogue).outdated() == 1


def test_a_run_that_was_stopped_goes_on_with_the_next(old: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(old, monkeypatch)
    first = Refingerprinting(old.catalogue)
    seen: list[str] = []

    def stop_after_one(_share: float, message: str) -> None:
        seen.append(message)
        first._stop.set()

    assert first.run(progress=stop_after_one, actor="test").done == 1
    assert Refingerprinting(old.catalogue).outdated() == 2
    assert Refingerprinting(old.catalogue).run(actor="test").done == 2
    assert [kind for kind in old.ledger.kinds() if kind == "catalogue.reference.refingerprinted"] == [
        "catalogue.reference.refingerprinted"
    ] * 3


def test_it_runs_in_the_background_only_where_there_is_work(old: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Any] = []
    idle = Refingerprinting(old.catalogue)
    idle.start(reports.append)
    idle.stop()
    assert reports == []
    upgrade(old, monkeypatch)
    busy = Refingerprinting(old.catalogue)
    busy.start(reports.append)
    assert busy._thread is not None
    busy._thread.join()
    assert [each.done for each in reports] == [3]
