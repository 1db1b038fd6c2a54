"""Makes a quicker sentence model, whose vectors lie where those of the default one lie: for the first glance.

    pip install torch safetensors
    python -m benchmarks.distil_sentence_encoder --minutes 33 --threads 2

The teacher is the default model with its adapter (``train_sentence_adapter``), as it computes in integers; the texts
are the lessons, with every field and keyword of the registrations for itself. The student begins with some of the
teacher's own layers and learns all their weights: each piece that says something, each clause, sentence and text shall
lie where the teacher has it, as measured by the cosine to what is left when the mean of all is taken away, because
that is what the detector compares (Sanh et al., DistilBERT, arXiv 1910.01108). From its second layer on it reads only
the pieces that say something (Goyal et al., PoWER-BERT, ICML 2020). What is written is the running mean of the
weights, as the integers that are computed with.

What is shipped began with the layers 0, 1, 3, 4 and 5 and was taught for 38 and 20 minutes on two cores; then, without
layer 1, for 33 (``--start``, with what had been written before and its layers in ``--layers``).

PyTorch is needed for this alone, and is in no lock.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.description_sets import honest_lessons, lessons
from benchmarks.lora import WIDTH, ChangedModel
from benchmarks.train_sentence_adapter import RANK
from faircut.text.adapter import FILE as ADAPTER
from faircut.text.array_file import write_arrays
from faircut.text.clauses import clauses, sentences, without_end
from faircut.text.distilled import FILE, SCALE, Distilled, load_distilled
from faircut.text.encoder import SentenceEncoder, load_encoder, pieces_of, runs_of
from faircut.text.minilm import quantised
from faircut.text.models import DEFAULT_MODEL
from faircut.text.pieces import Cutter
from faircut.text.words import content_words

LAYERS = (0, 3, 4, 5)
"""Those of the model that the student begins with."""
WHOLE = 1
"""How many of them read every piece."""
_PIECES, _SORTED = 3840, 3072
_RATE, _WARMING = 2e-4, 50
_DATA = Path(__file__).parent.parent / "src" / "faircut" / "text" / "data"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that are encoded together: their ``ids``, which of them are ``kept``, and first and last of the ``spans``
    that have a vector; and what the teacher says: ``states`` (kept, width) and ``means`` (1 + spans, width), that of
    the whole run first, all of length 1."""

    ids: list[int]
    kept: npt.NDArray[np.bool_]
    spans: list[tuple[int, int]]
    states: npt.NDArray[np.float16]
    means: npt.NDArray[np.float16]


def texts() -> list[str]:
    """All that is learnt from, each text once."""
    found: list[str] = []
    for each in lessons():
        found += [each.tagline, each.description, ", ".join(each.keywords), *each.keywords]
        found += [*each.requests, *each.sideways, *each.near_misses]
    ended = (without_end(text.strip()) for text in (*found, *honest_lessons()))
    return [text for text in dict.fromkeys(ended) if text]


def lessons_of(text: str, encoder: SentenceEncoder, cutter: Cutter) -> Iterator[Run]:
    """What the teacher says of a text."""
    cut, encoded = cutter.cut(text), encoder.encode(text)
    if len(cut) != len(encoded.starts):
        # Letters of other scripts, which the teacher does not read either.
        return
    telling = pieces_of(content_words(text), encoded.starts)
    parts = [np.searchsorted(encoded.starts, span) for span in (*clauses(text), *sentences(text))]
    runs = list(runs_of(cut, text))
    for first, last in runs:
        kept = telling[first:last]
        kept = kept if kept.any() else np.ones(last - first, bool)
        inside = {(int(start) - first, int(end) - first) for start, end in parts if first <= start < end <= last}
        spans = sorted(span for span in inside if kept[slice(*span)].any())
        own = encoded.tokens[first:last]
        whole = encoded.sentence if len(runs) == 1 else own.mean(axis=0)
        means = np.stack([whole, *(own[slice(*span)].mean(axis=0) for span in spans)])
        yield Run(list(cut.ids[first:last]), kept, spans, _units(own[kept]), _units(means))


def _units(vectors: Floats) -> npt.NDArray[np.float16]:
    found: npt.NDArray[np.float16] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return found


class Student(ChangedModel):
    """The model's layers, all of whose weights are learnt."""

    def __init__(self, layers: Sequence[int], start: Distilled | None) -> None:
        """``start`` holds ``layers`` as they were learnt before."""
        super().__init__(RANK, 0, torch.float32)
        self.start_from(_DATA / ADAPTER, 1.0)
        self.merge()
        self.layers = layers
        self.learnt: dict[str, Tensor] = {}
        for held in (self.others, self.matrices):
            for name in [name for name in held if name.startswith(tuple(f"encoder.layer.{each}." for each in layers))]:
                if held is self.matrices or name not in (f"{each}.weight" for each in self.matrices):
                    begun = held[name].detach().clone()
                    if start is not None:
                        begun = torch.tensor(start[kept_as(name, layers) + ".weight" * (held is self.matrices)])
                    held[name] = self.learnt[name] = torch.nn.Parameter(begun)

    def states(self, runs: Sequence[Run]) -> Tensor:
        """(runs, longest, width), each with the first and the last of its pieces and those kept between them."""
        ids = [torch.tensor([self.cutter.first, *run.ids, self.cutter.last]) for run in runs]
        padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=-1)
        found, there = self.embedded(padded), padded >= 0
        for layer in self.layers[:WHOLE]:
            found = self.layer(found, there, layer)
        places = [torch.tensor(np.flatnonzero(np.r_[True, run.kept, True])) for run in runs]
        kept = torch.nn.utils.rnn.pad_sequence(places, batch_first=True, padding_value=-1)
        there = kept >= 0
        found = found.gather(1, kept.clamp(min=0)[..., None].expand(-1, -1, WIDTH))
        for layer in self.layers[WHOLE:]:
            found = self.layer(found, there, layer)
        return found


def vectors(runs: Sequence[Run], states: Tensor) -> tuple[Tensor, Tensor]:
    """The pieces and the means of the student, in the order of those of the teacher."""
    pieces = [own[1 : 1 + int(run.kept.sum())] for run, own in zip(runs, states, strict=True)]
    means = []
    for run, own in zip(runs, states, strict=True):
        before = np.r_[0, np.cumsum(run.kept)].tolist()
        means.append(own[: before[-1] + 2].mean(0))
        means += [own[1 + before[first] : 1 + before[last]].mean(0) for first, last in run.spans]
    return torch.cat(pieces), torch.stack(means)


def distance(found: Tensor, wanted: Tensor, centre: Tensor) -> Tensor:
    """1 less the mean cosine of vectors of length 1 less their ``centre``."""
    return 1 - functional.cosine_similarity(functional.normalize(found, dim=-1) - centre, wanted - centre).mean()


def batches(known: Sequence[Run], draw: random.Random) -> Iterator[list[Run]]:
    """Batches without end, of runs that are about as long, and of about as many pieces."""
    while True:
        order, found = draw.sample(range(len(known)), len(known)), []
        for start in range(0, len(order), _SORTED):
            alike = sorted(order[start : start + _SORTED], key=lambda place: len(known[place].ids))
            while alike:
                longest = len(known[alike[-1]].ids) + 2
                count = max(1, _PIECES // longest)
                found.append([known[place] for place in alike[-count:]])
                del alike[-count:]
        yield from draw.sample(found, len(found))


def main() -> None:
    """Teaches for some minutes, and writes the layers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=33.0)
    parser.add_argument("--layers", type=int, nargs="+", default=LAYERS, help="those of the model to begin with")
    parser.add_argument("--start", type=Path, help="the same layers, as they were written before")
    parser.add_argument("--to", type=Path, default=_DATA / FILE)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    start = load_distilled(arguments.start) if arguments.start else None
    encoder, student = load_encoder(DEFAULT_MODEL), Student(arguments.layers, start)
    known = [run for text in texts() for run in lessons_of(text, encoder, student.cutter)]
    centres = [
        torch.tensor(np.concatenate([own[:4].astype(np.float32) for own in every]).mean(0))
        for every in ([run.states for run in known[::40]], [run.means[:1] for run in known[::20]])
    ]
    learnt = list(student.learnt.values())
    optimiser = torch.optim.AdamW(learnt, lr=_RATE, weight_decay=0.0, betas=(0.9, 0.98))
    means = {name: each.detach().clone() for name, each in student.learnt.items()}
    begun, last = time.monotonic(), 0.0
    for done, runs in enumerate(batches(known, random.Random(0)), 1):
        share = (time.monotonic() - begun) / 60 / arguments.minutes
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, done / _WARMING) * max(0.01, 1 - share)
        wanted = [
            torch.tensor(np.concatenate(each)).float()
            for each in ([run.states for run in runs], [run.means for run in runs])
        ]
        found = vectors(runs, student.states(runs))
        loss = torch.stack([distance(*each) for each in zip(found, wanted, centres, strict=True)]).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        last = loss.item() if done == 1 else 0.98 * last + 0.02 * loss.item()
        for name, each in student.learnt.items():
            means[name].lerp_(each.detach(), 1 - min(0.99, done / (done + 10)))
        if done % 100 == 0:
            print(f"step {done}: loss {last:.4f}, {time.monotonic() - begun:.0f} s", flush=True)
    write(means, arguments.layers, arguments.to)


def kept_as(name: str, layers: Sequence[int]) -> str:
    """The name of a tensor of the model in the student, whose layers are numbered anew."""
    layer, _, part = name.removeprefix("encoder.layer.").partition(".")
    return f"encoder.layer.{layers.index(int(layer))}.{part}"


def write(learnt: dict[str, Tensor], layers: Sequence[int], path: Path) -> None:
    """Writes the layers, with the integers and scales of their matrices."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, each in learnt.items():
        own, key = each.detach().numpy().astype(np.float32), kept_as(name, layers)
        if own.ndim == 1:
            arrays[key] = own
        else:
            integers, scale = quantised(own.T)
            arrays[f"{key}.weight"], arrays[f"{key}.weight{SCALE}"] = np.ascontiguousarray(integers.T), scale
    write_arrays(path, arrays, {"model": DEFAULT_MODEL, "whole": str(WHOLE)})


if __name__ == "__main__":
    main()
