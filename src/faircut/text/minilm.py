"""BERT encoders of the MiniLM kind (Wang et al., NeurIPS 2020) as an ONNX graph built from their safetensors weights.

Matrix products run in int8: weights are quantised once with one scale a column, inputs as they come, with one scale a
tensor. Everything else stays float32. The word table stays on disk and is read row by row, so that a model of 90 MB
takes some 25 MB of memory.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.errors import ConfigError
from faircut.text.adapter import Adapter
from faircut.text.distilled import Distilled
from faircut.text.onnx_writer import GraphWriter

Floats = npt.NDArray[np.float32]


class Weights:
    """Tensors of a safetensors file by name, mapped into memory and not read until they are used.

    Format: https://huggingface.co/docs/safetensors. Raises ConfigError when the file is not one.
    """

    def __init__(self, path: Path, config: Mapping[str, Any], changed: Adapter | Distilled | None = None) -> None:
        """``config`` is the model's config.json: width, heads, epsilon and family are read from it. An adapter changes
        its layers; distilled ones stand in their place."""
        self._adapter = changed if isinstance(changed, Adapter) else None
        self._distilled = changed if isinstance(changed, Distilled) else None
        try:
            self.width = int(config["hidden_size"])
            self.heads = int(config["num_attention_heads"])
            self.epsilon = float(config.get("layer_norm_eps", 1e-12))
            # The RoBERTa family numbers places from behind the one that stands for padding.
            roberta = str(config.get("model_type", "bert")).endswith("roberta")
            self.first_place = int(config.get("pad_token_id", 1)) + 1 if roberta else 0
            # As a plain array: every slice of a memmap is one too, and makes a slow one.
            self._bytes = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
            size = struct.unpack("<Q", self._bytes[:8].tobytes())[0]
            header = json.loads(self._bytes[8 : 8 + size].tobytes())
            self._tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
            self._start = 8 + size
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ConfigError(
                f"{path.name} and its configuration are not a model that can be read: {error}.",
                field="sentence_model",
                remedy="Install it again.",
            ) from error

    def __getitem__(self, name: str) -> Floats:
        """A float32 tensor, read-only. Raises ConfigError when there is none of that name."""
        if self._distilled is not None and name in self._distilled:
            return self._distilled[name]
        entry = self._tensors.get(name)
        if entry is None or entry["dtype"] != "F32":
            raise ConfigError(
                f"The model has no float32 tensor {name}.",
                field="sentence_model",
                remedy="Use a model of the BERT family, saved in float32.",
            )
        start, end = entry["data_offsets"]
        return self._bytes[self._start + start : self._start + end].view(np.float32).reshape(entry["shape"])

    def matrix(self, name: str) -> Floats:
        """(in, out) of the dense layer ``name``, changed by the adapter."""
        weight = self[f"{name}.weight"]
        change = None if self._adapter is None else self._adapter.change(name)
        found: Floats = (weight if change is None else weight + change).T
        return found

    @property
    def whole(self) -> int:
        """How many of the layers read every piece; the others read those that say something."""
        return self.layers if self._distilled is None else self._distilled.whole

    @property
    def layers(self) -> int:
        """How many layers the encoder has."""
        if self._distilled is not None:
            return self._distilled.layers
        return len({name.split(".")[2] for name in self._tensors if name.startswith("encoder.layer.")})


def quantised(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """(n, m) weights to int8 with one scale a column, (m,). Seven bits, so that no processor's sums saturate."""
    scale = np.abs(weight).max(axis=0) / 63
    scale[scale == 0] = 1
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)


def build_layers(weights: Weights, *, int8: bool = True) -> Iterator[bytes]:
    """Each layer as an ONNX model: input ``x`` (tokens, width), that of the first embedded and normalised; output
    (tokens, width)."""
    width = weights.width
    for number in range(weights.layers):
        graph = GraphWriter()
        x = graph.input("x", ["tokens", width])
        graph.output(_layer(graph, weights, f"encoder.layer.{number}", x, int8), ["tokens", width])
        yield graph.model()


def _layer(graph: GraphWriter, weights: Weights, name: str, x: str, int8: bool) -> str:
    width, heads = weights.width, weights.heads
    depth = width // heads
    own = [f"{name}.attention.self.{each}" for each in ("query", "key", "value")]
    # The three projections read the same input: one product is faster than three.
    weight = np.concatenate([weights.matrix(each) for each in own], axis=1)
    bias = np.concatenate([weights[f"{each}.bias"] for each in own])
    # The scale of the scores goes into the queries.
    weight[:, :width] /= np.sqrt(depth)
    bias[:width] /= np.sqrt(depth)
    projected = _dense(graph, x, weight, bias, int8)
    shape = graph.constant(np.array([-1, 3, heads, depth], np.int64))
    apart = graph.node("Transpose", graph.node("Reshape", projected, shape)[0], perm=[1, 2, 0, 3])[0]
    query, key, value = (
        graph.node("Gather", apart, graph.constant(np.array(index, np.int64)), axis=0)[0] for index in range(3)
    )
    scores = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 2, 1])[0])[0]
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1)[0], value)[0]
    joined = graph.node("Transpose", mixed, perm=[1, 0, 2])[0]
    flat = graph.node("Reshape", joined, graph.constant(np.array([-1, width], np.int64)))[0]
    x = _add_and_norm(graph, weights, f"{name}.attention.output", flat, x, int8)
    inner = _dense(
        graph, x, weights.matrix(f"{name}.intermediate.dense"), weights[f"{name}.intermediate.dense.bias"], int8
    )
    return _add_and_norm(graph, weights, f"{name}.output", graph.node("Gelu", inner)[0], x, int8)


def _add_and_norm(graph: GraphWriter, weights: Weights, name: str, x: str, residual: str, int8: bool) -> str:
    out = _dense(graph, x, weights.matrix(f"{name}.dense"), weights[f"{name}.dense.bias"], int8)
    gain, bias = (graph.constant(weights[f"{name}.LayerNorm.{each}"]) for each in ("weight", "bias"))
    added = graph.node("Add", out, residual)[0]
    return graph.node("LayerNormalization", added, gain, bias, axis=-1, epsilon=weights.epsilon)[0]


def _dense(graph: GraphWriter, x: str, weight: Floats, bias: Floats, int8: bool) -> str:
    if not int8:
        product = graph.node("MatMul", x, graph.constant(weight))[0]
        return graph.node("Add", product, graph.constant(bias))[0]
    integers, scale = quantised(weight)
    zero = graph.constant(np.zeros(weight.shape[1], np.int8))
    quick, step, offset = graph.node("DynamicQuantizeLinear", x, outputs=3)
    product = graph.node("MatMulInteger", quick, graph.constant(integers), offset, zero)[0]
    scaled = graph.node("Mul", step, graph.constant(scale))[0]
    floats = graph.node("Mul", graph.node("Cast", product, to=1)[0], scaled)[0]
    return graph.node("Add", floats, graph.constant(bias))[0]


def embedded(weights: Weights, ids: npt.NDArray[np.int64], places: npt.NDArray[np.int64] | None = None) -> Floats:
    """Word, place and segment embeddings, added and normalised: (tokens, width). ``places`` count from 0 on, as the
    tokens do where they are not given."""
    x: Floats = weights["embeddings.word_embeddings.weight"][ids]
    x += weights["embeddings.position_embeddings.weight"][weights.first_place :][
        slice(len(ids)) if places is None else places
    ]
    x += weights["embeddings.token_type_embeddings.weight"][0]
    x -= x.mean(axis=1, keepdims=True)
    x /= np.sqrt((x * x).mean(axis=1, keepdims=True) + np.float32(weights.epsilon))
    x *= weights["embeddings.LayerNorm.weight"]
    x += weights["embeddings.LayerNorm.bias"]
    return x


__all__ = ["Weights", "build_layers", "embedded", "quantised"]
