"""Files over HTTP with byte ranges (RFC 9110, 14): what a video element needs for seeking."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from faircut.api.problems import RangeNotSatisfiable


def file_response(request: Request, path: Path, *, digest: str, media_type: str, filename: str | None) -> Response:
    """The file, or the range asked for. The digest is its entity tag: bytes under one digest never change.

    With ``filename`` browsers save it under that name. Raises RangeNotSatisfiable.
    """
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Content-Disposition": "inline" if filename is None else f'attachment; filename="{filename}"',
    }
    if f'"{digest}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    first = request.headers.get("range", "").removeprefix("bytes=").split(",")[0].split("-")[0].strip()
    if first.isdigit() and int(first) >= path.stat().st_size:
        raise RangeNotSatisfiable(
            "The range starts after the end of the file.",
            field="Range",
            remedy=f"The file has {path.stat().st_size} bytes.",
        )
    return FileResponse(path, media_type=media_type, headers=headers)
