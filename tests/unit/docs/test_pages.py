"""Links lead somewhere, commands and addresses exist, and no page names the machine that it was written on."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from faircut.cli import app

_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FAIRCUT = re.compile(r"(?:^|[\s(;|&])faircut (?P<words>[^|;&)>\n]*)", re.MULTILINE)
_MAKE = re.compile(r"(?:^|[\s;&])make (?P<target>[a-z]+)\b", re.MULTILINE)
_ADDRESS = re.compile(r"(?:\$API)?(/(?:v1/[^\s\"'`]*|healthz|version))")
_ABSOLUTE = re.compile(r"(?<![\w.:~$*}/)…-])/(\w+)/[\w.-]+")
_ANYWHERE = (
    *("/v1/", "/api/v3", "/links/", "/decisions/", "/catalogue/", "/jobs/"),
    *("/dev/null", "/srv/faircut", "/tmp/faircut-"),
)
"""Addresses of the service, and folders that the pages propose."""


def test_relative_links_and_images_resolve(page) -> None:
    broken = []
    for found in _LINK.finditer(page.prose):
        target = unquote(found["target"])
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            broken.append(target)
    assert broken == []


def _anchors(path: Path) -> set[str]:
    """Anchors as the forges make them of headings: lower case, punctuation gone, spaces to hyphens."""
    headings = re.findall(r"^#+ +(.+)$", path.read_text("utf-8"), re.MULTILINE)
    kept = (
        "".join(c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN") for heading in headings
    )
    return {heading.strip().replace(" ", "-") for heading in kept}


def test_every_document_is_reached_from_the_readme(pages) -> None:
    reached, pending = set(), ["README.md"]
    while pending:
        name = pending.pop()
        if name in reached or name not in pages:
            continue
        reached.add(name)
        page = pages[name]
        for found in _LINK.finditer(page.prose):
            target = (page.path.parent / found["target"].partition("#")[0]).resolve()
            pending += [each.name for each in pages.values() if each.path == target]
    assert reached == set(pages)


def test_no_page_names_a_folder_of_this_machine(page) -> None:
    paths = [found[0] for found in _ABSOLUTE.finditer(page.text)]
    assert [path for path in paths if not path.startswith(_ANYWHERE)] == []


def test_commands_exist_with_their_options(page) -> None:
    for words in _commands(page):
        _check(words)


def _commands(page) -> Iterator[list[str]]:
    for block in page.blocks("sh"):
        for found in _FAIRCUT.finditer(block.replace("\\\n", " ")):
            yield shlex.split(found["words"], comments=True)
    for span in page.spans():
        if span.startswith("faircut ") and not re.search(r"[A-Z…\[]", span):
            yield shlex.split(span)[1:]


def _check(words: list[str]) -> None:
    """Walks the words down the tree of commands; every option must be one of the command that it follows."""
    command: Any = typer.main.get_command(app)
    left, positional = list(words), 0
    while left:
        word = left.pop(0)
        if word.startswith("--"):
            option = next((each for each in command.params if word in (*each.opts, *each.secondary_opts)), None)
            assert option is not None, f"faircut {shlex.join(words)}: no option {word}"
            if not option.is_flag:
                assert left, f"faircut {shlex.join(words)}: {word} lacks its value"
                left.pop(0)
        elif getattr(command, "commands", None):
            assert word in command.commands, f"faircut {shlex.join(words)}: no command {word}"
            command = command.commands[word]
        else:
            positional += 1
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    most = float("inf") if any(each.nargs == -1 for each in arguments) else len(arguments)
    assert positional <= most, f"faircut {shlex.join(words)}: too many arguments"


def test_the_check_of_commands_can_fail() -> None:
    for wrong in ("catalogue import FILE --quickly", "fly", "ledger verify this", "serve --port"):
        with pytest.raises(AssertionError):
            _check(shlex.split(wrong))


def test_make_targets_exist(page, root: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {found["target"] for block in page.blocks("sh") for found in _MAKE.finditer(block)}
    named |= {found["target"] for span in page.spans() if (found := re.match(r"make (?P<target>[a-z]+)", span))}
    assert named <= targets


def test_addresses_exist(page, generate) -> None:
    routes = [re.sub(r"\{\w+\}", "[^/]+", path) for _, path, _, _ in generate.api_routes()]
    texts = [block for block in page.blocks("sh") if "curl" in block]
    texts += [span for span in page.spans() if re.match(r"(?:(?:GET|POST|PATCH|DELETE) )?/", span)]
    addresses = [found.partition("?")[0] for text in texts for found in _ADDRESS.findall(text)]
    unknown = [address for address in addresses if not any(re.fullmatch(route, address) for route in routes)]
    assert [each for each in unknown if each not in ("/v1/videos",)] == []


def test_the_promised_commands_are_in_the_readme(pages) -> None:
    commands = "\n".join(pages["README.md"].blocks("sh"))
    assert "make demo" in commands
    assert "make test" in commands
