"""The error tree. Every error carries a stable code, a message and a remedy.

A refusal is not an error: it is a :class:`faircut.domain.Decision`. Errors are for input that cannot be
judged, for things that do not exist, and for parts that broke.
"""

from __future__ import annotations

from typing import Any, ClassVar


class FaircutError(Exception):
    """Base of all errors that Faircut raises on purpose.

    ``code`` is stable and documented; ``http_status`` and ``exit_code`` say how the doors report it;
    ``field`` names the input at fault ("Image 10", "works[2].identifiers[0]") where there is one. ``others`` are
    further errors of the same request, in order, where all of them were looked for.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.field = field
        self.others: tuple[FaircutError, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process boundaries (engine and media workers), keyword arguments included."""
        return _rebuild, (type(self), self.message, self.remedy, self.field)

    def as_dict(self) -> dict[str, str | None]:
        """The error as the API, the CLI's ``--json`` and the ledger write it."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy, "field": self.field}

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.message} {self.remedy}"


def _rebuild(kind: type[FaircutError], message: str, remedy: str, field: str | None) -> FaircutError:
    return kind(message, remedy=remedy, field=field)


class InputError(FaircutError):
    """What was sent does not have the form that is accepted."""

    code = "input.invalid"
    http_status = 422


class LimitExceeded(InputError):
    """Too many, too large, too long: over a limit that is checked before anything is decoded."""

    code = "input.limit"
    http_status = 413


class UnreadableMedia(InputError):
    """The file is not media that Faircut can decode, or it is damaged."""

    code = "input.unreadable"


class AddressRefused(InputError):
    """A link leads where no link may lead: into a private network, to an odd port, to no web address."""

    code = "address.refused"


class FetchFailed(FaircutError):
    """What a link stands for cannot be fetched, and trying again would not help."""

    code = "fetch.failed"
    http_status = 502


class FetchUnavailable(FetchFailed):
    """What a link stands for could not be fetched just now: no answer, too slow, broken off, overloaded."""

    code = "fetch.unavailable"


class NotFound(FaircutError):
    """No such party, work, job, file."""

    code = "not_found"
    http_status = 404


class Conflict(FaircutError):
    """It exists already, or its state does not permit this."""

    code = "conflict"
    http_status = 409


class Unauthenticated(FaircutError):
    """No key, or one that is unknown or revoked."""

    code = "access.unauthenticated"
    http_status = 401


class Forbidden(FaircutError):
    """The key is known; its scopes do not include this."""

    code = "access.forbidden"
    http_status = 403


class ConfigError(FaircutError):
    """faircut.toml, FAIRCUT_* or a flag holds something that no setting accepts."""

    code = "config.invalid"
    exit_code = 2


class StorageError(FaircutError):
    """The data folder or its database cannot be read or written: full, read-only, locked for too long."""

    code = "storage.failed"
    http_status = 503


class EngineError(FaircutError):
    """An engine failed, took too long, or returned something that is not the video asked for."""

    code = "engine.failed"
    http_status = 502


class EngineOutputInvalid(EngineError):
    """The engine's file is missing, truncated, oversized, of the wrong length, or no video."""

    code = "engine.output_invalid"


class EngineInputUnreadable(EngineError):
    """An engine cannot decode a file of the request that the screening could."""

    code = "engine.input_unreadable"
    http_status = 422


class EngineTimeout(EngineError):
    """The engine overran its time and was stopped."""

    code = "engine.timeout"


class QuotaExceeded(FaircutError):
    """As many jobs are open, or were started today, as the key may have. ``retry_after``: seconds until it may work."""

    code = "quota.exceeded"
    http_status = 429

    def __init__(self, message: str, *, remedy: str, field: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message, remedy=remedy, field=field)
        self.retry_after = retry_after


class EngineNotReady(EngineError):
    """The engine lacks something that only the operator can give it: a key, a server, weights, memory."""

    code = "engine.not_ready"
    http_status = 503


class EngineBusy(EngineError):
    """The engine's service takes no more at present: too many requests, too many jobs, a quota that is used up."""

    code = "engine.busy"
    http_status = 503


class EngineUncertain(EngineError):
    """Whether the engine's service took the job, and will bill it, is not known; it was not sent again."""

    code = "engine.uncertain"


class EngineRefused(EngineError):
    """The engine's service refused the request or its result. Not a Decision of ours, and not ours to lift."""

    code = "engine.refused"
    http_status = 422


class EngineRefusedSafety(EngineRefused):
    """The engine's service finds an input or the result unsafe or sensitive."""

    code = "engine.refused.safety"


class EngineRefusedCopyright(EngineRefused):
    """The engine's service takes an input or the result for somebody else's work."""

    code = "engine.refused.copyright"


class EngineRefusedPerson(EngineRefused):
    """The engine's service sees a real person in an input or the result."""

    code = "engine.refused.real_person"


class EngineRefusedSound(EngineRefused):
    """The engine's service objects to the sound of the result."""

    code = "engine.refused.audio"


class JobCancelled(FaircutError):
    """The job was cancelled by its owner; nothing is released."""

    code = "job.cancelled"
    http_status = 409


class JobExpired(FaircutError):
    """The job had not ended by the time that its owner set; nothing is released."""

    code = "job.expired"
    http_status = 409


class ProvenanceError(FaircutError):
    """Signing failed, or the signature did not read back as Trusted."""

    code = "provenance.failed"


class GuaranteeViolation(FaircutError):
    """Somebody tried to release bytes that no allowing Decision covers. Never expected; always loud."""

    code = "release.refused"


class IntegrityError(FaircutError):
    """The ledger or the released store does not hold what it recorded."""

    code = "ledger.integrity"
