"""The guard under attack: the running judge itself, with its detectors and catalogue, that records elsewhere.

An attack takes the path of a user's request (``screen_request``), and so leaves Decisions, ledger events, remembered
requests and fingerprints behind. They go to a scratch folder, which is removed at the end: the operator's ledger must
tell of requests that somebody made, and a hundred attacks must not weigh on the next honest request that resembles one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sqlalchemy import event

from faircut.decisions import Decisions
from faircut.domain import Asset, Decision, GenerationRequest, MediaKind, Reason, Verdict
from faircut.evidence import EvidencePictures
from faircut.ledger import SqlLedger
from faircut.media.assets import asset_from_file
from faircut.media.limits import MediaLimits
from faircut.recent import RecentRequests
from faircut.redteam.deliveries import Attack, Sent
from faircut.request_text import compose, words_on_screen
from faircut.screening import Screening, worst
from faircut.seen import Seen
from faircut.store.blobs import BlobStore
from faircut.store.database import open_database
from faircut.uploads import numbered

_ACTOR = "redteam"
_HOURS = 24.0
_LIMITS = MediaLimits(2**30, 40_000_000, 24 * 3600, 300)
_SHEET = (1280, 720)
_FONT, _LINE_CHARS = 44, 46


@dataclass(frozen=True, slots=True)
class Answer:
    """What the attacker reads: the verdict, and what was shown of the reasons.

    ``score`` is the highest that was shown (log odds of a description, else how sure a name is); ``named`` are the
    words that were pointed at, the most telling first. ``elements`` are those that were recognised.
    """

    verdict: Verdict
    score: float = 0.0
    named: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    works: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.ALLOW


class Guard:
    """Asks the judge as a stranger would."""

    def __init__(self, screener: Screening, recent: RecentRequests, folder: Path) -> None:
        self._screener = screener
        self._recent = recent
        self._folder = folder
        self._callers = 0
        self._plain: Path | None = None

    def ask(self, attack: Attack) -> Answer:
        """The judge's answer to all requests of an attack, from callers whom it has not met."""
        callers: list[str] = []
        answers: list[Answer] = []
        for number, sent in enumerate(attack.requests):
            if not callers or attack.fresh:
                self._callers += 1
                callers.append(f"{_ACTOR}-{self._callers}")
            decisions = self._screener.screen_request(self._request(sent), actor=callers[-1])
            answers.append(_answer(decisions, sent))
            if not answers[-1].passed and number + 1 < len(attack.requests):
                break
        for caller in callers:
            # Every attack comes as if nobody had asked before: what a guard learns from the last one is left out.
            self._recent.forget(caller)
        return max(answers, key=lambda each: each.verdict.severity)

    def reads_pictures(self) -> bool | None:
        """Whether words that are drawn into a picture are read at all: None when nothing is registered to try with."""
        names = [
            each.name for each in self._screener.catalogue.elements() if len(each.name) >= 8 and each.name.isascii()
        ]
        if not names:
            return None
        name = max(names, key=lambda each: (" " in each, len(each)))
        return not self.ask(Attack((Sent(("A sign in a quiet street.",), drawn=name),))).passed

    def _request(self, sent: Sent) -> GenerationRequest:
        pictures = [self._asset(self._blank(), name) for name in sent.file_names]
        if sent.drawn:
            pictures.append(self._asset(self._drawn(sent.drawn), "note.png"))
        files = [*pictures, *([self._asset(sent.copy, f"clip{sent.copy.suffix}")] if sent.copy else [])]

        def of(kind: MediaKind) -> tuple[Asset, ...]:
            return numbered([each for each in files if each.kind is kind], kind)

        return GenerationRequest(
            tuple(sent.directed),
            images=of(MediaKind.IMAGE),
            clips=of(MediaKind.VIDEO),
            sounds=of(MediaKind.AUDIO),
        )

    @staticmethod
    def _asset(path: Path, name: str) -> Asset:
        return asset_from_file(path, name, name=name, limits=_LIMITS)

    def _blank(self) -> Path:
        """A picture that shows nothing in particular."""
        if self._plain is None:
            self._plain = self._folder / "plain.png"
            rows = np.linspace(90, 180, 96, dtype=np.uint8)
            cv2.imwrite(str(self._plain), np.repeat(np.repeat(rows[:, None], 128, axis=1)[:, :, None], 3, axis=2))
        return self._plain

    def _drawn(self, text: str) -> Path:
        """A picture of a note with the text on it, as large as fits."""
        # Imported late: few that open a Faircut draw notes.
        from PIL import Image, ImageDraw, ImageFont

        sheet = Image.new("RGB", _SHEET, (246, 241, 228))
        font = ImageFont.load_default(_FONT)
        lines: list[str] = [""]
        for word in text.split():
            line = f"{lines[-1]} {word}".strip()
            lines[-1:] = [line] if len(line) <= _LINE_CHARS else [lines[-1], word]
        ImageDraw.Draw(sheet).multiline_text((60, 60), "\n".join(lines), fill=(28, 28, 40), font=font, spacing=16)
        path = self._folder / "note.png"
        sheet.save(path)
        return path


def _answer(decisions: Sequence[Decision], sent: Sent) -> Answer:
    verdict = worst(decisions)
    reasons = [reason for decision in decisions for reason in decision.reasons]
    names = [(f"Image {number}", name) for number, name in enumerate(sent.file_names, 1)]
    files = [*names, *([("note", "note.png")] if sent.drawn else [])]
    words = compose([each.prompt for each in sent.directed], files, words_on_screen(sent.directed))
    named = [each for reason in reasons for each in _pointed_at(reason, words.text)]
    return Answer(
        verdict,
        max((_shown(reason) for reason in reasons), default=0.0),
        tuple(dict.fromkeys(named)),
        tuple(dict.fromkeys(reason.element_id for reason in reasons if reason.element_id)),
        tuple(dict.fromkeys(reason.work_id for reason in reasons if reason.work_id)),
    )


def _shown(reason: Reason) -> float:
    return float(reason.evidence.get("log_odds", reason.score or 0.0))


def _pointed_at(reason: Reason, text: str) -> list[str]:
    attributes: Sequence[Any] = reason.evidence.get("attributes", ())
    ordered = sorted(attributes, key=lambda each: -float(each.get("weight", 0)))
    found = [text[slice(*each["span"])] for each in ordered if "span" in each]
    return [each for each in (found or [str(reason.evidence.get("matched", ""))]) if each.strip()]


@contextmanager
def standing_in(screener: Screening, reference_file: Any) -> Iterator[Guard]:
    """A Guard over a running judge. Whatever it records goes to a folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="faircut-redteam-") as name:
        folder = Path(name)
        database = open_database(f"sqlite:///{folder / 'scratch.db'}")
        # Nothing here outlives the campaign, so nothing waits for the disk.
        event.listen(database.engine, "connect", _unsynced)
        database.engine.dispose()
        recent = RecentRequests(database, _HOURS)
        try:
            aside = screener.aside(
                decisions=Decisions(database, SqlLedger(database, folder / "ledger.head")),
                pictures=EvidencePictures(BlobStore(folder / "evidence"), reference_file),
                seen=Seen(database),
                recent=recent,
            )
            yield Guard(aside, recent, folder)
        finally:
            database.close()


def _unsynced(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


__all__ = ["Answer", "Guard", "standing_in"]
