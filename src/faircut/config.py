"""One Settings: ``faircut.toml`` in the data folder, overridden by ``FAIRCUT_*``, overridden by flags.

Unknown keys are errors in the file and among the flags: a misspelt limit must not silently be no limit.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from faircut.domain import GreyZone, Verdict
from faircut.errors import ConfigError

CONFIG_FILE = "faircut.toml"


def default_home() -> Path:
    """``FAIRCUT_HOME`` if set, else ``~/.local/share/faircut`` (``XDG_DATA_HOME`` honoured)."""
    if home := os.environ.get("FAIRCUT_HOME"):
        return Path(home)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "faircut"


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(env_prefix="FAIRCUT_", extra="forbid", frozen=True)

    home: Path = Field(default_factory=default_home, description="Data folder: database, media, keys.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL. Default: SQLite file faircut.db in the data folder."
    )
    host: str = Field(default="127.0.0.1", description="Address that `faircut serve` listens on.")
    port: int = Field(default=8750, ge=0, le=65535, description="Port that `faircut serve` listens on; 0 picks one.")
    workers: int = Field(default=2, ge=1, le=64, description="Generation jobs that run at the same time.")
    max_open_jobs: int = Field(default=100, ge=0, description="Jobs that a key may have open at once; 0: no limit.")
    max_jobs_a_day: int = Field(default=0, ge=0, description="Jobs that a key may start within 24 hours; 0: no limit.")
    max_appeals_a_day: int = Field(
        default=20, ge=0, description="Appeals that a key may make within 24 hours; 0: no limit."
    )
    engine: str = Field(default="previz", description="Engine used when a request names none.")
    plugins: tuple[str, ...] = Field(
        default=(), description="Importable plugins (`module` or `module:attribute`) besides those installed."
    )
    engine_timeout_s: float = Field(default=900, gt=0, description="Seconds after which an engine is stopped.")
    engine_memory_bytes: int = Field(
        default=16 * 2**30, ge=0, description="Address space of an engine's process; 0 sets no limit (CUDA needs that)."
    )
    engine_options: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="What engines are told, a table each (`[engine_options.ark]`): keys, addresses, weights.",
    )
    sentence_model: str = Field(
        default="all-minilm-l6-v2",
        description="Sentence model that compares descriptions: the default's name, or a folder with a pinned model.",
    )
    unread_languages: Literal[Verdict.ALLOW, Verdict.REVIEW] = Field(
        default=Verdict.ALLOW,
        description="What is done with prompts in a language that the sentence model does not know.",
    )
    grey_zone: dict[GreyZone, Verdict] = Field(
        default_factory=dict,
        description="What is done with style, archetypes, free figures, parody, news, criticism: `docs/grey-zone.md`.",
    )
    grey_zone_with_more: Literal[Verdict.BLOCK, Verdict.REVIEW] = Field(
        default=Verdict.BLOCK, description="What is done where a use in the grey zone asks for more than a name."
    )
    free_figures: Path | None = Field(
        default=None, description="An own table of figures that belong to everybody, on top of the one that is shipped."
    )
    check_timeout_s: float = Field(default=120, gt=0, description="Seconds after which one check counts as timed out.")
    max_upload_bytes: int = Field(default=64 * 2**20, gt=0, description="Largest image, clip or sound in a request.")
    max_reference_bytes: int = Field(default=8 * 2**30, gt=0, description="Largest reference file.")
    max_output_bytes: int = Field(default=512 * 2**20, gt=0, description="Largest file accepted from an engine.")
    max_pixels: int = Field(default=40_000_000, gt=0, description="Most pixels in an image or a video frame.")
    max_clip_seconds: float = Field(default=120, gt=0, description="Longest uploaded clip or sound.")
    max_reference_seconds: float = Field(default=6 * 3600, gt=0, description="Longest reference.")
    grade_attacks: int = Field(
        default=60, ge=0, description="Attacks by which the protection of each new element is graded; 0: none."
    )
    recent_requests_h: float = Field(
        default=24, ge=0, description="Hours for which requests are kept, to be judged with those that follow; 0: none."
    )
    keep_refused_days: float = Field(
        default=0, ge=0, description="Days for which files sent with refused requests are kept; 0: for good."
    )
    public_url: str | None = Field(
        default=None, description="Where clients reach this service, for links in answers. Default: as they asked."
    )
    model_aliases: dict[str, str] = Field(
        default_factory=dict,
        description="Model names that clients may send, and the engine that each means; see `docs/apis.md`.",
    )
    fetch_links: bool = Field(default=True, description="Whether files of a request may be links, which are fetched.")
    fetch_timeout_s: float = Field(
        default=60, gt=0, description="Seconds that fetching the links of one request may take."
    )
    callbacks: bool = Field(default=True, description="Whether a request may name an address that is told of changes.")
    trusted_hosts: tuple[str, ...] = Field(
        default=(),
        description="Hosts (`host:port`) that links and callbacks may lead to though they are private or plain http.",
    )
    max_prompt_chars: int = Field(default=20_000, gt=0, description="Longest text of one request, all shots together.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = init_settings().get("home") or default_home()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(home) / CONFIG_FILE)

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'faircut.db'}"


def load_settings(**flags: Any) -> Settings:
    """Settings from file, environment and ``flags`` (None means: not given). Raises ConfigError."""
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{first['msg']}.",
            field=name,
            remedy=f"Correct it in {CONFIG_FILE}, FAIRCUT_{name.upper()} or the flag; docs/settings.md lists them all.",
        ) from error
    except ValueError as error:
        raise ConfigError(
            f"{CONFIG_FILE} cannot be read: {error}.",
            field=CONFIG_FILE,
            remedy="Write it as TOML, one `key = value` a line.",
        ) from error
