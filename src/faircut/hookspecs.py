"""Plugin points (pluggy). Built-ins come through the same door as third-party packages.

A plugin is a module or object with functions decorated by :data:`hookimpl`, announced in a package's
entry-point group ``faircut``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from faircut.config import Settings
from faircut.protocols import CatalogueReader, Detector, Engine

NAMESPACE = "faircut"

hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


class FaircutSpec:
    """The hooks that a plugin may implement."""

    @hookspec
    def faircut_engines(self) -> Sequence[Engine]:  # type: ignore[empty-body]  # a specification has none
        """Engines that this plugin brings. Names must be unique."""

    @hookspec
    def faircut_detectors(  # type: ignore[empty-body]  # a specification has none
        self, catalogue: CatalogueReader, settings: Settings
    ) -> Sequence[Detector]:
        """Detectors that this plugin brings. Policy requires each at the stages and kinds that it declares.

        An implementation may leave out the arguments that it does not need.
        """
