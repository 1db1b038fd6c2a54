"""The installed engines as an operator and a chooser see them: what each makes, needs and costs, and whether it can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from faircut.config import Settings
from faircut.domain import GenerationRequest
from faircut.errors import ConfigError, InputError
from faircut.plugins import Plugins
from faircut.protocols import (
    Checkable,
    Engine,
    EngineCapabilities,
    EngineProblem,
    EngineStatus,
    Price,
    Priced,
    Progress,
    Pullable,
    no_progress,
)
from faircut.store.blobs import BlobStore
from faircut.studio.engine_limits import capabilities_of, check_duration, check_shape
from faircut.studio.requests import with_paths


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """One engine. ``capabilities`` is None where its options make no sense; then ``status`` says why."""

    name: str
    version: str
    label: str
    needs: str
    status: EngineStatus
    capabilities: EngineCapabilities | None
    costs: bool
    """Whether it may cost money."""
    pullable: bool
    """Whether its weights can be fetched."""


class Engines:
    """The engines of ``plugins`` with the options of ``settings``."""

    def __init__(self, settings: Settings, plugins: Plugins, uploads: BlobStore) -> None:
        self._settings = settings
        self._plugins = plugins
        self._uploads = uploads

    def list(self, *, reach: bool = False) -> tuple[EngineInfo, ...]:
        """All engines by name. With ``reach`` servers are asked and weights measured; nothing is spent either way."""
        return tuple(self._info(engine, reach=reach) for _, engine in sorted(self._plugins.engines().items()))

    def check(self, name: str, *, reach: bool = True) -> EngineInfo:
        """One engine. Raises NotFound naming those that exist."""
        return self._info(self._plugins.engine(name), reach=reach)

    def pull(self, name: str, *, accept_licence: bool = False, progress: Progress = no_progress) -> Mapping[str, str]:
        """Fetches an engine's weights. Raises NotFound, InputError for an engine without any, and what it raises."""
        engine = self._plugins.engine(name)
        if not isinstance(engine, Pullable):
            raise InputError(
                f"The engine {name} has no weights to fetch.",
                field="engine",
                remedy=f"`faircut engines check {name}` says what it needs.",
            )
        return engine.pull(self._options(name), progress, accept_licence=accept_licence)

    def durations(self, name: str) -> tuple[int, ...]:
        """The lengths that an engine makes, in seconds; the usual ones where its options make no sense, which whoever
        submits a request is told. Raises NotFound."""
        try:
            return tuple(sorted(capabilities_of(self._plugins.engine(name), self._options(name)).durations))
        except ConfigError:
            return EngineCapabilities().durations

    def price(self, request: GenerationRequest) -> Price | None:
        """What a request will cost; None with an engine that costs nothing.

        Raises NotFound, ConfigError, and LimitExceeded or InputError for what the engine does not make.
        """
        engine = self._plugins.engine(request.engine)
        able = capabilities_of(engine, self._options(request.engine))
        check_duration(request, able)
        check_shape(request, engine.name, able)
        if not isinstance(engine, Priced):
            return None
        return engine.price(with_paths(request, self._uploads), self._options(request.engine))

    def _options(self, name: str) -> Mapping[str, Any]:
        return self._settings.engine_options.get(name, {})

    def _info(self, engine: Engine, *, reach: bool) -> EngineInfo:
        options = self._options(engine.name)
        status = engine.check(options, reach=reach) if isinstance(engine, Checkable) else EngineStatus()
        try:
            able = capabilities_of(engine, options)
        except ConfigError as error:
            able = None
            if status.ready:
                status = EngineStatus((EngineProblem(error.message, error.remedy, error.field),), status.facts)
        return EngineInfo(
            name=engine.name,
            version=engine.version,
            label=engine.label,
            needs=engine.needs if isinstance(engine, Checkable) else "nothing",
            status=status,
            capabilities=able,
            costs=isinstance(engine, Priced),
            pullable=isinstance(engine, Pullable),
        )
