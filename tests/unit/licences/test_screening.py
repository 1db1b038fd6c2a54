"""Licences before the one judge: whole requests, uploads, outputs, and requests that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from faircut.app import Faircut
from faircut.config import Settings
from faircut.corroboration import TOGETHER
from faircut.domain import Decision, Licence, Shot, Stage, Use, Verdict
from faircut.media.assets import asset_from_file
from faircut.store.models import LicenceRow, RecentRequestRow
from support.media import wander, write_video

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("film") / "film.mp4", wander(4, 7))


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, film: Path) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home") / "home")) as faircut:
        for party, work, names in (
            ("Lantern House", "The Tin Heron", ("Mirabel Quench", "Osric Fennimore")),
            ("Dune Pictures", "Moth Country", ("Tamsin Vellacott",)),
        ):
            faircut.catalogue.add_party(party, actor="t")
            faircut.catalogue.add_work(work, party, actor="t")
            for name in names:
                faircut.catalogue.add_element("character", name, work=work, actor="t")
        faircut.catalogue.add_element("character", "Mirabel Quench", party="Dune Pictures", actor="t")
        faircut.catalogue.add_element("creature", "Sonic", work="The Tin Heron", actor="t")
        faircut.catalogue.add_reference(film, work="The Tin Heron", actor="t")
        yield faircut


@pytest.fixture
def service(registered: Faircut) -> Faircut:
    with registered.database.write() as session:
        session.execute(delete(LicenceRow))
        session.execute(delete(RecentRequestRow))
    return registered


def grant(service: Faircut, *uses: Use, to: str = "cli", element: str | None = None) -> Licence:
    work = None if element else "The Tin Heron"
    return service.licences.grant(
        "Lantern House", work=work, element=element, to=to, uses=uses or tuple(Use), until=TOMORROW, actor="t"
    )


def ask(service: Faircut, text: str, owner: str = "cli", **more: object) -> tuple[Decision, ...]:
    return service.screener.screen_request(service.build_request(shots=[Shot(text, **more)]), actor=owner)  # type: ignore[arg-type]


def end(service: Faircut, licence: Licence) -> None:
    ended = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="microseconds")
    with service.database.write() as session:
        session.execute(update(LicenceRow).where(LicenceRow.id == licence.id).values(until=ended))


def codes(decision: Decision) -> list[str]:
    return sorted(reason.code for reason in decision.reasons)


def test_it_covers_its_caller_its_element_and_its_time(service: Faircut) -> None:
    licence = grant(service, Use.WORDS, element="Osric Fennimore")
    (decision,) = ask(service, "Osric Fennimore rows home", caption="Osric Fennimore, at last")
    assert decision.allows
    assert (set(codes(decision)), decision.licences) == ({"licensed.name"}, {licence.id})
    assert service.decisions.get(decision.id) == decision
    assert ask(service, "Osric Fennimore rows home", "local")[0].verdict is Verdict.BLOCK
    both = ask(service, "Osric Fennimore meets Tamsin Vellacott")[0]
    assert (both.verdict, codes(both)) == (Verdict.BLOCK, ["licensed.name", "protected.name"])
    assert ask(service, "Osric Fennimore in The Tin Heron")[0].verdict is Verdict.BLOCK
    assert service.screener.is_current(decision.id)
    end(service, licence)
    assert not service.screener.is_current(decision.id)
    assert ask(service, "Osric Fennimore rows home")[0].verdict is Verdict.BLOCK


def test_a_namesake_of_somebody_elses_is_not_covered(service: Faircut) -> None:
    grant(service)
    (decision,) = ask(service, "Mirabel Quench lights her lamp")
    assert decision.verdict is Verdict.BLOCK
    assert "protected.name" in codes(decision)


def test_copies_are_covered_in_uploads_and_outputs_and_words_are_not(service: Faircut, film: Path) -> None:
    copy = asset_from_file(film, "Video 1")
    clip = service.uploads.add(film, "clip.mp4", owner="t")
    words = grant(service, Use.WORDS)
    assert service.screener.screen(copy, Stage.UPLOAD, actor="cli").verdict is Verdict.BLOCK
    grant(service, Use.COPIES)
    for stage in (Stage.UPLOAD, Stage.OUTPUT):
        decision = service.screener.screen(copy, stage, actor="cli")
        assert decision.allows
        assert set(codes(decision)) == {"licensed.picture"}
        assert service.screener.screen(copy, stage, actor="local").verdict is Verdict.BLOCK
    service.licences.revoke(words.id, actor="t")
    # What may be copied still tells what "sonic" means here.
    request = service.build_request(shots=[Shot("sonic runs over a hill")], clips=[clip])
    text, upload = service.screener.judge_request(request, actor="cli")
    unlicensed, _ = service.screener.judge_request(request, actor="local")
    assert upload.allows
    assert (text.verdict, text.reasons) == (unlicensed.verdict, unlicensed.reasons)
    assert text.verdict is Verdict.BLOCK


def test_what_the_callers_own_requests_show_together_is_covered_and_on_record(service: Faircut) -> None:
    licence = grant(service, Use.WORDS, element="Osric Fennimore")
    (first,) = ask(service, "A diver on the pier at dusk, he is called Osric")
    assert not first.licences
    alone, together = ask(service, "Fennimore lights his lamp and goes down")
    assert alone.allows
    assert together.allows
    assert (together.input, together.licences) == (TOGETHER, {licence.id})
    assert service.decisions.get(together.id) == together


def test_no_licence_covers_what_takes_another_callers_words(service: Faircut) -> None:
    grant(service, Use.WORDS, element="Osric Fennimore")
    piece = "A diver on the pier at dusk, wet planks, blue lamps, he is called Osric"
    rest = "Fennimore lights his lamp on the pier at dusk, wet planks, blue lamps"
    assert ask(service, piece, "local")[-1].allows
    assert ask(service, rest)[-1].verdict is Verdict.BLOCK
    with service.database.write() as session:
        session.execute(delete(RecentRequestRow))
    assert ask(service, piece)[-1].allows
    assert ask(service, rest, "local")[-1].verdict is Verdict.BLOCK


def test_what_passed_by_a_licence_hides_nothing_once_it_has_ended(service: Faircut) -> None:
    licence = grant(service, Use.WORDS, element="Osric Fennimore")
    assert ask(service, "Osric Fennimore waits on the pier")[0].allows
    end(service, licence)
    assert all(each.allows for each in ask(service, "A diver goes down at dusk, he is called Osric"))
    decisions = ask(service, "Fennimore lights his lamp")
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]
    assert decisions[1].reasons[0].element == "Osric Fennimore"


def test_a_licence_changes_nothing_where_nothing_was_found(service: Faircut) -> None:
    text = "A lighthouse in a storm, slow dolly in"
    before = service.preflight([text], actor="cli")
    grant(service)
    after = service.preflight([text], actor="cli")
    same = {"id": "", "created_at": before.created_at, "catalogue_revision": 0, "checks": ()}
    assert replace(before, **same) == replace(after, **same)  # type: ignore[arg-type]
