"""The listener of ``faircut serve``."""

from __future__ import annotations

import asyncio
import socket

from faircut.cli.serve import _listen


def test_answers_are_sent_at_once() -> None:
    """Nagle's algorithm is off on accepted connections: with it every answer on a kept connection takes 40 ms more."""

    async def accepted() -> int:
        nodelay: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def met(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            nodelay.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with _listen("127.0.0.1", 0) as listener:
            port = listener.getsockname()[1]
            async with await asyncio.start_server(met, sock=listener):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                found = await asyncio.wait_for(nodelay, 10)
                writer.close()
                return found

    assert asyncio.run(accepted()) != 0
