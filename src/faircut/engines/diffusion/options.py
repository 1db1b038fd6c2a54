"""What an operator sets for a diffusion engine: ``[engine_options.ltx2]`` or ``[engine_options.minimax-h3]``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from faircut.errors import EngineNotReady


class DiffusionOptions(BaseModel):
    """Checked options. ``weights`` is a folder as ``faircut engines pull`` leaves it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: Path | None = None
    repository: str | None = None
    revision: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")] | None = None
    accept_licence: str = ""
    territory: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    written_permission: str = ""
    device: Annotated[str, StringConstraints(pattern=r"^(auto|cpu|cuda(:\d+)?)$")] = "auto"
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    offload: Literal["none", "model", "sequential"] = "none"
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1, le=20)
    short_edge: int | None = Field(default=None, ge=32, le=2160)
    """Pixels of the shorter side that the model renders; the result is scaled to the size asked for."""


def read_options(engine: str, options: Mapping[str, Any]) -> DiffusionOptions:
    """The engine's table, checked. Raises EngineNotReady naming the setting at fault."""
    try:
        return DiffusionOptions.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise EngineNotReady(
            f"{first['msg']}.",
            field=f"engine_options.{engine}.{name}",
            remedy="Correct it in faircut.toml; docs/open-weights.md lists what the table may hold.",
        ) from error
