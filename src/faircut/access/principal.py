"""Somebody who was recognised, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from faircut.errors import Forbidden


class Scope(StrEnum):
    """What a key may be good for."""

    GENERATE = "generate"
    SCREEN = "screen"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    LEDGER_READ = "ledger:read"
    ADMIN = "admin"
    """Everything."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: the id of a key (or "local" for whoever started the service), its name and its scopes."""

    id: str
    name: str
    scopes: frozenset[Scope]

    @property
    def owner(self) -> str:
        """The name under which jobs, uploads and decisions are theirs, and the actor of ledger events."""
        return self.id

    @property
    def sees_only(self) -> str | None:
        """Whose things they see: their own, or with ``admin`` everybody's (None)."""
        return None if Scope.ADMIN in self.scopes else self.id

    def may(self, scope: Scope | str) -> bool:
        return Scope.ADMIN in self.scopes or Scope(scope) in self.scopes


LOCAL_OPERATOR = Principal("local", "operator", frozenset({Scope.ADMIN}))
"""Whoever has the machine: the CLI, and the browser that was opened with the login token of `faircut serve`."""


def require(principal: Principal, *scopes: Scope | str) -> None:
    """Raises Forbidden naming what is missing, unless the principal has one of the scopes."""
    if not any(principal.may(scope) for scope in scopes):
        wanted = " or ".join(Scope(scope).value for scope in scopes)
        raise Forbidden(
            f"The key {principal.name!r} lacks the scope {wanted}.",
            remedy="Use a key that has it, or ask the operator for one.",
        )
