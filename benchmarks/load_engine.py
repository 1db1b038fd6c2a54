"""A plugin with an engine that costs next to nothing, so that a thousand jobs measure the service around it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from faircut.domain import EngineResult
from faircut.engines import frame_size
from faircut.hookspecs import hookimpl
from faircut.protocols import Engine, EngineJob, Progress

SPEC = "benchmarks.load_engine"
_FPS = 24


class CardEngine:
    """A plain card of a colour that follows from the seed, with a bar that moves: the same request, the same file."""

    name = "card"
    version = "card-v1"
    label = "coloured card, not AI-generated"
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        import av

        request = job.request
        width, height = frame_size(request.size, request.ratio)
        frames = request.duration * _FPS
        card = np.empty((height, width, 3), np.uint8)
        with av.open(str(job.output), "w") as container:
            stream = container.add_stream("libx264", rate=_FPS, options={"preset": "ultrafast", "threads": "1"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = Fraction(1, _FPS)
            for number in range(frames):
                card[:] = [request.seed * 37 % 200, request.seed * 91 % 200, request.seed * 53 % 200]
                card[:, number * width // frames : number * width // frames + 16] = 230
                container.mux(stream.encode(av.VideoFrame.from_ndarray(card, format="rgb24")))
            container.mux(stream.encode(None))
        progress(1.0, "done")
        return EngineResult(job.output, width, height, float(_FPS), float(request.duration))


@hookimpl
def faircut_engines() -> Sequence[Engine]:
    """The engine of the load test."""
    return [CardEngine()]
