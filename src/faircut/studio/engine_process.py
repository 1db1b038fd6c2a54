"""The process in which an engine runs: ``python -m faircut.studio.engine_process``.

It reads one JSON line from standard input (what to make, where, under which limits) and writes JSON lines to what was
standard output: ``{"progress": share, "message": text}``, then ``{"result": …}`` or ``{"error": …}``. The engine's
own printing goes to standard error. When standard input closes, the worker is gone and the process ends itself. On
SIGTERM the job is over: EngineStopped is raised in the engine, which may clean up.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from faircut import wire
from faircut.domain import GenerationRequest
from faircut.errors import FaircutError
from faircut.plugins import Plugins
from faircut.protocols import EngineJob, EngineStopped
from faircut.studio.engine_bells import FileBell
from faircut.studio.engine_notes import FileNote
from faircut.studio.priority import lower_priority

_NICENESS = 4


def main() -> int:
    """Runs one engine once. 0 after a result, 1 after an error of the engine, else what Python exits with."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr  # in order, so that the last words are the last line
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(task["limits"])
    os.umask(0o077)
    # Whoever asks how far a job is should not have to wait for the drawing of it.
    lower_priority(_NICENESS)
    sys.path[:] = task["path"]
    try:
        engine = Plugins(entry_points=task["entry_points"], modules=task["plugins"]).engine(task["engine"])
        job = EngineJob(
            request=wire.load(GenerationRequest, task["request"]),
            output=Path(task["output"]),
            workdir=Path(task["workdir"]),
            options=task["options"],
            end_user=task["end_user"],
            max_bytes=task["max_bytes"],
            links=task["links"],
            note=FileNote(Path(task["note"])) if task["note"] else None,
            bell=FileBell(Path(task["bell"][0]), task["bell"][1]) if task["bell"] else None,
        )
        signal.signal(signal.SIGTERM, _stop)
        result = engine.generate(job, lambda share, message: _say(channel, progress=share, message=message))
    except FaircutError as error:
        _say(channel, error=error.as_dict())
        return 1
    except EngineStopped:
        return 1
    _say(channel, result={"timeline": [dict(each) for each in result.timeline]})
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: a second signal must not cut the cleaning up short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise EngineStopped


def _say(channel: TextIO, **message: Any) -> None:
    channel.write(json.dumps(message) + "\n")
    channel.flush()


def _end_with_parent() -> None:
    # Below Python's buffer, for a reader blocked inside it would hold up the interpreter's exit.
    while os.read(0, 1):
        pass
    os._exit(1)


def _limit(limits: dict[str, int]) -> None:
    for name, value in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    sys.exit(main())
