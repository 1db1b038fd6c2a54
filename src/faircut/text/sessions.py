"""Layers as run-time sessions on one core, which share one pool of memory."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime


def sessions_of(layers: Iterable[bytes]) -> list[onnxruntime.InferenceSession]:
    """A session for each ONNX model."""
    # Importing the run-time takes a moment, and most commands never encode anything.
    import onnxruntime

    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.use_env_allocators", "1")
    return [onnxruntime.InferenceSession(layer, options, providers=["CPUExecutionProvider"]) for layer in layers]


@cache
def _share_memory() -> None:
    """One pool of memory for all layers, which so find in the processor's cache what the one before wrote there.

    It holds what one run needs, and no text is too long for it, since runs are short.
    """
    import onnxruntime

    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(memory, None)


__all__ = ["sessions_of"]
