"""The demo's steps on outputs and records: a clean release, a memorised film caught, the ledger verified."""

from __future__ import annotations

import math
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from faircut.demo import memoriser, video
from faircut.demo.card import BLUE, FAINT, GREEN, INK, MARK, RED, Card, Run
from faircut.demo.steps import ACTOR, JOB_TIMEOUT_S, Context, beside, gravest
from faircut.demo.story import Check, Outcome, same, within
from faircut.domain import Decision, Event, Job, JobState, MediaKind, Ratio, Segment, Shot, Size, Stage, Verdict
from faircut.engines import frame_size
from faircut.errors import ConfigError, NotFound
from faircut.ledger import SqlLedger
from faircut.media.probe import probe
from faircut.provenance.reader import ProvenanceState
from faircut.store.blobs import sha256_file
from faircut.store.database import open_database

SHOTS = (
    "Image 1: a lighthouse by the sea, the camera slowly zooms in.",
    "Image 1: pan right along the shore, golden evening light.",
    "Image 1: tilt up to the lamp, in the rain at night.",
)
SECONDS = 6


def clean(run: Context) -> Outcome:
    """A request of one's own, made by the previz engine, signed and released."""
    faircut = run.faircut
    picture = faircut.uploads.add(run.material.image, run.material.image.name, owner=ACTOR, kind=MediaKind.IMAGE)
    request = faircut.build_request(
        shots=[Shot(prompt) for prompt in SHOTS],
        images=[picture],
        size=Size.P480,
        duration=SECONDS,
        seed=7,
        engine="previz",
    )
    job = _made(run, faircut.studio.submit(request, owner=ACTOR))
    checks = [same("the job", JobState.RELEASED, job.state)]
    if job.state is not JobState.RELEASED or job.released_digest is None:
        return Outcome(tuple(checks), words=(job.message,))
    path = faircut.studio.output(job.id)
    found = probe(path, "output")
    report = faircut.signer.reader.read(path)
    decision = _about(run, job, job.released_digest)
    seconds = found.seconds or 0.0
    checks += [
        same("SHA-256 of the released bytes", job.released_digest, sha256_file(path)),
        Check(
            "a recorded decision for exactly these bytes",
            "allows",
            _verdict(decision),
            decision is not None and decision.allows,
        ),
        same("Content Credentials read back", ProvenanceState.TRUSTED, report.state),
        same("picture", "854x480 h264", f"{found.width}x{found.height} {found.video_codec}"),
        same("sound", "aac", found.audio_codec),
        Check("length", f"{SECONDS} s (±0.1 s)", f"{seconds:.2f} s", abs(seconds - SECONDS) <= 0.1),
    ]
    movie = run.out / "released.mp4"
    shutil.copyfile(path, movie)
    card = Card("A request of one's own, released", "RELEASED", GREEN)
    for number, prompt in enumerate(SHOTS):
        times = [(number + share) * seconds / len(SHOTS) for share in (0.06, 0.35, 0.65, 0.94)]
        card.text([Run(f"shot {number + 1}  ", BLUE, True), Run(prompt)], size=20, gap=2)
        card.pictures(list(video.frames_at(path, times, (427, 240))), [f"{time:.1f} s" for time in times])
    card.text(
        [Run("Content Credentials  ", bold=True), Run(f"{report.state}, signed by {report.signer}", GREEN)],
        size=20,
        gap=0,
    )
    for action in report.actions:
        card.text(
            [
                Run("made by  ", bold=True),
                Run(f"{action.software}: {action.description or action.digital_source_type}"),
            ],
            size=20,
            gap=0,
        )
    card.text([Run("SHA-256  ", bold=True), Run(job.released_digest)], size=20)
    facts = (("released file", str(path)), ("SHA-256", job.released_digest), ("signed by", str(report.signer)))
    return Outcome(tuple(checks), card.save(run.out / "4-released.png"), facts, movie=movie)


def _made(run: Context, job: Job) -> Job:
    with run.narrator.progress("the job") as progress:
        return run.faircut.studio.wait(
            job.id, JOB_TIMEOUT_S, lambda now: progress(now.progress, "" if now.state.final else now.message)
        )


def _about(run: Context, job: Job, digest: str) -> Decision | None:
    """The job's last recorded Decision about these bytes as an output."""
    decisions = [run.faircut.decisions.get(each) for each in job.decision_ids]
    about = [each for each in decisions if each.asset_digest == digest and each.stage is Stage.OUTPUT]
    return about[-1] if about else None


def _verdict(decision: Decision | None) -> str:
    if decision is None:
        return "no decision"
    return "allows" if decision.allows else f"does not allow ({decision.verdict})"


def memorised(run: Context) -> Outcome:
    """An engine that replays its training film, asked for something harmless."""
    faircut, material = run.faircut, run.material
    before = set(faircut.studio.released.root.rglob("*"))
    memoriser.train(faircut.home, material.film, material.cut)
    request = faircut.build_request(
        shots=[Shot("A quiet harbour at evening, the light comes on.")],
        size=Size.P480,
        ratio=_nearest_ratio(material.film),
        duration=8,
        seed=3,
        engine=memoriser.NAME,
    )
    asked = faircut.screen_text(request.shots[0].prompt, actor=ACTOR)
    job = _made(run, faircut.studio.submit(request, owner=ACTOR))
    kept = faircut.studio.quarantine.evidence(job.id)
    kept_digest = sha256_file(kept) if kept is not None else None
    decision = _about(run, job, kept_digest) if kept_digest is not None else None
    replayed = Segment(memoriser.LEAD, memoriser.LEAD + material.cut.seconds)
    reason = gravest(decision, material.film_title, replayed) if decision is not None else None
    released = sorted(path.name for path in set(faircut.studio.released.root.rglob("*")) - before)
    checks = (
        same("the prompt by itself", Verdict.ALLOW, asked.verdict),
        same("the job", JobState.REFUSED, job.state),
        same("the output", Verdict.BLOCK, decision.verdict if decision else None),
        same("the work it shows", material.film_title, reason.work if reason else None),
        within("where it lies in the output", replayed, reason.query_segment if reason else None),
        within("where it comes from in the film", material.cut, reason.reference_segment if reason else None),
        same("new files among the released", [], released),
        same("release events of the job", None, faircut.studio.released.event_of(job.id)),
        Check(
            "the output in quarantine",
            "kept, the bytes judged",
            "kept" if decision else "not kept",
            decision is not None,
        ),
    )
    if kept is None or decision is None:
        return Outcome(checks, words=(job.message,))
    card = beside(run, "An engine that has memorised its training film", kept, decision, replayed)
    facts = (("engine", memoriser.Memoriser.label), ("kept as evidence", str(kept)))
    words = (reason.message, reason.remedy) if reason else ()
    return Outcome(checks, card.save(run.out / "7-memorised.png"), facts, words)


def _nearest_ratio(film: Path) -> Ratio:
    """The ratio on offer that crops a film least."""
    found = probe(film, film.name)

    def off(ratio: Ratio) -> float:
        width, height = frame_size(Size.P480, ratio)
        return abs(math.log(width / height * found.height / max(found.width, 1)))

    return min(Ratio, key=off)


class Flip(NamedTuple):
    """One byte of one event, changed in a copy of the database."""

    event: Event
    offset: int
    before: int
    after: int
    around: str
    at: int


def ledger(run: Context) -> Outcome:
    """The whole ledger verified; then a copy with one byte changed."""
    faircut = run.faircut
    with run.narrator.progress("verifying") as progress:
        report = faircut.ledger.verify(progress, released=faircut.studio.released.root)
    events = list(faircut.ledger.events())
    folder = run.out / "tampered"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    flip = tamper(_database_file(run), folder / "faircut.db", events)
    shutil.copyfile(faircut.home / "ledger.head", folder / "ledger.head")
    copy = open_database(f"sqlite:///{folder / 'faircut.db'}")
    try:
        accused = SqlLedger(copy, folder / "ledger.head").verify()
    finally:
        copy.close()
    blamed = [problem.seq for problem in accused.problems]
    checks = (
        Check("the ledger", "intact", "intact" if report.intact else report.problems[0].what, report.intact),
        same("events read", len(events), report.count),
        Check("released files hashed", "at least 1, all as recorded", str(report.files), report.files > 0),
        same("a copy with one byte changed, intact", False, accused.intact),
        same("the events that are blamed", [f"event {flip.event.seq}"], [f"event {seq}" for seq in blamed]),
    )
    card = Card(
        "The ledger",
        f"{report.count} EVENTS, {'INTACT' if report.intact else 'BROKEN'}",
        GREEN if report.intact else RED,
    )
    files = f"{report.files} released {'file' if report.files == 1 else 'files'}"
    wrong = len(report.problems) or "nothing"
    card.text(f"{report.count} events and {files} read, {wrong} wrong. The last events:", size=19, colour=FAINT)
    card.row(("", "kind", "subject", "hash before", "hash"), (0, 60, 300, 700, 920), (FAINT,) * 5)
    for event in events[-9:]:
        columns = (str(event.seq), event.kind, event.subject[:32], f"{event.previous[:12]}…", f"{event.hash[:12]}…")
        card.row(columns, (0, 60, 300, 700, 920), (INK, BLUE, INK, FAINT, INK))
    card.y += 10
    card.rule()
    problem = accused.problems[0] if accused.problems else None
    card.text([Run("In a copy of the database, one byte of one event was changed:", bold=True)], size=22)
    was = flip.around[: flip.at], flip.around[flip.at], flip.around[flip.at + 1 :]
    card.text(
        [Run(f"event {flip.event.seq}  "), Run(was[0], FAINT), Run(was[1], GREEN, True), Run(was[2], FAINT)],
        size=20,
        gap=0,
    )
    card.text([Run("became  "), Run(was[0], FAINT), Run(chr(flip.after), RED, True, MARK), Run(was[2], FAINT)], size=20)
    said = f"event {problem.seq}: {problem.what} ({problem.where})" if problem else "nothing"
    card.text([Run("verify says  ", RED, True), Run(said)], size=22)
    facts = (
        ("changed", f"byte {flip.offset} of the copy, {flip.before:#04x} to {flip.after:#04x}"),
        ("head", f"{report.head.seq} {report.head.hash}" if report.head else "none"),
    )
    return Outcome(checks, card.save(run.out / "8-ledger.png"), facts, (f"verify says of the copy: {said}",))


def _database_file(run: Context) -> Path:
    url = make_url(run.faircut.settings.resolved_database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ConfigError(
            "The demo changes a byte in a copy of the database, and can copy SQLite only.",
            field="database_url", remedy="Leave database_url unset for the demo.",
        )  # fmt: skip
    return Path(url.database)


def tamper(database: Path, copy: Path, events: list[Event]) -> Flip:
    """Copies a SQLite database and flips the lowest bit of one byte of a refusal's payload, on disk.

    Raises NotFound when there is no refusal whose text lies in one piece in the file.
    """
    with closing(sqlite3.connect(database)) as source:
        # A fresh file: no journal beside it, and no remains of old pages to hit by mistake.
        source.execute("VACUUM INTO ?", (str(copy),))
        payloads = dict(source.execute("SELECT seq, payload FROM events WHERE kind = 'decision'"))
    data = bytearray(copy.read_bytes())
    word = '"verdict":"block"'
    for event in events:
        payload = payloads.get(event.seq, "")
        if word not in payload:
            continue
        # SQLite keeps a row's columns one after the other, so that time, kind, subject and actor lead to the payload.
        lead = f"{event.at}{event.kind}{event.subject}{event.actor}{payload}".encode()
        start = data.find(lead)
        if start < 0:
            continue
        index = payload.index(word) + len('"verdict":"')
        offset = start + len(lead) - len(payload.encode()) + len(payload[:index].encode())
        before = data[offset]
        data[offset] = before ^ 1
        copy.write_bytes(data)
        # From the key before the last, so that one can read what it is.
        first = payload.rfind(",", 0, payload.rfind(",", 0, index)) + 1
        return Flip(event, offset, before, before ^ 1, payload[first : index + 24], index - first)
    raise NotFound("There is no refusal in the ledger to change.", remedy="Look at the steps before this one.")


__all__ = ["clean", "ledger", "memorised", "tamper"]
