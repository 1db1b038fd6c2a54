"""Requests made up from our own OpenAPI document, against the live service: nothing may end in a server error.

In a process of its own: what makes up requests watches the random numbers of its process, and a service draws some.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.access import Scope
from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Shot, Size
from faircut.web import create_app
from support.http import served

OWN_KEY = "/v1/keys/{key_id}"
"""Left out: a made-up sequence lists the keys and then revokes the one that it works with."""
CHECKS = ("not_a_server_error", "response_schema_conformance", "status_code_conformance")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A service with something of each kind in it and no worker, its address, and a key that may do everything."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), plugins=("studio_doubles:PLUGIN",), engine="tiny", max_open_jobs=0
    )
    with Faircut(settings) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="tests")
        faircut.screen_text("Captain Lumen", actor="tests")
        request = faircut.build_request(shots=[Shot("A pier")], size=Size.P480, duration=4)
        faircut.studio.submit(request, owner="tests")
        _, secret = faircut.keys.create("made-up requests", [Scope.ADMIN], actor="tests")
        with served(create_app(faircut)) as base:
            yield base, secret


def test_made_up_requests_find_no_server_error(site: tuple[str, str], tmp_path: Path) -> None:
    base, secret = site
    report = tmp_path / "report.json"
    arguments = [
        *("run", f"{base}/openapi.json", "--header", f"Authorization: Bearer {secret}"),
        *("--checks", ",".join(CHECKS), "--phases", "fuzzing,stateful", "--exclude-path", OWN_KEY),
        *("--generation-deterministic", "--max-examples", "4", "--suppress-health-check", "all"),
        *("--continue-on-failure", "--request-timeout", "30", "--no-color", "--warnings", "off"),
        *("--report", "json", "--report-json-path", str(report)),
    ]
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    told = json.loads(report.read_text(encoding="utf-8"))
    # It must have asked, and been let in.
    assert told["operations"]["tested"] == told["operations"]["total"] - 1 > 50
    assert told["warnings"]["missing_auth"] == []
    assert told["test_cases"]["generated"] > 200
    assert not told["errors"]
