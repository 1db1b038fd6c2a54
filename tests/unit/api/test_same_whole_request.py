"""A complete request, with its files, titles, captions and file names, is judged alike for every caller."""

from __future__ import annotations

from typing import Any

import pytest

CALLERS = 12
LANGUAGES = ("en-GB", "de", "zh-Hant-TW", "ar", "*", "xx")
REQUESTS: tuple[tuple[list[dict[str, str]], tuple[str, ...], str], ...] = (
    ([{"prompt": "A harbour in a storm", "title": "The Pier"}], ("picture",), "allow"),
    (
        [{"prompt": "A harbour", "caption": "Cinder Quay"}, {"prompt": "Captain Lumen walks in"}],
        ("picture", "cut"),
        "block",
    ),
    ([{"prompt": "A man called Captain Lu"}, {"prompt": "men walks in", "title": "Rain"}], (), "block"),
    ([{"prompt": "Make him dance"}], ("captain_lumen",), "block"),
    ([{"prompt": "Make it slower"}], ("own", "cut"), "block"),
)


@pytest.fixture(scope="module")
def callers(service, films) -> list[tuple[Any, dict[str, str]]]:  # type: ignore[no-untyped-def]
    """Twelve keys, old and new, each with uploads of its own of the same files."""
    made = []
    for number in range(CALLERS):
        client = service.client(secret=service.key("generate", "screen") if number % 2 else service.key("generate"))
        uploads = {}
        for name, of in (("picture", "picture"), ("captain_lumen", "picture"), ("cut", "cut"), ("own", "own")):
            content = films[of].read_bytes()
            answer = client.post("/v1/uploads", files={"file": (f"{name}{films[of].suffix}", content)})
            uploads[name] = answer.json()["id"]
        made.append((client, uploads))
    return made


@pytest.mark.parametrize(("shots", "names", "verdict"), REQUESTS)
def test_one_whole_request_one_answer(  # type: ignore[no-untyped-def]
    callers, shots: list[dict[str, str]], names: tuple[str, ...], verdict: str
) -> None:
    told: list[Any] = []
    for number, (client, uploads) in enumerate(callers):
        body = {
            "shots": shots,
            "images": [uploads[each] for each in names if each in ("picture", "captain_lumen")],
            "clips": [uploads[each] for each in names if each in ("own", "cut")],
            "size": "480p",
            "duration": 8,
        }
        headers = {
            "Accept-Language": LANGUAGES[number % len(LANGUAGES)],
            "X-Forwarded-For": f"203.0.113.{number}",
            "X-Tier": ("free", "enterprise")[number % 2],
            "Cookie": f"tier=gold{number}",
        }
        answer = client.post("/v1/preflight", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["errors"], found["verdict"]) == ([], verdict)
        told.append(
            [
                (each["input"], each["verdict"], each["asset_digest"], each["required"],
                 [(why["code"], why["message"], why["score"]) for why in each["reasons"]])
                for each in found["decisions"]
            ]
        )  # fmt: skip
    assert len(told[0]) == 1 + len(names)
    assert all(each == told[0] for each in told)
