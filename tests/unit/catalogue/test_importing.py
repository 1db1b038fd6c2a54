from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.catalogue.reading import load_json, read_document
from faircut.domain import Alias, ElementPolicy, Identifier, MediaKind, Segment
from faircut.errors import Conflict, FaircutError, InputError, NotFound, UnreadableMedia

EIDR = "10.5240/7791-8534-2C23-9030-8610-5"
PASSAGE = "It was a bright cold day in April, and the clocks were striking thirteen."


def lantern() -> dict[str, Any]:
    """Everything that the contract can say."""
    return {
        "parties": [
            {"name": "Lantern Pictures"},
            {"name": "Ada Quill", "elements": [{"kind": "likeness", "name": "Ada Quill", "references": ["ada.png"]}]},
        ],
        "works": [
            {
                "title": "The Tin Heron",
                "party": "Lantern Pictures",
                "identifiers": [{"scope": "EIDR", "value": EIDR.lower()}],
                "policy": "review",
                "references": [{"path": "heron.mp4", "exclude": [[0, 2], [1, 3]]}, {"text": PASSAGE, "name": "script"}],
                "elements": [
                    {
                        "kind": "character",
                        "name": "Captain Wren",
                        "language": "en",
                        "aliases": ["Wrenny", {"text": "Käpt'n Zaunkönig", "language": "de"}],
                        "tagline": "Late, but never lost.",
                        "description": "A tin bird with a red scarf.\nOne eye is a lamp.",
                        "keywords": ["tin", "scarf"],
                        "policy": "allow with licence",
                        "references": ["sub/wren.png"],
                    },
                    {"kind": "title", "name": "The Tin Heron"},
                ],
            },
            {"title": "Salt Roads", "party": "Harbour Films", "identifiers": {"ISRC": "US-SKG-19-12345"}},
        ],
    }


@pytest.fixture
def files(home: Any) -> Path:
    for name in ("heron.mp4", "ada.png", "sub/wren.png"):
        home.file(name)
    folder: Path = home.files
    return folder


def put(folder: Path, document: object, name: str = "catalogue.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def contents(home: Any) -> tuple[Any, ...]:
    catalogue = home.catalogue
    return (
        catalogue.revision(), catalogue.parties(), catalogue.works(), catalogue.elements(), catalogue.references(),
        list(home.blobs.digests()), home.ledger.kinds(),
    )  # fmt: skip


def test_the_contract_is_imported_whole(home: Any, files: Path) -> None:
    said: list[tuple[float, str]] = []
    report = home.catalogue.import_file(
        put(files, lantern()), progress=lambda share, message: said.append((share, message)), actor="anna"
    )
    assert (report.added.parties, report.added.works, report.added.elements, report.added.references) == (3, 2, 3, 4)
    assert str(report) == "Added 3 parties, 2 works, 3 elements, 4 references."
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert said[-1][0] == 1.0
    assert any("heron.mp4" in message for _, message in said)
    work = home.catalogue.work("The Tin Heron")
    assert work.identifiers == (Identifier("EIDR", EIDR),)
    assert work.policy is ElementPolicy.REVIEW
    wren = home.catalogue.element("Captain Wren")
    assert wren.aliases == (Alias("Wrenny"), Alias("Käpt'n Zaunkönig", "de"))
    assert wren.policy is ElementPolicy.LICENCE
    assert "\n" in wren.description
    assert home.catalogue.element("The Tin Heron").policy is ElementPolicy.REVIEW, "the work's, where none is given"
    film, script = home.catalogue.references(work=work.id)[:2]
    assert (film.kind, film.exclude) == (MediaKind.VIDEO, (Segment(0, 3),))
    assert home.catalogue.reference_text(script.id) == PASSAGE
    (face,) = home.catalogue.references(element="Ada Quill")
    assert face.work_id is None
    assert home.catalogue.work("Salt Roads").identifiers == (Identifier("ISRC", "USSKG1912345"),)
    assert {event.actor for event in home.ledger.events()} == {"anna"}
    assert home.ledger.kinds()[-1] == "catalogue.import.completed"
    (event,) = home.ledger.events(subject=work.id)
    assert event.payload["references_added"][0]["digest"] == film.digest


def test_importing_again_adds_nothing(home: Any, files: Path) -> None:
    path = put(files, lantern())
    home.catalogue.import_file(path, actor="test")
    before = contents(home)
    home.extractor.calls.clear()
    report = home.catalogue.import_file(path, actor="test")
    assert not report.changed
    assert str(report) == "Nothing to add: everything is in the catalogue already."
    assert (report.skipped.works, report.skipped.elements, report.skipped.references) == (2, 3, 4)
    assert home.extractor.calls == [], "what is known is not decoded again"
    assert contents(home) == before


def test_what_is_new_is_merged_into_what_is_there(home: Any, files: Path) -> None:
    home.catalogue.import_file(put(files, lantern()), actor="test")
    old = home.catalogue.element("Captain Wren")
    work = home.catalogue.work("The Tin Heron")
    home.file("teaser.mp4")
    more = {
        "works": [
            {
                "title": "the tin heron", "party": "LANTERN pictures", "identifiers": {"ISAN": "0000-0000-D07A-0090-Q"},
                "references": ["heron.mp4", "teaser.mp4"],
                "elements": [
                    {"kind": "character", "name": "captain wren", "aliases": ["WRENNY", "Capitán"], "policy": "block"},
                    {"kind": "prop", "name": "Brass lamp"},
                ],
            }
        ]
    }  # fmt: skip
    report = home.catalogue.import_file(put(files, more), actor="test")
    assert (report.added.works, report.added.elements, report.added.references) == (0, 1, 1)
    assert (report.updated.works, report.updated.elements) == (1, 1)
    new = home.catalogue.element("Captain Wren")
    assert new.id == old.id
    assert new.name == "Captain Wren"
    assert [alias.text for alias in new.aliases] == ["Wrenny", "Käpt'n Zaunkönig", "Capitán"]
    assert (new.policy, new.description, new.keywords) == (ElementPolicy.BLOCK, old.description, old.keywords)
    assert [each.scope for each in home.catalogue.work(work.id).identifiers] == ["EIDR", "ISAN"]
    assert home.catalogue.work(work.id).policy is ElementPolicy.REVIEW


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        (lambda d: d["works"][0]["elements"][0].update(kindd="x"), "works[0].elements[0].kindd", InputError),
        (lambda d: d["works"][0]["elements"][0].update(kind="x"), "works[0].elements[0].kind", InputError),
        (lambda d: d["works"][0]["elements"][0].pop("name"), "works[0].elements[0].name", InputError),
        (lambda d: d["works"][0].pop("title"), "works[0].title", InputError),
        (lambda d: d["works"][0].pop("party"), "works[0].party", InputError),
        (lambda d: d["works"][0].update(policy="maybe"), "works[0].policy", InputError),
        (lambda d: d["works"][0].update(elements={}), "works[0].elements", InputError),
        (lambda d: d["works"][0].update(identifiers={"EIDR": EIDR[:-1] + "6"}), "works[0].identifiers[0]", InputError),
        (lambda d: d["works"][0].update(identifiers=["x"]), "works[0].identifiers[0]", InputError),
        (lambda d: d["works"][1].update(identifiers={"EIDR": EIDR}), "works[1].identifiers", Conflict),
        (lambda d: d["works"][1].update(references=["gone.mp4"]), "works[1].references[0]", NotFound),
        (lambda d: d["works"][1].update(references=["broken.mp4"]), "works[1].references[0]", UnreadableMedia),
        (lambda d: d["works"][1].update(references=["odd.xyz"]), "works[1].references[0]", UnreadableMedia),
        (lambda d: d["works"][1].update(references=[{"text": "short"}]), "works[1].references[0]", InputError),
        (lambda d: d["works"][1].update(references=[{}]), "works[1].references[0]", InputError),
        (
            lambda d: d["works"][1].update(references=[{"path": "heron.mp4", "exclude": [[29, 40]]}]),
            "works[1].references[0].exclude[0]",
            InputError,
        ),
        (
            lambda d: d["works"][1].update(references=[{"path": "heron.mp4", "exclude": [[3, 2]]}]),
            "works[1].references[0].exclude[0]",
            InputError,
        ),
        (lambda d: d.update(partys=[]), "partys", InputError),
        (lambda d: d["parties"].append({"name": "!"}), "parties[2].name", InputError),
        (lambda d: d["parties"].append(3), "parties[2]", InputError),
    ],
)
def test_one_mistake_and_nothing_is_written(
    home: Any, files: Path, change: Any, field: str, error: type[FaircutError]
) -> None:
    home.file("broken.mp4", b"broken")
    home.file("odd.xyz")
    before = contents(home)
    document = lantern()
    change(document)
    with pytest.raises(error) as caught:
        home.catalogue.import_file(put(files, document), actor="test")
    assert caught.value.field == field
    assert caught.value.remedy
    assert contents(home) == before


def test_an_unknown_key_lists_those_that_are_accepted(home: Any, files: Path) -> None:
    document = {"works": [{"titel": "x"}]}
    with pytest.raises(InputError, match="title, party, identifiers") as caught:
        home.catalogue.import_file(put(files, document), actor="test")
    assert caught.value.field == "works[0].titel"


@pytest.mark.parametrize("failing", ["catalogue.imported", "catalogue.import.completed"])
def test_a_failure_while_writing_takes_all_of_it_back(home: Any, files: Path, failing: str) -> None:
    before = contents(home)
    home.ledger.fail_on = failing
    with pytest.raises(OSError, match="disk full"):
        home.catalogue.import_file(put(files, lantern()), actor="test")
    assert contents(home) == before
    home.ledger.fail_on = None
    assert home.catalogue.import_file(put(files, lantern()), actor="test").added.works == 2


def test_a_failure_takes_nothing_along_that_was_there(home: Any, files: Path) -> None:
    home.catalogue.add_party("Other", actor="test")
    home.catalogue.add_work("Other film", "Other", actor="test")
    kept = home.catalogue.add_reference(files / "heron.mp4", work="Other film", actor="test")
    before = contents(home)
    home.ledger.fail_on = "catalogue.imported"
    with pytest.raises(OSError, match="disk full"):
        home.catalogue.import_file(put(files, lantern()), actor="test")
    assert contents(home) == before
    home.blobs.verify(kept.digest)


def test_a_file_named_twice_is_decoded_once(home: Any, files: Path) -> None:
    document = lantern()
    document["works"][1]["references"] = ["heron.mp4", {"path": "heron.mp4", "exclude": [[1, 2]]}]
    report = home.catalogue.import_file(put(files, document), actor="test")
    assert report.added.references == 5
    assert report.skipped.references == 1
    assert len(home.extractor.calls) == 3
    (again,) = home.catalogue.references(work="Salt Roads")
    assert again.exclude == ()
    assert len(list(home.catalogue.fingerprints("pdq-v1"))) == 4


def test_one_work_may_be_spread_over_a_file(home: Any, files: Path) -> None:
    part = {"title": "Salt Roads", "party": "Harbour Films"}
    document = {
        "works": [
            {**part, "elements": [{"kind": "prop", "name": "Rope"}]},
            {**part, "identifiers": {"ISRC": "USSKG1912345"}, "elements": [{"kind": "prop", "name": "ROPE"}]},
            {**part, "elements": [{"kind": "prop", "name": "Rope", "keywords": ["hemp"]}]},
        ]
    }
    report = home.catalogue.import_file(put(files, document), actor="test")
    assert (report.added.works, report.added.elements, bool(report.skipped), bool(report.updated)) == (
        1,
        1,
        False,
        False,
    )
    assert home.catalogue.element("Rope").keywords == ("hemp",)
    assert home.catalogue.work("Salt Roads").identifiers == (Identifier("ISRC", "USSKG1912345"),)


def test_a_document_that_is_sent_cannot_name_files_of_the_server(home: Any, files: Path) -> None:
    with pytest.raises(InputError, match="Files cannot be named"):
        home.catalogue.import_document(lantern(), actor="test")
    document = {"works": [{"title": "Salt Roads", "party": "Harbour", "references": [{"text": PASSAGE}]}]}
    assert home.catalogue.import_document(document, actor="test").added.references == 1


def test_short_forms(home: Any, files: Path) -> None:
    document = {
        "parties": ["Lantern Pictures"],
        "works": [
            {
                "title": "One",
                "identifiers": [{"identifierScope": "EIDR", "identifierValue": EIDR}, {"House": ["a1", "a2"]}],
                "elements": [{"kind": "Prop", "name": "Lamp", "aliases": "Light", "keywords": None, "policy": None}],
            }
        ],
    }
    home.catalogue.import_file(put(files, document), actor="test")
    work = home.catalogue.work("One")
    assert [(each.scope, each.value) for each in work.identifiers] == [("EIDR", EIDR), ("House", "a1"), ("House", "a2")]
    assert home.catalogue.element("Lamp").aliases == (Alias("Light"),)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2", '{"works": [}', "[" * 100_000, '{"works": 1}', "null", '{"works": [{"title": NaN}]}',
     '{"works": [], "works": []}', '{"parties": [{"name": "\\ud800\\ud800ab"}]}'],
)  # fmt: skip
def test_what_is_no_document_is_refused(home: Any, files: Path, text: str) -> None:
    with pytest.raises(InputError):
        home.catalogue.import_file(put(files, text), actor="test")
    (files / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        home.catalogue.import_file(files / "bytes.json", actor="test")
    with pytest.raises(NotFound):
        home.catalogue.import_file(files / "none.json", actor="test")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["parties", "works", "name", "title", "party", "elements", "kind", "aliases", "identifiers", "references",
             "path", "text", "exclude", "scope", "value", "policy", "language", "keywords"]
        ),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(JSON_VALUES)
def test_any_json_is_read_or_refused(value: object) -> None:
    with suppress(InputError):
        read_document(value, folder=Path("/nowhere"))


@given(st.text())
def test_any_text_is_json_or_refused(text: str) -> None:
    with suppress(InputError):
        load_json(text)


def test_ten_thousand_elements_take_seconds(home: Any, files: Path) -> None:
    document = {
        "works": [
            {
                "title": f"Work {number}", "party": f"House {number % 20}",
                "elements": [
                    {"kind": "character", "name": f"Person {number} {index}", "aliases": [f"P {number} {index}"]}
                    for index in range(20)
                ],
            }
            for number in range(500)
        ]
    }  # fmt: skip
    path = put(files, document)
    start = time.perf_counter()
    report = home.catalogue.import_file(path, actor="test")
    assert report.added.elements == 10_000
    assert time.perf_counter() - start < 20
    assert home.catalogue.counts().elements == 10_000
