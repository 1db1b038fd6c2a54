"""``faircut serve`` as the load test runs it, and what its processes use: read from /proc, where they cannot lie."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds so far: of the process that answers, of the one that runs jobs, of the engines. ``waited``: seconds
    for which the thread that answers could have run, and the processor was somebody else's."""

    answering: float
    working: float
    engines: float
    waited: float

    def since(self, earlier: Spent) -> Spent:
        return Spent(
            self.answering - earlier.answering,
            self.working - earlier.working,
            self.engines - earlier.engines,
            self.waited - earlier.waited,
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its port, the process that answers, and the one that runs jobs."""

    port: int
    answering: int
    working: int

    def resident_mib(self) -> tuple[float, float]:
        """Of the process that answers, and of the one that runs jobs, without its engines."""
        return _resident_mib(self.answering), _resident_mib(self.working)

    def spent(self) -> Spent:
        """What all of it has used until now."""
        own, _ = _cpu_s(self.answering)
        working, ended = _cpu_s(self.working)
        engines = ended + sum(sum(_cpu_s(each)) for each in _children(self.working))
        # The first thread answers. Its file has nanoseconds computed, nanoseconds waited, and turns.
        turns = _read(self.answering, "schedstat").split()
        return Spent(own, working, engines, int(turns[1]) / 1e9 if turns else 0.0)


@contextmanager
def service(home: Path, root: Path) -> Iterator[Service]:
    """``faircut serve`` on a free port with the modules of ``root``; stopped as Ctrl+C stops it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FAIRCUT_")}
    environment |= {"FAIRCUT_HOME": str(home), "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", "from faircut.cli import main; main()", "serve", "--port", "0"]
    log = home / "service.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    try:
        port = _port(process, log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=120) as answer:
            answer.read()
        (worker,) = _children(process.pid)
        yield Service(port, process.pid, worker)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/v1", log.read_text(encoding="utf-8")):
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def _resident_mib(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", _read(pid, "status"))
    return int(found[1]) / 1024 if found else 0.0


def _cpu_s(pid: int) -> tuple[float, float]:
    """Of a process, and of its children that have ended. proc(5): utime, stime, cutime and cstime are 14 to 17."""
    fields = _read(pid, "stat").rpartition(")")[2].split()
    if not fields:
        return 0.0, 0.0
    own, system, ended, ended_system = (int(each) / _TICKS for each in fields[11:15])
    return own + system, ended + ended_system


def _children(pid: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        fields = _read(int(each.name), "stat").rpartition(")")[2].split()
        if fields and int(fields[1]) == pid:
            found.append(int(each.name))
    return found


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
