"""What an operator tells an engine behind an HTTP API. Apart from the client, so that listing engines stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from faircut.errors import ConfigError


class RemoteOptions(BaseModel):
    """What every engine behind an HTTP API can be told in ``[engine_options.NAME]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(description="Address of the API. It may be private: the operator says so.")
    api_key: SecretStr = Field(default=SecretStr(""), description="Key, sent as bearer.")
    api_key_file: Path | None = Field(default=None, description="File that holds the key, instead of api_key.")
    ca_file: Path | None = Field(default=None, description="PEM file of a certificate authority of your own.")
    request_timeout_s: float = Field(default=60, gt=0, description="Seconds for one call of the API.")
    download_timeout_s: float = Field(default=600, gt=0, description="Seconds for fetching the result.")
    poll_s: float = Field(default=5, gt=0, description="Seconds between two looks at a task.")
    rested_poll_s: float = Field(
        default=60, gt=0, description="The same for a task of which the service calls us; `videos` servers do not."
    )
    retries: int = Field(default=5, ge=0, le=50, description="How often a call is repeated that may be.")
    retry_s: float = Field(default=1, ge=0, description="First pause before a repetition; it doubles each time.")
    settle_s: float = Field(default=5, ge=0, description="Seconds between looks for a task that may have got lost.")

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        url = urlsplit(value)
        if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc or url.query or url.fragment:
            raise ValueError("write it as https://host/path, without user, query or fragment")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.api_key_file is not None and self.api_key.get_secret_value():
            raise ValueError("give api_key or api_key_file, not both")
        return self

    def key(self) -> str:
        """The key, or "". Raises ConfigError when its file cannot be read."""
        if self.api_key_file is None:
            return self.api_key.get_secret_value()
        try:
            return self.api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The key in {self.api_key_file} cannot be read: {error}.",
                field="api_key_file",
                remedy="Correct the path or its permissions.",
            ) from error


Options = TypeVar("Options", bound=RemoteOptions)


def parsed(kind: type[Options], engine: str, options: Mapping[str, Any]) -> Options:
    """``options`` as their type. Raises ConfigError naming the key at fault, and never its value."""
    try:
        return kind.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = ".".join(("engine_options", engine, *(str(part) for part in first["loc"])))
        raise ConfigError(
            f"{first['msg'].removeprefix('Value error, ')}.",
            field=name,
            remedy="Correct it; docs/engines.md lists all.",
        ) from error
