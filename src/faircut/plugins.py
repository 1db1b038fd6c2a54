"""Finds plugins and hands out what they bring. The only place that knows of pluggy's manager."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import pluggy

from faircut.config import Settings
from faircut.errors import ConfigError, Conflict, NotFound
from faircut.hookspecs import NAMESPACE, FaircutSpec
from faircut.protocols import CatalogueReader, Detector, Engine


class Plugins:
    """The plugins of this process: those installed as entry points, those named in ``modules``, any registered by hand.

    ``modules`` are ``module`` or ``module:attribute`` (the setting ``plugins``). They are kept, so that an engine's
    own process can load the same ones. Raises ConfigError when one cannot be imported.
    """

    def __init__(self, *, entry_points: bool = True, modules: Sequence[str] = ()) -> None:
        self.modules = tuple(modules)
        self.entry_points = entry_points
        self._manager = pluggy.PluginManager(NAMESPACE)
        self._manager.add_hookspecs(FaircutSpec)
        if entry_points:
            self._manager.load_setuptools_entrypoints(NAMESPACE)
        for spec in self.modules:
            self._manager.register(_load(spec), spec)

    def register(self, plugin: object, name: str | None = None) -> None:
        """Adds a plugin for the life of this object."""
        self._manager.register(plugin, name)

    def engines(self) -> dict[str, Engine]:
        """Engines by name. Raises Conflict when two plugins claim one name."""
        found: dict[str, Engine] = {}
        for group in self._manager.hook.faircut_engines():
            for engine in group:
                if engine.name in found:
                    raise Conflict(
                        f"Two plugins bring an engine named {engine.name!r}.", remedy="Uninstall or rename one of them."
                    )
                found[engine.name] = engine
        return found

    def engine(self, name: str) -> Engine:
        """One engine. Raises NotFound naming those that exist."""
        engines = self.engines()
        if name not in engines:
            raise NotFound(
                f"There is no engine {name!r}.", field="engine", remedy=f"Choose one of: {', '.join(sorted(engines))}."
            )
        return engines[name]

    def detectors(self, catalogue: CatalogueReader, settings: Settings | None = None) -> list[Detector]:
        """All detectors, each bound to the catalogue. Raises Conflict when two share a name.

        Without ``settings`` they are told the defaults.
        """
        groups = self._manager.hook.faircut_detectors(catalogue=catalogue, settings=settings or Settings())
        detectors = [each for group in groups for each in group]
        names = [detector.name for detector in detectors]
        if twice := {name for name in names if names.count(name) > 1}:
            raise Conflict(
                f"Two plugins bring a detector named {sorted(twice)[0]!r}.", remedy="Uninstall or rename one of them."
            )
        return sorted(detectors, key=lambda detector: detector.name)


def _load(spec: str) -> object:
    module, _, attribute = spec.partition(":")
    try:
        found: object = importlib.import_module(module)
        return getattr(found, attribute) if attribute else found
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"The plugin {spec!r} cannot be loaded: {error}.",
            field="plugins",
            remedy="Name an importable `module` or `module:attribute`.",
        ) from error
