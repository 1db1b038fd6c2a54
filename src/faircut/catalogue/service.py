"""The catalogue as everybody uses it: add, edit, remove, look up. Each change is one transaction and one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from faircut.catalogue import exporting, importing, removal, validation
from faircut.catalogue.base import CatalogueBase
from faircut.catalogue.changes import Change, fact_sheet
from faircut.catalogue.identifiers import normalise_identifiers
from faircut.catalogue.importing import ImportReport
from faircut.catalogue.queries import (
    find_element,
    find_party,
    find_reference,
    find_works,
    identifiers_by_work,
    resolve_element,
    resolve_party,
    resolve_reference,
    resolve_work,
)
from faircut.catalogue.registration import Prepared
from faircut.catalogue.rows import element_of, party_of, reference_of, work_of
from faircut.domain import (
    Alias,
    Element,
    ElementKind,
    ElementPolicy,
    Identifier,
    Naming,
    NeverMatch,
    Party,
    Reference,
    Segment,
    Work,
    new_id,
)
from faircut.errors import Conflict, InputError
from faircut.protocols import Progress, no_progress
from faircut.store.models import IdentifierRow


class Catalogue(CatalogueBase):
    """Parties, works, elements and references.

    Wherever a party, work or element is asked for, its id or its name will do.
    """

    def add_party(self, name: str, *, actor: str) -> Party:
        """Raises InputError, or Conflict naming the party that has this name."""
        party = Party(new_id("party"), validation.clean_name(name, field="name"))
        with self.change(actor) as edit:
            if taken := find_party(edit.session, party.name):
                raise Conflict(
                    f"There is a party {taken.name!r} already ({taken.id}).", field="name", remedy="Use that one."
                )
            edit.insert_parties([party])
            edit.record("catalogue.party.added", party.id, fact_sheet(party))
        return party

    def add_work(
        self,
        title: str,
        party: str,
        *,
        identifiers: Iterable[Identifier] = (),
        policy: ElementPolicy | str = ElementPolicy.BLOCK,
        naming: Naming | str = Naming.FULL,
        actor: str,
    ) -> Work:
        """Raises InputError, NotFound for the party, Conflict naming the work that exists already."""
        title = validation.clean_title(title, field="title")
        checked = normalise_identifiers(identifiers, field="identifiers")
        checked_policy = validation.clean_policy(policy, field="policy")
        checked_naming = validation.clean_naming(naming, field="naming")
        with self.change(actor) as edit:
            owner = resolve_party(edit.session, party)
            work = Work(new_id("work"), title, owner.id, checked, checked_policy, checked_naming)
            _check_title_free(edit, title, owner.id)
            edit.check_identifiers_free(checked, field="identifiers")
            edit.insert_works([work])
            edit.record("catalogue.work.added", work.id, fact_sheet(work))
        return work

    def add_element(
        self,
        kind: ElementKind | str,
        name: str,
        *,
        work: str | None = None,
        party: str | None = None,
        language: str | None = None,
        aliases: Iterable[Alias | str] = (),
        tagline: str = "",
        description: str = "",
        keywords: Iterable[str] = (),
        policy: ElementPolicy | str | None = None,
        naming: Naming | str | None = None,
        actor: str,
    ) -> Element:
        """An element of a ``work``, or a ``party``'s own (likeness, voice). Policy and naming default to its work's.

        Raises InputError, NotFound for work or party, Conflict naming the element that exists already.
        """
        if work is None and party is None:
            raise InputError(
                "It belongs to nothing.", field="work", remedy="Name its work, or the party it belongs to."
            )
        element = Element(
            id=new_id("el"),
            party_id="",
            work_id=None,
            kind=validation.clean_kind(kind, field="kind"),
            name=validation.clean_name(name, field="name"),
            language=validation.clean_language(language, field="language"),
            aliases=validation.clean_aliases(_as_aliases(aliases), field="aliases"),
            tagline=validation.clean_tagline(tagline, field="tagline"),
            description=validation.clean_description(description, field="description"),
            keywords=validation.clean_keywords(keywords, field="keywords"),
        )
        checked_policy = None if policy is None else validation.clean_policy(policy, field="policy")
        checked_naming = None if naming is None else validation.clean_naming(naming, field="naming")
        with self.change(actor) as edit:
            default, default_naming = ElementPolicy.BLOCK, Naming.FULL
            if work is not None:
                work_row = resolve_work(edit.session, work, party=party)
                default, default_naming = ElementPolicy(work_row.policy), Naming(work_row.naming)
                element = replace(element, work_id=work_row.id, party_id=work_row.party_id)
            else:
                element = replace(element, party_id=resolve_party(edit.session, party or "").id)
            element = replace(element, policy=checked_policy or default, naming=checked_naming or default_naming)
            _check_element_free(edit, element)
            edit.insert_elements([element])
            edit.record("catalogue.element.added", element.id, fact_sheet(element))
        return element

    def add_reference(
        self,
        path: Path | None = None,
        *,
        text: str | None = None,
        work: str | None = None,
        element: str | None = None,
        name: str | None = None,
        exclude: Sequence[tuple[float, float] | Segment] = (),
        negative: NeverMatch | str | None = None,
        progress: Progress = no_progress,
        actor: str,
    ) -> Reference:
        """Registers a video, image, sound or text for a work, or for an element of one (or of a person).

        With ``negative`` the picture or sound is told never to match, and takes away what it explains.

        Bytes are stored and fingerprints taken first; then row, fingerprints, event and revision are written in one
        transaction. Whatever fails, nothing is left half-registered.

        Raises InputError, UnreadableMedia, LimitExceeded, NotFound, and Conflict when this work or element has the
        same file already.
        """
        if (path is None) == (text is None):
            raise InputError("A reference is a file or a text.", field="path", remedy="Give one of the two.")
        checked_negative = validation.clean_negative(negative, field="negative")
        content = text if path is None else path
        source = self.registrations.look(content if content is not None else "", label="reference", name=name)
        with self.database.read() as session:
            _check_reference_free(session, source.digest, *_owner(session, work, element)[1:])
        prepared = self.registrations.prepare(source, exclude=exclude, progress=progress)
        with self._swept_unless_written(prepared), self.change(actor) as edit:
            party_id, work_id, element_id = _owner(edit.session, work, element)
            _check_reference_free(edit.session, prepared.digest, work_id, element_id)
            self.registrations.keep(prepared)
            reference = prepared.owned_by(
                party_id=party_id, work_id=work_id, element_id=element_id, negative=checked_negative
            )
            edit.insert_reference(reference, prepared.fingerprints, extractor=self.registrations.version)
            edit.record("catalogue.reference.added", reference.id, fact_sheet(reference))
        progress(1.0, f"{prepared.name} is searchable")
        return reference

    def edit_party(self, party: str, *, name: str, actor: str) -> Party:
        """Renames a party. Raises InputError, NotFound, Conflict."""
        name = validation.clean_name(name, field="name")
        with self.change(actor) as edit:
            row = resolve_party(edit.session, party)
            taken = find_party(edit.session, name)
            if taken is not None and taken.id != row.id:
                raise Conflict(
                    f"There is a party {taken.name!r} already ({taken.id}).", field="name", remedy="Use that."
                )
            row.name = name
            edited = party_of(row)
            edit.record("catalogue.party.edited", edited.id, fact_sheet(edited))
        return edited

    def edit_work(
        self,
        work: str,
        *,
        title: str | None = None,
        identifiers: Iterable[Identifier] | None = None,
        policy: ElementPolicy | str | None = None,
        naming: Naming | str | None = None,
        actor: str,
    ) -> Work:
        """Changes what is not None. ``policy`` does not reach down to elements that exist already."""
        with self.change(actor) as edit:
            row = resolve_work(edit.session, work)
            if title is not None:
                cleaned = validation.clean_title(title, field="title")
                _check_title_free(edit, cleaned, row.party_id, but=row.id)
                row.title = cleaned
            if policy is not None:
                row.policy = validation.clean_policy(policy, field="policy").value
            if naming is not None:
                row.naming = validation.clean_naming(naming, field="naming").value
            if identifiers is not None:
                checked = normalise_identifiers(identifiers, field="identifiers")
                edit.check_identifiers_free(checked, field="identifiers", but=row.id)
                edit.session.execute(delete(IdentifierRow).where(IdentifierRow.work_id == row.id))
                edit.insert_identifiers(row.id, checked)
            edit.session.flush()
            edited = work_of(row, identifiers_by_work(edit.session, row.id).get(row.id, ()))
            edit.record("catalogue.work.edited", edited.id, fact_sheet(edited))
        return edited

    def edit_element(
        self,
        element: str,
        *,
        work: str | None = None,
        kind: ElementKind | str | None = None,
        name: str | None = None,
        language: str | None = None,
        aliases: Iterable[Alias | str] | None = None,
        tagline: str | None = None,
        description: str | None = None,
        keywords: Iterable[str] | None = None,
        policy: ElementPolicy | str | None = None,
        naming: Naming | str | None = None,
        actor: str,
    ) -> Element:
        """Changes what is not None; an empty text or list clears. ``work`` only helps to find the element."""
        with self.change(actor) as edit:
            row = resolve_element(edit.session, element, work=work)
            old = element_of(row)
            new = replace(
                old,
                kind=old.kind if kind is None else validation.clean_kind(kind, field="kind"),
                name=old.name if name is None else validation.clean_name(name, field="name"),
                language=old.language if language is None else validation.clean_language(language, field="language"),
                aliases=old.aliases
                if aliases is None
                else validation.clean_aliases(_as_aliases(aliases), field="aliases"),
                tagline=old.tagline if tagline is None else validation.clean_tagline(tagline, field="tagline"),
                description=old.description
                if description is None
                else validation.clean_description(description, field="description"),
                keywords=old.keywords if keywords is None else validation.clean_keywords(keywords, field="keywords"),
                policy=old.policy if policy is None else validation.clean_policy(policy, field="policy"),
                naming=old.naming if naming is None else validation.clean_naming(naming, field="naming"),
            )
            _check_element_free(edit, new)
            edit.update_element(row, new)
            edit.record("catalogue.element.edited", new.id, fact_sheet(new))
        return new

    def edit_reference(
        self,
        reference_id: str,
        *,
        name: str | None = None,
        exclude: Sequence[tuple[float, float] | Segment] | None = None,
        actor: str,
    ) -> Reference:
        """Changes what is not None. To replace the file, remove the reference and add another."""
        with self.change(actor) as edit:
            row = resolve_reference(edit.session, reference_id)
            if name is not None:
                row.name = validation.clean_text(name, field="name", limit=validation.MAX_TITLE)
            if exclude is not None:
                if row.duration is None and exclude:
                    raise InputError(
                        f"{row.name} is {row.kind}; only video and audio have segments to exclude.",
                        field="exclude",
                        remedy="Leave exclude out.",
                    )
                segments = validation.clean_exclude(exclude, field="exclude", duration=row.duration)
                row.exclude = [list(segment) for segment in segments]
            edited = reference_of(row)
            edit.record("catalogue.reference.edited", edited.id, fact_sheet(edited))
        return edited

    def remove_party(self, party: str, *, actor: str) -> None:
        """Removes a party that has nothing left. Raises NotFound, Conflict."""
        with self.change(actor) as edit:
            removal.remove_party(edit, resolve_party(edit.session, party))

    def remove_work(self, work: str, *, cascade: bool = False, actor: str) -> None:
        """Removes a work; with ``cascade`` its elements, references and their fingerprints too.

        Raises NotFound, and Conflict where something depends on it and ``cascade`` is not set.
        """
        with self.change(actor) as edit:
            digests = removal.remove_work(edit, resolve_work(edit.session, work), cascade=cascade)
        self.registrations.sweep(digests)

    def remove_element(self, element: str, *, work: str | None = None, cascade: bool = False, actor: str) -> None:
        """Removes an element; with ``cascade`` its references too. Raises NotFound, Conflict."""
        with self.change(actor) as edit:
            digests = removal.remove_element(edit, resolve_element(edit.session, element, work=work), cascade=cascade)
        self.registrations.sweep(digests)

    def remove_reference(self, reference_id: str, *, actor: str) -> None:
        """Removes a reference, its fingerprints, and its bytes if no other reference has them. Raises NotFound."""
        with self.change(actor) as edit:
            digests = removal.remove_reference(edit, resolve_reference(edit.session, reference_id))
        self.registrations.sweep(digests)

    def import_file(self, path: Path, *, progress: Progress = no_progress, actor: str) -> ImportReport:
        """Imports a .json or .csv file, all of it or nothing. See ``importing``."""
        return importing.import_file(self, path, progress=progress, actor=actor)

    def import_document(
        self, document: object, *, folder: Path | None = None, progress: Progress = no_progress, actor: str
    ) -> ImportReport:
        """Imports a document of the import contract. Without a ``folder`` it can name no files, only texts."""
        return importing.import_document(self, document, folder=folder, progress=progress, actor=actor)

    def import_csv(
        self, text: str, *, folder: Path | None = None, progress: Progress = no_progress, actor: str
    ) -> ImportReport:
        """Imports a table. Without a ``folder`` it can name no files."""
        return importing.import_table(self, text, folder=folder, progress=progress, actor=actor)

    def export_file(self, path: Path) -> int:
        """Writes a .json or .csv file with the reference files beside it; returns how many. See ``exporting``."""
        return exporting.export_file(self, path)

    def export_document(self) -> dict[str, Any]:
        """The catalogue as a document of the import contract."""
        return exporting.export_document(self)

    def export_json(self) -> str:
        """The same as text. Files are named as ``export_file`` lays them out."""
        return exporting.export_json(self)

    def export_csv(self) -> str:
        """The catalogue as a table, one row an element. Files are named as ``export_file`` lays them out."""
        return exporting.export_table(self)

    @contextmanager
    def _swept_unless_written(self, prepared: Prepared) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.registrations.sweep([prepared.digest])
            raise


def _as_aliases(aliases: Iterable[Alias | str]) -> Iterator[Alias]:
    return (Alias(each) if isinstance(each, str) else each for each in aliases)


def _owner(session: Session, work: str | None, element: str | None) -> tuple[str, str | None, str | None]:
    """Ids of party, work and element that a reference belongs to."""
    if element is not None:
        element_row = resolve_element(session, element, work=work)
        return element_row.party_id, element_row.work_id, element_row.id
    if work is None:
        raise InputError("It belongs to nothing.", field="work", remedy="Name the work or element that it stands for.")
    work_row = resolve_work(session, work)
    return work_row.party_id, work_row.id, None


def _check_title_free(edit: Change, title: str, party_id: str, *, but: str | None = None) -> None:
    for row in find_works(edit.session, title, party_id):
        if row.id != but:
            raise Conflict(
                f"This party has the work {row.title!r} already ({row.id}).",
                field="title",
                remedy="Edit that work, or tell the two apart in the title (a year, a season).",
            )


def _check_element_free(edit: Change, element: Element) -> None:
    taken = find_element(
        edit.session, party_id=element.party_id, work_id=element.work_id, kind=element.kind, name=element.name
    )
    if taken is not None and taken.id != element.id:
        raise Conflict(
            f"There is a {taken.kind} {taken.name!r} here already ({taken.id}).",
            field="name",
            remedy="Edit that one, or add the name as an alias of it.",
        )


def _check_reference_free(session: Session, digest: str, work_id: str | None, element_id: str | None) -> None:
    if taken := find_reference(session, digest=digest, work_id=work_id, element_id=element_id):
        raise Conflict(
            f"The same content is registered here already, as {taken.name!r} ({taken.id}).",
            field="reference",
            remedy="Nothing needs to be done, or edit that reference.",
        )
