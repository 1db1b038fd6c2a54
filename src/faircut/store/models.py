"""Tables. Rows are storage; the vocabulary of the code is ``domain``, and only ``store`` users map between them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012  SQLAlchemy reads it from the class


class PartyRow(Base):
    __tablename__ = "parties"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(300), unique=True)
    created_at: Mapped[str] = mapped_column(String(40))


class WorkRow(Base):
    __tablename__ = "works"
    __table_args__ = (UniqueConstraint("party_id", "title"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    title: Mapped[str] = mapped_column(String(500))
    policy: Mapped[str] = mapped_column(String(16))
    naming: Mapped[str] = mapped_column(String(16), default="full", server_default="full")
    created_at: Mapped[str] = mapped_column(String(40))


class IdentifierRow(Base):
    """An identifier names one work only: ``(scope, value)`` is unique."""

    __tablename__ = "identifiers"
    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(String(300), primary_key=True)
    work_id: Mapped[str] = mapped_column(ForeignKey("works.id"), index=True)


class ElementRow(Base):
    __tablename__ = "elements"
    __table_args__ = (UniqueConstraint("party_id", "work_id", "kind", "name"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    work_id: Mapped[str | None] = mapped_column(ForeignKey("works.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(35))
    aliases: Mapped[list[Any]]
    tagline: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[Any]]
    policy: Mapped[str] = mapped_column(String(16))
    naming: Mapped[str] = mapped_column(String(16), default="full", server_default="full")
    created_at: Mapped[str] = mapped_column(String(40))


class ProtectionGradeRow(Base):
    """How an element stood up to attacks, registered as the digest ``registered`` says; see ``redteam.grades``."""

    __tablename__ = "protection_grades"
    element_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    letter: Mapped[str] = mapped_column(String(1))
    attacks: Mapped[int] = mapped_column(Integer)
    reviewed: Mapped[int] = mapped_column(Integer)
    passed: Mapped[int] = mapped_column(Integer)
    at_most: Mapped[float] = mapped_column(Float)
    passed_by: Mapped[list[Any]]
    advice: Mapped[list[Any]]
    registered: Mapped[str] = mapped_column(String(32))
    guard: Mapped[str] = mapped_column(String(200))
    measured_at: Mapped[str] = mapped_column(String(40))


class ReferenceRow(Base):
    """``seq`` grows with every registration. ``extractor`` is the version that took the fingerprints."""

    __tablename__ = "references"
    __table_args__ = (UniqueConstraint("digest", "work_id", "element_id"),)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    work_id: Mapped[str | None] = mapped_column(ForeignKey("works.id"), index=True)
    element_id: Mapped[str | None] = mapped_column(ForeignKey("elements.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(500))
    duration: Mapped[float | None] = mapped_column(Float)
    exclude: Mapped[list[Any]]
    negative: Mapped[str | None] = mapped_column(String(16))
    extractor: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[str] = mapped_column(String(40))


class FingerprintRow(Base):
    """Arrays as raw little-endian bytes (never pickled): shapes follow from the algorithm and the lengths.

    ``seq`` grows with every fingerprint that is added, so that an index can ask for what is new.
    """

    __tablename__ = "fingerprints"
    reference_id: Mapped[str] = mapped_column(ForeignKey("references.id"), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, index=True)
    count: Mapped[int] = mapped_column(Integer)
    codes: Mapped[bytes] = mapped_column(LargeBinary)
    times: Mapped[bytes] = mapped_column(LargeBinary)
    quality: Mapped[bytes] = mapped_column(LargeBinary)
    duration: Mapped[float] = mapped_column(Float)


class LicenceRow(Base):
    """What a rights holder allows a caller; see ``licences``. No foreign keys: a licence outlives what it is about."""

    __tablename__ = "licences"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    party_id: Mapped[str] = mapped_column(String(64), index=True)
    work_id: Mapped[str | None] = mapped_column(String(64), index=True)
    element_id: Mapped[str | None] = mapped_column(String(64), index=True)
    licensee: Mapped[str] = mapped_column(String(64), index=True)
    uses: Mapped[list[Any]]
    since: Mapped[str] = mapped_column(String(40))
    until: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[str] = mapped_column(String(40))
    granted_by: Mapped[str] = mapped_column(String(200))
    revoked_at: Mapped[str | None] = mapped_column(String(40))
    revoked_by: Mapped[str | None] = mapped_column(String(200))


class CatalogueStateRow(Base):
    """One row, id 1: the catalogue's revision."""

    __tablename__ = "catalogue_state"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)


class DecisionRow(Base):
    __tablename__ = "decisions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    asset_digest: Mapped[str] = mapped_column(String(64), index=True)
    input: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[str] = mapped_column(String(40))


class SeenRow(Base):
    """Fingerprints of what was judged, thinned, so that a work registered later can be looked for among it."""

    __tablename__ = "seen"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    count: Mapped[int] = mapped_column(Integer)
    codes: Mapped[bytes] = mapped_column(LargeBinary)
    times: Mapped[bytes] = mapped_column(LargeBinary)
    quality: Mapped[bytes] = mapped_column(LargeBinary)
    duration: Mapped[float] = mapped_column(Float)
    created_at: Mapped[str] = mapped_column(String(40))


class RecentRequestRow(Base):
    """Words of requests that passed, for some hours; see ``recent``."""

    __tablename__ = "recent_requests"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Text)
    files: Mapped[list[Any]]
    licensed: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[str] = mapped_column(String(40), index=True)


class AppealRow(Base):
    """An appeal against a Decision, at most one of each; see ``appeals``."""

    __tablename__ = "appeals"
    __table_args__ = (Index("ix_appeals_owner_created", "owner", "created_at"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"), unique=True)
    owner: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), index=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str] = mapped_column(String(40))
    answered_at: Mapped[str | None] = mapped_column(String(40))
    answered_by: Mapped[str | None] = mapped_column(String(200))


class UploadRow(Base):
    __tablename__ = "uploads"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(500))
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"))
    created_at: Mapped[str] = mapped_column(String(40))


class JobRow(Base):
    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("owner", "idempotency_key"),
        Index("ix_jobs_owner_created", "owner", "created_at"),
        Index("ix_jobs_owner_admission", "owner", "admission"),
    )
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16), index=True)
    step: Mapped[str | None] = mapped_column(String(32))
    progress: Mapped[float] = mapped_column(Float)
    message: Mapped[str] = mapped_column(Text)
    seconds_left: Mapped[float | None] = mapped_column(Float)
    cancel_requested: Mapped[bool]
    request: Mapped[dict[str, Any]]
    decision_ids: Mapped[list[Any]]
    timeline: Mapped[list[Any]]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    released_digest: Mapped[str | None] = mapped_column(String(64))
    client: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    priority: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    admission: Mapped[int | None] = mapped_column(Integer, default=None)
    created_at: Mapped[str] = mapped_column(String(40))
    updated_at: Mapped[str] = mapped_column(String(40))


class CallbackRow(Base):
    """What a client that asked to be told of a job was told last; see ``studio.callbacks``."""

    __tablename__ = "callbacks"
    __table_args__ = (Index("ix_callbacks_open_due_at", "open", "due_at"),)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[str] = mapped_column(String(40))
    open: Mapped[bool]


class EventRow(Base):
    """The ledger. ``payload`` is the canonical JSON text that ``hash`` covers, kept byte for byte."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)


class ApiKeyRow(Base):
    """Only the SHA-256 of a key is stored; ``prefix`` lets people tell their keys apart."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[str] = mapped_column(String(40))
    revoked_at: Mapped[str | None] = mapped_column(String(40))
    partner: Mapped[str | None] = mapped_column(String(200))
