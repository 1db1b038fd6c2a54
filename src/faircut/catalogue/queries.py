"""Reading the catalogue: what screening needs (``protocols.CatalogueReader``), and what people look up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faircut.catalogue.rows import element_of, fingerprint_of, party_of, reference_of, work_of
from faircut.catalogue.validation import comparison_key
from faircut.domain import (
    Element,
    ElementKind,
    ElementPolicy,
    Fingerprint,
    Identifier,
    MediaKind,
    Naming,
    Party,
    Reference,
    Segment,
    Subject,
    Work,
)
from faircut.errors import Conflict, NotFound
from faircut.store.blobs import BlobStore
from faircut.store.database import Database
from faircut.store.models import (
    CatalogueStateRow,
    ElementRow,
    FingerprintRow,
    IdentifierRow,
    PartyRow,
    ReferenceRow,
    WorkRow,
)

_PAGE = 32
_ELEMENTS = ElementRow.__table__.c
_WORKS = WorkRow.__table__.c
_REFERENCES = ReferenceRow.__table__.c
_FINGERPRINTS = FingerprintRow.__table__.c


@dataclass(frozen=True, slots=True)
class Found:
    """What a search by name returns."""

    parties: tuple[Party, ...]
    works: tuple[Work, ...]
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the catalogue holds; ``seconds`` is the length of all references together."""

    parties: int
    works: int
    elements: int
    references: int
    seconds: float


class CatalogueQueries:
    """Reads. Each call sees every committed registration; nothing is cached.

    ``index_folder``: where those who search what is registered may keep their indexes; None for in memory.
    """

    index_folder: Path | None = None

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self.database = database
        self.blobs = blobs

    def revision(self) -> int:
        """Grows with every change, by whichever process. 0 for an empty catalogue."""
        with self.database.read() as session:
            return session.scalar(select(CatalogueStateRow.revision)) or 0

    def counts(self) -> Counts:
        with self.database.read() as session:

            def count(row: type[PartyRow | WorkRow | ElementRow | ReferenceRow]) -> int:
                return session.scalar(select(func.count()).select_from(row)) or 0

            seconds = session.scalar(select(func.sum(ReferenceRow.duration))) or 0.0
            return Counts(count(PartyRow), count(WorkRow), count(ElementRow), count(ReferenceRow), seconds)

    def parties(self) -> tuple[Party, ...]:
        """All parties by name."""
        with self.database.read() as session:
            return tuple(party_of(row) for row in session.scalars(select(PartyRow).order_by(PartyRow.name)))

    def works(self, *, party: str | None = None) -> tuple[Work, ...]:
        """Works by title; with ``party`` (id or name) those of one party."""
        with self.database.read() as session:
            query = select(*_WORKS).order_by(_WORKS.title, _WORKS.id)
            if party is not None:
                query = query.where(_WORKS.party_id == resolve_party(session, party).id)
            identifiers = identifiers_by_work(session)
            return tuple(work_of(row, identifiers.get(row.id, ())) for row in session.execute(query))

    def elements(self, *, work: str | None = None, party: str | None = None) -> tuple[Element, ...]:
        """Elements by name; with ``work`` or ``party`` (id or name) those of one, a person's own ones included."""
        with self.database.read() as session:
            query = select(*_ELEMENTS).order_by(_ELEMENTS.name, _ELEMENTS.id)
            if work is not None:
                query = query.where(_ELEMENTS.work_id == resolve_work(session, work, party=party).id)
            elif party is not None:
                query = query.where(_ELEMENTS.party_id == resolve_party(session, party).id)
            return tuple(element_of(row) for row in session.execute(query))

    def references(
        self, after: int = 0, *, work: str | None = None, element: str | None = None
    ) -> tuple[Reference, ...]:
        """References registered after sequence number ``after``, oldest first; optionally of one work or element."""
        with self.database.read() as session:
            query = select(*_REFERENCES).where(_REFERENCES.seq > after).order_by(_REFERENCES.seq)
            if element is not None:
                query = query.where(_REFERENCES.element_id == resolve_element(session, element, work=work).id)
            elif work is not None:
                query = query.where(_REFERENCES.work_id == resolve_work(session, work).id)
            return tuple(reference_of(row) for row in session.execute(query))

    def party(self, party: str) -> Party:
        """One party by id or name. Raises NotFound."""
        with self.database.read() as session:
            return party_of(resolve_party(session, party))

    def work(self, work: str, *, party: str | None = None) -> Work:
        """One work by id or title. Raises NotFound, or Conflict when several parties have that title."""
        with self.database.read() as session:
            row = resolve_work(session, work, party=party)
            return work_of(row, identifiers_by_work(session, row.id).get(row.id, ()))

    def element(self, element: str, *, work: str | None = None) -> Element:
        """One element by id or name. Raises NotFound, or Conflict when several have that name."""
        with self.database.read() as session:
            return element_of(resolve_element(session, element, work=work))

    def reference(self, reference_id: str) -> Reference:
        """Raises NotFound."""
        with self.database.read() as session:
            return reference_of(resolve_reference(session, reference_id))

    def reference_text(self, reference_id: str) -> str:
        """The words of a text reference. Raises NotFound."""
        reference = self.reference(reference_id)
        if reference.kind is not MediaKind.TEXT:
            raise NotFound(f"Reference {reference_id} is {reference.kind}, not text.", remedy="Open its file instead.")
        return self.blobs.open(reference.digest).read_text(encoding="utf-8")

    def live_reference_ids(self) -> frozenset[str]:
        """Ids of all references that exist now: an index drops the others."""
        with self.database.read() as session:
            return frozenset(session.scalars(select(ReferenceRow.id)))

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        """Excluded segments by reference id, as they stand now. References without any are left out."""
        with self.database.read() as session:
            rows = session.execute(select(_REFERENCES.id, _REFERENCES.exclude))
            return {row.id: tuple(Segment(*pair) for pair in row.exclude) for row in rows if row.exclude}

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """Every living reference that has a fingerprint of ``algorithm``, as it stands now, by that one's ``seq``."""
        with self.database.read() as session:
            rows = session.execute(
                select(*_REFERENCES, *(each.label("fingerprint_seq") for each in (_FINGERPRINTS.seq,)))
                .join_from(ReferenceRow.__table__, FingerprintRow.__table__)
                .where(_FINGERPRINTS.algorithm == algorithm)
                .order_by(_FINGERPRINTS.seq)
            )
            return {row.fingerprint_seq: reference_of(row) for row in rows}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterator[tuple[int, Reference, Fingerprint]]:
        """Every fingerprint of ``algorithm`` added after ``after_seq``, oldest first, with its sequence number.

        Sequence numbers are never used twice and become visible in order, so an index that remembers the last
        one it saw misses nothing. Reads a page at a time and holds no transaction open in between.
        """
        while True:
            with self.database.read() as session:
                page = session.execute(
                    select(*_REFERENCES, *(each.label(f"fingerprint_{each.name}") for each in _FINGERPRINTS))
                    .join_from(ReferenceRow.__table__, FingerprintRow.__table__)
                    .where(_FINGERPRINTS.algorithm == algorithm, _FINGERPRINTS.seq > after_seq)
                    .order_by(_FINGERPRINTS.seq)
                    .limit(_PAGE)
                ).all()
            for row in page:
                after_seq = row.fingerprint_seq
                yield after_seq, reference_of(row), fingerprint_of(row)
            if len(page) < _PAGE:
                return

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:
        """Whose it is, what it is called and what its holder wants. Raises NotFound."""
        with self.database.read() as session:
            if element_id is not None:
                found = session.execute(
                    select(ElementRow, PartyRow, WorkRow)
                    .join(PartyRow, PartyRow.id == ElementRow.party_id)
                    .outerjoin(WorkRow, WorkRow.id == ElementRow.work_id)
                    .where(ElementRow.id == element_id)
                ).first()
                if found is not None:
                    element, party, work = found
                    return Subject(
                        party_id=party.id,
                        party=party.name,
                        policy=ElementPolicy(element.policy),
                        work_id=element.work_id,
                        work=None if element.work_id is None else work.title,
                        element_id=element.id,
                        element=element.name,
                        kind=ElementKind(element.kind),
                        naming=Naming(element.naming).stricter(
                            Naming.FULL if element.work_id is None else Naming(work.naming)
                        ),
                    )
            elif work_id is not None:
                work_found = session.execute(
                    select(WorkRow, PartyRow)
                    .join(PartyRow, PartyRow.id == WorkRow.party_id)
                    .where(WorkRow.id == work_id)
                ).first()
                if work_found is not None:
                    work, party = work_found
                    return Subject(
                        party_id=party.id,
                        party=party.name,
                        policy=ElementPolicy(work.policy),
                        work_id=work.id,
                        work=work.title,
                        # What may be told is the work, so only NOTHING hides it.
                        naming=Naming.NOTHING if Naming(work.naming) is Naming.NOTHING else Naming.FULL,
                    )
        raise NotFound(
            f"The catalogue has no {element_id or work_id or 'subject without an id'}.",
            remedy="It may have been removed; look at the ledger.",
        )

    def search(self, text: str, *, limit: int = 50) -> Found:
        """Parties, works and elements whose name, title or alias contains ``text``, in any case."""
        needle = comparison_key(text)

        def has(*names: str) -> bool:
            return any(needle in comparison_key(name) for name in names)

        return Found(
            parties=tuple(party for party in self.parties() if has(party.name))[:limit],
            works=tuple(work for work in self.works() if has(work.title, *(each.value for each in work.identifiers)))[
                :limit
            ],
            elements=tuple(
                element for element in self.elements() if has(element.name, *(each.text for each in element.aliases))
            )[:limit],
        )


def identifiers_by_work(session: Session, work_id: str | None = None) -> dict[str, tuple[Identifier, ...]]:
    """Identifiers of one work or of all, sorted by scope and value."""
    query = select(IdentifierRow.work_id, IdentifierRow.scope, IdentifierRow.value)
    query = query.order_by(IdentifierRow.scope, IdentifierRow.value)
    if work_id is not None:
        query = query.where(IdentifierRow.work_id == work_id)
    found: dict[str, tuple[Identifier, ...]] = {}
    for owner, scope, value in session.execute(query):
        found[owner] = (*found.get(owner, ()), Identifier(scope, value))
    return found


def find_party(session: Session, name: str) -> PartyRow | None:
    """A party by name, whatever the case."""
    if exact := session.scalar(select(PartyRow).where(PartyRow.name == name)):
        return exact
    key = comparison_key(name)
    return next((row for row in session.scalars(select(PartyRow)) if comparison_key(row.name) == key), None)


def find_works(session: Session, title: str, party_id: str | None = None) -> list[WorkRow]:
    """Works by title, whatever the case; with ``party_id`` those of one party."""
    query = select(_WORKS.id, _WORKS.title)
    if party_id is not None:
        query = query.where(_WORKS.party_id == party_id)
    key = comparison_key(title)
    ids = [row.id for row in session.execute(query) if comparison_key(row.title) == key]
    return list(session.scalars(select(WorkRow).where(WorkRow.id.in_(ids)).order_by(WorkRow.id)))


def find_element(
    session: Session, *, party_id: str, work_id: str | None, kind: ElementKind, name: str
) -> ElementRow | None:
    """The element of this kind and name, whatever the case, in a work or (``work_id`` None) of a party."""
    query = select(_ELEMENTS.id, _ELEMENTS.name).where(
        _ELEMENTS.party_id == party_id, _ELEMENTS.work_id == work_id, _ELEMENTS.kind == kind.value
    )
    key = comparison_key(name)
    found = next((row.id for row in session.execute(query) if comparison_key(row.name) == key), None)
    return session.get(ElementRow, found) if found else None


def find_reference(
    session: Session, *, digest: str, work_id: str | None, element_id: str | None
) -> ReferenceRow | None:
    """The reference with these bytes of exactly this work or element."""
    return session.scalar(
        select(ReferenceRow).where(
            ReferenceRow.digest == digest, ReferenceRow.work_id == work_id, ReferenceRow.element_id == element_id
        )
    )


def resolve_party(session: Session, party: str) -> PartyRow:
    """A party by id or name. Raises NotFound."""
    row = session.get(PartyRow, party) or find_party(session, party)
    if row is None:
        raise NotFound(
            f"There is no party {party!r}.", field="party", remedy="Add it first, or use its exact name or id."
        )
    return row


def resolve_work(session: Session, work: str, *, party: str | None = None) -> WorkRow:
    """A work by id or title. Raises NotFound, or Conflict when the title is not unique."""
    if (row := session.get(WorkRow, work)) is not None:
        return row
    found = find_works(session, work, resolve_party(session, party).id if party else None)
    if not found:
        raise NotFound(
            f"There is no work {work!r}.", field="work", remedy="Add it first, or use its exact title or id."
        )
    if len(found) > 1:
        raise Conflict(
            f"Several parties have a work {work!r}: {', '.join(row.id for row in found)}.",
            field="work",
            remedy="Use the id of the one you mean.",
        )
    return found[0]


def resolve_element(session: Session, element: str, *, work: str | None = None) -> ElementRow:
    """An element by id or name, in one work if given. Raises NotFound, or Conflict when the name is not unique."""
    if (row := session.get(ElementRow, element)) is not None:
        return row
    query = select(_ELEMENTS.id, _ELEMENTS.name)
    if work is not None:
        query = query.where(_ELEMENTS.work_id == resolve_work(session, work).id)
    key = comparison_key(element)
    ids = [row.id for row in session.execute(query) if comparison_key(row.name) == key]
    if not ids:
        raise NotFound(
            f"There is no element {element!r}.", field="element", remedy="Add it first, or use its exact name or id."
        )
    if len(ids) > 1:
        raise Conflict(
            f"Several elements are named {element!r}: {', '.join(ids)}.",
            field="element",
            remedy="Name the work too, or use the id of the one you mean.",
        )
    return session.get_one(ElementRow, ids[0])


def resolve_reference(session: Session, reference_id: str) -> ReferenceRow:
    """A reference by id. Raises NotFound."""
    row = session.scalar(select(ReferenceRow).where(ReferenceRow.id == reference_id))
    if row is None:
        raise NotFound(f"There is no reference {reference_id!r}.", field="reference", remedy="List the references.")
    return row
