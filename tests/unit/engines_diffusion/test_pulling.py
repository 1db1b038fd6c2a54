"""Fetching weights: pinned, accepted, checked file by file, gone on with after an interruption."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faircut.engines.diffusion import H3, LTX2, DiffusionEngine, pulling, runtime
from faircut.errors import EngineError
from faircut.protocols import Capable, Checkable, Choosy, Pullable

REVISION = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "model_index.json": b"{}",
    "transformer/model.safetensors": b"weights" * 100,
    "README.md": b"licence",
    "run.py": b"import os",
    "old.bin": b"pickle",
}


class Hub:
    """The hub's client as far as a pull calls it. ``broken`` names a file that arrives damaged."""

    def __init__(self, broken: str = "", fails: Exception | None = None) -> None:
        self.broken, self.fails, self.fetched = broken, fails, []

    def HfApi(self) -> Hub:  # noqa: N802  the client's name
        return self

    def model_info(self, repository: str, *, revision: str, files_metadata: bool) -> Any:
        if self.fails:
            raise self.fails
        assert (repository, revision, files_metadata) == ("Lightricks/LTX-2", REVISION, True)
        siblings = []
        for name, content in FILES.items():
            large = SimpleNamespace(sha256=hashlib.sha256(content).hexdigest()) if "safetensors" in name else None
            siblings.append(SimpleNamespace(rfilename=name, size=len(content), lfs=large))
        return SimpleNamespace(siblings=siblings)

    def hf_hub_download(self, repository: str, name: str, *, revision: str, local_dir: str) -> str:
        self.fetched.append(name)
        target = Path(local_dir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"damaged" if name == self.broken else FILES[name])
        return str(target)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub()
    monkeypatch.setattr(pulling, "_hub", lambda: made)
    monkeypatch.setattr(runtime, "LIBRARIES", ())
    return made


def options(folder: Path, **changes: Any) -> dict[str, Any]:
    return {"weights": str(folder), "revision": REVISION, "accept_licence": "ltx-2-community", **changes}


def quiet(_share: float, _message: str) -> None:
    pass


def test_weights_are_fetched_without_code_or_pickles_and_noted(hub: Hub, tmp_path: Path) -> None:
    seen: list[float] = []
    facts = DiffusionEngine(LTX2).pull(options(tmp_path), lambda share, _: seen.append(share))
    assert sorted(hub.fetched) == ["README.md", "model_index.json", "transformer/model.safetensors"]
    assert facts["revision"] == REVISION
    assert json.loads((tmp_path / pulling.NOTE).read_text())["revision"] == REVISION
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_pull_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    DiffusionEngine(LTX2).pull(options(tmp_path), quiet)
    hub.fetched.clear()
    DiffusionEngine(LTX2).pull(options(tmp_path), quiet)
    assert "transformer/model.safetensors" not in hub.fetched


def test_a_damaged_file_is_deleted_and_named(hub: Hub, tmp_path: Path) -> None:
    hub.broken = "transformer/model.safetensors"
    with pytest.raises(EngineError, match=r"model\.safetensors is not what"):
        DiffusionEngine(LTX2).pull(options(tmp_path), quiet)
    assert not (tmp_path / "transformer" / "model.safetensors").exists()
    assert not (tmp_path / pulling.NOTE).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"revision": None}, "revision"), ({"weights": None}, "weights"), ({"accept_licence": ""}, "accept_licence")],
)
def test_what_is_not_set_is_named_and_nothing_fetched(
    hub: Hub, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(EngineError) as caught:
        DiffusionEngine(LTX2).pull(options(tmp_path, **changes), quiet)
    assert caught.value.field == f"engine_options.ltx2.{field}"
    assert not hub.fetched


def test_a_licence_can_be_accepted_at_the_command(hub: Hub, tmp_path: Path) -> None:
    DiffusionEngine(LTX2).pull(options(tmp_path, accept_licence=""), quiet, accept_licence=True)
    assert hub.fetched


def test_a_hub_out_of_reach_is_an_error_with_its_words(hub: Hub, tmp_path: Path) -> None:
    hub.fails = OSError("Name or service not known")
    with pytest.raises(EngineError, match="Name or service not known"):
        DiffusionEngine(LTX2).pull(options(tmp_path), quiet)


def test_check_says_one_thing_after_the_other(hub: Hub, tmp_path: Path) -> None:
    engine = DiffusionEngine(LTX2)
    assert isinstance(engine, Capable)
    assert isinstance(engine, Checkable)
    assert isinstance(engine, Choosy)
    assert isinstance(engine, Pullable)
    asked = options(tmp_path, accept_licence="")
    assert engine.check(asked, reach=False).problems[0].field == "engine_options.ltx2.accept_licence"
    asked = options(tmp_path)
    assert engine.check(asked, reach=False).problems[0].field == "engine_options.ltx2.weights"
    engine.pull(asked, quiet)
    assert engine.check(asked, reach=False).ready


def test_h3_offers_the_durations_that_its_grid_allows() -> None:
    assert DiffusionEngine(H3).capabilities({}).durations == tuple(range(5, 15))
