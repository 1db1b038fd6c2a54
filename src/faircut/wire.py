"""Domain values to JSON and back. One place, so that the CLI, API, ledger and store write the same."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(value: Any) -> Any:
    """A domain value as plain JSON types. Segments become ``[start, end]``, times ISO 8601."""
    return _adapter(cast(Hashable, type(value))).dump_python(value, mode="json")


def load(kind: type[T], data: Any) -> T:
    """The inverse of :func:`dump`. Raises ``pydantic.ValidationError`` on anything else."""
    value: T = _adapter(cast(Hashable, kind)).validate_python(data)
    return value
