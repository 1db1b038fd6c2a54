"""The real application on a data folder of its own. Only the engine is a double, because it is quick."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

DOUBLES = Path(__file__).parents[2] / "doubles"
sys.path.insert(0, str(DOUBLES))

from faircut.access import Scope  # noqa: E402
from faircut.app import Faircut  # noqa: E402
from faircut.config import Settings  # noqa: E402
from faircut.web import create_app  # noqa: E402
from support.http import served  # noqa: E402
from support.media import Edit, reencode, tune, wander, write_video  # noqa: E402

MAX_UPLOAD = 3 * 2**20
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Else each client reads the authorities of the whole world for a service that speaks plain HTTP."""


@dataclass
class Service:
    """A running service with a client for each kind of key."""

    faircut: Faircut
    app: FastAPI
    base: str
    keys: dict[str, str]
    clients: ExitStack

    def client(self, who: str | None = "admin", *, secret: str | None = None) -> httpx.Client:
        """A program with a key, or with none."""
        secret = secret or (self.keys[who] if who else None)
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return self.clients.enter_context(httpx.Client(base_url=self.base, headers=headers, timeout=60, verify=_NO_TLS))

    def key(self, *scopes: str) -> str:
        return self.faircut.keys.create(f"key for {', '.join(scopes)}", scopes, actor="tests")[1]

    def signed_in(self, who: str = "admin") -> httpx.Client:
        """A browser: a cookie, no bearer."""
        return self.browser(self.faircut.sessions.open_with_key(self.keys[who]).value)

    def browser(self, session: str) -> httpx.Client:
        client = self.client(None)
        client.cookies.set("faircut_session", session)
        return client


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A protected film, a mirrored cut of it, a film of nobody's, and a picture."""
    folder = tmp_path_factory.mktemp("films")
    film = write_video(folder / "film.mp4", wander(9, 7), sound=tune(9, 7))
    cut = reencode(film, folder / "cut.mp4", Edit(start=3, seconds=5, mirror=True, height=144, fps=24, crf=33))
    own = write_video(folder / "own.mp4", wander(4, 99))
    import cv2

    picture = folder / "picture.png"
    cv2.imwrite(str(picture), wander(0.1, 123)[0])
    return {"film": film, "cut": cut, "own": own, "picture": picture}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, films: dict[str, Path]) -> Iterator[Service]:
    """One service a module, with a registered film, a worker, and keys for admin, two makers and a reader."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", os.pathsep.join([str(DOUBLES), os.environ.get("PYTHONPATH", "")]))
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        plugins=("studio_doubles:PLUGIN",),
        engine="tiny",
        max_upload_bytes=MAX_UPLOAD,
    )
    with Faircut(settings) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="tests")
        faircut.catalogue.add_element("set", "Cinder Quay", work=work.id, policy="review", actor="tests")
        faircut.catalogue.add_reference(films["film"], work=work.id, actor="tests")
        faircut.studio.start()
        keys = {
            name: faircut.keys.create(name, scopes, actor="tests")[1]
            for name, scopes in {
                "admin": [Scope.ADMIN],
                "maker": [Scope.GENERATE],
                "other": [Scope.GENERATE, Scope.SCREEN],
                "reader": [Scope.CATALOGUE_READ],
                "editor": [Scope.CATALOGUE_WRITE],
                "auditor": [Scope.LEDGER_READ],
            }.items()
        }
        app = create_app(faircut)
        with served(app) as base, ExitStack() as clients:
            yield Service(faircut, app, base, keys, clients)
    patch.undo()
