"""The examples run as they stand: the developer's guide, the README, the files of the import contract."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from faircut.catalogue.reading import read_document

_FILE = re.compile(r"<!-- file: (?P<name>\w+\.py) -->\n```python\n(?P<code>.*?)```", re.DOTALL)


def run(folder: Path, script: str, **environment: str) -> str:
    """Runs a script in ``folder`` on a data folder of its own."""
    done = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "FAIRCUT_HOME": str(folder / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def walk(pages, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The files of the developer's guide, written down and run: folder and output."""
    folder = tmp_path_factory.mktemp("developer")
    files = {found["name"]: found["code"] for found in _FILE.finditer(pages["docs/guides/developer.md"].text)}
    assert set(files) == {"wash_engine.py", "tagline_detector.py", "walk.py"}
    for name, code in files.items():
        (folder / name).write_text(code, "utf-8")
    return folder, run(folder, "walk.py", FAIRCUT_PLUGINS='["wash_engine", "tagline_detector"]')


def test_the_detector_of_the_guide_finds_what_it_should(walk: tuple[Path, str]) -> None:
    first = walk[1].splitlines()[0]
    assert first.startswith("block protected.name")
    assert "the last lamplighter of the north" in first
    assert "Captain Wren" in first


def test_the_engine_of_the_guide_makes_a_video_that_is_released(walk: tuple[Path, str]) -> None:
    import av

    folder, output = walk
    assert output.splitlines()[-1] == "released True"
    with av.open(str(folder / "out.mp4")) as container:
        assert container.streams.audio
        assert sum(1 for _ in container.decode(video=0)) == 4 * 24


def test_everything_in_the_data_folder_is_explained(walk: tuple[Path, str], pages) -> None:
    explained = {code.rstrip("/") for code in pages["docs/architecture.md"].codes_in_first_column()}
    found = {re.sub(r"(-wal|-shm|\.lock)$", "", path.name) for path in (walk[0] / "home").iterdir()}
    assert {"faircut.db", "ledger.head", "provenance", "released"} <= found
    assert found <= explained


def test_the_engine_and_the_detector_take_twenty_lines_each(pages) -> None:
    for found in _FILE.finditer(pages["docs/guides/developer.md"].text):
        for plugin in found["code"].split("\nclass ")[1:]:
            lines = [line for line in plugin.partition("@hookimpl")[0].splitlines() if line.strip()]
            assert len(lines) <= 20, found["name"]


def test_the_example_of_the_readme_prints_what_it_says(pages, tmp_path: Path) -> None:
    page = pages["README.md"]
    (code,) = page.blocks("python")
    assert len(code.strip().splitlines()) <= 8
    (tmp_path / "example.py").write_text(code, "utf-8")
    said = re.search(r"It prints: `(?P<output>.+)`", page.text)
    assert said is not None
    assert run(tmp_path, "example.py").strip() == said["output"]


def test_the_documents_of_the_import_contract_are_accepted(pages) -> None:
    documents = [
        json.loads(block)
        for name in ("docs/contract-for-scripts.md", "docs/guides/rights-holder.md")
        for block in pages[name].blocks("json")
    ]
    assert len(documents) == 2
    for document in documents:
        file = read_document(document, folder=Path("anywhere"))
        assert len(file.works) == 1
        assert file.works[0].elements


def test_the_outsiders_snippet_reads_trusted(walk: tuple[Path, str], pages) -> None:
    folder, _ = walk
    (code,) = pages["docs/provenance.md"].blocks("python")
    (folder / "root.pem").write_bytes((folder / "home" / "provenance" / "root.pem").read_bytes())
    (folder / "video.mp4").write_bytes((folder / "out.mp4").read_bytes())
    (folder / "outsider.py").write_text(code, "utf-8")
    assert run(folder, "outsider.py").strip() == "Trusted"


def test_the_outsiders_snippet_does_not_trust_a_changed_file(walk: tuple[Path, str], pages) -> None:
    folder, _ = walk
    data = bytearray((folder / "out.mp4").read_bytes())
    data[-100] ^= 1
    (folder / "changed").mkdir()
    (folder / "changed" / "video.mp4").write_bytes(data)
    (folder / "changed" / "root.pem").write_bytes((folder / "home" / "provenance" / "root.pem").read_bytes())
    (folder / "changed" / "outsider.py").write_text(pages["docs/provenance.md"].blocks("python")[0], "utf-8")
    assert run(folder / "changed", "outsider.py").strip() == "Invalid"
