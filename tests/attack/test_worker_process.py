"""``faircut serve`` runs jobs in a process of its own: its death loses nothing, and it never outlives the service."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faircut.access import Scope
from faircut.app import Faircut
from faircut.config import Settings
from faircut.studio.worker import Slots

ROOT = Path(__file__).parents[2]
PLUGIN = "benchmarks.load_engine"
PATIENCE_S = 120


def test_a_killed_worker_is_replaced_and_ends_with_the_service(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "faircut.toml").write_text(f'plugins = ["{PLUGIN}"]\ngrade_attacks = 0\nport = 0\n', encoding="utf-8")
    with Faircut(Settings(home=home)) as faircut:
        key = faircut.keys.create("ada", [Scope.GENERATE], actor="test")[1]
    log = tmp_path / "log"
    with log.open("w") as file:
        service = subprocess.Popen(
            [sys.executable, "-c", "from faircut.cli import main; main()", "serve"],
            env={**os.environ, "FAIRCUT_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=file,
            stderr=file,
        )
    try:
        base = until(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/v1", log.read_text()), service)[1]
        job = ask(
            base,
            key,
            {"shots": [{"prompt": "A plain card"}], "engine": "card", "duration": 4, "size": "480p", "audio": False},
        )
        first = until(lambda: holder(home), service)
        until(lambda: ask(base, key, job=job["id"])["state"] == "running", service)
        os.kill(first, signal.SIGKILL)
        ended = until(lambda: final(ask(base, key, job=job["id"])), service)
        second = until(lambda: holder(home), service)
    finally:
        service.send_signal(signal.SIGINT)
        service.wait(PATIENCE_S)
    assert ended["state"] == "released"
    assert second != first
    assert not Path(f"/proc/{second}").exists()
    assert Slots(home / "workers").count_held() == 0
    with Faircut(Settings(home=home)) as faircut:
        assert [event.payload["job"] for event in faircut.ledger.events(kind="release")] == [job["id"]]
        assert faircut.ledger.verify(released=faircut.studio.released.root).intact
    assert "another one takes up its jobs" in log.read_text()


def ask(base: str, key: str, body: Any = None, job: str = "") -> dict[str, Any]:
    request = urllib.request.Request(
        f"{base}/v1/generations/{job}".rstrip("/"),
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def final(job: dict[str, Any]) -> dict[str, Any] | None:
    return job if job["state"] in ("released", "refused", "failed", "cancelled") else None


def holder(home: Path) -> int | None:
    """The process that holds a worker's slot, as the kernel lists locks."""
    slots = {path.stat().st_ino for path in (home / "workers").glob("slot-*")}
    for line in Path("/proc/locks").read_text().splitlines():
        _, kind, _, mode, pid, place, *_ = line.split()
        if kind == "FLOCK" and mode == "WRITE" and int(place.rpartition(":")[2]) in slots:
            return int(pid)
    return None


def until(look: Callable[[], Any], service: subprocess.Popen[bytes]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert service.poll() is None, "the service ended"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
