"""Teaches the default sentence model which descriptions show the same thing, and writes the lesson as an adapter.

    pip install torch safetensors
    python -m benchmarks.train_sentence_adapter --minutes 60 --threads 2

The adapter is a low-rank change of every matrix of the layers (LoRA; Hu et al., ICLR 2022), 5.3 MB. It learns from the
lessons (``description_sets.lessons``) and from honest prompts (``description_sets.honest_lessons``). A batch holds
elements with others that are most like them. A request, some clauses of it, or it among sentences of an honest prompt,
must be closer to its own element than to others, each element closer to its requests than to near-misses and honest
prompts (InfoNCE both ways; van den Oord et al., arXiv 1807.03748), and all pairs must fall on the right side of one
threshold, because that is what the detector has. Registrations are full, or lean in several ways. Closeness is the
cosine of the means plus the mean of the best cosine of each piece of the description (late interaction; Khattab and
Zaharia, SIGIR 2020).

What is shipped comes from runs that went on from one another, on one to two cores. At rank 16: 456 steps on up to 217
elements; with three quarters of that change (smaller changes keep more of what the model knew of the world; Wortsman et
al., CVPR 2022) 550 steps on some 600, 547 on 908 and more, and 134 on 1,015, of which the last two were averaged. At
rank 32, from there: 380 steps on up to 1,587 and 471 on all 1,796, the last 300 of these averaged as well; half of that
change, and all of what was there before, are what ``descriptions-v3`` had. In the last 471, near-misses of other
elements stood among the honest prompts nearest to a batch. Twice a slip listed elements twice, so that they were set
against themselves: new ones for 150 of the 547, and some 25 that two writers had chosen for 620 of the last.

Until then requests alone were cut short, so that a final full stop had become the mark of honest prompts: of 300
requests 91 % were blocked as written and 84 % with a full stop added. At rank 64, from there: 175 steps as before, 170
with every prompt cut, shortened and ended alike, and 629 with orders, wishes of style and other commas around every
prompt too: the running mean of the last 629 is what ``descriptions-v4`` had. From there 895 steps with honest prompts
about people's own things (``honest_*.txt``), of which there were 1,637 at the beginning and 3,359 at the end, on up to
2,110 elements; and 698 with all 3,991, on 2,244 elements, with two near-misses of each instead of one. Shipped is the
mean of the running means of these two and of ``descriptions-v4``, cut to rank 64 again, which loses 0.05 % of the
change at most. The number of steps was settled by the time there was, not by a held-out loss; which mean of the states
is shipped (of eight), on a part of what ``benchmarks/descriptions.py`` reports.

PyTorch is needed for this alone, and is in no lock.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.description_sets import Lesson, honest_lessons, lessons
from benchmarks.lora import LAYERS, WIDTH, ChangedModel
from faircut.text.adapter import FILE
from faircut.text.array_file import write_arrays
from faircut.text.clauses import clauses, sentences, without_end
from faircut.text.encoder import LONGEST
from faircut.text.models import DEFAULT_MODEL

RANK = 64
_ELEMENTS = 24
_HONEST, _HONEST_ALIKE = 12, 16
_NEAR_MISSES = 2500
AROUND = 280
"""Letters of an honest prompt in which a request may stand: one that is longer would push it out of what is read."""
_ALIKE, _TAKEN = 10, 2
_WARMING, _REFRESHED = 15, 100
_RATE, _RATE_OF_SCALES = 5e-4, 0.01
_MOST_RUNS = 4
_BY_NAME = 0.2
_TOGETHER = 64
_DATA = Path(__file__).parent.parent / "src" / "faircut" / "text" / "data"
_BEFORE = (
    "Create a video of",
    "Generate a short clip showing",
    "Please generate a ten second cinematic video:",
    "I want to see",
    "Make me a film of",
    "Can you make a video where",
    "Show",
    "Scene:",
    "A cinematic shot of",
    "Prompt:",
    "4k video,",
    "Animate this:",
    "Shot 1:",
    "Hi! Could you do",
    "Text to video:",
    "An 8 second clip:",
    "In this video,",
    "Imagine",
    "Photorealistic,",
    "Wide shot,",
    "Close-up of",
    "Could you animate",
    "Video idea:",
    "Render",
    "Title: untitled. Scene one.",
    "Draw",
    "Hello, I need a clip with",
    "16:9,",
    "A scene in which",
    "Film:",
)
_AFTER = (
    ", cinematic lighting, 4k, highly detailed",
    " in 16:9",
    ", slow motion",
    ". Thanks",
    ". No text, no watermark",
    ", 24 fps, film grain",
    ". Make it look real",
    ", ultra realistic, dramatic light",
    ", 8 seconds",
    ", soft focus, bokeh",
    ". Vertical format please",
    ", epic music, trailer style",
    ". Camera slowly zooms in",
    ", smooth tracking shot",
    ". Keep it under ten seconds",
)
_COMMAS = ((0.12, (", ", " - ")), (0.20, (",", "")), (0.26, (", ", ". ")), (0.30, (". ", ", ")))
_FILLER = frozenset({*".,-'", "a", "an", "the", "of", "and", "with", "in", "on", "to", "is", "it", "its", "her", "his"})


@dataclass(frozen=True, slots=True)
class Encoded:
    """``means`` (texts, width) and ``pieces`` (pieces, width) of length 1; ``texts`` (pieces,) says whose they are."""

    means: Tensor
    pieces: Tensor
    texts: Tensor


class Student(ChangedModel):
    """The model with its adapter, and what the loss weighs its answers by."""

    def __init__(self, seed: int) -> None:
        super().__init__(RANK, seed, torch.bfloat16)
        self.scales = torch.nn.Parameter(torch.full((2,), math.log(14.0)))
        self.threshold = torch.nn.Parameter(torch.tensor(12.0))

    def encode(self, texts: Sequence[str]) -> Encoded:
        """The vectors of texts, cut into runs as the detector cuts them."""
        runs = [(number, run) for number, text in enumerate(texts) for run in self._runs(text)]
        # Short runs go apart from long ones: nothing is computed for padding.
        order = sorted(range(len(runs)), key=lambda place: len(runs[place][1]))
        total = torch.zeros(len(texts), WIDTH)
        pieces, owners = [], []
        for first in range(0, len(order), _TOGETHER):
            group = [runs[place] for place in order[first : first + _TOGETHER]]
            ids = torch.nn.utils.rnn.pad_sequence(
                [torch.tensor([piece for piece, _ in run]) for _, run in group], batch_first=True, padding_value=-1
            )
            states = self._states(ids).float()
            own = torch.tensor([number for number, _ in group])
            total = total.index_add(0, own, (states * (ids >= 0)[..., None]).sum(1))
            telling = [(row, at) for row, (_, run) in enumerate(group) for at, (_, tells) in enumerate(run) if tells]
            rows, places = torch.tensor(telling, dtype=torch.long).reshape(-1, 2).T
            pieces.append(states[rows, places])
            owners.append(own[rows])
        return Encoded(
            functional.normalize(total, dim=-1), functional.normalize(torch.cat(pieces), dim=-1), torch.cat(owners)
        )

    def closeness(self, prompts: Encoded, elements: Encoded) -> Tensor:
        """(prompts, elements)."""
        count, known = len(prompts.means), len(elements.means)
        close = (elements.pieces.bfloat16() @ prompts.pieces.bfloat16().T).float()
        best = torch.full((len(elements.pieces), count), -1.0)
        best = best.scatter_reduce(1, prompts.texts[None].expand(len(elements.pieces), -1), close, "amax")
        late = torch.zeros(known, count).index_add(0, elements.texts, best)
        late = late / torch.bincount(elements.texts, minlength=known).clamp(min=1)[:, None]
        return self.scales[0].exp() * (prompts.means @ elements.means.T) + self.scales[1].exp() * late.T

    def _runs(self, text: str) -> list[list[tuple[int, bool]]]:
        """(id, whether it says something) of each piece, the special ones included."""
        pieces = self.cutter.cut(text)
        ends = [place + 1 for place, start in enumerate(pieces.starts) if text[start] in ".!?\n"]
        runs: list[list[tuple[int, bool]]] = []
        first = 0
        while first < len(pieces) and len(runs) < _MOST_RUNS:
            last = max([end for end in (*ends, len(pieces)) if end <= first + LONGEST], default=0)
            last = last if last > first else first + LONGEST
            own = [
                (number, text[start:end].lower() not in _FILLER)
                for number, start, end in zip(
                    pieces.ids[first:last], pieces.starts[first:last], pieces.ends[first:last], strict=True
                )
            ]
            runs.append([(self.cutter.first, False), *own, (self.cutter.last, False)])
            first = last
        return runs

    def _states(self, ids: Tensor) -> Tensor:
        states = self.embedded(ids)
        for layer in range(LAYERS):
            states = self.layer(states, ids >= 0, layer)
        return states


def some_clauses(text: str, draw: random.Random) -> str:
    """Some clauses of the text that stand together: short requests must be understood too."""
    spans = clauses(text)
    if len(spans) < 5:
        return text
    count = draw.randint(3, len(spans))
    first = draw.randint(0, len(spans) - count)
    return text[spans[first].start : spans[first + count - 1].end]


def _sentences(text: str) -> list[str]:
    return [text[slice(*span)].strip() for span in sentences(text)]


def varied(text: str, draw: random.Random, honest: Sequence[str]) -> str:
    """A prompt as it stands, or part of it, or in another order; now and then among sentences of an honest one, or with
    words left out; never with its final full stop.

    Every prompt goes through this, whatever it asks for: what is done to requests alone is soon taken for their mark.
    """
    chance = draw.random()
    if chance < 0.35:
        text = some_clauses(text, draw)
    elif chance < 0.45:
        text = ". ".join(draw.sample(parts := _sentences(text), len(parts)))
    if draw.random() < 0.22 and len(text) < 400:
        around = _sentences(draw.choice(honest))
        place = draw.randint(0, len(around))
        text = ". ".join([*around[:place], text, *around[place:]])
    if draw.random() < 0.45:
        share = draw.choice((0.08, 0.15, 0.25))
        kept = [word for word in text.split(" ") if draw.random() > share]
        text = " ".join(kept) if len(kept) > 3 else text
    return dressed(text, draw)


def dressed(text: str, draw: random.Random) -> str:
    """The prompt as somebody else would have typed it: with an order before it, with wishes of style behind it, in
    quotation marks, with other commas. None of it says what is to be seen."""
    if draw.random() < 0.3:
        text = f"{draw.choice(_BEFORE)} {text}"
    if draw.random() < 0.2:
        text = without_end(text) + draw.choice(_AFTER)
    chance = draw.random()
    if chance < 0.06:
        text = f'"{without_end(text)}"'
    elif chance < 0.30:
        old, new = next(pair for limit, pair in _COMMAS if chance < limit)
        text = text.replace(old, new)
    elif chance < 0.33:
        text = f'{{"prompt": "{text}"}}'
    return without_end(text)


def registration(lesson: Lesson, draw: random.Random) -> str:
    """What is registered: most often all of it, else some of it, as those who are in a hurry write.

    Now and then it is the name alone of those whom everybody knows: what the model knows of the world is worth keeping.
    """
    if lesson.title and draw.random() < _BY_NAME:
        return ", ".join(lesson.title.split(" | ")[: draw.randint(1, 2)])
    parts = _sentences(lesson.description)
    chance = draw.random()
    if chance < 0.45:
        return lesson.registered
    if chance < 0.55:
        return f"{lesson.tagline}. {lesson.description}"
    if chance < 0.68:
        return lesson.description
    if chance < 0.78:
        return f"{lesson.tagline}. {parts[0]}."
    if chance < 0.86:
        return ", ".join(lesson.keywords)
    if chance < 0.92:
        return ". ".join(draw.sample(parts, max(1, len(parts) - 1)))
    return lesson.tagline


def batch_of(alike: Sequence[Sequence[int]], draw: random.Random) -> list[int]:
    """Elements, each with some that are most like it."""
    chosen: dict[int, None] = {}
    while len(chosen) < min(_ELEMENTS, len(alike)):
        first = draw.randrange(len(alike))
        for each in (first, *draw.sample(list(alike[first]), _TAKEN)):
            chosen.setdefault(each)
    return list(chosen)[:_ELEMENTS]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``elements``: the numbers of those most like each. ``honest`` (prompts, elements): how alike these are."""

    elements: list[list[int]]
    honest: Tensor


def neighbours_of(student: Student, elements: Sequence[Lesson], honest: Sequence[str]) -> Neighbours:
    """What is hard to tell apart at present."""

    def means(texts: Sequence[str]) -> Tensor:
        starts = range(0, len(texts), _TOGETHER)
        return torch.cat([student.encode(texts[at : at + _TOGETHER]).means for at in starts])

    with torch.no_grad():
        student.merge()
        known = means([each.registered for each in elements])
        alike: list[list[int]] = (known @ known.T).argsort(1, descending=True)[:, 1 : _ALIKE + 1].tolist()
        return Neighbours(alike, means(honest) @ known.T)


def honest_of(numbers: Sequence[int], neighbours: Neighbours, honest: Sequence[str], draw: random.Random) -> list[str]:
    """Honest prompts: some of those nearest to these elements, and any others."""
    near = neighbours.honest[:, list(numbers)].max(1).values
    near = near + 0.05 * torch.tensor([draw.random() for _ in honest])
    return [honest[place] for place in near.topk(_HONEST_ALIKE).indices.tolist()] + draw.sample(list(honest), _HONEST)


def loss_of(
    student: Student, chosen: Sequence[Lesson], passing: Sequence[str], honest: Sequence[str], draw: random.Random
) -> Tensor:
    """The loss of one batch: ``passing`` are honest prompts as they stand, those of ``honest`` stand around others."""
    owners = [place for place, each in enumerate(chosen) for _ in each.requests[:2]]
    prompts = [
        varied(text, draw, honest) for each in chosen for text in draw.sample(each.requests, len(each.requests[:2]))
    ]
    missed = [text for each in chosen for text in draw.sample(each.near_misses, len(each.near_misses[:2]))]
    prompts += [varied(text, draw, honest) for text in (*missed, *passing)]
    student.merge()
    close = student.closeness(student.encode(prompts), student.encode([registration(each, draw) for each in chosen]))
    count, target = len(owners), torch.tensor(owners)
    true = torch.zeros_like(close, dtype=torch.bool)
    true[torch.arange(count), target] = True
    right, wrong = close[torch.arange(count), target], close[~true]
    by_element = functional.softplus(close.masked_fill(true, -1e4).logsumexp(0)[target] - right).mean()
    apart = functional.softplus(student.threshold - right).mean()
    apart = apart + functional.softplus(wrong - student.threshold).topk(2 * count).values.mean()
    return functional.cross_entropy(close[:count], target) + by_element + apart


def main() -> None:
    """Trains for some minutes, and writes the adapter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--from", dest="start", type=Path, help="an adapter to go on from")
    parser.add_argument("--kept", type=float, default=0.75, help="how much of that adapter's change is kept")
    parser.add_argument("--to", type=Path, default=_DATA / FILE)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    elements = lessons()
    honest = honest_lessons()
    around = [each for each in honest if len(each) < AROUND]
    missed = [each for lesson in elements for each in lesson.near_misses]
    strangers = [*honest, *random.Random(0).sample(missed, min(_NEAR_MISSES, len(missed)))]
    student = Student(seed=0)
    if arguments.start is not None:
        student.start_from(arguments.start, arguments.kept)
    trained = [each for pair in student.adapter.values() for each in pair]
    optimiser = torch.optim.AdamW(
        [
            {"params": trained, "lr": _RATE, "weight_decay": 0.01},
            {"params": [student.scales, student.threshold], "lr": _RATE_OF_SCALES, "weight_decay": 0.0},
        ]
    )
    begun, done = time.monotonic(), 0
    while (share := (time.monotonic() - begun) / 60 / arguments.minutes) < 1:
        if done % _REFRESHED == 0:
            neighbours = neighbours_of(student, elements, strangers)
        for group, rate in zip(optimiser.param_groups, (_RATE, _RATE_OF_SCALES), strict=True):
            group["lr"] = rate * min(1.0, (done + 1) / _WARMING) * max(0.03, min(1.0, 1.6 * (1 - share)))
        draw = random.Random(done)
        numbers = batch_of(neighbours.elements, draw)
        passing = honest_of(numbers, neighbours, strangers, draw)
        loss = loss_of(student, [elements[each] for each in numbers], passing, around, draw)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        done += 1
        if done % 10 == 0:
            print(f"step {done}: loss {loss.item():.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    write(student, len(elements), done, arguments.to)


def write(student: Student, elements: int, steps: int, path: Path) -> None:
    """Writes the adapter."""
    metadata = {"model": DEFAULT_MODEL, "elements": str(elements), "steps": str(steps)}
    write_arrays(path, student.arrays(), metadata)


if __name__ == "__main__":
    main()
