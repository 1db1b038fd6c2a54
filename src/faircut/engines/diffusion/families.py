"""What each family of weights can do, as data: its grid of frames and pixels, its files, its licence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from faircut.domain import GenerationRequest, Ratio, Size
from faircut.engines import frame_size
from faircut.engines.diffusion.terms import H3_LICENCE, LTX2_LICENCE, Licence
from faircut.errors import LimitExceeded

FPS: Final = 24


@dataclass(frozen=True, slots=True)
class Family:
    """A family of weights.

    A clip has ``frames_per_block * n + frames_over`` frames; its sides are multiples of ``multiple`` pixels and its
    area is at most ``most_pixels``. ``most_files`` are images, clips and sounds, and how many in all.
    """

    name: str
    title: str
    licence: Licence
    repository: str
    shortest: int
    longest: int
    frames_per_block: int
    frames_over: int
    multiple: int
    most_pixels: int
    sizes: tuple[Size, ...]
    steps: int
    guidance: float | None
    most_images: int
    most_clips: int
    most_sounds: int
    most_files: int
    index: str

    def frames(self, seconds: int) -> int:
        """The smallest clip of the family's grid that lasts ``seconds`` at 24 frames a second."""
        wanted = seconds * FPS - self.frames_over
        return math.ceil(wanted / self.frames_per_block) * self.frames_per_block + self.frames_over

    def canvas(self, size: Size, ratio: Ratio, short_edge: int | None = None) -> tuple[int, int]:
        """Width and height that the model renders, on its grid, near the shape of the size asked for."""
        width, height = frame_size(size, ratio)
        scale = min(1.0, math.sqrt(self.most_pixels / (width * height)))
        if short_edge is not None:
            scale = min(scale, short_edge / min(width, height))
        return self._on_grid(width * scale), self._on_grid(height * scale)

    def _on_grid(self, pixels: float) -> int:
        return max(1, round(pixels / self.multiple)) * self.multiple

    def check(self, request: GenerationRequest) -> None:
        """Raises LimitExceeded naming what this family cannot do of a request."""
        if not self.shortest <= request.duration <= self.longest:
            raise self._limit(
                f"makes {self.shortest} to {self.longest} seconds, not {request.duration}",
                "duration",
                f"Ask for {self.shortest} to {self.longest} seconds",
            )
        if request.size not in self.sizes:
            names = ", ".join(self.sizes)
            raise self._limit(f"does not make {request.size}", "size", f"Ask for one of: {names}")
        for files, most, name in (
            (request.images, self.most_images, "Image"),
            (request.clips, self.most_clips, "Video"),
            (request.sounds, self.most_sounds, "Audio"),
        ):
            if len(files) > most:
                raise self._limit(
                    f"takes {most or 'no'} files of this kind", f"{name} {most + 1}", "Leave it out, with any after it"
                )
        if len(request.files) > self.most_files:
            raise self._limit(
                f"takes {self.most_files} files in all, not {len(request.files)}",
                request.files[self.most_files].label,
                "Leave some out",
            )
        keyframes = {request.first_frame, request.last_frame} - {None}
        if keyframes and len(request.files) > len(keyframes):
            other = next(asset.label for asset in request.files if asset.label not in keyframes)
            raise self._limit(
                "takes a first and a last frame, or references, not both", other, "Leave it out, or the frames"
            )
        if request.sounds and not request.images and not request.clips:
            raise self._limit("does not take sounds alone", "Audio 1", "Add an image or a clip")

    def _limit(self, what: str, field: str, remedy: str) -> LimitExceeded:
        return LimitExceeded(f"{self.title} {what}.", field=field, remedy=f"{remedy}, or choose another engine.")


LTX2: Final = Family(
    name="ltx2",
    title="LTX-2",
    licence=LTX2_LICENCE,
    repository="Lightricks/LTX-2",
    shortest=4,
    longest=15,
    frames_per_block=8,
    frames_over=1,
    multiple=32,
    most_pixels=1920 * 1088,
    sizes=(Size.P480, Size.P720, Size.P1080),
    steps=30,
    guidance=3.0,
    most_images=9,
    most_clips=3,
    most_sounds=0,
    most_files=12,
    index="model_index.json",
)
"""The VAE halves time three times and space five times: 8 n + 1 frames, sides in multiples of 32."""

H3: Final = Family(
    name="minimax-h3",
    title="MiniMax-H3",
    licence=H3_LICENCE,
    repository="MiniMaxAI/MiniMax-H3",
    shortest=5,
    longest=14,
    frames_per_block=17,
    frames_over=5,
    multiple=32,
    most_pixels=768 * 1344,
    sizes=(Size.P480, Size.P720),
    steps=50,
    guidance=None,
    most_images=9,
    most_clips=3,
    most_sounds=3,
    most_files=12,
    index="modular_model_index.json",
)
"""17 n + 5 frames; the pipeline refuses more than 360 of them, so that 15 seconds (362) are one grid step too long.
Guidance is distilled into the weights."""
