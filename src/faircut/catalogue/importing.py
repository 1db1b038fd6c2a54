"""Imports: all is checked and decoded before anything is written, then all of it is written, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import update

from faircut.catalogue.base import CatalogueBase
from faircut.catalogue.changes import Change, fact_sheet
from faircut.catalogue.merging import Merge, NewReference, Tally, merge
from faircut.catalogue.reading import CatalogueFile, load_json, read_document, read_text_file
from faircut.catalogue.registration import Prepared, Source
from faircut.catalogue.rows import element_values
from faircut.catalogue.tables import read_csv
from faircut.domain import Element, Reference, Work, new_id
from faircut.errors import Conflict, FaircutError
from faircut.protocols import Progress, no_progress
from faircut.store.models import ElementRow, WorkRow

_LOOKED = 0.05
_DECODED = 0.95


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``skipped`` counts what was there already; ``revision`` is the catalogue's afterwards."""

    added: Tally
    updated: Tally
    skipped: Tally
    revision: int

    @property
    def changed(self) -> bool:
        return bool(self.added) or bool(self.updated)

    def __str__(self) -> str:
        if not self.changed:
            return "Nothing to add: everything is in the catalogue already."
        parts = [
            f"{verb} {_listed(tally)}" for verb, tally in (("added", self.added), ("updated", self.updated)) if tally
        ]
        if self.skipped:
            parts.append(f"skipped {_listed(self.skipped)} there already")
        return ", ".join(parts).capitalize() + "."


def import_file(catalogue: CatalogueBase, path: Path, *, progress: Progress = no_progress, actor: str) -> ImportReport:
    """Imports a .csv or .json file; paths in it are relative to it.

    Raises InputError, LimitExceeded, UnreadableMedia, NotFound and Conflict, each naming the place in the file.
    """
    text = read_text_file(path)
    if path.suffix.lower() == ".csv":
        return import_table(catalogue, text, folder=path.parent, progress=progress, actor=actor)
    try:
        document = load_json(text)
    except FaircutError as error:
        raise type(error)(error.message, remedy=error.remedy, field=path.name) from error
    return import_document(catalogue, document, folder=path.parent, progress=progress, actor=actor)


def import_document(
    catalogue: CatalogueBase,
    document: object,
    *,
    folder: Path | None,
    progress: Progress = no_progress,
    actor: str,
) -> ImportReport:
    """Imports a document of the contract. Paths are relative to ``folder``; without one, files cannot be named."""
    return import_entries(catalogue, read_document(document, folder=folder), progress=progress, actor=actor)


def import_table(
    catalogue: CatalogueBase, text: str, *, folder: Path | None, progress: Progress = no_progress, actor: str
) -> ImportReport:
    """Imports the text of a CSV file, see ``tables``. Paths are relative to ``folder``, as in ``import_document``."""
    return import_entries(catalogue, read_csv(text, folder=folder), progress=progress, actor=actor)


def import_entries(
    catalogue: CatalogueBase, file: CatalogueFile, *, progress: Progress = no_progress, actor: str
) -> ImportReport:
    """Imports checked entries. Importing the same twice adds nothing the second time."""
    sources = _look(catalogue, file, progress)
    digests = {where: source.digest for where, source in sources.items()}
    with catalogue.database.read() as session:
        planned = merge(session, file, digests)
    if not planned.changes:
        progress(1.0, "nothing to add")
        return ImportReport(planned.added, planned.updated, planned.skipped, catalogue.revision())
    stored: set[str] = set()
    try:
        prepared = _prepare(catalogue, planned.references, sources, stored, progress)
        progress(_DECODED, "writing")
        with catalogue.change(actor) as edit:
            # Compared again under the lock: somebody else may have registered something meanwhile.
            final = merge(edit.session, file, digests)
            _write(catalogue, edit, final, prepared)
    except BaseException:
        catalogue.registrations.sweep(stored)
        raise
    progress(1.0, "searchable")
    return ImportReport(final.added, final.updated, final.skipped, catalogue.revision())


def _look(catalogue: CatalogueBase, file: CatalogueFile, progress: Progress) -> dict[str, Source]:
    """What each reference is, by its place. Files that are named several times are looked at once."""
    entries = list(file.references())
    seen: dict[Path, Source] = {}
    sources: dict[str, Source] = {}
    for index, entry in enumerate(entries):
        progress(_LOOKED * index / len(entries), f"looking at {entry.name or entry.where}")
        known = seen.get(entry.content) if isinstance(entry.content, Path) else None
        if known is None:
            source = catalogue.registrations.look(entry.content, label=entry.where, name=entry.name)
        else:
            source = Source(known.kind, known.digest, entry.name or known.name, known.content, entry.where)
        if isinstance(entry.content, Path):
            seen[entry.content] = source
        sources[entry.where] = source
    return sources


def _prepare(
    catalogue: CatalogueBase,
    references: Iterable[NewReference],
    sources: Mapping[str, Source],
    stored: set[str],
    progress: Progress,
) -> dict[tuple[str, str], Prepared]:
    """Stores and fingerprints what is new, each content once, by (place, content). ``stored`` takes what was stored."""
    new = list(references)
    contents = len({each.digest for each in new}) or 1
    by_digest: dict[str, Prepared] = {}
    prepared: dict[tuple[str, str], Prepared] = {}
    for each in new:
        source = sources[each.entry.where]
        done = by_digest.get(each.digest)
        if done is None:
            stored.add(each.digest)
            report = _part(progress, len(by_digest), contents)
            done = catalogue.registrations.prepare(source, exclude=each.entry.exclude, progress=report)
            by_digest[each.digest] = done
        else:
            done = catalogue.registrations.again(done, source, exclude=each.entry.exclude)
        prepared[each.entry.where, each.digest] = done
    return prepared


def _part(progress: Progress, index: int, count: int) -> Progress:
    def report(share: float, message: str) -> None:
        progress(_LOOKED + (_DECODED - _LOOKED) * (index + share) / count, f"{index + 1} of {count}: {message}")

    return report


def _write(catalogue: CatalogueBase, edit: Change, final: Merge, prepared: Mapping[tuple[str, str], Prepared]) -> None:
    edit.insert_parties(final.parties)
    edit.insert_works(list(final.works.values()))
    for work in final.edited_works.values():
        edit.session.execute(
            update(WorkRow).where(WorkRow.id == work.id).values(policy=work.policy.value, naming=work.naming.value)
        )
        edit.insert_identifiers(work.id, final.identifiers[work.id])
    edit.insert_elements(list(final.elements.values()))
    for element in final.edited_elements.values():
        edit.session.execute(update(ElementRow).where(ElementRow.id == element.id).values(**element_values(element)))
    references = [_write_reference(catalogue, edit, each, prepared) for each in final.references]
    import_id = new_id("import")
    owners = 0
    for owner, payload in _by_owner(final, references):
        edit.record("catalogue.imported", owner, {"import_id": import_id, **payload})
        owners += 1
    edit.record(
        "catalogue.import.completed",
        import_id,
        {"subjects": owners, "added": asdict(final.added), "updated": asdict(final.updated)},
    )


def _write_reference(
    catalogue: CatalogueBase, edit: Change, new: NewReference, prepared: Mapping[tuple[str, str], Prepared]
) -> Reference:
    ready = prepared.get((new.entry.where, new.digest))
    if ready is None:
        raise Conflict(
            "A reference that was there when the import began has been removed since.",
            field=new.entry.where,
            remedy="Import again.",
        )
    catalogue.registrations.keep(ready)
    reference = ready.owned_by(
        party_id=new.party_id, work_id=new.work_id, element_id=new.element_id, negative=new.entry.negative
    )
    edit.insert_reference(reference, ready.fingerprints, extractor=catalogue.registrations.version)
    return reference


def _by_owner(final: Merge, references: Iterable[Reference]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What became of each work, and of each party's own things: the subject of an event, and its payload."""
    found: dict[str, dict[str, Any]] = {party.id: {"party": fact_sheet(party)} for party in final.parties}
    works: Iterable[Work] = (*final.works.values(), *final.edited_works.values())
    for work in works:
        found.setdefault(work.id, {})["work"] = fact_sheet(work)
    elements: Iterable[tuple[str, Element]] = (
        *(("elements_added", each) for each in final.elements.values()),
        *(("elements_updated", each) for each in final.edited_elements.values()),
    )
    for verb, element in elements:
        found.setdefault(element.work_id or element.party_id, {}).setdefault(verb, []).append(fact_sheet(element))
    for reference in references:
        owner = found.setdefault(reference.work_id or reference.party_id, {})
        owner.setdefault("references_added", []).append(fact_sheet(reference))
    yield from found.items()


def _listed(tally: Tally) -> str:
    counts = {
        "party" if tally.parties == 1 else "parties": tally.parties,
        "work" if tally.works == 1 else "works": tally.works,
        "element" if tally.elements == 1 else "elements": tally.elements,
        "reference" if tally.references == 1 else "references": tally.references,
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
