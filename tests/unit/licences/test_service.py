"""Licences on record: granted by the owner alone, revoked at once, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from faircut.app import Faircut
from faircut.cli.root import ACTOR
from faircut.config import Settings
from faircut.domain import Use
from faircut.errors import FaircutError
from faircut.licences.service import OPERATORS

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home") / "home")) as faircut:
        for party, work, character in (("North", "The Salt Road", "Captain Wren"), ("South", "Dunes", "Moth")):
            faircut.catalogue.add_party(party, actor="t")
            faircut.catalogue.add_work(work, party, actor="t")
            faircut.catalogue.add_element("character", character, work=work, actor="t")
        yield faircut


def test_a_change_is_one_event_and_one_revision(service: Faircut) -> None:
    key, _ = service.keys.create("ada", ["generate"], actor="t")
    before = service.catalogue.revision()
    licence = service.licences.grant(
        "North", work="The Salt Road", to=key.id, uses=["words"], until=TOMORROW, note="Trailer.", actor="boss"
    )
    assert service.catalogue.revision() == before + 1
    assert service.licences.get(licence.id) == licence
    assert service.licences.in_force(key.id, datetime.now(UTC)) == (licence,)
    assert service.licences.in_force("cli", datetime.now(UTC)) == ()
    ended = service.licences.revoke(licence.id, actor="judge")
    assert (ended.revoked_by, service.catalogue.revision()) == ("judge", before + 2)
    assert service.licences.in_force(key.id, datetime.now(UTC)) == ()
    assert service.licences.revoke(licence.id, actor="again") == ended == service.licences.get(licence.id)
    assert service.catalogue.revision() == before + 2
    granted, revoked = service.ledger.events(subject=licence.id)
    assert [(each.kind, each.actor) for each in (granted, revoked)] == [
        ("licence.granted", "boss"),
        ("licence.revoked", "judge"),
    ]
    assert granted.payload["to"] == key.id
    assert "Trailer" not in str(granted.payload)


def test_lists_say_what_reaches_a_thing(service: Faircut) -> None:
    catalogue, licences = service.catalogue, service.licences
    gull = catalogue.add_element("creature", "Gull", work="The Salt Road", actor="t")
    whole = licences.grant("North", work="The Salt Road", to="cli", until=TOMORROW, actor="t")
    one = licences.grant("North", element=gull.id, to="local", until=TOMORROW, actor="t")
    later = licences.grant("North", element=gull.id, to="cli", since=TOMORROW, until="2200-01-01", actor="t")
    assert set(licences.list(element=gull.id)) >= {whole, one, later}
    assert {one, later}.isdisjoint(licences.list(element="Captain Wren"))
    assert {whole, one, later} <= set(licences.list(work="The Salt Road", party="North"))
    assert {whole, later} <= set(licences.list(to="cli"))
    assert set(licences.list(to="cli", in_force_at=datetime.now(UTC))) == {whole}
    assert licences.list(work="Dunes") == licences.list(party="South") == ()
    assert later.until == datetime(2200, 1, 1, tzinfo=UTC)
    catalogue.remove_element(gull.id, actor="t")
    assert licences.get(one.id) == one


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"party": "South"}, "party", "input.invalid"),
        ({"party": "Nobody"}, "party", "not_found"),
        ({"work": "Nothing"}, "work", "not_found"),
        ({"work": None}, "work", "input.invalid"),
        ({"element": "Nobody"}, "element", "not_found"),
        ({"element": "Moth"}, "element", "not_found"),
        ({"element": "el of another work"}, "element", "input.invalid"),
        ({"to": "key_unknown"}, "to", "not_found"),
        ({"to": "revoked"}, "to", "input.invalid"),
        ({"to": "ada"}, "to", "not_found"),
        ({"uses": []}, "uses", "input.invalid"),
        ({"uses": ["words", "all"]}, "uses", "input.invalid"),
        ({"since": TOMORROW}, "until", "input.invalid"),
        ({"until": datetime(2020, 1, 1, tzinfo=UTC), "since": "2019-01-01"}, "until", "input.invalid"),
        ({"until": "next year"}, "until", "input.invalid"),
        ({"until": "9999-12-31T23:59-10:00"}, "until", "input.invalid"),
        ({"since": "soon"}, "since", "input.invalid"),
        ({"note": "x" * 2001}, "note", "input.limit"),
    ],
)
def test_what_is_wrong_is_said_with_its_field_and_nothing_is_granted(
    service: Faircut, changed: dict[str, object], field: str, code: str
) -> None:
    given = {"party": "North", "work": "The Salt Road", "to": "cli", "until": TOMORROW, "actor": "t"} | changed
    if given.get("element") == "el of another work":
        given["element"] = service.catalogue.element("Moth").id
    if given["to"] == "revoked":
        key, _ = service.keys.create("gone", ["generate"], actor="t")
        given["to"] = service.keys.revoke(key.id, actor="t").id
    before = service.catalogue.revision(), service.licences.list()
    with pytest.raises(FaircutError) as error:
        service.licences.grant(**given)  # type: ignore[arg-type]
    assert (error.value.field, error.value.code) == (field, code)
    assert (service.catalogue.revision(), service.licences.list()) == before


def test_the_operator_is_known_at_both_doors(service: Faircut) -> None:
    assert ACTOR in OPERATORS
    licence = service.licences.grant(
        "North", element="Captain Wren", to=ACTOR, uses=[Use.COPIES, "copies"], until="2100-01-01T10:00", actor="t"
    )
    assert (licence.uses, licence.until) == ((Use.COPIES,), datetime(2100, 1, 1, 10, tzinfo=UTC))
