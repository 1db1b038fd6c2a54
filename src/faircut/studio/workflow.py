"""The durable workflow. Importing this module loads DBOS; only workers do.

DBOS is one per process and finds workflows by name, so the function stands at module level and looks up the pipeline
of the process' one worker, which :func:`bind` sets before DBOS starts.
"""

from __future__ import annotations

from collections.abc import Callable

from dbos import DBOS

from faircut.domain import JobStep
from faircut.errors import Conflict
from faircut.studio.pipeline import Outcome, Pipeline

QUEUE = "faircut.jobs"
VERSION = "faircut-jobs-v1"
"""DBOS recovers workflows of the same version only. Fixed, so that jobs outlive upgrades; change it with the steps."""

_MOST_RECOVERIES = 20
_bound: Pipeline | None = None
_ended: Callable[[], None] | None = None


def bind(pipeline: Pipeline | None, ended: Callable[[], None] | None = None) -> None:
    """Sets the pipeline that this process' jobs go through; ``ended`` is called whenever one of them has ended.

    Raises Conflict when there is a pipeline already.
    """
    global _bound, _ended
    if pipeline is not None and _bound is not None:
        raise Conflict("This process runs a worker already.", remedy="Stop it first, or start a process for another.")
    _bound, _ended = pipeline, ended


@DBOS.workflow(name="faircut.job", max_recovery_attempts=_MOST_RECOVERIES)
def run_job(job_id: str) -> str:
    """All steps of one job; what is on record is not repeated."""
    if _bound is None:
        raise Conflict("There is no studio in this process.", remedy="Start the worker through Studio.start().")
    try:
        return _bound.run(job_id, _step)
    finally:
        if _ended is not None:
            _ended()


def _step(step: JobStep, do: Callable[[], Outcome]) -> Outcome:
    return DBOS.run_step({"name": step.value}, do)
