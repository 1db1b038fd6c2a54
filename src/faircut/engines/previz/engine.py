"""The previz engine: plan, paint, sound, encode. Deterministic: one request and seed, one film."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from faircut.domain import EngineResult
from faircut.engines import frame_size
from faircut.errors import EngineError
from faircut.protocols import EngineJob, Progress, no_progress

if TYPE_CHECKING:
    from faircut.engines.previz.plan import ShotPlan

VERSION: Final = "previz-v2"
LABEL: Final = "previz, not AI-generated"


class PrevizEngine:
    """Renders an animatic from the words, images, clips and sounds of a request. See
    :class:`faircut.protocols.Engine`."""

    name = "previz"
    version = VERSION
    label = LABEL
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

    def generate(self, job: EngineJob, progress: Progress = no_progress) -> EngineResult:
        """Writes ``job.output``: h264 and AAC stereo at 48 kHz, 24 frames a second, exactly round(duration * 24)
        frames.

        Raises EngineError: EngineInputUnreadable naming the file that does not decode; a duration outside 4 to 15 s.
        Whatever is
        raised, JobCancelled from ``progress`` included, no output is left behind.
        """
        request = job.request
        if not 4 <= request.duration <= 15:
            raise EngineError(
                f"previz makes films of 4 to 15 seconds, not {request.duration}.",
                field="duration",
                remedy="Ask for 4 to 15 seconds.",
            )
        # Drawing libraries load here, so that listing engines stays cheap.
        from faircut.engines.previz.beats import beats_of
        from faircut.engines.previz.cuts import FPS
        from faircut.engines.previz.drafts import cut_on
        from faircut.engines.previz.film import render_film
        from faircut.engines.previz.plan import plan_film

        width, height = frame_size(request.size, request.ratio)
        beat = cut_on(request)
        sound = next((asset for asset in request.sounds if asset.label == beat), None)
        plans = plan_film(request, beats_of(sound, request.duration) if sound else ())
        job.workdir.mkdir(parents=True, exist_ok=True)
        draft = job.workdir / f"{job.output.stem}.part.mp4"
        try:
            events = render_film(request, plans, (width, height), draft, f"{LABEL}; {VERSION}", progress)
            progress(0.995, "finishing")
            job.output.parent.mkdir(parents=True, exist_ok=True)
            _move(draft, job.output)
        finally:
            draft.unlink(missing_ok=True)
        timeline = _timeline(plans, events)
        return EngineResult(job.output, width, height, float(FPS), plans[-1].end / FPS, timeline)


def _move(draft: Path, output: Path) -> None:
    try:
        draft.replace(output)
    except OSError:
        # Another file system: copy under a hidden name beside the output, so that the last step is still a rename.
        partial = output.with_name(f".{output.name}.part")
        try:
            partial.write_bytes(draft.read_bytes())
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)


def _timeline(plans: tuple[ShotPlan, ...], events: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    measures = {entry["shot"]: entry["measures"] for entry in events if entry["event"] == "measures"}
    shots = [
        {
            "t": round(plan.start / 24, 6),
            "event": "shot",
            "shot": plan.index + 1,
            "start_frame": plan.start,
            "end_frame": plan.end,
            "seconds": round(plan.frames / 24, 6),
            "text": plan.text,
            "move": plan.camera.title,
            "camera": asdict(plan.camera) | measures.get(plan.index + 1, {}),
            "lighting": asdict(plan.lighting),
            "physics": asdict(plan.physics),
            "place": None if plan.beats else plan.place,
            "subjects": [] if plan.beats else [asdict(subject) for subject in plan.subjects],
            "media": [*[beat.label for beat in plan.beats], *plan.cutouts],
            "sounds": list(plan.sounds),
        }
        for plan in plans
    ]
    rest = [entry for entry in events if entry["event"] != "measures"]
    return tuple(sorted([*shots, *rest], key=lambda entry: (entry["t"], entry["event"] != "shot")))
