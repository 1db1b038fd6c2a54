"""Writes ``words.txt`` and ``word_vectors.bin`` of ``faircut.text`` from the default sentence model.

Words are the whole words of the model's vocabulary, which lists them by frequency. Each is encoded alone in float32;
the vectors are centred, reduced to their 128 main directions and rounded to int8. Takes a minute; the outcome does not
depend on the machine beyond rounding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from faircut.text.encoder import encoder_of, vocabulary_of
from faircut.text.models import DEFAULT_MODEL, find_model
from faircut.text.words import WIDTH

_DATA = Path(__file__).parent.parent / "src" / "faircut" / "text" / "data"
_FIRST_WORD = 1996


def main() -> None:
    """Writes both files."""
    model = find_model(DEFAULT_MODEL)
    encoder = encoder_of(model, int8=False, adapted=False)
    words = [each for each in vocabulary_of(model)[_FIRST_WORD:] if each.isascii() and each.isalpha() and len(each) > 1]
    vectors = np.stack([encoder.encode(word).sentence for word in words])
    vectors -= vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    reduced = vectors @ directions[:WIDTH].T
    reduced *= 127 / np.abs(reduced).max(axis=1, keepdims=True)
    (_DATA / "words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (_DATA / "word_vectors.bin").write_bytes(np.rint(reduced).astype(np.int8).tobytes())
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
