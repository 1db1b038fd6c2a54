"""A double of a server with an OpenAI-style ``/v1/videos``: vLLM-Omni's fields, or OpenAI's alone when ``strict``."""

from __future__ import annotations

import re
import time
from typing import Any

from fake_http import Asked, FakeService, Reply

_COMMON = frozenset({"prompt", "model", "seconds", "size", "input_reference"})
_OPEN = _COMMON | {
    "user", "width", "height", "num_frames", "fps", "seed", "generate_sound", "sound_duration", "num_inference_steps",
}  # fmt: skip


def parts(asked: Asked) -> dict[str, tuple[str, bytes, str]]:
    """The parts of a multipart form (RFC 7578): file name, bytes and type by name."""
    boundary = re.search(r"boundary=(.+)", asked.headers["Content-Type"])
    assert boundary is not None
    found = {}
    for part in asked.raw.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, body = part.strip(b"\r\n").partition(b"\r\n\r\n")
        names = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
        kind = re.search(r"Content-Type: (\S+)", head.decode())
        found[names["name"]] = (names.get("filename", ""), body, kind[1] if kind else "")
    return found


def error(status: int, code: str, message: str, param: str | None = None) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message, "param": param, "type": "invalid_request_error"}})


class FakeVideos(FakeService):
    """``script`` is how a video's state goes on at each look, as (status, progress). Without ``key`` all are let in."""

    root = "/v1"

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        super().forget()
        self.script: list[tuple[str, int]] = [("queued", 0), ("in_progress", 40), ("completed", 100)]
        self.failure: Any = {"code": "generation_failed", "message": "Out of memory."}
        self.refusal: Reply | None = None
        self.strict = False
        self.key = ""
        self.videos: dict[str, dict[str, Any]] = {}
        self.scripts: dict[str, list[tuple[str, int]]] = {}
        self.forms: list[dict[str, tuple[str, bytes, str]]] = []

    def collection(self) -> str:
        return "/videos"

    def reply(self, asked: Asked) -> Reply:
        if self.key and asked.headers.get("Authorization") != f"Bearer {self.key}":
            return error(401, "invalid_api_key", "Incorrect API key provided.")
        tail = asked.path.removeprefix(f"{self.root}/videos").lstrip("/")
        if not tail:
            return self.create(asked) if asked.method == "POST" else self.list()
        video = self.videos.get(tail.removesuffix("/content"))
        if video is None:
            return error(404, "not_found", "Video not found.")
        if asked.method == "DELETE":
            return Reply(200, {**self.videos.pop(tail), "deleted": True})
        if tail.endswith("/content"):
            # Where the bytes lie is the server's business.
            return Reply(302, {}, {"Location": f"{self.address}/files/{video['id']}.mp4"})
        status, progress = self.scripts[tail].pop(0) if len(self.scripts[tail]) > 1 else self.scripts[tail][0]
        video |= {"status": status, "progress": progress, "error": self.failure if status == "failed" else None}
        return Reply(200, video)

    def create(self, asked: Asked) -> Reply:
        form = parts(asked)
        self.forms.append(form)
        if self.refusal is not None:
            return self.refusal
        if unknown := set(form) - (_COMMON if self.strict else _OPEN):
            return error(400, "unknown_parameter", f"Unknown parameter: {sorted(unknown)[0]}.", sorted(unknown)[0])
        if not form.get("prompt", ("", b"", ""))[1]:
            return error(400, "missing", "Missing prompt.", "prompt")
        if not re.fullmatch(rb"\d+x\d+", form["size"][1]) or not form["seconds"][1].isdigit():
            return error(400, "invalid_value", "Invalid size or seconds.", "size")
        return Reply(
            200, self.put({name: value.decode() for name, (_, value, _) in form.items() if name != "input_reference"})
        )

    def put(self, fields: dict[str, str]) -> dict[str, Any]:
        """A video as the server keeps it."""
        made = {key: fields.get(key) for key in ("model", "prompt", "seconds", "size")}
        name = f"video_{len(self.videos):04d}"
        video = {
            "id": name,
            "object": "video",
            "status": "queued",
            "progress": 0,
            "created_at": int(time.time()),
            **made,
        }
        self.videos[name] = video
        self.scripts[name] = list(self.script)
        return video

    def list(self) -> Reply:
        return Reply(200, {"object": "list", "data": list(reversed(self.videos.values())), "has_more": False})
