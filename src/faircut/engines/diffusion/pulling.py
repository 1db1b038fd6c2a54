"""Fetches weights from the hub at a pinned revision, file by file, each checked against the digest that is stated."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from faircut.engines.diffusion.families import Family
from faircut.engines.diffusion.options import DiffusionOptions
from faircut.engines.diffusion.runtime import require_libraries
from faircut.engines.diffusion.terms import check_terms
from faircut.errors import EngineNotReady
from faircut.protocols import Progress

NOTE: Final = "faircut-pull.json"
_WANTED: Final = (".safetensors", ".json", ".txt", ".model", ".jinja", ".md")
"""What a pipeline loads and the licence beside it: no pickles, no code."""


def pull(family: Family, options: DiffusionOptions, progress: Progress) -> Mapping[str, str]:
    """Fetches what is not there yet, and returns where it lies, which revision it is and how large.

    A pull that was interrupted goes on with the file that it was at. Raises EngineNotReady: libraries or
    licence missing, no folder or revision set, the hub not reached, a file that is not what the hub said.
    """
    require_libraries(family)
    check_terms(
        family.licence,
        engine=family.name,
        accepted=options.accept_licence,
        territory=options.territory,
        permission=options.written_permission,
    )
    field = f"engine_options.{family.name}"
    if options.weights is None:
        raise EngineNotReady("No folder of weights is set.", field=f"{field}.weights", remedy="Set it in faircut.toml.")
    if options.revision is None:
        raise EngineNotReady(
            "No revision is set, and what is fetched must be pinned.",
            field=f"{field}.revision",
            remedy="Set it to the full commit id (40 hex digits) that the model's page lists under its files.",
        )
    repository = options.repository or family.repository
    wanted = _listing(repository, options.revision, field)
    total = sum(size for size, _ in wanted.values()) or 1
    done = 0
    for name, (size, digest) in sorted(wanted.items()):
        progress(done / total, name)
        _fetch(repository, options.revision, name, digest, options.weights, field)
        done += size
    _note(options.weights, {"repository": repository, "revision": options.revision, "files": sorted(wanted)})
    progress(1.0, "complete")
    return {"weights": str(options.weights), "revision": options.revision, "size": f"{total / 2**30:.1f} GiB"}


def pulled_revision(folder: Path) -> str | None:
    """The revision that a finished pull wrote down beside the weights, if it did."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(noted["revision"]) if isinstance(noted, dict) and "revision" in noted else None


def _hub() -> Any:
    """The hub's client. Imported here alone, and never while a video is made."""
    return importlib.import_module("huggingface_hub")


def _listing(repository: str, revision: str, field: str) -> dict[str, tuple[int, str | None]]:
    """Size and SHA-256 (where the hub states one: for large files) by name."""
    try:
        info = _hub().HfApi().model_info(repository, revision=revision, files_metadata=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreached(repository, revision, error, field) from error
    found: dict[str, tuple[int, str | None]] = {}
    for each in info.siblings:
        if Path(each.rfilename).suffix in _WANTED and ".." not in Path(each.rfilename).parts:
            found[each.rfilename] = (int(each.size or 0), each.lfs.sha256 if each.lfs else None)
    return found


def _fetch(repository: str, revision: str, name: str, digest: str | None, folder: Path, field: str) -> None:
    target = folder / name
    if target.is_file() and digest is not None and _sha256(target) == digest:
        return
    try:
        _hub().hf_hub_download(repository, name, revision=revision, local_dir=str(folder))
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreached(repository, revision, error, field) from error
    if digest is not None and _sha256(target) != digest:
        target.unlink()
        raise EngineNotReady(
            f"{name} is not what {repository} says it is; it was deleted.",
            field=f"{field}.weights",
            remedy="Pull again. If it happens twice, do not use the mirror that it came from.",
        )


def _unreached(repository: str, revision: str, error: Exception, field: str) -> EngineNotReady:
    said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return EngineNotReady(
        f"{repository} at {revision[:12]} could not be fetched: {said}",
        field=f"{field}.repository",
        remedy="Check repository and revision, and that this machine reaches the hub; gated models need a token.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(folder: Path, facts: Mapping[str, Any]) -> None:
    partial = folder / f".{NOTE}"
    partial.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    partial.replace(folder / NOTE)
