"""What every sentence model must do, whatever it is made of, and a tiny multilingual one to try that on.

A plugin author subclasses :class:`SentenceModelContract` with a fixture ``encoder``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faircut.text.encoder import LONGEST, SentenceEncoder
from faircut.text.models import CONFIG, DEFAULT_MODEL, MANIFEST, TOKENIZER, WEIGHTS, find_model

SHORT = "a red coat with brass buttons"
LONG = "The queen of the reeds wears a crown, and a frog sits on her shoulder. " * 20
TEXTS = (SHORT, LONG, "Ein hagerer Mann im grünen Mantel.", "一隻白狼站在雪地裡", "рыжая лиса", "3 moons", "?!")


class SentenceModelContract:
    """Subclass it with a fixture ``encoder``."""

    def test_vectors_have_the_stated_width(self, encoder: SentenceEncoder) -> None:
        for text in TEXTS:
            found = encoder.encode(text)
            assert found.sentence.shape == (encoder.width,)
            assert found.tokens.shape == (len(found.starts), encoder.width)
            assert found.sentence.dtype == found.tokens.dtype == np.float32

    def test_sentence_vectors_have_length_one(self, encoder: SentenceEncoder) -> None:
        for text in TEXTS:
            assert abs(float(np.linalg.norm(encoder.encode(text).sentence)) - 1) < 1e-5

    def test_the_same_text_gives_the_same_numbers(self, encoder: SentenceEncoder) -> None:
        first, again = encoder.encode(SHORT), encoder.encode(SHORT)
        assert np.array_equal(first.sentence, again.sentence)
        assert np.array_equal(first.tokens, again.tokens)

    def test_what_else_was_encoded_changes_nothing(self, encoder: SentenceEncoder) -> None:
        alone = encoder.encode(SHORT).sentence
        for text in TEXTS:
            encoder.encode(text)
        assert np.array_equal(alone, encoder.encode(SHORT).sentence)

    def test_a_text_without_anything_has_a_vector(self, encoder: SentenceEncoder) -> None:
        for text in ("", " \n\t", "\u200b"):
            found = encoder.encode(text)
            assert np.isfinite(found.sentence).all()
            assert found.tokens.shape == (0, encoder.width)

    def test_a_long_text_is_read_to_its_end(self, encoder: SentenceEncoder) -> None:
        found = encoder.encode(LONG)
        assert len(found.tokens) > LONGEST
        assert found.ends[-1] >= len(LONG.rstrip()) - 1
        assert np.isfinite(found.tokens).all()

    def test_places_are_in_order_and_within_the_text(self, encoder: SentenceEncoder) -> None:
        for text in TEXTS:
            found = encoder.encode(text)
            assert (np.diff(found.starts) >= 0).all()
            assert (found.starts <= found.ends).all()
            assert found.ends.max() <= len(text)

    def test_parts_are_vectors_too(self, encoder: SentenceEncoder) -> None:
        found = encoder.encode(SHORT)
        part = found.part(SHORT.index("brass"), len(SHORT))
        assert abs(float(np.linalg.norm(part)) - 1) < 1e-5
        assert not np.allclose(part, found.sentence)

    def test_different_texts_differ(self, encoder: SentenceEncoder) -> None:
        assert not np.allclose(encoder.encode(SHORT).sentence, encoder.encode("a blue boat").sentence)


def tiny_multilingual_model(folder: Path, *, family: str = "bert") -> None:
    """Writes a BERT of two narrow layers with random weights and a Unigram vocabulary of several scripts."""
    rng = np.random.default_rng(7)
    latin = (
        "▁a",
        "▁red",
        "▁coat",
        "▁with",
        "▁brass",
        "▁button",
        "s",
        "▁the",
        "▁queen",
        "▁wears",
        "▁Ein",
        "▁Mann",
        "▁im",
    )
    words = (*latin, "рыжая", "лиса", "白", "狼", "雪", "▁", "一隻", "站", "在")
    letters = [*"abcdefghijklmnopqrstuvwxyz.?!3,ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    pieces = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0]]
    pieces += [[word, -4.0 - number / 10] for number, word in enumerate(words)]
    pieces += [[letter, -9.0] for letter in letters]
    tokenizer = {"added_tokens": [], "model": {"type": "Unigram", "unk_id": 3, "vocab": pieces}}
    width, inner = 32, 48
    shapes = {
        "embeddings.word_embeddings.weight": (len(pieces), width),
        "embeddings.position_embeddings.weight": (80, width),
        "embeddings.token_type_embeddings.weight": (1, width),
        **_norm("embeddings.LayerNorm", width),
    }
    for layer in range(2):
        name = f"encoder.layer.{layer}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{name}.{part}.weight": (width, width), f"{name}.{part}.bias": (width,)}
        shapes |= {f"{name}.intermediate.dense.weight": (inner, width), f"{name}.intermediate.dense.bias": (inner,)}
        shapes |= {f"{name}.output.dense.weight": (width, inner), f"{name}.output.dense.bias": (width,)}
        shapes |= {**_norm(f"{name}.attention.output.LayerNorm", width), **_norm(f"{name}.output.LayerNorm", width)}
    _write_safetensors(
        folder / WEIGHTS, {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    )
    config = {"hidden_size": width, "num_attention_heads": 4, "model_type": family, "pad_token_id": 1}
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    (folder / TOKENIZER).write_text(json.dumps(tokenizer), encoding="utf-8")
    pins = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (WEIGHTS, CONFIG, TOKENIZER)}
    manifest = {"name": "tiny", "languages": ["de", "en", "ru", "zh"], "sha256": pins}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _write_safetensors(path: Path, tensors: dict[str, npt.NDArray[np.float32]]) -> None:
    header = {}
    at = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header).encode()
    # Tensors begin at a multiple of eight bytes, as the format asks.
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(each.tobytes() for each in tensors.values()))


def write_like_the_default(folder: Path, called: str) -> None:
    """Another model than the default, ``called`` so: its weights and words with a configuration of other bytes."""
    default = find_model(DEFAULT_MODEL)
    for name in default.sha256:
        shutil.copy(default.folder / name, folder / name)
    config = (folder / CONFIG).read_bytes() + b"\n"
    (folder / CONFIG).write_bytes(config)
    digests = {**default.sha256, CONFIG: hashlib.sha256(config).hexdigest()}
    manifest = {"name": called, "languages": ["en"], "sha256": digests}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
