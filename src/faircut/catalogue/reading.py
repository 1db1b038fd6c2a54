"""The import contract: a JSON document to checked entries, each knowing its place for errors.

Liberal in what may be left out and in the shapes of identifiers, aliases and references; strict in keys, because a
misspelt one would silently leave something unprotected. Nothing here touches the database or decodes a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from faircut.catalogue import validation
from faircut.catalogue.identifiers import normalise_identifiers
from faircut.catalogue.validation import comparison_key
from faircut.domain import Alias, ElementKind, ElementPolicy, Identifier, Naming, NeverMatch, Segment
from faircut.errors import InputError, LimitExceeded, NotFound

MAX_IMPORT_BYTES = 256 * 2**20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """A file (a Path) or a text (a str) to be registered. ``where`` is its place in the document."""

    content: Path | str
    name: str | None
    exclude: tuple[Segment, ...]
    negative: NeverMatch | None
    where: str


@dataclass(frozen=True, slots=True)
class ElementEntry:
    """An element as given; None where the document says nothing."""

    kind: ElementKind
    name: str
    language: str | None
    aliases: tuple[Alias, ...]
    tagline: str | None
    description: str | None
    keywords: tuple[str, ...]
    policy: ElementPolicy | None
    naming: Naming | None
    references: tuple[ReferenceEntry, ...]
    where: str


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """A work as given; None where the document says nothing."""

    title: str
    party: str
    identifiers: tuple[Identifier, ...]
    policy: ElementPolicy | None
    naming: Naming | None
    references: tuple[ReferenceEntry, ...]
    elements: tuple[ElementEntry, ...]
    where: str


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party and what belongs to it without a work."""

    name: str
    elements: tuple[ElementEntry, ...]
    where: str


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A whole document, checked as far as it can be without looking at files."""

    parties: tuple[PartyEntry, ...]
    works: tuple[WorkEntry, ...]

    def references(self) -> Iterable[ReferenceEntry]:
        """Every reference in the document, in its order."""
        for party in self.parties:
            for element in party.elements:
                yield from element.references
        for work in self.works:
            yield from work.references
            for element in work.elements:
                yield from element.references


def load_json(text: str) -> Any:
    """The document in ``text``. Raises InputError naming line and column, or the key that is there twice."""
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            f"It is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            remedy="Correct it there; the user's guide shows the form.",
        ) from error
    except RecursionError as error:
        raise InputError("It is nested too deeply.", remedy="Write it in the form that the guide shows.") from error


def read_text_file(path: Path) -> str:
    """A file's UTF-8 text. Raises NotFound, LimitExceeded, InputError."""
    if not path.is_file():
        raise NotFound(f"There is no file {path.name!r}.", field=str(path), remedy="Check the path.")
    if path.stat().st_size > MAX_IMPORT_BYTES:
        raise LimitExceeded(
            f"The file has {path.stat().st_size / 2**20:.0f} MiB; {MAX_IMPORT_BYTES // 2**20} are accepted.",
            field=path.name,
            remedy="Split it into several imports.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("It is no UTF-8 text.", field=path.name, remedy="Save it as UTF-8.") from error


def read_document(document: object, *, folder: Path | None) -> CatalogueFile:
    """Checks a document. Paths are relative to ``folder``; without one, only texts can be references.

    Raises InputError and LimitExceeded naming the place, such as ``works[2].elements[0].kind``.
    """
    top = fields_of(document, "", ("parties", "works"))
    parties = tuple(
        _party(value, f"parties[{index}]", folder) for index, value in enumerate(list_of(top, "parties", ""))
    )
    only = parties[0].name if len({comparison_key(party.name) for party in parties}) == 1 else None
    works = tuple(
        _work(value, f"works[{index}]", folder, only) for index, value in enumerate(list_of(top, "works", ""))
    )
    return CatalogueFile(parties, works)


def _party(value: object, where: str, folder: Path | None) -> PartyEntry:
    fields = {"name": value} if isinstance(value, str) else fields_of(value, where, ("name", "elements"))
    name = validation.clean_name(_required(fields, "name", where), field=_at(where, "name"))
    return PartyEntry(name, _elements(fields, where, folder), where)


def _work(value: object, where: str, folder: Path | None, only_party: str | None) -> WorkEntry:
    fields = fields_of(value, where, ("title", "party", "identifiers", "policy", "naming", "references", "elements"))
    party = fields.get("party")
    return WorkEntry(
        title=validation.clean_title(_required(fields, "title", where), field=_at(where, "title")),
        party=validation.clean_name(
            only_party if party is None and only_party else _required(fields, "party", where), field=_at(where, "party")
        ),
        identifiers=read_identifiers(fields.get("identifiers"), _at(where, "identifiers")),
        policy=_optional(fields, "policy", where, validation.clean_policy),
        naming=_optional(fields, "naming", where, validation.clean_naming),
        references=_references(fields, where, folder),
        elements=_elements(fields, where, folder),
        where=where,
    )


def _elements(fields: Mapping[str, Any], where: str, folder: Path | None) -> tuple[ElementEntry, ...]:
    return tuple(
        read_element(value, f"{_at(where, 'elements')}[{index}]", folder)
        for index, value in enumerate(list_of(fields, "elements", where))
    )


def read_element(value: object, where: str, folder: Path | None) -> ElementEntry:
    """One element. Raises InputError and LimitExceeded naming the place."""
    own = ("kind", "name", "language", "aliases", "tagline", "description", "keywords", "policy", "naming")
    accepted = (*own, "references")
    fields = fields_of(value, where, accepted)
    return ElementEntry(
        kind=validation.clean_kind(_required(fields, "kind", where), field=_at(where, "kind")),
        name=validation.clean_name(_required(fields, "name", where), field=_at(where, "name")),
        language=_optional(fields, "language", where, validation.clean_language),
        aliases=_aliases(fields, where),
        tagline=_optional(fields, "tagline", where, validation.clean_tagline),
        description=_optional(fields, "description", where, validation.clean_description),
        keywords=validation.clean_keywords(list_of(fields, "keywords", where), field=_at(where, "keywords")),
        policy=_optional(fields, "policy", where, validation.clean_policy),
        naming=_optional(fields, "naming", where, validation.clean_naming),
        references=_references(fields, where, folder),
        where=where,
    )


def _aliases(fields: Mapping[str, Any], where: str) -> tuple[Alias, ...]:
    place = _at(where, "aliases")
    given = []
    for index, value in enumerate(list_of(fields, "aliases", where)):
        if isinstance(value, str):
            given.append(Alias(value))
        else:
            alias = fields_of(value, f"{place}[{index}]", ("text", "language"))
            given.append(Alias(_required(alias, "text", f"{place}[{index}]"), alias.get("language")))
    return validation.clean_aliases(given, field=place)


def read_identifiers(value: object, where: str) -> tuple[Identifier, ...]:
    """Identifiers as a list of scope and value, in OMC's shape, or as an object of scope to value."""
    given: list[Identifier] = []
    if isinstance(value, Mapping) and not _is_one_identifier(value):
        given = _by_scope(value, where)
    else:
        entries = value if isinstance(value, list) else [] if value is None else [value]
        for index, entry in enumerate(entries):
            place = f"{where}[{index}]"
            if isinstance(entry, Mapping) and _is_one_identifier(entry):
                given.append(_one_identifier(entry, place))
            elif isinstance(entry, Mapping):
                given += _by_scope(entry, place)
            else:
                raise InputError(
                    "An identifier is a scope and a value.",
                    field=place,
                    remedy='Write {"scope": "EIDR", "value": "10.5240/…"}.',
                )
    return normalise_identifiers(given, field=where)


def _is_one_identifier(value: Mapping[str, Any]) -> bool:
    return bool({"scope", "value", "identifierScope", "identifierValue"} & set(value))


def _one_identifier(entry: Mapping[str, Any], place: str) -> Identifier:
    omc = "identifierScope" in entry or "identifierValue" in entry
    scope, value = ("identifierScope", "identifierValue") if omc else ("scope", "value")
    fields = fields_of(entry, place, (scope, value))
    return Identifier(_required(fields, scope, place), _required(fields, value, place))


def _by_scope(value: Mapping[str, Any], place: str) -> list[Identifier]:
    found = []
    for scope, values in value.items():
        for each in values if isinstance(values, list) else [values]:
            if not isinstance(each, str):
                raise InputError(f"The {scope[:40]} is not a text.", field=place, remedy='Write {"EIDR": "10.5240/…"}.')
            found.append(Identifier(scope, each))
    return found


def _references(fields: Mapping[str, Any], where: str, folder: Path | None) -> tuple[ReferenceEntry, ...]:
    place = _at(where, "references")
    return tuple(
        _reference(value, f"{place}[{index}]", folder)
        for index, value in enumerate(list_of(fields, "references", where))
    )


def _reference(value: object, where: str, folder: Path | None) -> ReferenceEntry:
    accepted = ("path", "text", "name", "exclude", "negative")
    entry = {"path": value} if isinstance(value, str) else fields_of(value, where, accepted)
    path, text = entry.get("path"), entry.get("text")
    if (path is None) == (text is None):
        raise InputError("A reference is a file or a text.", field=where, remedy="Give either path or text.")
    name = entry.get("name")
    if name is not None:
        name = validation.clean_text(name, field=_at(where, "name"), limit=validation.MAX_TITLE)
    exclude = entry.get("exclude")
    if not isinstance(exclude, list | None):
        raise InputError(
            "Segments are a list.", field=_at(where, "exclude"), remedy="Give [[start, end], …] in seconds."
        )
    segments = validation.clean_exclude(exclude or (), field=_at(where, "exclude"))
    negative = validation.clean_negative(entry.get("negative"), field=_at(where, "negative"))
    if text is not None:
        validation.clean_text(text, field=_at(where, "text"), limit=MAX_IMPORT_BYTES, multiline=True)
        return ReferenceEntry(str(text), name, segments, negative, where)
    cleaned = validation.clean_text(path, field=_at(where, "path"), limit=4096)
    if folder is None:
        raise InputError(
            "Files cannot be named in an import that is sent to the service.",
            field=where,
            remedy="Import where the files lie, or upload each reference.",
        )
    return ReferenceEntry(folder / cleaned, name, segments, negative, where)


def fields_of(value: object, where: str, accepted: tuple[str, ...]) -> Mapping[str, Any]:
    """``value`` as an object with none but the ``accepted`` keys. Raises InputError naming the first other one."""
    if not isinstance(value, Mapping):
        raise InputError(
            "An object is expected here.", field=where or None, remedy=f"Write {{…}} with: {', '.join(accepted)}."
        )
    for key in value:
        if key not in accepted:
            raise InputError(
                f"There is no {str(key)[:40]!r} here.",
                field=_at(where, str(key)[:40]),
                remedy=f"Accepted are: {', '.join(accepted)}.",
            )
    return value


def list_of(fields: Mapping[str, Any], key: str, where: str) -> list[Any]:
    """A list; nothing means an empty one, and a single text a list of one. Raises InputError."""
    value = fields.get(key)
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise InputError("A list is expected here.", field=_at(where, key), remedy="Write […].")
    return value


def _required(fields: Mapping[str, Any], key: str, where: str) -> Any:
    if fields.get(key) is None:
        raise InputError("It is missing.", field=_at(where, key), remedy="Fill it in.")
    return fields[key]


def _optional(fields: Mapping[str, Any], key: str, where: str, clean: Callable[..., T]) -> T | None:
    return None if fields.get(key) is None else clean(fields[key], field=_at(where, key))


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"The key {key[:40]!r} is there twice in one object.", remedy="Keep one of the two.")
        found[key] = value
    return found


def _refuse_constant(constant: str) -> float:
    raise InputError(f"{constant} is no number in JSON.", remedy="Write a number.")
