"""Which engines there are, what they make, whether they are set up; and clips for those whose services fetch them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from faircut import wire
from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.ranges import file_response
from faircut.api.routes.preflight import PriceOut
from faircut.app import Faircut
from faircut.domain import MediaKind, Ratio, Shot, Size
from faircut.engines.files import media_type
from faircut.protocols import EngineCapabilities
from faircut.studio.clip_links import check_clip_link, linked_clip
from faircut.studio.engines import EngineInfo

router = APIRouter(tags=["generations"])

MayAsk = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]


class FileLimitsOut(BaseModel):
    """Which files of a kind are taken; null or empty where there is no limit, least and most where there are two."""

    most_bytes: int | None
    types: list[str]
    sides: tuple[int, int] | None = Field(description="Pixels.")
    aspect: tuple[float, float] | None = Field(description="Width / height.")
    seconds: tuple[float, float] | None = Field(description="Of each file.")
    seconds_together: float | None = Field(description="Of all files of the kind.")
    fps: tuple[float, float] | None


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
    files: dict[MediaKind, FileLimitsOut] = Field(description="By kind; of other kinds any file is taken.")


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


@router.get("/v1/engines")
def list_engines(faircut: FaircutDep, _principal: MayAsk) -> list[EngineOut]:
    """All engines. Nothing is asked of their services: `faircut engines check` does that."""
    return _engines(faircut)


def engines_told(faircut: Faircut) -> list[dict[str, Any]]:
    """What ``GET /v1/engines`` answers, for the pages."""
    return [each.model_dump(mode="json") for each in _engines(faircut)]


def _engines(faircut: Faircut) -> list[EngineOut]:
    default = faircut.settings.engine
    return [_engine_out(info, default=info.name == default) for info in faircut.engines.list()]


@router.get("/v1/engines/{name}/price")
def get_price(
    name: str,
    faircut: FaircutDep,
    _principal: MayAsk,
    size: Size = Size.P720,
    ratio: Ratio = Ratio.R16_9,
    duration: Annotated[int, Query(ge=1, le=600)] = 6,
    audio: bool = True,
) -> PriceOut | None:
    """What a video without files will cost; null with an engine that costs nothing. `/v1/preflight` counts files."""
    request = faircut.build_request(
        shots=[Shot("")], size=size, ratio=ratio, duration=duration, audio=audio, engine=name
    )
    price = faircut.price(request)
    return None if price is None else PriceOut.model_validate(wire.dump(price))


@router.get("/links/{job_id}/clips/{number}", response_class=Response)
def follow_clip_link(
    job_id: str,
    number: Annotated[int, Path(ge=1, le=9)],
    request: Request,
    faircut: FaircutDep,
    expires: Annotated[int, Query(ge=0, le=2**53)],
    signature: Annotated[str, Query(max_length=100)],
) -> Response:
    """A clip of a job, for the service of its engine: without a key, by a signed link that ends with the job."""
    check_clip_link(faircut.links, job_id, number, expires, signature)
    path = linked_clip(faircut.studio.get(job_id), number, faircut.upload_blobs)
    with path.open("rb") as file:
        kind = media_type(file.read(16), MediaKind.VIDEO)
    return file_response(request, path, digest=path.name, media_type=kind, filename=None)


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
        files={kind: FileLimitsOut.model_validate(asdict(limits)) for kind, limits in able.files.items()},
    )
