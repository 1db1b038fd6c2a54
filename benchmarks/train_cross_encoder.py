"""Teaches the second look: a reader of a prompt and a registered element together, written as an adapter and a head.

    pip install torch safetensors
    python -m benchmarks.train_cross_encoder --minutes 60 --threads 2 --from an-adapter.arrays --to reader.arrays
    python -m benchmarks.train_cross_encoder --minutes 60 --threads 2 --from reader.arrays --to later.arrays
    python -m benchmarks.train_cross_encoder --mean reader.arrays later.arrays

It learns from the same texts as the sentence model's adapter, from pairs of an element and a prompt: the requests for
the element, its near-misses, requests for other elements and honest prompts that are most like it, and a few of any
kind. Every prompt is varied alike, and registrations are full, or lean in several ways
(``train_sentence_adapter.varied`` and ``registration``). The lower layers stay as the adapter that it begins with has
them, and read each text alone; the upper ones read both. The loss is the cross entropy of each pair's answer. What is
written is the running mean of the weights.

What is shipped begins with the first adapter that there was (167 steps on 217 elements), since the present one knows
the lessons by heart and would teach to rely on a likeness that new elements do not have. 2,540 steps in 55 minutes at
the rate below and 1,290 in 42 minutes at 2.5e-4, each falling to nothing, with seven requests for each element; then
800 steps at 3e-4, and with the requests of ``sideways*.txt`` and more prompts that ask for others 2,760 in 62 minutes
at 3.5e-4, falling to nothing. The mean of the weights before and after that is shipped (``--mean``; Wortsman et al.,
ICML 2022): of it and the two it was found best, within what chance may do, on what ``benchmarks/descriptions.py``
reports. Beginning with the model itself, and with a head that could not multiply both means, it had learnt little after
230 steps. The number of steps was settled by the time there was.

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

from benchmarks.description_sets import Lesson, honest_lessons, lessons
from benchmarks.lora import LAYERS, WIDTH, ChangedModel
from benchmarks.train_sentence_adapter import AROUND, registration, varied
from faircut.text.array_file import read_arrays, write_arrays
from faircut.text.clauses import without_end
from faircut.text.cross_encoder import APART, FILE, LONGEST
from faircut.text.encoder import load_encoder
from faircut.text.models import DEFAULT_MODEL

RANK = 64
_INNER, _TOP, _SIMILAR = 128, 20, 5
_BATCH, _SORTED = 24, 24
_RATE, _SCALES_QUICKER, _WARMING = 4e-4, 50, 40
_REQUESTS, _NEAR_MISSES = 7, 3
_ALIKE, _MOST_ALIKE = 40, 8
_KIN = 0.8
"""Likeness of two registrations from which on requests for one are not taken for wrong ones of the other: some figures
were described by two hands."""
_SOFT = 0.01
_DATA = Path(__file__).parent.parent / "src" / "faircut" / "text" / "data"

Pair = tuple[str, str, float]
"""A registration, a prompt, and whether the prompt would draw it."""


class Reader(ChangedModel):
    """The model with the head that gives the answer: see ``faircut.text.cross_encoder``."""

    def __init__(self, seed: int) -> None:
        super().__init__(RANK, seed, torch.float32, range(APART, LAYERS))
        self.types = torch.nn.Parameter(torch.zeros(2, WIDTH))
        self.inner = torch.nn.Linear(3 * WIDTH + _SIMILAR, _INNER)
        self.outer = torch.nn.Linear(_INNER, 1)
        self.offset = torch.nn.Parameter(torch.tensor([-4.0]))
        self.direct = torch.nn.Parameter(torch.full((_SIMILAR,), 0.4))

    def start_from(self, path: Path, kept: float) -> None:
        """Takes up an adapter, or goes on from a reader."""
        super().start_from(path, kept)
        arrays, _ = read_arrays(path)
        with torch.no_grad():
            for name, each in self.trained.items():
                if name in arrays and not name.startswith("encoder."):
                    each.copy_(torch.tensor(np.array(arrays[name])))

    @property
    def scales(self) -> list[Tensor]:
        """What is learnt quickly: how much plain likeness counts."""
        return [self.offset, self.direct]

    @property
    def trained(self) -> dict[str, Tensor]:
        """All that is learnt, by the names that it is kept under."""
        found = {
            f"{name}.{end}": each for name, pair in self.adapter.items() for end, each in zip(_ENDS, pair, strict=True)
        }
        for part, layer in (("inner", self.inner), ("outer", self.outer)):
            found |= {f"{part}.{name}": each for name, each in layer.named_parameters()}
        return {**found, "types": self.types, "offset": self.offset, "direct": self.direct}

    def pieces(self, text: str) -> list[int]:
        """The ids of a text, as it is read alone."""
        return [self.cutter.first, *self.cutter.cut(text).ids[:LONGEST], self.cutter.last]

    def answers(self, elements: Sequence[list[int]], prompts: Sequence[list[int]]) -> Tensor:
        """(pairs,) log odds."""
        (one, held), (other, asked) = self._alone(elements), self._alone(prompts)
        states, there = torch.cat([one + self.types[0], other + self.types[1]], 1), torch.cat([held, asked], 1)
        for layer in range(APART, LAYERS):
            states = self.layer(states, there, layer)
        cut = one.shape[1]
        own, theirs = states[:, :cut], states[:, cut:]
        # The first of each text is no word.
        held, asked = held.clone(), asked.clone()
        held[:, 0] = asked[:, 0] = False
        means = [
            (each * known[..., None]).sum(1) / known.sum(1, keepdim=True)
            for each, known in ((own, held), (theirs, asked))
        ]
        close = functional.normalize(own, dim=-1) @ functional.normalize(theirs, dim=-1).transpose(1, 2)
        close = close.masked_fill(~held[:, :, None], -1).masked_fill(~asked[:, None], -1)
        forward, backward = close.amax(2), close.amax(1)
        similar = torch.stack(
            [
                functional.cosine_similarity(*means),
                (forward * held).sum(1) / held.sum(1),
                (backward * asked).sum(1) / asked.sum(1),
                forward.topk(min(_TOP, forward.shape[1]), 1).values.mean(1),
                backward.topk(min(_TOP, backward.shape[1]), 1).values.mean(1),
            ],
            1,
        )
        similar = 8 * (similar - 0.5)
        pooled = torch.cat([states[:, 0], means[0] * means[1] * 8, (means[0] - means[1]).abs() * 4, similar], 1)
        return self.outer(torch.tanh(self.inner(pooled)))[:, 0] + similar @ self.direct + self.offset

    def _alone(self, texts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        ids = torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(each) for each in texts], batch_first=True, padding_value=-1
        )
        with torch.no_grad():
            states = self.embedded(ids)
            for layer in range(APART):
                states = self.layer(states, ids >= 0, layer)
        return states, ids >= 0


_ENDS = ("down", "up")


@dataclass(frozen=True)
class Alike:
    """For each element, the most alike first: ``requests`` for others, and ``honest`` prompts, by number."""

    requests: list[list[int]]
    honest: list[list[int]]


@dataclass(frozen=True)
class Lessons:
    """``requests`` are those of all elements, with whose they are; sentences of ``around`` may stand around others."""

    elements: Sequence[Lesson]
    requests: Sequence[tuple[int, str]]
    honest: Sequence[str]
    around: Sequence[str]
    alike: Alike


def all_lessons() -> Lessons:
    """What there is to learn from. Takes minutes: every text is encoded once."""
    elements, honest = lessons(), honest_lessons()
    requests = [(number, text) for number, each in enumerate(elements) for text in (*each.requests, *each.sideways)]
    around = [each for each in honest if len(each) < AROUND]
    return Lessons(elements, requests, honest, around, alike_of(elements, requests, honest))


def alike_of(elements: Sequence[Lesson], requests: Sequence[tuple[int, str]], honest: Sequence[str]) -> Alike:
    """What is hard to tell apart by the sentence model."""
    encoder = load_encoder(DEFAULT_MODEL)

    def vectors(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.stack([encoder.encode(without_end(text)).sentence for text in texts])

    own = vectors([each.registered for each in elements])
    owners = np.array([number for number, _ in requests])
    names = np.array([each.title.split("|")[0].strip().lower() for each in elements])
    close = own @ vectors([text for _, text in requests]).T
    kin = (own @ own.T > _KIN) | ((names[:, None] == names) & (names != ""))
    close[kin[:, owners]] = -np.inf
    passing = own @ vectors(honest).T
    return Alike(np.argsort(-close, axis=1)[:, :_ALIKE].tolist(), np.argsort(-passing, axis=1)[:, :_ALIKE].tolist())


def pairs_of(number: int, known: Lessons, draw: random.Random) -> Iterator[Pair]:
    """An element with requests for it, and with prompts that would not draw it."""
    lesson, requests, honest = known.elements[number], known.alike.requests[number], known.alike.honest[number]
    asked = (*lesson.requests, *lesson.sideways)
    prompts = [(text, 1.0) for text in draw.sample(asked, min(_REQUESTS, len(asked)))]
    wrong = draw.sample(lesson.near_misses, min(_NEAR_MISSES, len(lesson.near_misses)))
    wrong += [known.requests[each][1] for each in (*draw.sample(requests[:_MOST_ALIKE], 3), *draw.sample(requests, 4))]
    wrong += [known.honest[each] for each in (*draw.sample(honest[:_MOST_ALIKE], 2), *draw.sample(honest, 2))]
    wrong.append(draw.choice(known.honest))
    for text, label in (*prompts, *((text, 0.0) for text in wrong)):
        yield registration(lesson, draw), varied(text, draw, known.around), label


def batches(known: Lessons, draw: random.Random) -> Iterator[list[Pair]]:
    """Batches without end, of pairs that are about as long: little is computed for padding."""
    waiting: list[Pair] = []
    while True:
        for number in draw.sample(range(len(known.elements)), len(known.elements)):
            waiting += pairs_of(number, known, draw)
            if len(waiting) >= _BATCH * _SORTED:
                waiting.sort(key=lambda pair: len(pair[0]) + len(pair[1]) + draw.random() * 80)
                starts = range(0, len(waiting), _BATCH)
                yield from draw.sample([waiting[at : at + _BATCH] for at in starts], len(starts))
                waiting = []


def main() -> None:
    """Trains for some minutes and writes the reader, or writes the mean of several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    begun_with = parser.add_mutually_exclusive_group(required=True)
    begun_with.add_argument("--from", dest="start", type=Path, help="the adapter or reader to begin with")
    begun_with.add_argument("--mean", type=Path, nargs="+", help="readers of which the mean is written, without more")
    parser.add_argument("--to", type=Path, default=_DATA / FILE)
    parser.add_argument("--rate", type=float, default=_RATE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.mean:
        write_mean(arguments.mean, arguments.to)
        return
    torch.set_num_threads(arguments.threads)
    known, reader, draw = all_lessons(), Reader(seed=0), random.Random(arguments.seed)
    reader.start_from(arguments.start, 1.0)
    trained = reader.trained
    slow = [each for each in trained.values() if all(each is not scale for scale in reader.scales)]
    optimiser = torch.optim.AdamW(
        [
            {"params": slow, "rate": arguments.rate, "weight_decay": 0.01},
            {"params": reader.scales, "rate": arguments.rate * _SCALES_QUICKER, "weight_decay": 0.0},
        ]
    )
    means = {name: each.detach().clone() for name, each in trained.items()}
    begun, last = time.monotonic(), 0.0
    for done, batch in enumerate(batches(known, draw), 1):
        share = (time.monotonic() - begun) / 60 / arguments.minutes
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * min(1.0, done / _WARMING) * max(0.02, min(1.0, 1.25 * (1 - share)))
        reader.merge()
        answers = reader.answers(
            [reader.pieces(own) for own, _, _ in batch], [reader.pieces(text) for _, text, _ in batch]
        )
        labels = torch.tensor([label for _, _, label in batch]) * (1 - 2 * _SOFT) + _SOFT
        loss = functional.binary_cross_entropy_with_logits(answers, labels)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*slow, *reader.scales], 1.0)
        optimiser.step()
        kept = min(0.995, done / (done + 10))
        last = loss.item() if done == 1 else 0.98 * last + 0.02 * loss.item()
        for name, each in trained.items():
            means[name].lerp_(each.detach(), 1 - kept)
        if done % 25 == 0:
            print(f"step {done}: loss {last:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
        if done % 200 == 0:
            write(reader, means, arguments.to)
    write(reader, means, arguments.to)


def write_mean(paths: Sequence[Path], to: Path) -> None:
    """Writes the mean of the weights of several readers."""
    states = [read_arrays(path)[0] for path in paths]
    arrays = {
        name: np.mean([np.asarray(state[name], np.float32) for state in states], axis=0).astype(first.dtype)
        for name, first in states[0].items()
    }
    write_arrays(to, arrays, {"model": DEFAULT_MODEL})


def write(reader: Reader, means: dict[str, Tensor], path: Path) -> None:
    """Writes the running means, matrices in half precision."""
    arrays = reader.arrays()
    for name, each in means.items():
        arrays[name] = each.numpy().astype(np.float16 if name.startswith("encoder.") else np.float32)
    write_arrays(path, arrays, {"model": DEFAULT_MODEL})


if __name__ == "__main__":
    main()
