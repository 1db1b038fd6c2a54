"""A double of the Ark API's video tasks as they are documented: states, refusals, limits, links that die.

Nothing of it knows the engine that is tested: it checks requests by the documentation's own rules.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from typing import Any

from fake_http import Asked, FakeService, Reply

KEY = "ark-key-0123456789"
MODELS = frozenset(
    {"dreamina-seedance-2-0-260128", "dreamina-seedance-2-0-fast-260128", "dreamina-seedance-2-5-260628"}
)
_TASKS = "/contents/generations/tasks"
_ROLES = {
    "image_url": {"first_frame", "last_frame", "reference_image"},
    "video_url": {"reference_video"},
    "audio_url": {"reference_audio"},
}
_SOURCES = {
    "image_url": r"https://|data:image/[a-z]+;base64,|asset://",
    "video_url": r"https://|asset://",
    "audio_url": r"https://|data:audio/[a-z]+;base64,|asset://",
}


def error(status: int, code: str, message: str, param: str = "") -> Reply:
    kinds = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests"}
    body = {"error": {"code": code, "message": message, "param": param, "type": kinds.get(status, "InternalError")}}
    return Reply(status, body, {"x-request-id": "req-0217"})


class FakeArk(FakeService):
    """``script`` is how a new task's status goes on at each look; its last entry stays. ``failure`` is what a task that
    fails says; ``refusal`` is what creating says instead of taking the task; ``most_open`` limits tasks at once.
    ``calls`` are the answers to its callbacks."""

    root = "/api/v3"

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        """As new."""
        super().forget()
        self.script = ["queued", "running", "succeeded"]
        self.failure: dict[str, str] = {"code": "InternalServiceError", "message": "The service encountered an error."}
        self.refusal: Reply | None = None
        self.most_open = 10
        self.tasks: dict[str, dict[str, Any]] = {}
        self.scripts: dict[str, list[str]] = {}
        self.call_urls: dict[str, str] = {}
        self.calls: list[int] = []
        self.proxies: dict[str, str] = {}

    def collection(self) -> str:
        return _TASKS

    def reply(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return error(401, "AuthenticationError", "The API key in the request is missing or invalid.")
        tail = asked.path.removeprefix(self.root + _TASKS)
        if asked.method == "POST" and not tail:
            return self.create(asked.json())
        if asked.method == "GET" and not tail:
            return self.list(asked)
        task = self.tasks.get(tail.lstrip("/"))
        if task is None:
            return error(404, "ResourceNotFound", "The specified task is not found.")
        return self.look(task) if asked.method == "GET" else self.delete(task)

    def create(self, body: dict[str, Any]) -> Reply:
        wrong = self.refusal or self.wrong(body)
        if wrong is not None:
            return wrong
        if sum(1 for task in self.tasks.values() if task["status"] in ("queued", "running")) >= self.most_open:
            return error(429, "InflightBatchsizeExceeded", "Too many tasks at once.")
        task = self.put(body)
        return Reply(
            200, {"id": task["id"], "safety_identifier": body.get("safety_identifier")}, {"x-request-id": "r1"}
        )

    def put(self, body: dict[str, Any], **others: Any) -> dict[str, Any]:
        """A task as the service keeps it."""
        now = int(time.time())
        known = ("model", "seed", "resolution", "ratio", "duration", "safety_identifier", "execution_expires_after")
        task = {
            "id": f"cgt-20261121-{len(self.tasks):04d}",
            "status": "queued",
            "error": None,
            "created_at": now,
            "updated_at": now,
            "framespersecond": 24,
            **{key: body.get(key) for key in known},
            **others,
        }
        self.tasks[task["id"]] = task
        self.scripts[task["id"]] = list(self.script)
        self.call_urls[task["id"]] = str(body.get("callback_url") or "")
        return task

    def become(self, task_id: str, status: str) -> None:
        """A task changes by itself; whoever asked for it is called, and again up to three times until it answers."""
        with self.lock:
            task = self.tasks[task_id]
            self.scripts[task_id] = [status]
            self.look(task)
            url, body = self.call_urls[task_id], json.dumps(task).encode()
        for _attempt in range(4 if url else 0):
            if self.call(url, body) < 300:
                break

    def call(self, url: str, body: bytes) -> int:
        """Posts to a callback; ``proxies`` stand before the addresses that begin so. The status of the answer."""
        for public, local in self.proxies.items():
            url = url.replace(public, local)
        headers = {"Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                status = refused.code
        self.calls.append(status)
        return status

    def look(self, task: dict[str, Any]) -> Reply:
        script = self.scripts[task["id"]]
        if task["status"] in ("queued", "running"):
            task["status"] = script.pop(0) if len(script) > 1 else script[0]
        if task["status"] == "failed":
            task["error"] = self.failure
        if task["status"] == "succeeded":
            # The link is made anew at each look, as signed links are.
            task["content"] = {"video_url": f"{self.address}/files/{task['id']}.mp4?look={len(self.asked)}"}
            task["usage"] = {"completion_tokens": 108_900, "total_tokens": 108_900}
        return Reply(200, task)

    def delete(self, task: dict[str, Any]) -> Reply:
        if task["status"] == "running":
            return error(400, "InvalidAction.RunningTaskDeletion", "The task is running and cannot be cancelled.")
        if task["status"] == "queued":
            task["status"] = "cancelled"
        else:
            del self.tasks[task["id"]]
        return Reply(200, {})

    def list(self, asked: Asked) -> Reply:
        number, size = (int(asked.query.get(key, ["1"])[0]) for key in ("page_num", "page_size"))
        newest = list(reversed(self.tasks.values()))
        return Reply(200, {"total": len(newest), "items": newest[(number - 1) * size : number * size]})

    def wrong(self, body: dict[str, Any]) -> Reply | None:
        if body.get("model") not in MODELS:
            return error(404, "InvalidEndpointOrModel.NotFound", "The model or endpoint does not exist.")
        content = body.get("content")
        if not isinstance(content, list) or not content:
            return error(400, "MissingParameter", "The request is missing `content`.", "content")
        for number, item in enumerate(content):
            if (found := self.wrong_item(item, f"content[{number}]")) is not None:
                return found
        return self.wrong_scene(content) or self.wrong_numbers(body)

    def wrong_item(self, item: dict[str, Any], where: str) -> Reply | None:
        kind = item.get("type")
        if kind == "text":
            return None if item.get("text") else error(400, "MissingParameter", "The text is empty.", where)
        if kind not in _ROLES or not isinstance(item.get(kind), dict):
            return error(400, "InvalidParameter", "The type is not valid.", f"{where}.type")
        if item.get("role") not in _ROLES[kind]:
            return error(400, "InvalidParameter", "The role is not valid.", f"{where}.role")
        if not re.match(_SOURCES[kind], item[kind].get("url", "")):
            return error(400, "InvalidParameter", "The url is not valid.", f"{where}.{kind}")
        return None

    def wrong_scene(self, content: list[dict[str, Any]]) -> Reply | None:
        roles = [item.get("role") for item in content if item["type"] != "text"]
        framed = [role for role in roles if role in ("first_frame", "last_frame")]
        if framed and len(framed) != len(roles):
            return error(400, "InvalidParameter.TaskTypeConstraint", "Frames and references cannot be mixed.")
        if sorted(framed) not in ([], ["first_frame"], ["first_frame", "last_frame"]):
            return error(400, "InvalidParameter.TaskTypeConstraint", "These frames do not go together.")
        if roles and set(roles) == {"reference_audio"}:
            return error(400, "InvalidParameter.TaskTypeConstraint", "Audio needs an image or a video.")
        for role, most in (("reference_image", 9), ("reference_video", 3), ("reference_audio", 3)):
            if roles.count(role) > most:
                return error(400, "InvalidParameter", f"At most {most} of {role}.", "content")
        return None

    def wrong_numbers(self, body: dict[str, Any]) -> Reply | None:
        longest = 30 if "2-5" in body["model"] else 15
        sizes = ("480p", "720p") if "fast" in body["model"] else ("480p", "720p", "1080p")
        checks = {
            "duration": body.get("duration", 5) in (-1, *range(4, longest + 1)),
            "resolution": body.get("resolution", "720p") in sizes,
            "ratio": body.get("ratio", "16:9") in ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16", "adaptive"),
            "seed": -1 <= body.get("seed", -1) < 1 << 32,
            "execution_expires_after": 3600 <= body.get("execution_expires_after", 172_800) <= 259_200,
        }
        for name, right in checks.items():
            if not right:
                return error(400, "InvalidParameter", f"The parameter {name} is not valid.", name)
        unknown = set(body) - {
            *checks,
            "model",
            "content",
            "generate_audio",
            "watermark",
            "safety_identifier",
            "callback_url",
        }
        return error(400, "InvalidParameter", f"Unknown: {sorted(unknown)}.") if unknown else None
