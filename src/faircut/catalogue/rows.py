"""Rows of the catalogue to domain values and back. Fingerprints are stored as raw little-endian bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Row

from faircut.domain import (
    Alias,
    Element,
    ElementKind,
    ElementPolicy,
    Fingerprint,
    Identifier,
    MediaKind,
    Naming,
    NeverMatch,
    Party,
    Reference,
    Segment,
    Work,
)
from faircut.store.models import ElementRow, PartyRow, ReferenceRow, WorkRow

AnyRow = Row[Any]


def party_of(row: PartyRow | AnyRow) -> Party:
    return Party(row.id, row.name)


def work_of(row: WorkRow | AnyRow, identifiers: tuple[Identifier, ...]) -> Work:
    return Work(row.id, row.title, row.party_id, identifiers, ElementPolicy(row.policy), Naming(row.naming))


def element_of(row: ElementRow | AnyRow) -> Element:
    return Element(
        id=row.id,
        party_id=row.party_id,
        work_id=row.work_id,
        kind=ElementKind(row.kind),
        name=row.name,
        language=row.language,
        aliases=tuple(Alias(each["text"], each["language"]) for each in row.aliases),
        tagline=row.tagline,
        description=row.description,
        keywords=tuple(row.keywords),
        policy=ElementPolicy(row.policy),
        naming=Naming(row.naming),
    )


def element_values(element: Element) -> dict[str, Any]:
    """An element as the columns of its row, ``created_at`` aside."""
    return {
        "id": element.id,
        "party_id": element.party_id,
        "work_id": element.work_id,
        "kind": element.kind.value,
        "name": element.name,
        "language": element.language,
        "aliases": [{"text": alias.text, "language": alias.language} for alias in element.aliases],
        "tagline": element.tagline,
        "description": element.description,
        "keywords": list(element.keywords),
        "policy": element.policy.value,
        "naming": element.naming.value,
    }


def reference_of(row: ReferenceRow | AnyRow) -> Reference:
    return Reference(
        id=row.id,
        party_id=row.party_id,
        work_id=row.work_id,
        element_id=row.element_id,
        kind=MediaKind(row.kind),
        digest=row.digest,
        name=row.name,
        duration=row.duration,
        exclude=tuple(Segment(start, end) for start, end in row.exclude),
        negative=None if row.negative is None else NeverMatch(row.negative),
    )


def reference_values(reference: Reference, seq: int, extractor: str) -> dict[str, Any]:
    """A reference as the columns of its row, ``created_at`` aside."""
    return {
        "seq": seq,
        "extractor": extractor,
        "id": reference.id,
        "party_id": reference.party_id,
        "work_id": reference.work_id,
        "element_id": reference.element_id,
        "kind": reference.kind.value,
        "digest": reference.digest,
        "name": reference.name,
        "duration": reference.duration,
        "exclude": [list(segment) for segment in reference.exclude],
        "negative": None if reference.negative is None else reference.negative.value,
    }


def fingerprint_of(row: AnyRow) -> Fingerprint:
    """From a row whose columns are those of FingerprintRow with ``fingerprint_`` before their names."""
    codes = np.frombuffer(row.fingerprint_codes, dtype=np.uint8)
    count = row.fingerprint_count
    return Fingerprint(
        algorithm=row.fingerprint_algorithm,
        codes=codes.reshape(count, len(codes) // count if count else 0),
        times=np.frombuffer(row.fingerprint_times, dtype="<f4").astype(np.float32, copy=False),
        quality=np.frombuffer(row.fingerprint_quality, dtype=np.uint8),
        duration=row.fingerprint_duration,
    )


def fingerprint_values(reference_id: str, fingerprint: Fingerprint, seq: int) -> dict[str, Any]:
    """A fingerprint as the columns of its row."""
    return {
        "reference_id": reference_id,
        "seq": seq,
        "algorithm": fingerprint.algorithm,
        "count": len(fingerprint),
        "codes": np.ascontiguousarray(fingerprint.codes, dtype=np.uint8).tobytes(),
        "times": np.ascontiguousarray(fingerprint.times, dtype="<f4").tobytes(),
        "quality": np.ascontiguousarray(fingerprint.quality, dtype=np.uint8).tobytes(),
        "duration": fingerprint.duration,
    }
