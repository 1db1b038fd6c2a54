"""Exports: the whole catalogue in the form that imports take, with its reference files beside it.

Identifiers have the shape of MovieLabs OMC-JSON 2.8: ``{"identifierScope": …, "identifierValue": …}``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from faircut.catalogue.queries import CatalogueQueries
from faircut.catalogue.tables import join, write_csv
from faircut.domain import Alias, Element, MediaKind, Naming, Reference, Work
from faircut.store.blobs import fsync_folder

REFERENCES_FOLDER = "references"

_MAX_FILE_NAME = 120
_SUFFIXES = {MediaKind.VIDEO: ".mp4", MediaKind.AUDIO: ".wav", MediaKind.IMAGE: ".png", MediaKind.TEXT: ".txt"}


def reference_path(reference: Reference) -> str:
    """Where an export puts a reference, relative to itself: the same content always under the same path."""
    name = re.sub(r"[^\w.() -]", "_", reference.name).lstrip(". ")[-_MAX_FILE_NAME:].strip()
    suffix = Path(name).suffix
    if not suffix or (reference.kind is MediaKind.TEXT and suffix.lower() != ".txt"):
        name = (name or "reference") + _SUFFIXES[reference.kind]
    return f"{REFERENCES_FOLDER}/{reference.digest[:16]}/{name}"


def export_document(catalogue: CatalogueQueries) -> dict[str, Any]:
    """The catalogue as a document of the import contract. Files are named as :func:`export_file` lays them out."""
    content = _Content(catalogue)
    parties: list[dict[str, Any]] = []
    works: list[dict[str, Any]] = []
    for party in catalogue.parties():
        own = [content.element(each) for each in content.of_party.get(party.id, ())]
        parties.append({"name": party.name, **({"elements": own} if own else {})})
        works += [content.work(each, party.name) for each in content.works.get(party.id, ())]
    return {"parties": parties, "works": works}


def export_json(catalogue: CatalogueQueries) -> str:
    """That document as text."""
    return json.dumps(export_document(catalogue), ensure_ascii=False, indent=2) + "\n"


def export_table(catalogue: CatalogueQueries) -> str:
    """The catalogue as CSV, see ``tables``. Texts are named as files, as :func:`export_file` lays them out."""
    return write_csv(_Content(catalogue).rows())


def export_file(catalogue: CatalogueQueries, path: Path) -> int:
    """Writes ``path`` (.csv or .json) and every reference beside it, and returns how many references there are.

    The file appears whole or not at all. References that are there already are left.
    """
    table = path.suffix.lower() == ".csv"
    text = export_table(catalogue) if table else export_json(catalogue)
    references = [each for each in catalogue.references() if table or each.kind is not MediaKind.TEXT]
    for reference in references:
        _lay_out(catalogue.blobs.open(reference.digest), path.parent / reference_path(reference))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_folder(path.parent)
    return len(references)


class _Content:
    """Everything in the catalogue, by owner and in a fixed order, so that equal catalogues export equal files."""

    def __init__(self, catalogue: CatalogueQueries) -> None:
        self._catalogue = catalogue
        self.parties = catalogue.parties()
        self.works: dict[str, list[Work]] = {}
        for work in catalogue.works():
            self.works.setdefault(work.party_id, []).append(work)
        self.of_work: dict[str, list[Element]] = {}
        self.of_party: dict[str, list[Element]] = {}
        for element in sorted(catalogue.elements(), key=lambda each: (each.kind, each.name)):
            if element.work_id is None:
                self.of_party.setdefault(element.party_id, []).append(element)
            else:
                self.of_work.setdefault(element.work_id, []).append(element)
        self._references: dict[tuple[str | None, str | None], list[Reference]] = {}
        for reference in sorted(catalogue.references(), key=lambda each: (each.name, each.digest)):
            self._references.setdefault((reference.work_id, reference.element_id), []).append(reference)

    def references(self, work_id: str | None, element_id: str | None) -> Sequence[Reference]:
        return self._references.get((work_id, element_id), ())

    def work(self, work: Work, party: str) -> dict[str, Any]:
        identifiers = [{"identifierScope": each.scope, "identifierValue": each.value} for each in work.identifiers]
        references = [self._reference(each) for each in self.references(work.id, None)]
        elements = [self.element(each) for each in self.of_work.get(work.id, ())]
        return {
            "title": work.title,
            "party": party,
            "policy": work.policy.value,
            **_naming(work.naming),
            **_filled(identifiers=identifiers, references=references, elements=elements),
        }

    def element(self, element: Element) -> dict[str, Any]:
        references = [self._reference(each) for each in self.references(element.work_id, element.id)]
        return {
            "kind": element.kind.value,
            "name": element.name,
            "policy": element.policy.value,
            **_naming(element.naming),
            **_filled(
                language=element.language,
                aliases=[_alias(each) for each in element.aliases],
                tagline=element.tagline,
                description=element.description,
                keywords=list(element.keywords),
                references=references,
            ),
        }

    def rows(self) -> Iterator[dict[str, str]]:
        for party in self.parties:
            own = self.of_party.get(party.id, ())
            works = self.works.get(party.id, ())
            for element in own:
                yield {"party": party.name, **self._cells(element)}
            for work in works:
                yield from self._work_rows(work, party.name)
            if not own and not works:
                yield {"party": party.name}

    def _work_rows(self, work: Work, party: str) -> Iterator[dict[str, str]]:
        first = {
            "work_policy": work.policy.value,
            "work_naming": work.naming.value,
            "identifiers": join(f"{each.scope}:{each.value}" for each in work.identifiers),
            "work_references": join(_path_cell(each) for each in self.references(work.id, None)),
        }
        elements = self.of_work.get(work.id, ())
        for index, element in enumerate(elements):
            yield {"party": party, "work": work.title, **({} if index else first), **self._cells(element)}
        if not elements:
            yield {"party": party, "work": work.title, **first}

    def _cells(self, element: Element) -> dict[str, str]:
        aliases = (f"{each.text} [{each.language}]" if each.language else each.text for each in element.aliases)
        return {
            "kind": element.kind.value,
            "name": element.name,
            "language": element.language or "",
            "aliases": join(aliases),
            "tagline": element.tagline,
            "description": element.description,
            "keywords": join(element.keywords),
            "policy": element.policy.value,
            "naming": element.naming.value,
            "references": join(_path_cell(each) for each in self.references(element.work_id, element.id)),
        }

    def _reference(self, reference: Reference) -> dict[str, Any]:
        if reference.kind is MediaKind.TEXT:
            return {"text": self._catalogue.reference_text(reference.id), "name": reference.name}
        path = reference_path(reference)
        name = {} if path.rpartition("/")[2] == reference.name else {"name": reference.name}
        exclude = {"exclude": [list(segment) for segment in reference.exclude]} if reference.exclude else {}
        negative = {"negative": reference.negative.value} if reference.negative else {}
        return {"path": path, **name, **exclude, **negative}


def _naming(naming: Naming) -> dict[str, str]:
    return {} if naming is Naming.FULL else {"naming": naming.value}


def _alias(alias: Alias) -> dict[str, str]:
    return {"text": alias.text, "language": alias.language} if alias.language else {"text": alias.text}


def _path_cell(reference: Reference) -> str:
    segments = "; ".join(f"{_seconds(start)}-{_seconds(end)}" for start, end in reference.exclude)
    never = f" [never: {reference.negative}]" if reference.negative else ""
    return reference_path(reference) + (f" [{segments}]" if segments else "") + never


def _seconds(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _filled(**values: Any) -> Mapping[str, Any]:
    return {key: value for key, value in values.items() if value}


def _lay_out(blob: Path, target: Path) -> None:
    # A copy, never a hard link: whoever edits the exported file must not edit the stored one.
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{os.getpid()}.copying")
    try:
        shutil.copyfile(blob, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
