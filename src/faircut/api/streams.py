"""Server-sent events (WHATWG HTML, 9.2) for things that make progress."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from faircut.api.services import faircut_of, look_up

T = TypeVar("T", bound=BaseModel)

POLL_S = 0.25
HEARTBEAT_S = 10.0
MAX_STREAM_S = 3600.0


def event_stream(
    request: Request,
    name: str,
    look: Callable[[], T],
    finished: Callable[[T], bool],
    stamp: Callable[[], object] | None = None,
) -> StreamingResponse:
    """Sends what ``look`` returns as event ``name`` whenever it changes, and ``end`` when it is ``finished``.

    Looks four times a second; with ``stamp``, which must be quick, only when that has changed. A comment every ten
    seconds keeps proxies from closing the connection; clients reconnect by themselves after an hour.
    """

    async def lines() -> AsyncIterator[str]:
        faircut = faircut_of(request)
        last, seen = None, object()
        started = spoken = time.monotonic()
        while time.monotonic() - started < MAX_STREAM_S and not await request.is_disconnected():
            # The stamp first: what changes between the two is then sent once more rather than not at all.
            found = object() if stamp is None else await look_up(faircut, stamp)
            if found != seen:
                seen = found
                state = await run_in_threadpool(look)
                text = state.model_dump_json()
                if text != last:
                    last = text
                    spoken = time.monotonic()
                    yield f"event: {name}\ndata: {text}\n\n"
                if finished(state):
                    yield f"event: end\ndata: {json.dumps({})}\n\n"
                    return
            if time.monotonic() - spoken > HEARTBEAT_S:
                spoken = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(POLL_S)

    return StreamingResponse(
        lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
