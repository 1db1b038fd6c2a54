"""The web studio: pages over the same facade that the API uses."""

from faircut.web.application import create_app

__all__ = ["create_app"]
