"""Cosines of a few vectors with very many, in integers: a fifth of the time and a quarter of the memory of float32; and
the greatest of very many.

The many are int8 at one scale, the few uint8 as they come; a cosine is off by some 0.01 then, which a choice of
candidates does not mind.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from faircut.text.onnx_writer import GraphWriter

Floats = npt.NDArray[np.float32]

_BLOCK = 64


class Closest:
    """``vectors`` (n, width), n above 0, kept in a form to be compared with. Thread-safe."""

    def __init__(self, vectors: Floats) -> None:
        # Importing the run-time takes a moment, and most commands never compare anything.
        import onnxruntime

        scale = max(float(np.abs(vectors).max()), 1e-6) / 127
        integers = np.rint(vectors.T / np.float32(scale)).astype(np.int8)
        graph = GraphWriter()
        quick, step, offset = graph.node("DynamicQuantizeLinear", graph.input("x", ["few", len(integers)]), outputs=3)
        products = graph.node("MatMulInteger", quick, graph.constant(integers), offset)[0]
        axes = graph.constant(np.array([0], np.int64))
        closest = graph.node("Cast", graph.node("ReduceMax", products, axes, keepdims=0)[0], to=1)[0]
        factor = graph.node("Mul", step, graph.constant(np.array(scale, np.float32)))[0]
        graph.output(graph.node("Mul", closest, factor)[0], [len(vectors)])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(graph.model(), options, providers=["CPUExecutionProvider"])

    def best(self, few: Floats) -> Floats:
        """(n,) for each vector its greatest product with one of ``few`` (m, width), m above 0."""
        found: Floats = self._session.run(None, {"x": np.ascontiguousarray(few, np.float32)})[0]
        return found


def greatest(scores: Floats, count: int) -> list[int]:
    """The places of the ``count`` greatest, in no particular order; all places where there are fewer.

    They lie in the ``count`` blocks whose greatest are greatest. A block takes its scores from all over, because the
    greatest of many blocks are found side by side then.
    """
    if len(scores) <= count:
        return list(range(len(scores)))
    apart = len(scores) // _BLOCK
    whole = apart * _BLOCK
    blocks = np.arange(apart)
    if apart > count:
        blocks = np.argpartition(scores[:whole].reshape(_BLOCK, apart).max(axis=0), -count)[-count:]
    inside = (blocks + np.arange(_BLOCK)[:, None] * apart).ravel()
    places = np.concatenate([inside, np.arange(whole, len(scores))])
    found: list[int] = places[np.argpartition(scores[places], -count)[-count:]].tolist()
    return found


__all__ = ["Closest", "greatest"]
