"""The default sentence model in PyTorch, with a low-rank change of its matrices that can be trained (LoRA; Hu et al.,
ICLR 2022)."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from faircut.text.array_file import read_arrays
from faircut.text.encoder import vocabulary_of
from faircut.text.models import DEFAULT_MODEL, WEIGHTS, find_model
from faircut.text.wordpiece import WordPiece

LAYERS = 6
_HEADS, _DEPTH = 12, 32
WIDTH = _HEADS * _DEPTH
_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class ChangedModel:
    """The model with its adapter: ``down`` (rank, in) and ``up`` (out, rank) for each matrix of ``layers``, which are
    trained; those of other layers stay as :meth:`start_from` found them. Computes in ``dtype``, with ``matrices`` that
    have the change in them, and ``others``, those of the model as they are, by their names."""

    def __init__(self, rank: int, seed: int, dtype: torch.dtype, layers: Collection[int] = range(LAYERS)) -> None:
        torch.manual_seed(seed)
        files = find_model(DEFAULT_MODEL)
        self.weights = load_file(files.folder / WEIGHTS)
        self.cutter = WordPiece(vocabulary_of(files))
        self.adapter: dict[str, tuple[Tensor, Tensor]] = {}
        self._kept: dict[str, npt.NDArray[np.generic]] = {}
        self._dtype = dtype
        self.others = {name: each.to(dtype) for name, each in self.weights.items()}
        self.matrices: dict[str, Tensor] = {}
        for layer in range(LAYERS):
            for part in _PARTS:
                name = f"encoder.layer.{layer}.{part}"
                out, into = self.weights[f"{name}.weight"].shape
                if layer in layers:
                    down = torch.nn.Parameter(torch.randn(rank, into) / math.sqrt(into))
                    self.adapter[name] = (down, torch.nn.Parameter(torch.zeros(out, rank)))
                else:
                    self.matrices[name] = self.others[f"{name}.weight"]

    def start_from(self, path: Path, kept: float) -> None:
        """Takes up an adapter of at most this rank, with ``kept`` of its change."""
        arrays, _ = read_arrays(path)
        found = {name: np.array(each) for name, each in arrays.items()}
        with torch.no_grad():
            for name, (down, up) in self.adapter.items():
                known_down, known_up = (torch.tensor(found[f"{name}.{end}"]) for end in ("down", "up"))
                down[: len(known_down)] = known_down
                up[:, : known_up.shape[1]] = known_up * kept
            for name in self.matrices.keys() - self.adapter.keys():
                ends = {end: found[f"{name}.{end}"] for end in ("down", "up")}
                ends["up"] = (ends["up"] * kept).astype(ends["up"].dtype)
                self._kept |= {f"{name}.{end}": each for end, each in ends.items()}
                down, up = (torch.tensor(ends[end].astype(np.float32)) for end in ("down", "up"))
                self.matrices[name] = (self.weights[f"{name}.weight"] + up @ down).to(self._dtype)

    def merge(self) -> None:
        """Adds the adapter to the matrices: once a step is cheaper than apart for each text."""
        self.matrices |= {
            name: (self.weights[f"{name}.weight"] + up @ down).to(self._dtype)
            for name, (down, up) in self.adapter.items()
        }

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """The adapter as it is kept on disk."""
        found = dict(self._kept)
        for name, (down, up) in self.adapter.items():
            found[f"{name}.down"] = down.detach().numpy().astype(np.float16)
            found[f"{name}.up"] = up.detach().numpy().astype(np.float16)
        return found

    def embedded(self, ids: Tensor) -> Tensor:
        """(texts, pieces, width) of (texts, pieces); what is below 0 is padding."""
        weights = self.weights
        states = weights["embeddings.word_embeddings.weight"][ids.clamp(min=0)]
        states = states + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = states + weights["embeddings.token_type_embeddings.weight"][0]
        gain, bias = (weights[f"embeddings.LayerNorm.{each}"] for each in ("weight", "bias"))
        return functional.layer_norm(states, (WIDTH,), gain, bias, 1e-12).to(self._dtype)

    def layer(self, states: Tensor, there: Tensor, number: int) -> Tensor:
        """One layer; ``there`` (texts, pieces) is False for padding."""
        name = f"encoder.layer.{number}"
        mask = torch.zeros(there.shape, dtype=self._dtype).masked_fill(~there, -1e9)[:, None, None]

        def heads(part: str) -> Tensor:
            return self._dense(states, f"{name}.attention.self.{part}").unflatten(-1, (_HEADS, _DEPTH)).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(heads("query"), heads("key"), heads("value"), attn_mask=mask)
        mixed = mixed.transpose(1, 2).flatten(2)
        states = self._norm(
            self._dense(mixed, f"{name}.attention.output.dense") + states, f"{name}.attention.output.LayerNorm"
        )
        inner = functional.gelu(self._dense(states, f"{name}.intermediate.dense"))
        return self._norm(self._dense(inner, f"{name}.output.dense") + states, f"{name}.output.LayerNorm")

    def _dense(self, states: Tensor, name: str) -> Tensor:
        return functional.linear(states, self.matrices[name], self.others[f"{name}.bias"])

    def _norm(self, states: Tensor, name: str) -> Tensor:
        gain, bias = (self.others[f"{name}.{each}"] for each in ("weight", "bias"))
        return functional.layer_norm(states, (WIDTH,), gain, bias, 1e-12)


__all__ = ["LAYERS", "WIDTH", "ChangedModel"]
