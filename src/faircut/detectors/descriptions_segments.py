"""Registered descriptions as arrays: what is searched, what candidates are compared by, and what is kept on disk.

A segment holds any number of descriptions and never changes. Lists of varying length lie end to end in one array, with
``*_at`` (n + 1,) saying where each description's share begins. Vectors are int8 at a scale of 1/127.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_profiles import ElementProfile
from faircut.domain import Element
from faircut.text.array_file import read_arrays, write_arrays
from faircut.text.lexicon import concept_number, concepts
from faircut.text.words import vocabulary

FORMAT = "descriptions-v2"
KEY_BYTES = 16
CONCEPTS_A_WORD = 4

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


def key_of(element: Element) -> bytes:
    """What a description is known by: the digest of all that its profile is made from."""
    parts = (element.kind.value, element.tagline, element.description, *element.keywords)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def quantise(vectors: Floats) -> npt.NDArray[np.int8]:
    """Unit vectors to int8."""
    return np.rint(np.clip(vectors, -1, 1) * 127).astype(np.int8)


def floats(vectors: npt.NDArray[np.int8]) -> Floats:
    """int8 back to unit vectors."""
    found = vectors.astype(np.float32)
    found /= np.float32(127)
    return found


@dataclass(frozen=True)
class Segment:
    """``keys`` (n, 16). ``fields`` (n, 3, width), ``vectors`` (phrases, width) and ``pieces`` (pieces, n) are int8.

    ``stems`` are the distinct stems of the segment, with the rows of their word vectors and their concepts (s, 4), -1
    where there are fewer; ``terms`` index them, with ``weights``. ``heads`` and ``values`` are
    the concepts of attributes; ``kinds`` those of kinds, with ``kind_weights``. ``posting_rows`` lists, stem by stem
    from ``posting_at``, the descriptions that have it.
    """

    keys: Bytes
    fields: npt.NDArray[np.int8]
    vectors: npt.NDArray[np.int8]
    vectors_at: Ints
    means: Floats
    spreads: Floats
    generalities: Floats
    pieces: npt.NDArray[np.int8]
    pieces_at: Ints
    stems: tuple[str, ...]
    stem_rows: Ints
    stem_concepts: npt.NDArray[np.int16]
    terms: Ints
    terms_at: Ints
    weights: Floats
    heads: Bytes
    values: Bytes
    attributes_at: Ints
    kinds: Bytes
    kind_weights: Floats
    kinds_at: Ints
    posting_rows: Ints
    posting_weights: Floats
    posting_at: Ints

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each stem."""
        return {stem: number for number, stem in enumerate(self.stems)}


_LISTS = {
    "vectors_at": ("vectors", "means", "spreads", "generalities"),
    "pieces_at": ("pieces",),
    "terms_at": ("terms", "weights"),
    "attributes_at": ("heads", "values"),
    "kinds_at": ("kinds", "kind_weights"),
}
_ARRAYS = tuple(each.name for each in fields(Segment) if each.name != "stems")


def concept_row(word: str) -> list[int]:
    """The numbers of the first four concepts of a word, filled up with -1."""
    numbers = [concept_number(each) for each in concepts(word)[:CONCEPTS_A_WORD]]
    return numbers + [-1] * (CONCEPTS_A_WORD - len(numbers))


def build_segment(keys: Sequence[bytes], profiles: Sequence[ElementProfile]) -> Segment:
    """A segment of profiles, in order. There must be at least one."""
    table = vocabulary()
    stems: dict[str, int] = {}
    written: list[str] = []
    terms: list[int] = []
    for profile in profiles:
        for stem, word in zip(profile.terms.stems, profile.terms.words, strict=True):
            if stem not in stems:
                stems[stem] = len(stems)
                written.append(word)
            terms.append(stems[stem])
    attributes = [each for profile in profiles for each in profile.attributes]
    return _assembled(
        stems=tuple(stems),
        stem_rows=np.array([table.row(word) for word in written], np.int32),
        stem_concepts=np.array([concept_row(word) for word in written], np.int16).reshape(-1, CONCEPTS_A_WORD),
        keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES),
        fields=quantise(np.stack([profile.fields for profile in profiles])),
        vectors=quantise(np.concatenate([profile.vectors for profile in profiles])),
        vectors_at=_offsets([len(profile.vectors) for profile in profiles]),
        means=np.concatenate([profile.means for profile in profiles]),
        spreads=np.concatenate([profile.spreads for profile in profiles]),
        generalities=np.concatenate([profile.generalities for profile in profiles]),
        pieces=quantise(np.concatenate([profile.pieces for profile in profiles])),
        pieces_at=_offsets([len(profile.pieces) for profile in profiles]),
        terms=np.array(terms, np.int32),
        terms_at=_offsets([len(profile.terms) for profile in profiles]),
        weights=np.concatenate([profile.terms.weights for profile in profiles]),
        heads=np.array([concept_number(each.head) for each in attributes], np.uint8),
        values=np.array([concept_number(each.value) for each in attributes], np.uint8),
        attributes_at=_offsets([len(profile.attributes) for profile in profiles]),
        kinds=np.array([concept_number(kind) for p in profiles for kind in p.kinds], np.uint8),
        kind_weights=np.array([weight for p in profiles for weight in p.kinds.values()], np.float32),
        kinds_at=_offsets([len(profile.kinds) for profile in profiles]),
    )


def merge_segments(parts: Sequence[tuple[Segment, Sequence[int]]]) -> Segment:
    """One segment of the given rows of several."""
    stems: dict[str, int] = {}
    places: list[tuple[Segment, int]] = []
    taken: dict[str, list[Any]] = {name: [] for names in _LISTS.values() for name in names}
    lengths: dict[str, list[int]] = {at: [] for at in _LISTS}
    for segment, rows in parts:
        for number, stem in enumerate(segment.stems):
            if stem not in stems:
                stems[stem] = len(stems)
                places.append((segment, number))
        number_of = np.array([stems[stem] for stem in segment.stems], np.int32)
        for at, names in _LISTS.items():
            starts = getattr(segment, at)
            for row in rows:
                own = slice(starts[row], starts[row + 1])
                lengths[at].append(own.stop - own.start)
                for name in names:
                    values = getattr(segment, name)[own]
                    taken[name].append(number_of[values] if name == "terms" else values)
    lists: dict[str, Any] = {name: np.concatenate(values) for name, values in taken.items()}
    lists.update({at: _offsets(values) for at, values in lengths.items()})
    return _assembled(
        stems=tuple(stems),
        stem_rows=np.array([segment.stem_rows[number] for segment, number in places], np.int32),
        stem_concepts=np.array([segment.stem_concepts[number] for segment, number in places], np.int16).reshape(
            -1, CONCEPTS_A_WORD
        ),
        keys=np.concatenate([segment.keys[list(rows)] for segment, rows in parts]),
        fields=np.concatenate([segment.fields[list(rows)] for segment, rows in parts]),
        **lists,
    )


def _assembled(*, terms: Ints, terms_at: Ints, weights: Floats, stems: tuple[str, ...], **others: Any) -> Segment:
    """Adds the postings, which follow from the terms."""
    rows = np.repeat(np.arange(len(terms_at) - 1, dtype=np.int32), np.diff(terms_at))
    order = np.argsort(terms, kind="stable")
    return Segment(
        terms=terms,
        terms_at=terms_at,
        weights=weights,
        stems=stems,
        posting_rows=rows[order],
        posting_weights=weights[order],
        posting_at=_offsets(np.bincount(terms, minlength=len(stems)).tolist()),
        **others,
    )


def file_name(segment: Segment) -> str:
    """Follows from what the segment holds."""
    return f"{hashlib.sha256(segment.keys.tobytes()).hexdigest()[:32]}.descriptions"


def save_segment(segment: Segment, folder: Path, model: str) -> Path:
    """Writes a segment under a name that follows from what it holds. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {each: getattr(segment, each) for each in _ARRAYS}
    arrays["stems"] = np.frombuffer("\n".join(segment.stems).encode("utf-8", "surrogatepass"), np.uint8)
    path = folder / file_name(segment)
    write_arrays(path, arrays, {"format": FORMAT, "model": model})
    return path


def load_segment(path: Path, model: str) -> Segment | None:
    """A saved segment, or None when another model or version wrote it. Raises StorageError, OSError."""
    arrays, metadata = read_arrays(path)
    if metadata.get("format") != FORMAT or metadata.get("model") != model or set(arrays) != {*_ARRAYS, "stems"}:
        return None
    stems = tuple(arrays.pop("stems").tobytes().decode("utf-8", "surrogatepass").split("\n"))
    return Segment(**arrays, stems=stems)


def _offsets(lengths: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


__all__ = [
    "FORMAT",
    "Segment",
    "build_segment",
    "concept_row",
    "file_name",
    "floats",
    "key_of",
    "load_segment",
    "merge_segments",
    "quantise",
    "save_segment",
]
