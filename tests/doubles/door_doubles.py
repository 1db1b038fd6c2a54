"""Two of the studio's doubles, for services whose other engines are the built-in ones: ``door_doubles:PLUGIN``."""

from __future__ import annotations

from collections.abc import Sequence

from studio_doubles import SlowEngine, TinyEngine

from faircut.hookspecs import hookimpl
from faircut.protocols import Engine


class _Plugin:
    @hookimpl
    def faircut_engines(self) -> Sequence[Engine]:
        return [TinyEngine(), SlowEngine()]


PLUGIN = _Plugin()
