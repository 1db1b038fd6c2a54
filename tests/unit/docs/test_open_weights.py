"""docs/open-weights.md says what the engines' table may hold, and what the families can do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from faircut.domain import Size
from faircut.engines.diffusion import H3, LTX2
from faircut.engines.diffusion.options import DiffusionOptions, read_options

PAGE = (Path(__file__).parents[3] / "docs" / "open-weights.md").read_text(encoding="utf-8")


def test_every_option_stands_in_the_table_and_nothing_else() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.M) == list(DiffusionOptions.model_fields)


def test_the_example_is_accepted() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.S)
    assert example is not None
    options = read_options("ltx2", tomllib.loads(example[1])["engine_options"]["ltx2"])
    assert options.accept_licence == LTX2.licence.id


def test_the_families_limits_are_theirs() -> None:
    row = {name: cells for name, *cells in re.findall(r"^\| ([a-z ,]+) \| ([^|]+?) \| ([^|]+?) \|$", PAGE, re.M)}
    for number, family in enumerate((LTX2, H3)):
        assert row["seconds"][number].startswith(f"{family.shortest} to {family.longest}")
        assert row["sizes"][number] == ", ".join(size.value for size in Size if size in family.sizes)
        assert row["steps by default"][number] == str(family.steps)
        assert f"`{family.licence.id}`" in PAGE
