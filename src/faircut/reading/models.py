"""The models that find and read writing: files of the package ``rapidocr``, pinned by their SHA-256.

They are PP-OCRv6 small (PaddleOCR, Apache-2.0) as ONNX, carried by the wheel. Only its files are used, none of its
code, which fetches what is missing and leaves out what fails.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from faircut.errors import ConfigError

_PACKAGE = "rapidocr"
_REMEDY = "pip install --force-reinstall 'rapidocr==3.10.*'"
FINDER = "PP-OCRv6_det_small.onnx"
READER = "PP-OCRv6_rec_small.onnx"
_SHA256 = {
    FINDER: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    READER: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}


def open_model(name: str) -> Any:
    """An onnxruntime session on one core of a pinned model. Raises ConfigError when it is missing or another one."""
    # Importing the run-time takes a moment, and most commands never read a picture.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # What one large picture once needed is not kept for ever.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(_verified(name), options, providers=["CPUExecutionProvider"])


def _verified(name: str) -> bytes:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ConfigError("The models that read writing in pictures are not installed.", remedy=f"Run `{_REMEDY}`.")
    try:
        content = (Path(found.submodule_search_locations[0]) / "models" / name).read_bytes()
    except OSError as error:
        raise ConfigError(f"The package {_PACKAGE} lacks {name}.", remedy=f"Run `{_REMEDY}`.") from error
    if (digest := hashlib.sha256(content).hexdigest()) != _SHA256[name]:
        raise ConfigError(
            f"{name} is not the file that is pinned: its SHA-256 is {digest}, expected {_SHA256[name]}.",
            remedy=f"Run `{_REMEDY}`.",
        )
    return content
