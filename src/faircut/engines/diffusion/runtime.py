"""What must be there before weights are loaded: the libraries, the files, the device, enough memory."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from faircut.engines.diffusion.families import Family
from faircut.engines.diffusion.options import DiffusionOptions
from faircut.engines.diffusion.terms import check_terms
from faircut.errors import EngineNotReady

LIBRARIES: Final = ("torch", "diffusers", "transformers", "accelerate", "torchvision")
_LEAST_DIFFUSERS: Final = (0, 42)
_WEIGHTS: Final = (".safetensors", ".bin")
_LARGEST_PART_SHARE: Final = 1.15
"""Memory over the weights themselves that activations and buffers take at the least; more is found out by running."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything is there. ``weights_bytes`` is what lies in the folder, ``device`` a torch device."""

    folder: Path
    weights_bytes: int
    device: str


def require(family: Family, options: DiffusionOptions, *, references: bool = False) -> Ready:
    """Checks all that can be checked without loading: libraries, licence, files, device, memory.

    ``references``: whether the request brings references, for which MiniMax-H3 has weights of their own. Raises
    EngineNotReady naming the setting at fault.
    """
    folder = require_settings(family, options)
    device = _device(options, f"engine_options.{family.name}")
    sizes = part_sizes(folder, family, references=references)
    _check_memory(family, options, device, sizes)
    return Ready(folder, sum(sizes.values()), device)


def require_settings(family: Family, options: DiffusionOptions) -> Path:
    """The folder of weights, when libraries, licence and files are in order; quick. Raises EngineNotReady."""
    require_libraries(family)
    check_terms(
        family.licence,
        engine=family.name,
        accepted=options.accept_licence,
        territory=options.territory,
        permission=options.written_permission,
    )
    folder = options.weights
    if folder is None or not (folder / family.index).is_file():
        raise EngineNotReady(
            f"There are no weights of {family.title} in {folder}." if folder else "No folder of weights is set.",
            field=f"engine_options.{family.name}.weights",
            remedy=f"Set it, and fetch them with `faircut engines pull {family.name}`.",
        )
    return folder


def require_libraries(family: Family) -> None:
    """Raises EngineNotReady unless the libraries of the extra ``gpu`` are installed and recent enough."""
    missing = []
    for name in LIBRARIES:
        try:
            found = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if name == "diffusers" and tuple(int(part) for part in found.split(".")[:2]) < _LEAST_DIFFUSERS:
            raise EngineNotReady(
                f"diffusers {found} is too old for {family.title}.",
                field="engine",
                remedy="Install the extra: pip install 'faircut[gpu]'.",
            )
    if missing:
        raise EngineNotReady(
            f"The engine {family.name} needs {', '.join(missing)}, which is not installed.",
            field="engine",
            remedy="Install the extra: pip install 'faircut[gpu]', or choose another engine.",
        )


def torch() -> Any:
    """The torch module, loaded now. Models are looked for on this machine only."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    return importlib.import_module("torch")


def _device(options: DiffusionOptions, field: str) -> str:
    available: bool = torch().cuda.is_available()
    if options.device == "auto":
        return "cuda" if available else "cpu"
    if options.device.startswith("cuda") and not available:
        raise EngineNotReady(
            "This machine shows no CUDA device.",
            field=f"{field}.device",
            remedy='Set device = "cpu" (slow), or run the worker where the GPU is.',
        )
    return options.device


def part_sizes(folder: Path, family: Family, *, references: bool = False) -> dict[str, int]:
    """Bytes of weights by component of the pipeline, those that a request needs."""
    unused = {"transformer" if references else "transformer_ref"} if family.index.startswith("modular") else set()
    sizes: dict[str, int] = {}
    for part in sorted(each for each in folder.iterdir() if each.is_dir() and each.name not in unused):
        size = sum(file.stat().st_size for file in part.rglob("*") if file.suffix in _WEIGHTS)
        if size:
            sizes[part.name] = size
    return sizes


def _check_memory(family: Family, options: DiffusionOptions, device: str, sizes: dict[str, int]) -> None:
    """Weights lie in memory in half precision on disk; as float32 they take twice the room."""
    factor = (2.0 if options.dtype == "float32" else 1.0) * _LARGEST_PART_SHARE
    host = _host_free()
    held = max(sizes.values(), default=0) if options.offload == "model" else sum(sizes.values())
    if device.startswith("cuda"):
        free, _ = torch().cuda.mem_get_info(device)
        needs = 0.0 if options.offload == "sequential" else held * factor
        if needs > free:
            raise _too_small(family, f"{device} has {_gib(free)} free", needs, options)
        if options.offload == "none":
            return
    needs = sum(sizes.values()) * factor
    if host is not None and needs > host:
        raise _too_small(family, f"this machine has {_gib(host)} of memory free", needs, options)


def _too_small(family: Family, has: str, needs: float, options: DiffusionOptions) -> EngineNotReady:
    return EngineNotReady(
        f"{family.title} needs at least {_gib(needs)} as it is set up; {has}.",
        field=f"engine_options.{family.name}.offload",
        remedy=(
            'Set offload = "model" or "sequential", or use a larger machine.'
            if options.offload == "none"
            else "Use a larger machine, or another engine."
        ),
    )


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB"


def _host_free() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return int(found) * 1024 if found else None
