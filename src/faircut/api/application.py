"""The HTTP API as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from faircut.api import problems
from faircut.api.ark import routes as tasks
from faircut.api.ark.schemas import TaskIn
from faircut.api.ark.tasks import callback_body
from faircut.api.doors import callbacks, links
from faircut.api.doors.callbacks import secret_of
from faircut.api.guard import BodyLimit, SecurityHeaders
from faircut.api.multipart import clear_stale
from faircut.api.routes import (
    appeals,
    catalogue,
    catalogue_files,
    compare,
    decisions,
    engine_callbacks,
    engines,
    generations,
    keys,
    ledger,
    licences,
    preflight,
    references,
    service,
    uploads,
)
from faircut.api.services import Services
from faircut.api.videos import routes as videos
from faircut.app import Faircut
from faircut.studio.callbacks import CallbackSender

ROUTERS: tuple[APIRouter, ...] = (
    service.router,
    preflight.router,
    uploads.router,
    compare.router,
    generations.router,
    engines.router,
    tasks.router,
    videos.router,
    links.router,
    engine_callbacks.router,
    callbacks.router,
    decisions.router,
    appeals.router,
    catalogue_files.router,
    catalogue.router,
    references.router,
    licences.router,
    ledger.router,
    keys.router,
)

_DESCRIPTION = (
    "Self-hosted generative video with the rights of others built in. Every refusal says which input, which protected "
    "element, why, and what to change. Errors have one shape: `{error: {code, message, remedy, field}}`."
)
_OPEN = frozenset(
    {
        "/healthz",
        "/version",
        "/links/{job_id}/{name}",
        "/links/{job_id}/clips/{number}",
        "/callbacks/{job_id}/{token}",
    }
)


def create_app(faircut: Faircut) -> FastAPI:
    """The API over an open Faircut; the web studio adds itself on top, see :func:`faircut.web.create_app`.

    The caller owns ``faircut``: it starts the studio's worker if jobs are to run here, and closes it afterwards.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        clear_stale(faircut.settings.home / "incoming")
        sender = CallbackSender(
            faircut.studio.callbacks,
            lambda job: callback_body(job, faircut),
            lambda owner: secret_of(faircut.links, owner),
            faircut.settings.trusted_hosts,
        )
        sender.start()
        yield
        sender.stop()
        app.state.services.close()

    app = FastAPI(
        title="Faircut",
        version=version("faircut"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        responses={"4XX": {"model": problems.ErrorBody, "description": "What is wrong, and what to do about it."}},
    )
    app.state.faircut = faircut
    app.state.services = Services(faircut)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: FastAPI's, with the two ways to authenticate on every route that asks for it."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        document.setdefault("components", {})["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, `fck_…`."},
            "session": {"type": "apiKey", "in": "cookie", "name": "faircut_session"},
        }
        # Bodies that are read as streams, of which the framework does not know.
        streamed = TaskIn.model_json_schema(ref_template="#/components/schemas/{model}")
        known = document["components"].get("schemas", {}) | streamed.pop("$defs", {}) | {TaskIn.__name__: streamed}
        document["components"]["schemas"] = dict(sorted(known.items()))
        for path, operations in document["paths"].items():
            for operation in operations.values():
                operation["security"] = [] if path in _OPEN else [{"bearer": []}, {"session": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _operation_id(route: APIRoute) -> str:
    return route.name
