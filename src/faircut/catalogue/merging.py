"""What an import would change: entries compared with what the catalogue holds. Reads only; writing is ``importing``.

Entries are matched by name: parties by theirs, works by party and title, elements by owner, kind and name, references
by owner and content. What is there already is skipped; new aliases, keywords and identifiers are added; a tagline,
description, language or policy that is given and differs replaces the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from faircut.catalogue.changes import identifier_taken
from faircut.catalogue.queries import identifiers_by_work
from faircut.catalogue.reading import CatalogueFile, ElementEntry, ReferenceEntry, WorkEntry
from faircut.catalogue.rows import element_of, party_of, work_of
from faircut.catalogue.validation import clean_aliases, clean_keywords, comparison_key
from faircut.domain import Element, ElementKind, ElementPolicy, Identifier, Naming, Party, Work, new_id
from faircut.store.models import ElementRow, PartyRow, ReferenceRow, WorkRow


@dataclass(slots=True)
class Tally:
    """How many of each."""

    parties: int = 0
    works: int = 0
    elements: int = 0
    references: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True)
class NewReference:
    """A reference to be registered, and for whom."""

    entry: ReferenceEntry
    digest: str
    party_id: str
    work_id: str | None
    element_id: str | None


@dataclass(slots=True)
class Merge:
    """The changes that an import makes, and how much it found to be there already."""

    parties: list[Party] = field(default_factory=list)
    works: dict[str, Work] = field(default_factory=dict)
    edited_works: dict[str, Work] = field(default_factory=dict)
    identifiers: dict[str, tuple[Identifier, ...]] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    edited_elements: dict[str, Element] = field(default_factory=dict)
    references: list[NewReference] = field(default_factory=list)
    added: Tally = field(default_factory=Tally)
    updated: Tally = field(default_factory=Tally)
    skipped: Tally = field(default_factory=Tally)

    @property
    def changes(self) -> bool:
        return bool(self.added) or bool(self.updated)


_ElementKey = tuple[str, str | None, ElementKind, str]


def merge(session: Session, file: CatalogueFile, digests: Mapping[str, str]) -> Merge:
    """Compares. ``digests`` holds the content of each reference by its ``where``.

    Raises Conflict when an identifier names another work.
    """
    merger = _Merger(session, digests)
    for party in file.parties:
        party_id = merger.party(party.name)
        for element in party.elements:
            merger.element(element, party_id, None, ElementPolicy.BLOCK)
    for entry in file.works:
        merger.work(entry)
    return merger.result


class _Merger:
    def __init__(self, session: Session, digests: Mapping[str, str]) -> None:
        self.result = Merge()
        self._digests = digests
        identifiers = identifiers_by_work(session)
        parties = [party_of(row) for row in session.execute(select(*PartyRow.__table__.c))]
        works = [work_of(row, identifiers.get(row.id, ())) for row in session.execute(select(*WorkRow.__table__.c))]
        elements = [element_of(row) for row in session.execute(select(*ElementRow.__table__.c))]
        held = session.execute(select(ReferenceRow.digest, ReferenceRow.work_id, ReferenceRow.element_id))
        self._parties = {comparison_key(party.name): party.id for party in parties}
        self._works = {(work.party_id, comparison_key(work.title)): work for work in works}
        self._named = {identifier: work for work in works for identifier in work.identifiers}
        self._elements = {_key(element): element for element in elements}
        self._references = {(row.digest, row.work_id, row.element_id) for row in held}
        self._counted: set[str] = set()

    def party(self, name: str) -> str:
        key = comparison_key(name)
        if key not in self._parties:
            party = Party(new_id("party"), name)
            self._parties[key] = party.id
            self.result.parties.append(party)
            self.result.added.parties += 1
        elif self._first_time(self._parties[key]):
            self.result.skipped.parties += 1
        self._counted.add(self._parties[key])
        return self._parties[key]

    def work(self, entry: WorkEntry) -> None:
        party_id = self.party(entry.party)
        key = (party_id, comparison_key(entry.title))
        known = self._works.get(key)
        for identifier in entry.identifiers:
            other = self._named.get(identifier)
            if other is not None and (known is None or other.id != known.id):
                raise identifier_taken(identifier, other, f"{entry.where}.identifiers")
        if known is None:
            work = Work(
                new_id("work"),
                entry.title,
                party_id,
                entry.identifiers,
                entry.policy or ElementPolicy.BLOCK,
                entry.naming or Naming.FULL,
            )
            self.result.works[work.id] = work
            self.result.added.works += 1
            self._counted.add(work.id)
        else:
            work = self._edited_work(known, entry)
        self._works[key] = work
        self._named.update(dict.fromkeys(work.identifiers, work))
        for reference in entry.references:
            self.reference(reference, party_id, work.id, None)
        for element in entry.elements:
            self.element(element, party_id, work.id, work.policy, work.naming)

    def _edited_work(self, known: Work, entry: WorkEntry) -> Work:
        more = tuple(each for each in entry.identifiers if each not in known.identifiers)
        work = replace(
            known,
            identifiers=known.identifiers + more,
            policy=entry.policy or known.policy,
            naming=entry.naming or known.naming,
        )
        if known.id in self.result.works:
            self.result.works[known.id] = work
        elif work != known:
            self.result.identifiers[work.id] = self.result.identifiers.get(work.id, ()) + more
            if work.id not in self.result.edited_works:
                self.result.updated.works += 1
            self.result.edited_works[work.id] = work
            self._counted.add(work.id)
        elif self._first_time(work.id):
            self.result.skipped.works += 1
        return work

    def element(
        self,
        entry: ElementEntry,
        party_id: str,
        work_id: str | None,
        policy: ElementPolicy,
        naming: Naming = Naming.FULL,
    ) -> None:
        key = (party_id, work_id, entry.kind, comparison_key(entry.name))
        known = self._elements.get(key)
        if known is None:
            element = _new_element(entry, party_id, work_id, policy, naming)
            self.result.elements[element.id] = element
            self.result.added.elements += 1
            self._counted.add(element.id)
        else:
            element = _edited_element(known, entry)
            if known.id in self.result.elements:
                self.result.elements[known.id] = element
            elif element != known:
                if known.id not in self.result.edited_elements:
                    self.result.updated.elements += 1
                self.result.edited_elements[known.id] = element
                self._counted.add(known.id)
            elif self._first_time(known.id):
                self.result.skipped.elements += 1
        self._elements[key] = element
        for reference in entry.references:
            self.reference(reference, party_id, work_id, element.id)

    def reference(self, entry: ReferenceEntry, party_id: str, work_id: str | None, element_id: str | None) -> None:
        digest = self._digests[entry.where]
        if (digest, work_id, element_id) in self._references:
            self.result.skipped.references += 1
            return
        self._references.add((digest, work_id, element_id))
        self.result.references.append(NewReference(entry, digest, party_id, work_id, element_id))
        self.result.added.references += 1

    def _first_time(self, known_id: str) -> bool:
        first = known_id not in self._counted
        self._counted.add(known_id)
        return first


def _key(element: Element) -> _ElementKey:
    return element.party_id, element.work_id, element.kind, comparison_key(element.name)


def _new_element(
    entry: ElementEntry, party_id: str, work_id: str | None, policy: ElementPolicy, naming: Naming
) -> Element:
    return Element(
        id=new_id("el"),
        party_id=party_id,
        work_id=work_id,
        kind=entry.kind,
        name=entry.name,
        language=entry.language,
        aliases=entry.aliases,
        tagline=entry.tagline or "",
        description=entry.description or "",
        keywords=entry.keywords,
        policy=entry.policy or policy,
        naming=entry.naming or naming,
    )


def _edited_element(known: Element, entry: ElementEntry) -> Element:
    aliases = {(comparison_key(each.text), each.language): each for each in known.aliases}
    keywords = {comparison_key(each): each for each in known.keywords}
    for alias in entry.aliases:
        aliases.setdefault((comparison_key(alias.text), alias.language), alias)
    for keyword in entry.keywords:
        keywords.setdefault(comparison_key(keyword), keyword)
    return replace(
        known,
        language=entry.language or known.language,
        aliases=clean_aliases(aliases.values(), field=f"{entry.where}.aliases"),
        tagline=known.tagline if entry.tagline is None else entry.tagline,
        description=known.description if entry.description is None else entry.description,
        keywords=clean_keywords(keywords.values(), field=f"{entry.where}.keywords"),
        policy=entry.policy or known.policy,
        naming=entry.naming or known.naming,
    )
