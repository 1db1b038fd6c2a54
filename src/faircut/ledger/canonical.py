"""One text for one JSON value, in the manner of RFC 8785: what is hashed must not depend on who wrote it.

Keys are sorted, there is no white space, text is UTF-8 as it stands, NaN and infinities do not exist. Unlike
RFC 8785, numbers are written as Python writes them (``1.0`` stays ``1.0``) and keys sort by code point; the
ledger keeps the text itself, so nobody needs to reproduce a number's spelling to check a hash.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from faircut.errors import InputError


def canonical_json(value: Any) -> str:
    """The canonical text of a value made of mappings, sequences, strings, numbers, booleans and None.

    Raises InputError for anything that JSON cannot hold: NaN, keys that are not text, lone surrogates, objects.
    """
    text = json.dumps(_plain(value, "payload"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            "The text holds half of a surrogate pair, which is not a character.",
            field="payload",
            remedy="Send well-formed Unicode.",
        ) from error
    return text


def _plain(value: Any, where: str) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise InputError(f"{value} is not a number that JSON knows.", field=where, remedy="Leave it out or use null.")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"The key {key!r} is not text.", field=where, remedy="Use text as keys.")
        return {key: _plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    raise InputError(
        f"A {type(value).__name__} cannot be written to the ledger.",
        field=where,
        remedy="Turn it into plain JSON types first (faircut.wire.dump).",
    )
