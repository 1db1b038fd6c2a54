"""The encoder against the same model computed in plain numpy from its weights, layer by layer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.errors import ConfigError
from faircut.text.encoder import LONGEST, SentenceEncoder, encoder_of, vocabulary_of
from faircut.text.minilm import Weights, embedded, quantised
from faircut.text.models import CONFIG, DEFAULT_MODEL, MANIFEST, VOCABULARY, WEIGHTS, ModelFiles, find_model
from faircut.text.wordpiece import WordPiece
from support.sentence_models import write_like_the_default

Floats = npt.NDArray[np.float32]

TEXTS = (
    "A tall, pale humanoid monster with a flower-like head.",
    "red coat",
    "Drone shot over terraced rice fields at sunrise, mist between the hills, a farmer with two buffaloes",
)


@pytest.fixture(scope="module")
def model() -> ModelFiles:
    return find_model(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def weights(model: ModelFiles) -> Weights:
    return Weights(model.folder / WEIGHTS, json.loads((model.folder / CONFIG).read_text()))


@pytest.fixture(scope="module")
def exact(model: ModelFiles) -> SentenceEncoder:
    return encoder_of(model, int8=False, adapted=False)


@pytest.fixture(scope="module")
def quick(model: ModelFiles) -> SentenceEncoder:
    return encoder_of(model, adapted=False)


def _norm(x: Floats, weights: Weights, name: str) -> Floats:
    x = x - x.mean(axis=1, keepdims=True)
    x = x / np.sqrt((x * x).mean(axis=1, keepdims=True) + weights.epsilon)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _gelu(x: Floats) -> Floats:
    # The error function after Abramowitz and Stegun, 7.1.26: exact to 2e-7.
    z = np.abs(x) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return x / 2 * (1 + np.sign(x) * (1 - poly * np.exp(-z * z)))


def plain_numpy(weights: Weights, text: str, model: ModelFiles) -> Floats:
    """The published computation of BERT with mean pooling, with no trick of ours."""
    cutter = WordPiece(vocabulary_of(model))
    ids = np.array([cutter.first, *cutter.cut(text).ids, cutter.last])
    x = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: len(ids)]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    x = _norm(x, weights, "embeddings.LayerNorm")
    for number in range(weights.layers):
        name = f"encoder.layer.{number}"

        def dense(value: Floats, part: str, name: str = name) -> Floats:
            return value @ weights[f"{name}.{part}.weight"].T + weights[f"{name}.{part}.bias"]

        query, key, value = (
            dense(x, f"attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(32)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        mixed = (shares @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        x = _norm(dense(mixed, "attention.output.dense") + x, weights, f"{name}.attention.output.LayerNorm")
        x = _norm(dense(_gelu(dense(x, "intermediate.dense")), "output.dense") + x, weights, f"{name}.output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


@pytest.mark.parametrize("text", TEXTS)
def test_float_vectors_are_those_of_plain_numpy(
    text: str, exact: SentenceEncoder, weights: Weights, model: ModelFiles
) -> None:
    assert np.abs(exact.encode(text).sentence - plain_numpy(weights, text, model)).max() < 2e-5


@pytest.mark.parametrize("text", TEXTS)
def test_integers_lose_little(text: str, exact: SentenceEncoder, quick: SentenceEncoder) -> None:
    assert exact.encode(text).sentence @ quick.encode(text).sentence > 0.985


def test_like_things_are_alike(quick: SentenceEncoder) -> None:
    dog, hound, bridge = (
        quick.encode(text).sentence
        for text in ("a black dog runs on the beach", "dark hound racing along the shore", "an accountant files a form")
    )
    assert dog @ hound > 0.4 > 0.2 > dog @ bridge


def test_the_adapter_changes_the_vectors_and_keeps_them_sane(model: ModelFiles, exact: SentenceEncoder) -> None:
    adapted = encoder_of(model, int8=False)
    likeness = [float(adapted.encode(text).sentence @ exact.encode(text).sentence) for text in TEXTS]
    assert all(0.1 < each < 0.9999 for each in likeness)


def test_a_texts_vectors_depend_on_that_text_alone(quick: SentenceEncoder) -> None:
    before = quick.encode(TEXTS[0])
    quick.encode(" ".join(TEXTS) * 3)
    after = quick.encode(TEXTS[0])
    assert np.array_equal(before.sentence, after.sentence)
    assert np.array_equal(before.tokens, after.tokens)


def test_parts_are_found_by_their_places(quick: SentenceEncoder) -> None:
    text = "A dog sleeps by the fire. The queen wears a crown of ice."
    encoded = quick.encode(text)
    start = text.index("The queen")
    queen = quick.encode("a queen with an icy crown").sentence
    assert encoded.part(start, len(text)) @ queen > encoded.part(0, start) @ queen + 0.1
    assert not encoded.part(3, 3).any()


def test_letters_that_the_model_does_not_know_are_not_read_beside_others(quick: SentenceEncoder) -> None:
    plain, mixed = "A red fox sleeps in the snow", "A red fox рыжая лиса, 눈 속에서 sleeps in the snow"
    read = quick.encode(mixed)
    assert {mixed[start] for start in read.starts} <= {*plain, ","}
    ends = len("A red fox"), mixed.index("sleeps")
    assert not read.part(*(mixed.index(part) + end for part, end in (("рыжая", 0), ("лиса", 4)))).any()
    assert read.part(0, ends[0]) @ quick.encode(plain).part(0, ends[0]) > 0.9
    accents = "Één façade, ạ"
    assert len(quick.encode(accents).tokens) == len(quick.encode("Een facade, a").tokens), "these are Latin letters"


def test_a_text_in_another_language_is_still_like_itself(quick: SentenceEncoder) -> None:
    alone, shot = quick.encode("рыжая лиса спит в снегу"), quick.encode("Shot, 4K: рыжая лиса спит в снегу")
    assert len(shot.tokens) > len(alone.tokens) > 10
    assert alone.sentence @ shot.sentence > alone.sentence @ quick.encode("дом на холме у реки").sentence


def test_a_model_of_other_letters_reads_them(model: ModelFiles) -> None:
    def reads(*languages: str) -> bool:
        return ModelFiles("mine", model.folder, model.sha256, languages).reads_latin_alone

    assert model.reads_latin_alone
    assert reads("en", "pt-BR")
    assert not reads("en", "ru")
    assert not reads()


def test_long_texts_are_read_to_their_end(quick: SentenceEncoder) -> None:
    text = "The rain falls on the roofs of the town. " * 40 + "At last a purple elephant dances."
    encoded = quick.encode(text)
    assert len(encoded.tokens) > 5 * LONGEST
    elephant = quick.encode("a dancing purple elephant").sentence
    assert encoded.part(text.index("At last"), len(text)) @ elephant > 0.5


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_has_finite_vectors(text: str, quick: SentenceEncoder) -> None:
    encoded = quick.encode(text)
    assert np.isfinite(encoded.sentence).all()
    assert np.isfinite(encoded.tokens).all()
    assert len(encoded.tokens) == len(encoded.starts) == len(encoded.ends)


def test_quantised_weights_fit_seven_bits() -> None:
    weight = np.random.default_rng(3).normal(size=(40, 8)).astype(np.float32)
    weight[:, 2] = 0
    integers, scale = quantised(weight)
    assert np.abs(integers).max() == 63
    assert np.abs(integers * scale - weight).max() <= scale.max() / 2 + 1e-6


def _copy(model: ModelFiles, folder: Path) -> None:
    for name in (CONFIG, VOCABULARY):
        shutil.copy(model.folder / name, folder / name)
    (folder / WEIGHTS).symlink_to(model.folder / WEIGHTS)


def test_another_model_is_used_when_its_files_are_those_pinned(
    tmp_path: Path, model: ModelFiles, quick: SentenceEncoder
) -> None:
    _copy(model, tmp_path)
    manifest = {"name": "mine", "languages": ["en"], "sha256": dict(model.sha256)}
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    mine = find_model(str(tmp_path))
    assert (mine.name, mine.languages, mine.digest) == ("mine", ("en",), model.digest)
    assert np.array_equal(encoder_of(mine).encode(TEXTS[0]).sentence, quick.encode(TEXTS[0]).sentence)


def test_what_was_taught_is_for_the_files_it_was_taught_for(
    tmp_path: Path, model: ModelFiles, quick: SentenceEncoder
) -> None:
    write_like_the_default(tmp_path, DEFAULT_MODEL)
    other = find_model(str(tmp_path))
    assert model.is_default
    assert not other.is_default
    assert np.array_equal(encoder_of(other).encode(TEXTS[0]).sentence, quick.encode(TEXTS[0]).sentence)


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path, model: ModelFiles) -> None:
    _copy(model, tmp_path)
    (tmp_path / MANIFEST).write_text(json.dumps({"name": "mine", "languages": ["en"], "sha256": dict(model.sha256)}))
    (tmp_path / VOCABULARY).write_text("[CLS]\n[SEP]\n[UNK]\n")
    with pytest.raises(ConfigError, match="is not the file that is pinned") as caught:
        encoder_of(find_model(str(tmp_path)))
    assert caught.value.field == "sentence_model"


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (None, "cannot be read"),
        ("{", "cannot be understood"),
        ('{"name": "x", "languages": []}', "cannot be understood"),
        ('{"name": "x", "languages": [], "sha256": {}}', "pins no digest"),
        (
            '{"name": "x", "languages": [], "sha256": {"model.safetensors": "0", "config.json": "0"}}',
            "pins neither",
        ),
    ],
)
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, manifest: str | None, complaint: str) -> None:
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(ConfigError, match=complaint):
        find_model(str(tmp_path))


def test_missing_files_are_named(tmp_path: Path, model: ModelFiles) -> None:
    gone = ModelFiles("mine", tmp_path, model.sha256, ("en",))
    with pytest.raises(ConfigError, match="lacks"):
        gone.verify()


def test_weights_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS
    path.write_bytes(b"\x08\0\0\0\0\0\0\0not json")
    with pytest.raises(ConfigError, match="not a model that can be read"):
        Weights(path, {"hidden_size": 8, "num_attention_heads": 2})


def test_embeddings_are_normalised(weights: Weights) -> None:
    x = embedded(weights, np.array([101, 2417, 5435, 102]))
    assert x.shape == (4, 384)
    assert np.isfinite(x).all()


def test_vectors_of_several_parts_are_those_of_each(quick: SentenceEncoder) -> None:
    text = "A dog sleeps by the fire. The queen wears a crown of ice."
    encoded = quick.encode(text)
    spans = [(0, 5), (5, 5), (6, 12), (26, len(text)), (len(text), len(text) + 9)]
    alone = np.stack([encoded.part(*span) for span in spans])
    assert np.abs(encoded.parts(spans) - alone).max() < 1e-6
    assert np.allclose(quick.encode("").parts([(0, 0)]), quick.encode("").sentence)
