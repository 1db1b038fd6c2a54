"""Test doubles for the studio: engines that are quick or ill-behaved, and a screener that judges simply but for real.

``PLUGIN`` is a Faircut plugin; name it as ``studio_doubles:PLUGIN`` in the setting ``plugins``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
from sqlalchemy import select

from faircut import wire
from faircut.config import Settings
from faircut.domain import (
    Asset,
    CheckOutcome,
    CheckRun,
    Decision,
    EngineResult,
    GenerationRequest,
    MediaKind,
    Reason,
    Shot,
    Size,
    Stage,
    Verdict,
    new_id,
)
from faircut.engines import frame_size
from faircut.engines.ark import ArkEngine
from faircut.engines.videos import VideosEngine
from faircut.errors import EngineError, FaircutError, NotFound
from faircut.hookspecs import hookimpl
from faircut.ledger import SqlLedger
from faircut.plugins import Plugins
from faircut.protocols import Engine, EngineJob, Ledger, Progress
from faircut.provenance import C2paReader, C2paSigner, ProvenanceCheck, open_authority
from faircut.store.blobs import BlobStore
from faircut.store.database import Database, open_database
from faircut.store.models import DecisionRow
from faircut.studio import Studio

SPEC, REMOTE_SPEC = "studio_doubles:PLUGIN", "studio_doubles:REMOTE"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"


def write_video(
    path: Path,
    size: tuple[int, int],
    seconds: float,
    *,
    colour: tuple[int, int, int] = (20, 160, 60),
    audio: bool = True,
    fps: int = 24,
) -> None:
    """A plain mp4: one colour, getting brighter, with a tone."""
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("h264", rate=fps, options={"preset": "ultrafast", "crf": "40"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        sound = container.add_stream("aac", rate=48000, layout="mono") if audio else None
        flat = np.empty((size[1], size[0], 3), np.uint8)
        for number in range(round(seconds * fps)):
            flat[:] = colour
            flat[: number + 1] = 255
            container.mux(video.encode(av.VideoFrame.from_ndarray(flat, format="rgb24")))
        container.mux(video.encode())
        if sound is not None:
            tone = np.sin(np.arange(round(seconds * 48000)) * 0.05).astype(np.float32)[None] * 0.1
            for start in range(0, tone.shape[1], 1024):
                frame = av.AudioFrame.from_ndarray(tone[:, start : start + 1024], format="fltp", layout="mono")
                frame.sample_rate, frame.pts = 48000, start
                container.mux(sound.encode(frame))
            container.mux(sound.encode())


def add_cover(source: Path, target: Path) -> None:
    """Writes a copy of a film with a cover picture in it."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        copies = {stream.index: writer.add_stream_from_template(stream) for stream in reader.streams}
        cover = writer.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        writer.mux(cover.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")))
        writer.mux(cover.encode(None))
        for packet in reader.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                writer.mux(packet)


class TinyEngine:
    """Writes what was asked for, in a moment; counts its runs in ``<home>/runs``."""

    name = "tiny"
    version = "tiny-v1"
    label = "test pattern, not AI-generated"
    digital_source_type = SOURCE_TYPE
    colour = (20, 160, 60)

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        home = job.workdir.parents[2]
        with (home / "runs").open("a") as runs:
            runs.write(f"{os.getpid()}\n")
        print("engines may print")  # noqa: T201
        progress(0.5, "halfway")
        request = job.request
        width, height = frame_size(request.size, request.ratio)
        self.write(job, (width, height))
        progress(1.0, "done")
        return EngineResult(job.output, width, height, 24.0, request.duration, ({"t": 1.0, "event": "cut"},))

    def write(self, job: EngineJob, size: tuple[int, int]) -> None:
        write_video(job.output, size, job.request.duration, colour=self.colour, audio=job.request.audio)


class TaintedEngine(TinyEngine):
    """Paints it red, which :class:`PlainScreener` does not let out."""

    name = "tainted"
    colour = (220, 10, 10)


class WrongEngine(TinyEngine):
    """Writes what the prompt says instead of what was asked for."""

    name = "wrong"

    def write(self, job: EngineJob, size: tuple[int, int]) -> None:
        what, seconds, audio = job.request.shots[0].prompt, job.request.duration, job.request.audio
        if what == "size":
            write_video(job.output, (size[0] // 4 * 2, size[1] // 4 * 2), seconds, audio=audio)
        elif what == "duration":
            write_video(job.output, size, seconds - 1, audio=audio)
        elif what == "fps":
            write_video(job.output, size, seconds, audio=audio, fps=30)
        elif what == "sound":
            write_video(job.output, size, seconds, audio=not audio)
        elif what == "cover":
            write_video(job.workdir / "plain.mp4", size, seconds, audio=audio)
            add_cover(job.workdir / "plain.mp4", job.output)
        elif what == "text":
            job.output.write_text("not a video")
        elif what == "link":
            job.output.symlink_to("/etc/passwd")
        elif what == "huge":
            job.output.write_bytes(bytes(3 << 20))
        elif what == "endless":
            with job.output.open("wb") as file:
                while True:
                    file.write(bytes(1 << 20))


class SlowEngine(TinyEngine):
    """Never ends by itself, and starts a child that does not either."""

    name = "slow"

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        (job.workdir / "draft").write_bytes(b"half a video")
        if os.fork() == 0:
            while True:
                time.sleep(1)
        share = 0.0
        while True:
            share = min(0.9, share + 0.1)
            progress(share, "on and on")
            time.sleep(0.02)


class BrokenEngine(TinyEngine):
    """Fails in the way that the prompt says."""

    name = "broken"

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        how = job.request.shots[0].prompt
        if how == "dies":
            os._exit(7)
        if how == "raises":
            raise RuntimeError("the renderer is out of paint")
        if how == "memory":
            np.ones(1 << 40, np.uint8)
        raise EngineError("No such scene.", remedy="Describe another one.", field="prompt")


class SpyEngine(TinyEngine):
    """Tells its environment in the timeline."""

    name = "spy"

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        made = super().generate(job, progress)
        paths = [str(asset.path) for asset in job.request.files]
        seen = {"environment": dict(os.environ), "session": os.getsid(0) == os.getpid(), "paths": paths}
        return EngineResult(made.path, made.width, made.height, made.fps, made.seconds, (seen,))


class _Plugin:
    @hookimpl
    def faircut_engines(self) -> Sequence[Engine]:
        kinds = (TinyEngine, TaintedEngine, WrongEngine, SlowEngine, BrokenEngine, SpyEngine)
        return [kind() for kind in kinds]


class _Remote:
    """The built-in remote engines, for a studio without the built-in plugin."""

    @hookimpl
    def faircut_engines(self) -> Sequence[Engine]:
        return [ArkEngine(), VideosEngine()]


PLUGIN, REMOTE = _Plugin(), _Remote()


class StoredDecisions:
    """Reads what :class:`PlainScreener` stored."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, decision_id: str) -> Decision:
        with self.database.read() as session:
            row = session.get(DecisionRow, decision_id)
        if row is None:
            raise NotFound("No such decision.", remedy="-")
        return wire.load(Decision, row.body)

    def store(self, decision: Decision, owner: str) -> Decision:
        with self.database.write() as session:
            session.add(
                DecisionRow(
                    id=decision.id,
                    asset_digest=decision.asset_digest,
                    input=decision.input,
                    stage=decision.stage,
                    verdict=decision.verdict,
                    owner=owner,
                    body=wire.dump(decision),
                    created_at=decision.created_at.isoformat(),
                )
            )
        return decision

    def all(self) -> list[Decision]:
        with self.database.read() as session:
            rows = session.scalars(select(DecisionRow).order_by(DecisionRow.created_at)).all()
        return [wire.load(Decision, row.body) for row in rows]


class PlainScreener:
    """Blocks the word "forbidden" and red video, sends "doubtful" to review, and records every Decision."""

    def __init__(self, decisions: StoredDecisions, ledger: Ledger, check: ProvenanceCheck) -> None:
        self.decisions, self.ledger, self.check = decisions, ledger, check
        self.outdated: set[str] = set()

    def screen(self, asset: Asset, stage: Stage, *, actor: str, deliverable: bool = False) -> Decision:
        verdict = self._verdict(asset)
        required, checks = ["plain"], [CheckRun("plain", "plain-v1", CheckOutcome.PASSED, 0.1)]
        if deliverable:
            required.append("provenance")
            outcome, detail = CheckOutcome.PASSED, ""
            try:
                self.check.detect(asset, {})
            except FaircutError as error:
                outcome, detail, verdict = CheckOutcome.FAILED, str(error), Verdict.BLOCK
            checks.append(CheckRun("provenance", self.check.version, outcome, 1.0, detail))
        reasons = () if verdict is Verdict.ALLOW else (self._reason(asset, verdict),)
        decision = Decision(
            id=new_id("dec"),
            input=asset.label,
            asset_digest=asset.digest,
            kind=asset.kind,
            stage=stage,
            verdict=verdict,
            reasons=reasons,
            required=tuple(required),
            checks=tuple(checks),
            policy="plain-v1",
            catalogue_revision=1,
            created_at=datetime.now(UTC),
        )
        self.decisions.store(decision, actor)
        self.ledger.append("decision", decision.id, {"digest": asset.digest, "verdict": verdict}, actor=actor)
        return decision

    def screen_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        text = "\n".join(shot.prompt for shot in request.shots)
        digest = hashlib.sha256(text.encode()).hexdigest()
        prompt = Asset("prompt", MediaKind.TEXT, digest, len(text), text=text)
        decisions = [self.screen(prompt, Stage.PROMPT, actor=actor)]
        decisions += [self.screen(each, Stage.UPLOAD, actor=actor) for each in request.files]
        return tuple(decisions)

    def judge_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        raise NotImplementedError("no test of the studio alone asks for it")

    def is_current(self, decision_id: str) -> bool:
        return decision_id not in self.outdated

    def _verdict(self, asset: Asset) -> Verdict:
        if asset.kind is MediaKind.VIDEO and asset.path is not None:
            with av.open(str(asset.path)) as container:
                red, green, _ = next(container.decode(video=0)).to_ndarray(format="rgb24")[-1, -1]
            return Verdict.BLOCK if int(red) > int(green) + 60 else Verdict.ALLOW
        text = asset.text or ""
        if "forbidden" in text:
            return Verdict.BLOCK
        return Verdict.REVIEW if "doubtful" in text else Verdict.ALLOW

    def _reason(self, asset: Asset, verdict: Verdict) -> Reason:
        return Reason("test.match", asset.label, "It shows the Red Thing.", "Leave it out.", verdict, work="Red")


def request(prompt: str = "a green field", *, engine: str = "tiny", audio: bool = False) -> GenerationRequest:
    """The smallest request: four seconds at 480p."""
    return GenerationRequest((Shot(prompt),), size=Size.P480, duration=4, engine=engine, audio=audio)


class Bench:
    """A studio with its parts, over a data folder that outlives it."""

    def __init__(self, home: Path, *, ledger_type: type[SqlLedger] = SqlLedger, observe=None, **settings) -> None:  # type: ignore[no-untyped-def]
        self.home = home
        self.settings = Settings(home=home, plugins=(SPEC, REMOTE_SPEC), engine="tiny", **settings)
        home.mkdir(exist_ok=True)
        self.database = open_database(self.settings.resolved_database_url)
        self.ledger = ledger_type(self.database, home / "ledger.head")
        self.decisions = StoredDecisions(self.database)
        authority = open_authority(home / "provenance")
        self.reader = C2paReader(authority.root)
        self.screener = PlainScreener(self.decisions, self.ledger, ProvenanceCheck(self.reader))
        self.uploads = BlobStore(home / "uploads")
        self.plugins = Plugins(entry_points=False, modules=self.settings.plugins)
        self.studio = Studio(
            self.settings,
            database=self.database,
            ledger=self.ledger,
            screener=self.screener,
            plugins=self.plugins,
            signer=C2paSigner(authority),
            decisions=self.decisions,
            uploads=self.uploads,
            **({} if observe is None else {"observe": observe}),
        )

    def upload(self, data: bytes, label: str, kind: MediaKind) -> Asset:
        return Asset(label, kind, self.uploads.put_bytes(data), len(data), name=label)

    def released_files(self) -> list[str]:
        return [path.name for path in self.studio.released.root.glob("??/*")]

    def quarantined(self) -> list[str]:
        root = self.studio.quarantine.root
        return sorted(str(path.relative_to(root)) for path in root.rglob("*"))

    def events(self, kind: str) -> list[str]:
        return [event.subject for event in self.ledger.events(kind=kind)]

    def close(self) -> None:
        self.studio.stop()
        self.database.close()
