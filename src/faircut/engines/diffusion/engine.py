"""The diffusion engines behind the engine protocol: check, load, render, write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from faircut.domain import EngineResult, GenerationRequest
from faircut.engines import frame_size
from faircut.engines.diffusion.families import FPS, Family
from faircut.engines.diffusion.options import read_options
from faircut.engines.diffusion.pulling import pull, pulled_revision
from faircut.engines.diffusion.runtime import require, require_settings, torch
from faircut.errors import EngineError
from faircut.protocols import (
    EngineCapabilities,
    EngineJob,
    EngineProblem,
    EngineStatus,
    Progress,
    no_progress,
)

if TYPE_CHECKING:
    from faircut.engines.diffusion.rendering import Renderer

_SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


class DiffusionEngine:
    """Open weights of one family, run on this machine. See :class:`faircut.protocols.Engine`."""

    digital_source_type = _SOURCE

    def __init__(self, family: Family) -> None:
        self.family = family
        self.name = family.name
        self.version = f"{family.name}-v1"
        self.label = f"AI-generated with {family.title}"
        self.needs = "the extra gpu, weights, and a GPU"

    def capabilities(self, options: Mapping[str, Any]) -> EngineCapabilities:  # noqa: ARG002  the protocol's
        """The family's limits; no option widens them."""
        family = self.family
        return EngineCapabilities(
            durations=tuple(range(family.shortest, family.longest + 1)),
            sizes=family.sizes,
            most_images=family.most_images,
            most_clips=family.most_clips,
            most_sounds=family.most_sounds,
        )

    def check_request(self, request: GenerationRequest, options: Mapping[str, Any]) -> None:  # noqa: ARG002  its too
        """Raises LimitExceeded for what the family cannot do together."""
        self.family.check(request)

    def check(self, options: Mapping[str, Any], *, reach: bool) -> EngineStatus:
        """What is missing. With ``reach`` the device is asked for and memory is measured against the weights."""
        try:
            found = read_options(self.name, options)
            if not reach:
                folder = require_settings(self.family, found)
                return EngineStatus(facts={"weights": str(folder)})
            ready = require(self.family, found)
        except EngineError as error:
            return EngineStatus((EngineProblem(error.message, error.remedy, error.field),))
        return EngineStatus(
            facts={
                "weights": str(ready.folder),
                "size": f"{ready.weights_bytes / 2**30:.1f} GiB",
                "device": ready.device,
                "revision": pulled_revision(ready.folder) or "unknown",
            }
        )

    def pull(
        self, options: Mapping[str, Any], progress: Progress, *, accept_licence: bool = False
    ) -> Mapping[str, str]:
        """Fetches the weights at the pinned revision and checks every file against the digest that the hub states.

        Raises EngineError naming what is missing, and where the licence was not accepted.
        """
        found = read_options(self.name, options)
        if accept_licence:
            found = found.model_copy(update={"accept_licence": self.family.licence.id})
        return pull(self.family, found, progress)

    def generate(self, job: EngineJob, progress: Progress = no_progress) -> EngineResult:
        """Writes ``job.output``: exactly the size and length asked for, with sound made by the model.

        Raises LimitExceeded for what the family cannot do, EngineInputUnreadable, EngineOutputInvalid, and EngineError
        naming what is missing: libraries, weights, the licence's acceptance, memory. ``progress`` is called after each
        step and may raise to stop.
        """
        request, family = job.request, self.family
        family.check(request)
        options = read_options(self.name, job.options)
        ready = require(family, options, references=bool(request.files) and not request.first_frame)
        progress(0.01, "loading weights")
        # Loads the codec's and the models' libraries, which listing engines must not.
        from faircut.engines.diffusion.rendering import Task
        from faircut.engines.diffusion.writing import write_video

        width, height = family.canvas(request.size, request.ratio, options.short_edge)
        task = Task(family, options, request, ready, width, height, progress)
        try:
            rendered = _renderer(family)(task)
        except torch().cuda.OutOfMemoryError as error:
            raise EngineError(
                f"{family.title} ran out of memory on {ready.device}.",
                field=f"engine_options.{self.name}.offload",
                remedy="Ask for a smaller size or a shorter video, or set offload or short_edge.",
            ) from error
        size = frame_size(request.size, request.ratio)
        comment = f"{self.label}; {self.version}"
        try:
            write_video(
                rendered, job.output, size, request.duration, sound=request.audio, comment=comment, progress=progress
            )
        except BaseException:
            job.output.unlink(missing_ok=True)
            raise
        facts: dict[str, Any] = {"t": 0.0, "event": "rendered", "width": width, "height": height, "steps": task.steps}
        return EngineResult(job.output, *size, float(FPS), float(request.duration), (facts,))


def _renderer(family: Family) -> Renderer:
    from faircut.engines.diffusion import ltx2, minimax_h3

    return {"ltx2": ltx2.render, "minimax-h3": minimax_h3.render}[family.name]
