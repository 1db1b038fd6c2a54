"""Writes the tables of these pages that follow from the code: ``python docs/generate.py``.

A page holds a place for each table, ``<!-- generated: NAME -->`` to ``<!-- end of NAME -->``; all else in it is written
by hand. The tests compare (:func:`stale`), so a setting, command, route or error code that nobody documented fails.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
_PLACE = r"(?P<open><!-- generated: {name} -->\n)(?P<body>.*?)(?P<close><!-- end of {name} -->)"
_DEFAULT_TEXT = {
    "home": "`~/.local/share/faircut`",
    "database_url": "`faircut.db` in `home`",
    "engine_options": "none",
    "public_url": "none",
    "model_aliases": "none",
    "grey_zone": "see there",
    "free_figures": "none",
}


def settings() -> str:
    """Every field of Settings with its default and meaning."""
    from faircut.config import Settings

    rows = []
    for name, field in Settings.model_fields.items():
        default = _DEFAULT_TEXT.get(name) or f"`{_toml(field.default)}`"
        rows.append((f"`{name}`", f"`FAIRCUT_{name.upper()}`", _type(field.annotation), default, field.description))
    return _table(("in `faircut.toml`", "environment", "type", "default", "meaning"), rows)


def commands() -> str:
    """Every command with its arguments and options."""
    import typer

    from faircut.cli import app

    parts = [_command(path, command) for path, command in _walk((), typer.main.get_command(app))]
    return "\n".join(parts)


def _walk(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", {})
    if not path or not children:
        yield path, command
    for name, child in children.items():
        yield from _walk((*path, name), child)


def _command(path: tuple[str, ...], command: Any) -> str:
    title = f"### faircut {' '.join(path)}".rstrip()
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = " ".join(("faircut", *path, *(_metavar(each) for each in arguments), *(["[OPTIONS]"] if options else [])))
    lines = [title, "", (command.help or "").strip(), "", "```text", usage, "```", ""]
    rows = [(f"`{_metavar(each)}`", each.help or "", "") for each in arguments]
    rows += [(f"`{_flags(each)}`", each.help or "", _shown_default(each)) for each in options]
    if rows:
        lines.append(_table(("argument or option", "meaning", "default"), rows))
    return "\n".join(lines)


def _metavar(argument: Any) -> str:
    name = argument.name.upper().removeprefix("AS_")
    name += " ..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _flags(option: Any) -> str:
    flags = ", ".join((*option.opts, *option.secondary_opts))
    return flags if option.is_flag else f"{flags} {_value(option)}"


def _value(option: Any) -> str:
    kind = option.type_descriptor.annotation
    kind = (typing.get_args(kind) or (kind,))[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "\\|".join(str(each.value) for each in kind)
    return str(option.name).upper()


def _shown_default(option: Any) -> str:
    if isinstance(option.show_default, str):
        return f"`{option.show_default}`"
    if option.required:
        return "required"
    if option.is_flag and option.secondary_opts:
        return f"`{(option.opts if option.default else option.secondary_opts)[0]}`"
    if option.is_flag or option.default in (None, "", [], ()):
        return ""
    return f"`{getattr(option.default, 'value', option.default)}`"


def routes() -> str:
    """Every address of the API with the scopes of which a key needs one."""
    rows = [
        (f"`{method}`", f"`{path}`", ", ".join(f"`{scope}`" for scope in scopes) or "open to everybody", summary)
        for method, path, scopes, summary in api_routes()
    ]
    return _table(("method", "address", "scope (one of)", "what it does"), rows)


def api_routes() -> list[tuple[str, str, tuple[str, ...], str]]:
    """(method, path, scopes, first sentence) of every route in the OpenAPI document, in its order."""
    from faircut.api.access import Require
    from faircut.api.application import ROUTERS

    found = []
    for router in ROUTERS:
        for route in router.routes:
            calls = [each.call for each in route.dependant.dependencies]  # type: ignore[attr-defined]
            scopes = [scope.value for call in calls if isinstance(call, Require) for scope in call.scopes]
            summary = " ".join((inspect.getdoc(route.endpoint) or "").split("\n\n")[0].replace("``", "`").split())  # type: ignore[attr-defined]
            methods = sorted(route.methods) if route.include_in_schema else []  # type: ignore[attr-defined]
            found += [(method, route.path, tuple(scopes), summary) for method in methods]  # type: ignore[attr-defined]
    return found


def error_codes() -> str:
    """Every error code with its HTTP status and exit status."""
    rows = [
        (f"`{kind.code}`", str(int(kind.http_status)), str(kind.exit_code), " ".join((kind.__doc__ or "").split()))
        for kind in error_kinds()
    ]
    return _table(("code", "HTTP", "exit", "when"), rows)


def error_kinds() -> list[Any]:
    """Every kind of FaircutError in the package, by code."""
    import faircut
    from faircut.errors import FaircutError

    for module in pkgutil.walk_packages(faircut.__path__, "faircut."):
        if ".migrations" not in module.name and not module.name.endswith(("__main__", "engine_process")):
            importlib.import_module(module.name)
    kinds: dict[str, Any] = {}
    pending = [FaircutError]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind is not FaircutError and kind.__module__.startswith("faircut"):
            kinds.setdefault(kind.code, kind)
    return [kinds[code] for code in sorted(kinds)]


def frame_sizes() -> str:
    """Width and height of each size and ratio."""
    from faircut.domain import Ratio, Size
    from faircut.engines import frame_size

    rows = [
        (f"`{size.value}`", *(f"{width}x{height}" for width, height in (frame_size(size, ratio) for ratio in Ratio)))
        for size in Size
    ]
    return _table(("size", *(ratio.value for ratio in Ratio)), rows)


def engine_options(kind: Any) -> str:
    """Every option of an engine with its default and meaning."""
    rows = []
    for name, field in kind.model_fields.items():
        default = field.get_default(call_default_factory=True)
        rows.append((f"`{name}`", _option_default(default), field.description))
    return _table(("option", "default", "meaning"), rows)


def ark_options() -> str:
    """What `[engine_options.ark]` takes."""
    from faircut.engines.ark_options import ArkOptions

    return engine_options(ArkOptions)


def videos_options() -> str:
    """What `[engine_options.videos]` takes."""
    from faircut.engines.videos_options import VideosOptions

    return engine_options(VideosOptions)


def _option_default(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        numbers = all(isinstance(each, int) for each in value)
        return f"`{value[0]}` to `{value[-1]}`" if numbers else ", ".join(f"`{each.value}`" for each in value)
    if value is None or str(value) in ("", "{}", "**********"):
        return "none"
    return f"`{value}`"


PLACES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("settings.md", settings),
    "commands": ("cli.md", commands),
    "routes": ("api.md", routes),
    "error codes": ("errors.md", error_codes),
    "ark options": ("engines.md", ark_options),
    "videos options": ("engines.md", videos_options),
    "frame sizes": ("guides/creator.md", frame_sizes),
}


def stale(name: str) -> tuple[str, str]:
    """(what the page says, what the code says) for one place; both without surrounding white space."""
    page, make = PLACES[name]
    return _found(name, (DOCS / page).read_text("utf-8"))["body"].strip(), make().strip()


def write() -> list[str]:
    """Brings every page up to date and returns the names of the places that changed."""
    changed = []
    for name, (page, make) in PLACES.items():
        path = DOCS / page
        text = path.read_text("utf-8")
        found = _found(name, text)
        new = text[: found.start("body")] + "\n" + make().strip() + "\n\n" + text[found.end("body") :]
        if new != text:
            path.write_text(new, "utf-8")
            changed.append(name)
    return changed


def _found(name: str, text: str) -> re.Match[str]:
    found = re.search(_PLACE.format(name=re.escape(name)), text, re.DOTALL)
    if found is None:
        raise LookupError(f"{PLACES[name][0]} has no place for {name!r}")
    return found


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    def line(cells: Any) -> str:
        return "| " + " | ".join(str(cell or "").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(head), "|" + " --- |" * len(head), *(line(row) for row in rows)]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "[]" if value == () else str(value)


def _type(annotation: Any) -> str:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return _type(next(each for each in typing.get_args(annotation) if each is not type(None)))
    if origin is tuple:
        return "list of texts"
    if origin is dict:
        return "tables"
    if origin is typing.Literal:
        return "text"
    return {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}[annotation]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}\n" for name in write()))
