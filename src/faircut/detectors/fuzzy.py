"""Which of many words are nearly this one: by letters (symmetric deletion) and by sound.

Letters: two words within k edits share a string that is left of each after at most k deletions (Mor and Fraenkel,
CACM 25(12), 1982; Garbe's symmetric deletion, 2012). Hashes of what is left are kept in one sorted array of 64 bits
each, the hash above the word's number, so that 100,000 names take some tens of megabytes and no tree. Candidates are
verified by optimal string alignment. Sound: keys of ``phonetic`` in an array of the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from faircut.detectors.phonetic import keys, phonemes, respelling

Hashes = npt.NDArray[np.uint64]

SHORTEST = 3
LONGEST = 16
"""Words beyond it are found by their parts, or exactly."""
TWO_EDITS_FROM = 7
"""Words of so many letters are found with two edits."""

VOWELS = str.maketrans(dict.fromkeys("aeiou"))
VOWELS_AND_Y = str.maketrans(dict.fromkeys("aeiouy"))
FEWEST_CONSONANTS = 6
"""Letters that must be left of a name without its vowels: fewer are met by chance."""

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_MASK = (1 << 64) - 1
_POWERS = np.array([pow(_BASE, i, 1 << 64) for i in range(LONGEST + 1)], np.uint64)
_CHUNK = 20_000
_MAX_CANDIDATES = 400
_MAX_ALIKE = 12


def edits_allowed(length: int) -> int:
    """How many edits a word of so many letters may bear: one of 3 to 6, two of 7 and more."""
    return 0 if length < SHORTEST else 1 if length < TWO_EDITS_FROM else 2


class WordIndex:
    """Words by number. ``sounds`` holds the phonemes of each ("" where it has none). Immutable."""

    def __init__(self, words: Sequence[str], sounds: Sequence[str]) -> None:
        self.words = words
        self.sounds = sounds
        self._left = _sorted(_deletions(words))
        self._keys = _sorted([_packed(keys(sounds))])
        self._loans = _sorted([_packed(keys(sounds, loan=True))])

    def near(self, word: str) -> list[tuple[int, int]]:
        """(number, edits) of the other words within as many edits as the shorter of the two allows."""
        if not SHORTEST <= len(word) <= LONGEST + 2:
            return []
        numbers = _looked_up(self._left, _deletions_of(word))
        if not len(numbers):
            return []
        found = []
        for number in numbers[:_MAX_CANDIDATES].tolist():
            other = self.words[number]
            allowed = edits_allowed(min(len(word), len(other)))
            distance = OSA.distance(word, other, score_cutoff=allowed)
            if 0 < distance <= allowed:
                found.append((number, distance))
        return found

    def filling(self, letters: str, hole: str) -> list[str]:
        """The words that letters with a few holes may be, each hole one letter: as few as they may bear edits."""
        shown = letters.replace(hole, "")
        if not 0 < len(letters) - len(shown) <= edits_allowed(len(letters)) or len(letters) > LONGEST:
            return []
        # What is left of such a word when the right letters are deleted is all that is shown.
        whole = _left_after(np.array([[ord(char) for char in shown]], np.uint64), 1)[0, :1]
        found = [self.words[number] for number in _looked_up(self._left, whole)[: 4 * _MAX_CANDIDATES].tolist()]
        return [
            word
            for word in found
            if len(word) == len(letters) and all(a in (hole, b) for a, b in zip(letters, word, strict=True))
        ]

    def alike(self, sounds: Iterable[str], *, vowels: float = 1.0, loan: str = "") -> list[tuple[int, float]]:
        """(number, respelling cost) of the words that sound like one of these, the nearest first, at most 12."""
        table = self._loans if loan else self._keys
        best: dict[int, float] = {}
        for sound in sounds:
            wanted = {key for key, _ in keys([sound], loan=bool(loan)) if key}
            if not wanted:
                continue
            numbers = _looked_up(table, np.array([crc32(key.encode()) for key in wanted], np.uint64))
            for number in self._closest(sound, numbers):
                cost = respelling(sound, self.sounds[number], vowels=vowels, loan=loan)
                if cost < best.get(number, 2.0):
                    best[number] = cost
        return sorted(best.items(), key=lambda each: each[1])[:_MAX_ALIKE]

    def _closest(self, sound: str, numbers: Hashes) -> Iterable[int]:
        every: list[int] = numbers.tolist()
        if len(every) <= _MAX_ALIKE * 2:
            return every
        nearest = process.extract(
            sound, [self.sounds[each] for each in every], scorer=Levenshtein.distance, limit=_MAX_ALIKE * 2
        )
        return [every[index] for _, _, index in nearest]


def skeletons_of(parts: Sequence[str]) -> frozenset[str]:
    """How a name of these words is written without vowels after first letters, with and without y."""
    if not all(part.isascii() and part.isalpha() for part in parts):
        return frozenset()
    found = {"".join(part[0] + part[1:].translate(gone) for part in parts) for gone in (VOWELS, VOWELS_AND_Y)}
    return frozenset(each for each in found if len(each) >= FEWEST_CONSONANTS)


def _packed(pairs: Iterable[tuple[str, int]]) -> Hashes:
    return np.array([crc32(key.encode()) << 32 | number for key, number in pairs if key], np.uint64)


def _sorted(parts: Iterable[Hashes]) -> Hashes:
    every = np.concatenate([np.zeros(0, np.uint64), *parts])
    every.sort()
    return every


def _looked_up(table: Hashes, hashes: Hashes) -> Hashes:
    """The numbers kept under any of these hashes of 32 bits, each once."""
    if not len(table) or not len(hashes):
        return np.zeros(0, np.uint64)
    low = hashes << np.uint64(32)
    first = np.searchsorted(table, low)
    hit = first < len(table)
    first, low = first[hit], low[hit]
    # Most hashes are nobody's: only where the next entry has the hash is there a run to read.
    hit = (table[first] ^ low) >> np.uint64(32) == 0
    first, low = first[hit], low[hit]
    if not len(first):
        return np.zeros(0, np.uint64)
    last = np.searchsorted(table, low + np.uint64(1 << 32))
    runs = [table[a : min(b, a + 4 * _MAX_CANDIDATES)] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    return np.unique(np.concatenate(runs) & np.uint64(0xFFFFFFFF))


def _deletions(words: Sequence[str]) -> Iterator[Hashes]:
    """Packed hashes of every word with as many letters deleted as it may bear edits, words of a length at once."""
    by_length: dict[int, list[int]] = {}
    for number, word in enumerate(words):
        if SHORTEST <= len(word) <= LONGEST:
            by_length.setdefault(len(word), []).append(number)
    for length, numbers in by_length.items():
        for start in range(0, len(numbers), _CHUNK):
            part = numbers[start : start + _CHUNK]
            letters = np.array([words[each] for each in part], f"<U{length}").view(np.uint32).reshape(len(part), length)
            hashes = _left_after(letters.astype(np.uint64), edits_allowed(length))
            yield (hashes << np.uint64(32) | np.array(part, np.uint64)[:, None]).ravel()


def _deletions_of(word: str) -> Hashes:
    letters = np.array([[ord(char) for char in word]], np.uint64)
    # A longer word may have been lengthened by the edits themselves.
    return np.unique(_left_after(letters, min(edits_allowed(len(word) + 1), 2))[0])


def _left_after(letters: Hashes, deletions: int) -> Hashes:
    """Hashes (n, m) of 32 bits of the rows of letters (n, length) with none, one and, if so many, two deleted.

    A polynomial hash: what stands after a deletion moves one place down, which is one multiplication by the inverse.
    """
    length = letters.shape[1]
    powers = _POWERS[:length] if length <= LONGEST else _powers(length)
    sums = np.zeros((len(letters), length + 1), np.uint64)
    np.cumsum(letters * powers, axis=1, out=sums[:, 1:])
    whole = sums[:, -1:]
    once, twice = np.uint64(_INVERSE), np.uint64(_INVERSE * _INVERSE & _MASK)
    parts = [whole, sums[:, :-1] + (whole - sums[:, 1:]) * once]
    if deletions > 1:
        first, second = np.triu_indices(length, 1)
        between = (sums[:, second] - sums[:, first + 1]) * once
        parts.append(sums[:, first] + between + (whole - sums[:, second + 1]) * twice)
    return (np.concatenate(parts, axis=1) * _MIX) >> np.uint64(32)


def _powers(length: int) -> Hashes:
    return np.array([pow(_BASE, i, 1 << 64) for i in range(length)], np.uint64)


def sounds_of(words: Sequence[str]) -> list[str]:
    """Phonemes of words in plain Latin letters, "" for others."""
    plain = [word if word.isascii() and word.isalpha() else "" for word in words]
    return phonemes("\n".join(plain)).split("\n") if plain else []
