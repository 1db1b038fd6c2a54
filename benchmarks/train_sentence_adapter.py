"""Teaches the default sentence model which descriptions show the same thing, and writes the lesson as an adapter.

    pip install torch safetensors
    python -m benchmarks.train_sentence_adapter --minutes 30

The adapter is a low-rank change of every matrix of the layers (LoRA; Hu et al., ICLR 2022), 0.6 MB. It learns from one
half of the elements and honest prompts (``description_sets.learns``) and from ``corpora/lessons.txt``: a request, or
some clauses of it, must be closer to its own element than to others, and each element closer to its requests than to
its near-misses and to honest prompts (InfoNCE both ways; van den Oord et al., arXiv 1807.03748). Closeness is the
cosine of the means plus the mean of the best cosine of each piece of the description (late interaction; Khattab and
Zaharia, SIGIR 2020). The number of steps was settled by the time there was, not by a held-out loss. A run that is
stopped goes on where it was.

What is shipped learnt from the first 28 of the lessons. Longer runs on all of them, with pairs of phrases or a greater
rank, told near-misses apart less well.

PyTorch is needed for this alone, and is in no lock.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from benchmarks.description_sets import Lesson, learns_honest, lessons, load_benign
from faircut.text.adapter import FILE
from faircut.text.array_file import write_arrays
from faircut.text.clauses import clauses
from faircut.text.encoder import vocabulary_of
from faircut.text.models import DEFAULT_MODEL, WEIGHTS, find_model
from faircut.text.wordpiece import WordPiece

STEPS = 150
RANK = 8
_BATCH = 8
_RATE = 1e-3
_LONGEST = 88
_HONEST = 4
_DATA = Path(__file__).parent.parent / "src" / "faircut" / "text" / "data"
_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_FILLER = frozenset({*".,-'", "a", "an", "the", "of", "and", "with", "in", "on", "to", "is", "it", "its", "her", "his"})

Encoded = tuple[Tensor, Tensor, Tensor]


class Student:
    """The model with its adapter: ``down`` (rank, in) and ``up`` (out, rank) for each matrix."""

    def __init__(self, seed: int) -> None:
        torch.manual_seed(seed)
        files = find_model(DEFAULT_MODEL)
        self.weights = load_file(files.folder / WEIGHTS)
        self.cutter = WordPiece(vocabulary_of(files))
        self.adapter: dict[str, tuple[Tensor, Tensor]] = {}
        for layer in range(6):
            for part in _PARTS:
                name = f"encoder.layer.{layer}.{part}"
                out, into = self.weights[f"{name}.weight"].shape
                down = torch.nn.Parameter(torch.randn(RANK, into) / math.sqrt(into))
                self.adapter[name] = (down, torch.nn.Parameter(torch.zeros(out, RANK)))
        self.scales = torch.nn.Parameter(torch.tensor([math.log(12.0), math.log(12.0)]))

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Means (texts, width) and pieces (texts, pieces, width) of length 1, and which pieces say something."""
        ids, known, telling = self._batch(texts)
        # Short texts go apart from long ones: nothing is computed for padding.
        order = known.sum(1).argsort()
        states = torch.zeros(*ids.shape, 384)
        for group in order.tensor_split(3):
            longest = int(known[group].sum(1).max())
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found = self._states(ids[group, :longest], known[group, :longest]).float()
            states = states.index_put((group,), functional.pad(found, (0, 0, 0, ids.shape[1] - longest)))
        means = functional.normalize((states * known[..., None]).sum(1), dim=-1)
        return means, functional.normalize(states, dim=-1) * telling[..., None], telling

    def closeness(self, prompts: Encoded, elements: Encoded) -> Tensor:
        """(prompts, elements)."""
        close = torch.einsum("eid,pjd->peij", elements[1], prompts[1])
        best = close.masked_fill(prompts[2][:, None, None, :] == 0, -1.0).max(-1).values
        late = (best * elements[2][None]).sum(-1) / elements[2].sum(-1).clamp(min=1)[None]
        return self.scales[0].exp() * (prompts[0] @ elements[0].T) + self.scales[1].exp() * late

    def _batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        cut = [self.cutter.cut(text) for text in texts]
        longest = min(_LONGEST, max(len(each) for each in cut)) + 2
        ids, known, telling = (torch.zeros(len(texts), longest) for _ in range(3))
        for row, (text, pieces) in enumerate(zip(texts, cut, strict=True)):
            own = list(pieces.ids)[: longest - 2]
            ids[row, : len(own) + 2] = torch.tensor([self.cutter.first, *own, self.cutter.last], dtype=torch.float32)
            known[row, : len(own) + 2] = 1
            for place, (start, end) in enumerate(zip(pieces.starts, pieces.ends, strict=True)):
                if place < len(own) and text[start:end].lower() not in _FILLER:
                    telling[row, place + 1] = 1
        return ids.long(), known, telling

    def _states(self, ids: Tensor, known: Tensor) -> Tensor:
        weights = self.weights
        states = weights["embeddings.word_embeddings.weight"][ids]
        states = states + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = self._norm(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        mask = (1 - known)[:, None, None] * -1e9
        for layer in range(6):
            states = self._layer(states, mask, f"encoder.layer.{layer}")
        return states

    def _layer(self, states: Tensor, mask: Tensor, name: str) -> Tensor:
        def heads(part: str) -> Tensor:
            return self._dense(states, f"{name}.attention.self.{part}").unflatten(-1, (12, 32)).transpose(1, 2)

        scores = heads("query") @ heads("key").transpose(2, 3) / math.sqrt(32) + mask
        mixed = (torch.softmax(scores, -1) @ heads("value")).transpose(1, 2).flatten(2)
        states = self._norm(
            self._dense(mixed, f"{name}.attention.output.dense") + states, f"{name}.attention.output.LayerNorm"
        )
        inner = functional.gelu(self._dense(states, f"{name}.intermediate.dense"))
        return self._norm(self._dense(inner, f"{name}.output.dense") + states, f"{name}.output.LayerNorm")

    def _dense(self, states: Tensor, name: str) -> Tensor:
        down, up = self.adapter[name]
        plain = functional.linear(states, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])
        return plain + (states @ down.T) @ up.T

    def _norm(self, states: Tensor, name: str) -> Tensor:
        return functional.layer_norm(
            states.float(), (states.shape[-1],), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-12
        )


def some_clauses(text: str, draw: random.Random) -> str:
    """The text, or some clauses of it that stand together: short requests must be understood too."""
    spans = clauses(text)
    if len(spans) < 5 or draw.random() < 0.4:
        return text
    count = draw.randint(3, len(spans))
    first = draw.randint(0, len(spans) - count)
    return text[spans[first].start : spans[first + count - 1].end]


def loss_of(student: Student, elements: Sequence[Lesson], honest: Sequence[str], draw: random.Random) -> Tensor:
    """The loss of one batch."""
    chosen = draw.sample(list(elements), min(_BATCH, len(elements)))
    asked = [some_clauses(draw.choice(each.requests), draw) for each in chosen]
    others = [draw.choice(each.near_misses) for each in chosen]
    others += [some_clauses(each, draw) for each in draw.sample(list(honest), _HONEST)]
    close = student.closeness(student.encode([*asked, *others]), student.encode([each.registered for each in chosen]))
    count = len(chosen)
    target = torch.arange(count)
    own = close[:count].diagonal()
    wrong = torch.cat([close[:count][~torch.eye(count, dtype=torch.bool)], close[count:].flatten()])
    # One scale for all: every true pair above the hardest false ones of the batch.
    margin = functional.softplus(wrong[None] - own[:, None]).mean(0).topk(2 * count).values.mean()
    return functional.cross_entropy(close[:count], target) + functional.cross_entropy(close.T, target) + margin


def main() -> None:
    """Trains for some minutes, keeps the state, and writes the adapter when all steps are done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--state", type=Path, default=Path(".cache") / "sentence_adapter.pt")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    elements = lessons()
    honest = [each for each in load_benign() if learns_honest(each)]
    student = Student(seed=0)
    trained = [each for pair in student.adapter.values() for each in pair]
    optimiser = torch.optim.AdamW(
        [{"params": trained, "lr": _RATE, "weight_decay": 0.01}, {"params": [student.scales], "lr": 0.01}]
    )
    done = restore(arguments.state, student, optimiser)
    begun = time.monotonic()
    while done < STEPS and time.monotonic() - begun < arguments.minutes * 60:
        for group, rate in zip(optimiser.param_groups, (_RATE, 0.01), strict=True):
            group["lr"] = rate * min(1.0, (done + 1) / 10) * (1 - done / STEPS)
        loss = loss_of(student, elements, honest, random.Random(done))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        done += 1
        if done % 10 == 0:
            print(f"step {done}: loss {loss.item():.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    keep(arguments.state, student, optimiser, done)
    if done == STEPS:
        write(student, len(elements), done)


def restore(path: Path, student: Student, optimiser: torch.optim.Optimizer) -> int:
    """Takes up the state of an earlier run, if any, and returns how many steps it made."""
    if not path.exists():
        return 0
    state: dict[str, Any] = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, (down, up) in student.adapter.items():
            down.copy_(state["down"][name])
            up.copy_(state["up"][name])
        student.scales.copy_(state["scales"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["steps"])


def keep(path: Path, student: Student, optimiser: torch.optim.Optimizer, steps: int) -> None:
    """Writes the state for a later run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "down": {name: down.detach() for name, (down, _) in student.adapter.items()},
        "up": {name: up.detach() for name, (_, up) in student.adapter.items()},
        "scales": student.scales.detach(),
        "optimiser": optimiser.state_dict(),
        "steps": steps,
    }
    torch.save(state, path)


def write(student: Student, elements: int, steps: int) -> None:
    """Writes the adapter into the package."""
    arrays = {}
    for name, (down, up) in student.adapter.items():
        arrays[f"{name}.down"] = down.detach().numpy().astype(np.float16)
        arrays[f"{name}.up"] = up.detach().numpy().astype(np.float16)
    metadata = {"model": DEFAULT_MODEL, "elements": str(elements), "steps": str(steps)}
    write_arrays(_DATA / FILE, arrays, metadata)


if __name__ == "__main__":
    main()
