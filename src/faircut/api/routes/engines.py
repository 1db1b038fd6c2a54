"""Which engines there are, what they make, and whether they are set up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.domain import Ratio, Size
from faircut.protocols import EngineCapabilities
from faircut.studio.engines import EngineInfo

router = APIRouter(prefix="/v1/engines", tags=["generations"])

MayAsk = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]


class CapabilitiesOut(BaseModel):
    """What an engine makes. Anything else is refused by field before it costs anything."""

    durations: list[int] = Field(description="Whole seconds.")
    sizes: list[Size]
    ratios: list[Ratio]
    most_images: int
    most_clips: int
    most_sounds: int
    sound: bool = Field(description="Makes video with sound.")
    silence: bool = Field(description="Makes video without sound.")
    references: bool = Field(description="Images may be references, not only the first frame.")
    last_frame: bool
    fps: float


class EngineProblemOut(BaseModel):
    """One thing that an engine lacks."""

    message: str
    remedy: str


class EngineOut(BaseModel):
    """One engine. ``capabilities`` is null where the operator's options for it make no sense."""

    name: str
    version: str
    label: str = Field(description="What people are told about the result.")
    default: bool = Field(description="Used when a request names none.")
    needs: str
    costs: bool = Field(description="Whether it may cost money.")
    ready: bool
    problems: list[EngineProblemOut]
    capabilities: CapabilitiesOut | None


@router.get("")
def list_engines(faircut: FaircutDep, _principal: MayAsk) -> list[EngineOut]:
    """All engines. Nothing is asked of their services: `faircut engines check` does that."""
    default = faircut.settings.engine
    return [_engine_out(info, default=info.name == default) for info in faircut.engines.list()]


def _engine_out(info: EngineInfo, *, default: bool) -> EngineOut:
    return EngineOut(
        name=info.name,
        version=info.version,
        label=info.label,
        default=default,
        needs=info.needs,
        costs=info.costs,
        ready=info.status.ready,
        problems=[EngineProblemOut(message=each.message, remedy=each.remedy) for each in info.status.problems],
        capabilities=None if info.capabilities is None else _capabilities_out(info.capabilities),
    )


def _capabilities_out(able: EngineCapabilities) -> CapabilitiesOut:
    return CapabilitiesOut(
        durations=list(able.durations),
        sizes=list(able.sizes),
        ratios=list(able.ratios),
        most_images=able.most_images,
        most_clips=able.most_clips,
        most_sounds=able.most_sounds,
        sound=able.sound,
        silence=able.silence,
        references=able.references,
        last_frame=able.last_frame,
        fps=able.fps,
    )
