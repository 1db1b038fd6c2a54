"""``faircut engines`` and ``GET /v1/engines``: what an operator and a client are told of engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_ark import KEY, FakeArk
from typer.testing import CliRunner, Result

from faircut.app import Faircut
from faircut.cli import app
from faircut.config import Settings
from faircut.domain import Shot, Size
from faircut.errors import InputError, NotFound


@pytest.fixture
def ark() -> Iterator[FakeArk]:
    made = FakeArk()
    with made.running():
        yield made


def told(home: Path, ark: FakeArk, key: str) -> Path:
    home.mkdir(exist_ok=True)
    table = f'base_url = "{ark.address + ark.root}"\napi_key = "{key}"\nretries = 0\n'
    (home / "faircut.toml").write_text(f"[engine_options.ark]\n{table}")
    return home


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "engines", *words])


def test_list_says_what_each_engine_makes_needs_and_lacks(tmp_path: Path) -> None:
    done = run(tmp_path, "list", "--json")
    found = {each["name"]: each for each in map(json.loads, done.stdout.splitlines())}
    assert found["previz"]["status"]["ready"]
    assert not found["previz"]["costs"]
    assert found["previz"]["capabilities"]["durations"] == list(range(4, 16))
    assert not found["ark"]["status"]["ready"]
    assert found["ark"]["costs"]
    assert "no key" in found["ark"]["status"]["problems"][0]["message"]
    assert found["ltx2"]["pullable"]
    words = run(tmp_path, "list").stdout
    assert "makes 4 to 15 s, 480p, 720p, 1080p, with or without sound; takes text, 9 images, 3 clips, 3 sounds" in words


def test_check_asks_the_service_and_never_shows_the_key(ark: FakeArk, tmp_path: Path) -> None:
    well = run(told(tmp_path, ark, KEY), "check", "ark")
    assert (well.exit_code, ark.times("GET"), ark.times("POST")) == (0, 1, 0)
    assert "accepts the key" in well.stdout
    badly = run(told(tmp_path, ark, "wrong-key"), "check", "ark")
    assert badly.exit_code == 1
    assert "does not accept the key" in badly.output
    assert KEY not in well.output + badly.output
    assert "wrong-key" not in badly.output


def test_options_that_make_no_sense_are_named(tmp_path: Path) -> None:
    (tmp_path / "faircut.toml").write_text("[engine_options.ark]\npoll_s = -1\n")
    done = run(tmp_path, "check", "ark")
    assert done.exit_code == 1
    assert "greater than 0" in done.output


def test_the_price_is_printed_before_anything_is_sent(ark: FakeArk, tmp_path: Path) -> None:
    home = told(tmp_path, ark, KEY)
    assert run(home, "price", "--engine", "ark", "--duration", "5").stdout.startswith("ark 0.756 USD (108,000 tokens")
    found = json.loads(run(home, "price", "--engine", "ark", "--size", "1080p", "--duration", "10", "--json").stdout)
    assert found["price"] == {
        "amount": pytest.approx(3.7422, abs=1e-4),
        "unit": "USD",
        "basis": "486,000 tokens at 7.7 USD a million",
        "tokens": 486_000,
        "least": False,
    }
    assert run(home, "price").stdout == "previz costs nothing\n"
    assert ark.asked == []


def test_the_app_answers_the_same(tmp_path: Path) -> None:
    with Faircut(Settings(home=tmp_path / "home", engine_options={"ark": {"price_per_million": 10.0}})) as faircut:
        price = faircut.price(faircut.build_request(shots=[Shot("a")], size=Size.P720, duration=5, engine="ark"))
        assert price is not None
        assert price.amount == pytest.approx(1.08)
        with pytest.raises(InputError, match="no weights"):
            faircut.engines.pull("ark")
        with pytest.raises(NotFound, match="no engine 'vhs'"):
            faircut.engines.check("vhs")
