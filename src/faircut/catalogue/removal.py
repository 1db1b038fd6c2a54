"""Taking things out of the catalogue: rows and fingerprints go at once; the caller sweeps the bytes afterwards."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select

from faircut.catalogue.changes import Change, fact_sheet
from faircut.catalogue.queries import identifiers_by_work
from faircut.catalogue.rows import element_of, party_of, reference_of, work_of
from faircut.errors import Conflict
from faircut.store.models import ElementRow, FingerprintRow, IdentifierRow, PartyRow, ReferenceRow, WorkRow


def remove_party(edit: Change, row: PartyRow) -> None:
    """Raises Conflict when it has works, elements or references."""
    works = _count(edit, WorkRow, WorkRow.party_id == row.id)
    elements = _count(edit, ElementRow, ElementRow.party_id == row.id)
    if works or elements:
        raise _depends(row.name, works=works, elements=elements)
    edit.session.delete(row)
    edit.record("catalogue.party.removed", row.id, fact_sheet(party_of(row)))


def remove_work(edit: Change, row: WorkRow, *, cascade: bool) -> list[str]:
    """Returns the digests of references that went with it. Raises Conflict when there are some and not ``cascade``."""
    elements = _count(edit, ElementRow, ElementRow.work_id == row.id)
    references = _count(edit, ReferenceRow, ReferenceRow.work_id == row.id)
    if (elements or references) and not cascade:
        raise _depends(row.title, elements=elements, references=references)
    work = work_of(row, identifiers_by_work(edit.session, row.id).get(row.id, ()))
    digests = _remove_references(edit, ReferenceRow.work_id == row.id)
    edit.session.execute(delete(ElementRow).where(ElementRow.work_id == row.id))
    edit.session.execute(delete(IdentifierRow).where(IdentifierRow.work_id == row.id))
    edit.session.delete(row)
    with_it = {"elements_removed": elements, "references_removed": references, "digests": digests}
    edit.record("catalogue.work.removed", work.id, {**fact_sheet(work), **with_it})
    return digests


def remove_element(edit: Change, row: ElementRow, *, cascade: bool) -> list[str]:
    """Returns the digests of references that went with it. Raises Conflict when there are some and not ``cascade``."""
    references = _count(edit, ReferenceRow, ReferenceRow.element_id == row.id)
    if references and not cascade:
        raise _depends(row.name, references=references)
    element = element_of(row)
    digests = _remove_references(edit, ReferenceRow.element_id == row.id)
    edit.session.delete(row)
    with_it = {"references_removed": references, "digests": digests}
    edit.record("catalogue.element.removed", element.id, {**fact_sheet(element), **with_it})
    return digests


def remove_reference(edit: Change, row: ReferenceRow) -> list[str]:
    """Returns the digest of the reference."""
    reference = reference_of(row)
    digests = _remove_references(edit, ReferenceRow.id == row.id)
    edit.record("catalogue.reference.removed", reference.id, fact_sheet(reference))
    return digests


def _remove_references(edit: Change, which: ColumnElement[bool]) -> list[str]:
    digests = sorted(set(edit.session.scalars(select(ReferenceRow.digest).where(which))))
    edit.session.execute(
        delete(FingerprintRow).where(FingerprintRow.reference_id.in_(select(ReferenceRow.id).where(which))),
        execution_options={"synchronize_session": False},
    )
    edit.session.execute(delete(ReferenceRow).where(which))
    return digests


def _count(edit: Change, row: type[WorkRow | ElementRow | ReferenceRow], which: ColumnElement[bool]) -> int:
    return edit.session.scalar(select(func.count()).select_from(row).where(which)) or 0


def _depends(name: str, **counts: int) -> Conflict:
    listed = " and ".join(f"{count} {what}" for what, count in counts.items() if count)
    return Conflict(f"{name!r} still has {listed}.", remedy="Remove those first, or remove it with everything in it.")
