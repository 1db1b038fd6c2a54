"""What an operator tells the videos engine about the server behind it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import Field, model_validator

from faircut.domain import MediaKind, Ratio, Size
from faircut.engines.http_options import RemoteOptions, parsed
from faircut.protocols import EngineCapabilities, FileLimits

_MOST_UPLOAD_BYTES: Final = 512 << 20


class Dialect(StrEnum):
    """Kinds of servers, which take the same form with different fields beyond the common ones."""

    OPENAI = "openai"
    VLLM = "vllm-omni"
    SGLANG = "sglang"


class VideosOptions(RemoteOptions):
    """``[engine_options.videos]``."""

    base_url: str = Field(default="http://127.0.0.1:8091/v1", description="Address of the API, `/v1` included.")
    dialect: Dialect = Field(default=Dialect.VLLM, description="Kind of server.")
    model: str = Field(default="", description="Model to name in requests; empty: the one that the server serves.")
    seconds: tuple[int, ...] = Field(default=tuple(range(4, 16)), min_length=1, description="Lengths that it makes.")
    sizes: tuple[Size, ...] = Field(default=(Size.P480, Size.P720), min_length=1, description="Sizes that it makes.")
    ratios: tuple[Ratio, ...] = Field(default=tuple(Ratio), min_length=1, description="Ratios that it makes.")
    pixels: dict[str, str] = Field(
        default_factory=dict,
        description='Frame sizes to ask for where they differ from ours: `"480p 16:9" = "832x480"`.',
    )
    fps: int = Field(default=24, ge=8, le=60, description="Frames a second that it makes.")
    sound: bool = Field(default=False, description="Whether the model makes sound.")
    silence: bool = Field(default=True, description="Whether it can leave sound out, or we take it away.")
    images: int = Field(default=1, ge=0, le=1, description="Images that it takes: one, as first frame, or none.")
    clips: int = Field(default=0, ge=0, le=1, description="Clips that it takes: one, instead of an image, or none.")
    parameters: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="Further fields to send as they are, such as `num_inference_steps`."
    )
    price_per_second: float | None = Field(default=None, ge=0, description="What a second of video costs, if anything.")
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="Currency of price_per_second.")

    @model_validator(mode="after")
    def _sizes_are_known(self) -> Self:
        known = {f"{size.value} {ratio.value}" for size in Size for ratio in Ratio}
        for name, pixels in self.pixels.items():
            width, _, height = pixels.partition("x")
            if name not in known or not (width.isdecimal() and height.isdecimal()):
                raise ValueError('write pixels as "480p 16:9" = "832x480"')
        return self

    def frame(self, size: Size, ratio: Ratio, ours: tuple[int, int]) -> tuple[int, int]:
        """The frame size to ask for, in pixels."""
        if (named := self.pixels.get(f"{size.value} {ratio.value}")) is None:
            return ours
        width, _, height = named.partition("x")
        return int(width), int(height)


def videos_options(options: Mapping[str, Any]) -> VideosOptions:
    """Raises ConfigError."""
    return parsed(VideosOptions, "videos", options)


def capabilities(options: VideosOptions) -> EngineCapabilities:
    """What the operator says of the server; frame sizes may be off by a tenth, since models have grids of their own."""
    return EngineCapabilities(
        durations=tuple(sorted(options.seconds)),
        sizes=options.sizes,
        ratios=options.ratios,
        most_images=options.images,
        most_clips=options.clips,
        most_sounds=0,
        sound=options.sound,
        silence=options.silence,
        references=False,
        last_frame=False,
        files=dict.fromkeys((MediaKind.IMAGE, MediaKind.VIDEO), FileLimits(most_bytes=_MOST_UPLOAD_BYTES)),
        fps=float(options.fps),
        frame_tolerance=0.1,
    )
