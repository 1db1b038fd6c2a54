"""What a second of previz costs, at each size."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.harness import Row, Series, fresh, measured
from faircut.domain import GenerationRequest, Ratio, Shot, Size
from faircut.engines import frame_size
from faircut.engines.previz import PrevizEngine
from faircut.protocols import EngineJob, no_progress

TITLE = "The previz engine"
METHOD = """\
A film of six seconds in three shots with sound, drawn from words alone: a mountain valley with a pan, a fox walking in
a forest with a dolly, a city street at night in rain with an orbit. All of it counts: painting, drawing, synthesis,
h264 and AAC. Each size runs in a process of its own, and loading the libraries counts too."""
ROUNDS = 3
SECONDS = 6
TARGET = 2.0
STORY = (
    "Wide shot of snowy mountains at dawn, slow pan right",
    "A fox walks through the forest, golden hour light from the left, dolly in",
    "A red car drives down a city street at night in the rain, slow orbit around it",
)


def render(size: str) -> dict[str, Any]:
    """One film at a size: CPU seconds, wall seconds, peak memory in MB, bytes."""
    request = GenerationRequest(tuple(Shot(text) for text in STORY), size=Size(size), duration=SECONDS, seed=7)
    with TemporaryDirectory() as folder:
        job = EngineJob(request, Path(folder) / "film.mp4", Path(folder) / "work")
        with measured() as usage:
            PrevizEngine().generate(job, no_progress)
        written = job.output.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": usage.cpu, "wall": usage.wall, "peak_mb": peak, "bytes": written}


def run() -> list[Row]:
    """The rows of this part."""
    rows = []
    for size in Size:
        cost, peak = Series(), Series()
        for _ in range(ROUNDS if size in (Size.P480, Size.P720) else 1):
            result = fresh(render, size.value)
            cost.values.append(result["cpu"] / SECONDS)
            peak.values.append(result["peak_mb"])
        width, height = frame_size(size, Ratio.R16_9)
        aimed = size is Size.P720
        rows.append(
            Row(
                f"{width}x{height}, three shots, CPU-s a second of film",
                cost.text(),
                target=f"at most {TARGET:g}" if aimed else "",
                met=cost.median <= TARGET if aimed else None,
                n=str(len(cost.values)),
                note=f"peak memory {max(peak.values):.0f} MB",
            )
        )
    return rows


if __name__ == "__main__":
    for row in run():
        sys.stdout.write(f"{row.what}: {row.result} {row.target} ({row.note})\n")
