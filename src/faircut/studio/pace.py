"""How long the rest of a job will take, from how long its steps took before."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from faircut.domain import GenerationRequest, JobStep
from faircut.engines import frame_size

SHARES = {
    JobStep.SCREEN_INPUTS: 0.06,
    JobStep.GENERATE: 0.72,
    JobStep.SCREEN_OUTPUT: 0.12,
    JobStep.SIGN: 0.02,
    JobStep.SCREEN_SIGNED: 0.07,
    JobStep.RELEASE: 0.01,
}
"""What each step counts for in the progress of the whole, in order; they add up to 1."""

_MEMORY = 0.5  # weight of the newest measurement


@dataclass(slots=True)
class Pace:
    """Seconds that each step takes for a million pixels of one second of video, an exponential mean per engine."""

    _known: dict[tuple[JobStep, str], float] = field(default_factory=dict)
    _begun: dict[str, tuple[JobStep, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, job_id: str, step: JobStep) -> None:
        """Starts the clock of a step."""
        with self._lock:
            self._begun[job_id] = (step, time.monotonic())

    def done(self, job_id: str, request: GenerationRequest) -> None:
        """Stops the clock and learns from it."""
        with self._lock:
            step, since = self._begun.pop(job_id)
            rate = (time.monotonic() - since) / _work(request)
            key = (step, request.engine)
            self._known[key] = rate if key not in self._known else self._known[key] * (1 - _MEMORY) + rate * _MEMORY

    def drop(self, job_id: str) -> None:
        """Forgets the clock of a step that did not come to its end."""
        with self._lock:
            self._begun.pop(job_id, None)

    def left(self, job_id: str, request: GenerationRequest, step: JobStep, share: float) -> float | None:
        """Seconds until the job ends, ``share`` (0..1) of ``step`` being done; None while there is nothing to go by.

        The running step counts by its own pace so far, once a twentieth of it is done; later steps by earlier
        jobs, or in proportion to this one.
        """
        work = _work(request)
        with self._lock:
            known = {each: self._known.get((each, request.engine)) for each in JobStep}
            begun = self._begun.get(job_id)
        elapsed = time.monotonic() - begun[1] if begun is not None and begun[0] is step else 0.0
        if share >= 0.05 and elapsed > 0:
            whole = elapsed / share
        elif (rate := known[step]) is not None:
            whole = rate * work
        else:
            return None
        later = list(JobStep)[list(JobStep).index(step) + 1 :]
        rest = sum(
            rate * work if (rate := known[each]) is not None else whole * SHARES[each] / SHARES[step] for each in later
        )
        return round(max(0.0, whole - (elapsed if share < 0.05 else whole * share)) + rest, 1)


def progress_at(step: JobStep, share: float) -> float:
    """Progress of the whole job (0..1) when ``share`` of ``step`` is done."""
    before = sum(SHARES[each] for each in list(JobStep)[: list(JobStep).index(step)])
    return min(1.0, before + SHARES[step] * share)


def _work(request: GenerationRequest) -> float:
    width, height = frame_size(request.size, request.ratio)
    return width * height / 1e6 * request.duration
