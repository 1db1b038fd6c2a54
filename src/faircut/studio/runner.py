"""Runs an engine in a process of its own, which can be watched, limited and killed."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faircut import wire
from faircut.config import Settings
from faircut.domain import GenerationRequest
from faircut.errors import (
    AddressRefused,
    ConfigError,
    EngineBusy,
    EngineError,
    EngineInputUnreadable,
    EngineNotReady,
    EngineOutputInvalid,
    EngineRefused,
    EngineRefusedCopyright,
    EngineRefusedPerson,
    EngineRefusedSafety,
    EngineRefusedSound,
    EngineTimeout,
    EngineUncertain,
    FaircutError,
    InputError,
    IntegrityError,
    LimitExceeded,
    UnreadableMedia,
)
from faircut.plugins import Plugins
from faircut.protocols import Progress
from faircut.store.blobs import BlobStore
from faircut.studio.requests import with_paths

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
"""All that an engine sees of this process's environment: no keys, no passwords, no addresses."""

_LONGEST_LINE = 8 << 20
_TICK_S = 0.1
_GRACE_S = 2.0
_GONE_S = 1.0
_RELAYED = (
    AddressRefused,
    ConfigError,
    EngineBusy,
    EngineInputUnreadable,
    EngineNotReady,
    EngineOutputInvalid,
    EngineRefused,
    EngineRefusedCopyright,
    EngineRefusedPerson,
    EngineRefusedSafety,
    EngineRefusedSound,
    EngineTimeout,
    EngineUncertain,
    InputError,
    IntegrityError,
    LimitExceeded,
    UnreadableMedia,
)
_KINDS = {kind.code: kind for kind in _RELAYED}


@dataclass(frozen=True, slots=True)
class EngineRun:
    """What came out: the file, which nobody has looked at yet, and the engine's timeline."""

    output: Path
    timeline: tuple[Mapping[str, Any], ...]


class EngineRunner:
    """Runs engines under ``settings``' limits on time, memory and file size, found in the same ``plugins``."""

    def __init__(self, settings: Settings, plugins: Plugins, uploads: BlobStore) -> None:
        self.settings = settings
        self._plugins = plugins
        self._uploads = uploads

    def run(
        self,
        request: GenerationRequest,
        folder: Path,
        progress: Progress,
        check: Callable[[], None],
        *,
        end_user: str = "",
        note: Path | None = None,
        links: Mapping[str, str] | None = None,
        bell: tuple[Path, str] | None = None,
    ) -> EngineRun:
        """Runs the request's engine; it writes into ``folder``, which is its home and working folder too.

        ``check`` is called about ten times a second and stops the engine by raising. When it raises an error of ours
        the job is over: the engine is told so, and has two seconds to clean up at its service. Anything else means that
        the job will be run again, and the engine is just killed. ``end_user`` names whom the job is for, ``note`` is
        where the engine keeps what a later run must know, ``links`` are public links to clips by their labels, ``bell``
        is the file that says that the service called, and the address that it is to call.

        Raises EngineError when the engine fails, EngineTimeout when it overruns ``engine_timeout_s``, whatever error of
        its input or its service the engine reports, IntegrityError for an upload that changed on disk, and whatever
        ``check`` and ``progress`` raise. No process is left behind in any case.
        """
        output = folder / "output.mp4"
        task = json.dumps(
            {
                "engine": request.engine,
                "request": wire.dump(self.with_paths(request)),
                "output": str(output),
                "workdir": str(folder),
                "options": self.settings.engine_options.get(request.engine, {}),
                "end_user": end_user,
                "max_bytes": self.settings.max_output_bytes,
                "links": dict(links or {}),
                "note": None if note is None else str(note),
                "bell": None if bell is None else [str(bell[0]), bell[1]],
                "plugins": self._plugins.modules,
                "entry_points": self._plugins.entry_points,
                "path": [entry or str(Path.cwd()) for entry in sys.path],
                "limits": self._limits(),
            }
        )
        for asset in request.files:
            self._uploads.verify(asset.digest)
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        log = folder / "engine.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "faircut.studio.engine_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        try:
            answer = self._talk(process, task, progress, check)
            code = process.wait(timeout=10) if answer is not None else process.wait()
        except subprocess.TimeoutExpired:
            code = 0  # it has said all; what still lingers in it is ended below
        except FaircutError:
            _tell(process)
            raise
        finally:
            _end(process)
        if answer is None:
            raise EngineError(
                f"The engine {request.engine} stopped without a result ({_exit(code)}): {_last_line(log).rstrip('.')}.",
                field="engine",
                remedy="Try again, or choose another engine.",
            )
        if "error" in answer:
            raise _error(answer["error"])
        return EngineRun(output, tuple(answer["result"].get("timeline", ())))

    def _talk(
        self, process: subprocess.Popen[bytes], task: str, progress: Progress, check: Callable[[], None]
    ) -> dict[str, Any] | None:
        """Hands over the task and listens until the result, an error, or the end; None for the end."""
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise EngineError("The engine has no pipes.", remedy="Report this.")
        deadline = time.monotonic() + self.settings.engine_timeout_s
        with contextlib.suppress(BrokenPipeError):  # it died at once; the end of its output says so
            stdin.write(task.encode() + b"\n")
            stdin.flush()
        buffer = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                check()
                if time.monotonic() > deadline:
                    raise EngineTimeout(
                        f"The engine ran longer than {self.settings.engine_timeout_s:g} seconds and was stopped.",
                        field="engine",
                        remedy="Ask for less (size, duration), or raise engine_timeout_s.",
                    )
                if not selector.select(_TICK_S):
                    continue
                chunk = os.read(stdout.fileno(), 1 << 16)
                if not chunk:
                    return None
                *lines, buffer = (buffer + chunk).split(b"\n")
                if len(buffer) > _LONGEST_LINE:
                    raise EngineError("The engine talks without end.", field="engine", remedy="Choose another engine.")
                for line in lines:
                    message = _parse(line)
                    if "progress" in message:
                        progress(min(1.0, max(0.0, float(message["progress"]))), str(message.get("message", "")))
                    elif "result" in message or "error" in message:
                        return message

    def with_paths(self, request: GenerationRequest) -> GenerationRequest:
        """The request with each file's ``path`` in the upload store. Raises NotFound when one is gone."""
        return with_paths(request, self._uploads)

    def _limits(self) -> dict[str, int]:
        settings = self.settings
        limits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": int(settings.engine_timeout_s * (os.cpu_count() or 1)) + 1,
            # Twice, for engines that write a draft before the file itself.
            "RLIMIT_FSIZE": 2 * settings.max_output_bytes,
        }
        if settings.engine_memory_bytes:
            limits["RLIMIT_AS"] = settings.engine_memory_bytes
        return limits


def _tell(process: subprocess.Popen[bytes]) -> None:
    """Tells the engine that its job is over, and waits a little for it to end by itself."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_GRACE_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kills the engine with all that it started, and waits until they are gone, so that none writes any more."""
    deadline = time.monotonic() + _GONE_S
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while time.monotonic() < deadline:  # what the engine started dies a moment later; zombies never leave
            os.killpg(process.pid, 0)
            time.sleep(0.005)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise EngineError("The engine said something unintelligible.", field="engine", remedy="Choose another engine.")
    return message


def _error(data: dict[str, Any]) -> FaircutError:
    kind = _KINDS.get(str(data.get("code")), EngineError)
    return kind(str(data.get("message")), remedy=str(data.get("remedy") or "Try again."), field=data.get("field"))


def _exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
