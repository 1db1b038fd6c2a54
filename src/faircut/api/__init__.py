"""The HTTP API."""

from faircut.api.application import create_app

__all__ = ["create_app"]
