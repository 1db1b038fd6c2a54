from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.catalogue.tables import COLUMNS, guard, join, read_csv, split, unguard
from faircut.domain import Alias, Identifier
from faircut.errors import InputError, NotFound

PASSAGE = 'It was a bright, cold day in April; "and" the clocks | were striking\nthirteen, all of them at once.'


@pytest.fixture
def filled(home: Any) -> Any:
    catalogue = home.catalogue
    catalogue.add_party("Lantern Pictures", actor="test")
    catalogue.add_party("Empty House", actor="test")
    catalogue.add_party("Ada Quill", actor="test")
    named = [Identifier("EIDR", "10.5240/7791-8534-2C23-9030-8610-5"), Identifier("House", "a:b|c")]
    catalogue.add_work(
        "The Tin Heron",
        "Lantern Pictures",
        policy="review",
        identifiers=named,
        actor="test",
    )
    catalogue.add_work("Alone, without elements", "Lantern Pictures", actor="test")
    catalogue.add_element(
        "character", "Captain Wren", work="The Tin Heron", aliases=["Wren|Bird", Alias("Zaunkönig", "de"), "Odd [name"],
        language="en-GB", tagline="=1+1, she says", description="Red scarf.\nLamp; \"eye\", \\ slash", keywords=["tin"],
        policy="licence", actor="test",
    )  # fmt: skip
    catalogue.add_element("prop", "-Lamp-", work="The Tin Heron", actor="test")
    catalogue.add_element("likeness", "Ada Quill", party="Ada Quill", actor="test")
    catalogue.add_reference(
        home.file("tin heron.mp4"), work="The Tin Heron", exclude=[(0, 1.5), (20, 30)], actor="test"
    )
    catalogue.add_reference(home.file("w.png"), element="Captain Wren", name="../../etc/Wren, front.png", actor="test")
    catalogue.add_reference(home.file("ada.png"), element="Ada Quill", actor="test")
    catalogue.add_reference(
        home.file("logo.mp4"), work="The Tin Heron", exclude=[(3, 4)], negative="everyone", actor="test"
    )
    catalogue.add_reference(text=PASSAGE, work="The Tin Heron", name="opening", actor="test")
    return home


def test_json_round_trip(filled: Any, second_home: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "one" / "catalogue.json", tmp_path / "two" / "catalogue.json"
    first.parent.mkdir()
    second.parent.mkdir()
    assert filled.catalogue.export_file(first) == 4
    report = second_home.catalogue.import_file(first, actor="test")
    assert (report.added.parties, report.added.works, report.added.elements, report.added.references) == (3, 2, 3, 5)
    second_home.catalogue.export_file(second)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.relative_to(first.parent) for path in first.parent.rglob("*")) == sorted(
        path.relative_to(second.parent) for path in second.parent.rglob("*")
    )
    assert list(filled.blobs.digests()) == list(second_home.blobs.digests())
    assert not filled.catalogue.import_file(second, actor="test").changed


def test_identifiers_have_the_shape_of_omc(filled: Any) -> None:
    (work,) = [each for each in filled.catalogue.export_document()["works"] if each["title"] == "The Tin Heron"]
    assert work["identifiers"][0] == {
        "identifierScope": "EIDR", "identifierValue": "10.5240/7791-8534-2C23-9030-8610-5",
    }  # fmt: skip
    assert json.loads(filled.catalogue.export_json()) == filled.catalogue.export_document()


def test_exported_files_stay_within_their_folder_and_are_copies(filled: Any, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    filled.catalogue.export_file(folder / "catalogue.json")
    written = [path for path in tmp_path.joinpath("deep").rglob("*") if path.is_file()]
    assert len(written) == 5
    assert all(path.resolve().is_relative_to(folder) for path in written)
    for path in folder.joinpath("references").rglob("*.*"):
        path.write_bytes(b"changed")
    for digest in filled.blobs.digests():
        filled.blobs.verify(digest)


def test_csv_round_trip(filled: Any, second_home: Any, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    assert filled.catalogue.export_file(path) == 5
    second_home.catalogue.import_file(path, actor="test")
    assert second_home.catalogue.export_csv() == path.read_bytes().decode()
    mine, theirs = filled.catalogue.element("Captain Wren"), second_home.catalogue.element("Captain Wren")
    for name in ("kind", "name", "language", "aliases", "tagline", "description", "keywords", "policy"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert len(second_home.catalogue.excludes()) == 2
    assert {(each.digest, each.negative) for each in filled.catalogue.references()} == {
        (each.digest, each.negative) for each in second_home.catalogue.references()
    }
    assert not filled.catalogue.import_file(path, actor="test").changed


def test_a_table_has_a_row_an_element_and_one_for_what_has_none(filled: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(filled.catalogue.export_csv(), newline="")))
    assert [(row["party"], row["work"], row["name"]) for row in rows] == [
        ("Ada Quill", "", "Ada Quill"),
        ("Empty House", "", ""),
        ("Lantern Pictures", "Alone, without elements", ""),
        ("Lantern Pictures", "The Tin Heron", "Captain Wren"),
        ("Lantern Pictures", "The Tin Heron", "'-Lamp-"),
    ]
    assert [row["work_policy"] for row in rows] == ["", "", "block", "review", ""]


def test_no_cell_starts_a_formula(filled: Any) -> None:
    for row in csv.reader(io.StringIO(filled.catalogue.export_csv(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(st.text("=+-@'ab\t \"\n,;|＝"))
def test_a_guarded_cell_starts_no_formula_and_reads_back(cell: str) -> None:
    assert not guard(cell).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert unguard(guard(cell)) == cell


@given(st.lists(st.text("ab|\\ ;[]", min_size=1)))
def test_lists_survive_a_cell(parts: list[str]) -> None:
    cleaned = [part.strip() for part in parts if part.strip()]
    assert split(join(cleaned)) == cleaned


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("party,work,titel\nA B,C D,x\n", "header"),
        ("work,kind\nCD,prop\n", "header"),
        ("party,party\nAB,AB\n", "header"),
        ("party,work\n,Salt Roads\n", "row 2.party"),
        ("party,work,kind,name\nAB,CD,prop,Rope\nAB,CD,villain,Rope\n", "row 3.kind"),
        ("party,work,kind,name\nAB,CD,prop,\n", "row 2.name"),
        ("party,work,kind,name,policy\nAB,CD,prop,Rope,maybe\n", "row 2.policy"),
        ("party,work,work_policy\nAB,CD,maybe\n", "row 2.work_policy"),
        ("party,work,work_policy\nAB,,block\n", "row 2.work_policy"),
        ("party,work,identifiers\nAB,CD,EIDR:10.5240/1\n", "row 2.identifiers[0]"),
        ("party,work,identifiers\nAB,CD,10.5240\n", "row 2.identifiers"),
        ("party,work\nAB,CD,too,many\n", "row 2"),
        ('party,work\n"AB,CD\n', "row 2"),
        ("", "header"),
    ],
)
def test_mistakes_in_a_table_name_row_and_column(text: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(text, folder=None)
    assert caught.value.field == field


def test_a_missing_file_in_a_table_names_its_row(home: Any) -> None:
    path = home.file(
        "t.csv", b"party;work;work_references;kind;name;references\nAB;CD;;prop;Rope;\nAB;CD;none.mp4;;;\n"
    )
    with pytest.raises(NotFound) as caught:
        home.catalogue.import_file(path, actor="test")
    assert caught.value.field == "row 3.work_references[0]"


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    for header in ("", ",".join(COLUMNS) + "\n", "party,work,name,kind,aliases,references\nAB,CD,EF,prop,"):
        with suppress(InputError):
            read_csv(header + text, folder=Path("/nowhere"))
