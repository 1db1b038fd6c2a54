"""The catalogue as a table: one row an element, and one for a work or party without any.

=================  ====================================================================================
``party``          Name of the rights holder or person.
``work``           Title; empty for what belongs to the party itself (a likeness, a voice).
``work_policy``    block, review or licence.
``work_naming``    full, work or nothing: how far answers may name it.
``identifiers``    ``EIDR:10.5240/…|ISAN:…``
``work_references``  Paths of the work's own references.
``kind``           Element kind; empty, with ``name``, in a row that stands for a work alone.
``name``, ``language``, ``tagline``, ``description``, ``policy``, ``naming``
``aliases``        ``Name|Other name [de]``
``keywords``       ``tin|bird``
``references``     Paths of the element's references.
=================  ====================================================================================

Lists are separated by ``|``; a backslash takes ``|`` and itself literally. A path may be followed by what to exclude,
in seconds: ``film.mp4 [0-2.5; 80-90]``, and by whose matches it takes away if it is a negative reference:
``logo.mp4 [never: everyone]``. What belongs to the work may stand in any of its rows. A cell that a
spreadsheet would run as a formula gets an apostrophe before it, and loses it when it is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from faircut.catalogue.reading import CatalogueFile, ElementEntry, ReferenceEntry, read_document
from faircut.errors import FaircutError, InputError

COLUMNS = (
    "party",
    "work",
    "work_policy",
    "work_naming",
    "identifiers",
    "work_references",
    "kind",
    "name",
    "language",
    "aliases",
    "tagline",
    "description",
    "keywords",
    "policy",
    "naming",
    "references",
)

_WORK_COLUMNS = {
    "title": "work",
    "name": "party",
    "party": "party",
    "policy": "work_policy",
    "naming": "work_naming",
    "references": "work_references",
    "identifiers": "identifiers",
}
_MAX_CELL = 1_000_000
# Spreadsheets take the full-width signs for the plain ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_SEPARATOR = re.compile(r"((?:[^|\\]|\\.|\\$)*)(?:\||$)", re.DOTALL)
_ALIAS = re.compile(r"(?P<text>.*\S)\s*\[(?P<language>[A-Za-z][A-Za-z0-9-]*)\]", re.DOTALL)
_NUMBER = r"\d+(?:\.\d+)?"
_EXCLUDE = re.compile(
    rf"(?P<path>.*\S)\s*\[(?P<segments>{_NUMBER}-{_NUMBER}(?:\s*;\s*{_NUMBER}-{_NUMBER})*)\]", re.DOTALL
)
_NEVER = re.compile(r"(?P<path>.*\S)\s*\[never:\s*(?P<whose>[a-z]+)\]", re.DOTALL)


def read_csv(text: str, *, folder: Path | None) -> CatalogueFile:
    """Entries of a table. Raises InputError and LimitExceeded naming the row and, as far as possible, the column."""
    works: list[dict[str, Any]] = []
    parties: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for number, row in _rows(text):
        if not row["party"]:
            raise InputError("It is missing.", field=f"row {number}.party", remedy="Name the rights holder.")
        if row["work"]:
            places[f"works[{len(works)}]"] = f"row {number}"
            works.append(_work(row, number))
        else:
            _refuse_work_cells(row, number)
            places[f"parties[{len(parties)}]"] = f"row {number}"
            parties.append({"name": row["party"], "elements": _element(row, number)})
    try:
        return _placed(read_document({"parties": parties, "works": works}, folder=folder), places)
    except FaircutError as error:
        raise type(error)(
            error.message, remedy=error.remedy, field=_place(error.field or "", places) or None
        ) from error


def write_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """A table with all columns, safe to open in a spreadsheet."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: guard(cell) for column, cell in row.items()})
    return target.getvalue()


def guard(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """The inverse of :func:`guard`."""
    return cell[1:] if _GUARDED.match(cell) else cell


def join(parts: Iterable[str]) -> str:
    """A list as one cell."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def split(cell: str) -> list[str]:
    """The inverse of :func:`join`; empty parts are dropped."""
    parts = [re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL).strip() for found in _SEPARATOR.finditer(cell)]
    return [part for part in parts if part]


def _rows(text: str) -> Iterable[tuple[int, dict[str, str]]]:
    csv.field_size_limit(_MAX_CELL)
    header, _, _ = text.partition("\n")
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check_header(names)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names):
                raise InputError(
                    f"It has {len(cells)} cells; the header names {len(names)}.",
                    field=f"row {reader.line_num}",
                    remedy="Put cells that hold the delimiter in quotes.",
                )
            row = dict.fromkeys(COLUMNS, "")
            row |= {name: unguard(cell).strip() for name, cell in zip(names, cells, strict=False)}
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(
            f"It is no table: {error}.", field=f"row {reader.line_num}", remedy="Save it as CSV with quoted cells."
        ) from error


def _check_header(names: list[str]) -> None:
    for index, name in enumerate(names):
        if name not in COLUMNS or name in names[:index]:
            raise InputError(
                f"There is no column {name[:40]!r}." if name not in COLUMNS else f"The column {name!r} is there twice.",
                field="header",
                remedy=f"Accepted are: {', '.join(COLUMNS)}.",
            )
    if "party" not in names:
        raise InputError("The column party is missing.", field="header", remedy="Name the rights holder of each row.")


def _work(row: Mapping[str, str], number: int) -> dict[str, Any]:
    return {
        "title": row["work"],
        "party": row["party"],
        "identifiers": _identifiers(row, number),
        "policy": row["work_policy"] or None,
        "naming": row["work_naming"] or None,
        "references": _paths(row["work_references"]),
        "elements": _element(row, number),
    }


def _element(row: Mapping[str, str], number: int) -> list[dict[str, Any]]:
    texts_of = ("language", "tagline", "description", "policy", "naming")
    own = ("kind", "name", "aliases", "keywords", "references", *texts_of)
    if not any(row[column] for column in own):
        return []
    for column in ("kind", "name"):
        if not row[column]:
            raise InputError("It is missing.", field=f"row {number}.{column}", remedy="Fill it in.")
    texts = {column: row[column] for column in texts_of if row[column]}
    return [
        {
            "kind": row["kind"],
            "name": row["name"],
            "aliases": [_alias(part) for part in split(row["aliases"])],
            "keywords": split(row["keywords"]),
            "references": _paths(row["references"]),
            **texts,
        }
    ]


def _alias(part: str) -> dict[str, str]:
    found = _ALIAS.fullmatch(part)
    return {"text": found["text"], "language": found["language"]} if found else {"text": part}


def _paths(cell: str) -> list[dict[str, Any]]:
    references: list[dict[str, Any]] = []
    for part in split(cell):
        never = _NEVER.fullmatch(part)
        path = never["path"] if never else part
        reference: dict[str, Any] = {"negative": never["whose"]} if never else {}
        if found := _EXCLUDE.fullmatch(path):
            pairs = [segment.strip().split("-") for segment in found["segments"].split(";")]
            path = found["path"]
            reference["exclude"] = [[float(start), float(end)] for start, end in pairs]
        references.append({"path": path, **reference})
    return references


def _identifiers(row: Mapping[str, str], number: int) -> list[dict[str, str]]:
    identifiers = []
    for part in split(row["identifiers"]):
        scope, colon, value = part.partition(":")
        if not colon:
            raise InputError(
                f"{part[:40]!r} names no scope.", field=f"row {number}.identifiers", remedy="Write EIDR:10.5240/…"
            )
        identifiers.append({"scope": scope, "value": value})
    return identifiers


def _refuse_work_cells(row: Mapping[str, str], number: int) -> None:
    for column in ("work_policy", "identifiers", "work_references"):
        if row[column]:
            raise InputError(
                "It belongs to a work, and the row names none.", field=f"row {number}.{column}", remedy="Name the work."
            )


def _placed(file: CatalogueFile, places: Mapping[str, str]) -> CatalogueFile:
    """The same entries, each with its row as its place: errors that come up later name it too."""

    def references(entries: Iterable[ReferenceEntry]) -> tuple[ReferenceEntry, ...]:
        return tuple(replace(each, where=_place(each.where, places)) for each in entries)

    def elements(entries: Iterable[ElementEntry]) -> tuple[ElementEntry, ...]:
        return tuple(
            replace(each, where=_place(each.where, places), references=references(each.references)) for each in entries
        )

    return CatalogueFile(
        tuple(replace(each, where=places[each.where], elements=elements(each.elements)) for each in file.parties),
        tuple(
            replace(
                each,
                where=places[each.where],
                references=references(each.references),
                elements=elements(each.elements),
            )
            for each in file.works
        ),
    )


def _place(field: str, places: Mapping[str, str]) -> str:
    """``works[3].elements[0].kind`` as ``row 5.kind``; the work's own references as ``row 5.work_references[0]``."""
    found = re.match(r"((?:works|parties)\[\d+\])\.?(.*)", field)
    if found is None:
        return field
    rest = found[2]
    if rest.startswith("elements[0]"):
        rest = rest.removeprefix("elements[0]").lstrip(".")
    else:
        rest = _WORK_COLUMNS.get(rest.partition("[")[0], "") + "".join(rest.partition("[")[1:])
    return places[found[1]] + (f".{rest}" if rest else "")
