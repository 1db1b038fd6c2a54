"""The demo's steps on works and inputs: films, registration, innocents, prompts, uploads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from faircut.app import Faircut
from faircut.demo import video
from faircut.demo.card import AMBER, BLUE, FAINT, GREEN, RED, Card, Lane, Run, marked
from faircut.demo.material import LEAD_SECONDS, Material
from faircut.demo.story import Check, Narrator, Outcome, same, span, within
from faircut.domain import Decision, Element, JobState, MediaKind, Reason, Segment, Shot, Size, Stage, Verdict
from faircut.errors import NotFound
from faircut.fingerprints import chromaprint, pdq
from faircut.media.probe import probe
from faircut.protocols import Progress

ACTOR = "demo"
JOB_TIMEOUT_S = 240.0


@dataclass(slots=True)
class Context:
    """What the steps share. ``make`` prepares the material; ``out`` takes the pictures."""

    faircut: Faircut
    out: Path
    narrator: Narrator
    make: Callable[[Progress], Material]
    made: Material | None = None

    @property
    def material(self) -> Material:
        """Raises NotFound when the first step came to nothing."""
        if self.made is None:
            raise NotFound("There is nothing to show it on.", remedy="See the first step.")
        return self.made


def films(run: Context) -> Outcome:
    """Draws or opens the films and shows a few frames of each."""
    with run.narrator.progress("preparing") as progress:
        run.made = material = run.make(progress)
    card = Card("Films to protect", f"{len(material.works)} FILMS", BLUE)
    checks = []
    for title, path in material.files:
        found = probe(path, path.name)
        seconds = found.seconds or 0.0
        checks.append(Check(f"“{title}”", "a film longer than the cut", _facts(path), seconds > material.cut.seconds))
        times = [seconds * share for share in (0.08, 0.36, 0.62, 0.9)]
        frames = video.stills(path, times, (320, 180))
        card.text([Run(title, bold=True)], size=24)
        card.pictures(frames, [f"{time:.1f} s" for time in times][: len(frames)])
    return Outcome(tuple(checks), card.save(run.out / "1-films.png"))


def _facts(path: Path) -> str:
    found = probe(path, path.name)
    sound = "with sound" if found.has_audio else "silent"
    return f"{found.width}x{found.height}, {found.seconds or 0:.1f} s, {sound}"


def register(run: Context) -> Outcome:
    """Imports the catalogue and shows that it counts from the next request on."""
    faircut, material = run.faircut, run.material
    prompt = material.named[0]
    before = faircut.preflight([prompt.text]).verdict
    with run.narrator.progress("registering") as progress:
        report = faircut.catalogue.import_file(material.catalogue, progress=progress, actor=ACTOR)
    after = faircut.preflight([prompt.text])
    titles = {work.id: work.title for work in faircut.catalogue.works()}
    pictures = _counted(faircut, pdq.ALGORITHM, titles)
    sounds = _counted(faircut, chromaprint.ALGORITHM, titles)
    audible = {title for title, path in material.files if probe(path, path.name).has_audio}
    checks = (
        same("works in the catalogue", sorted(material.works), sorted(titles.values())),
        Check("picture codes", "some for every film", _listed(pictures), set(pictures) == set(material.works)),
        Check("sound codes", "some for every film with sound", _listed(sounds), set(sounds) == audible),
        same("the same prompt before registration", Verdict.ALLOW, before),
        Check("the same prompt after it", "stopped", str(after.verdict), after.verdict is not Verdict.ALLOW),
    )
    card = Card("Registered, and searchable at once", f"REVISION {report.revision}", BLUE)
    card.text(f"{report}", size=22, colour=FAINT)
    elements: dict[str, list[Element]] = {title: [] for title in material.works}
    for each in faircut.catalogue.elements():
        elements.setdefault(titles.get(each.work_id or "", ""), []).append(each)
    for title, path in material.files:
        card.rule()
        counts = f"   {pictures.get(title, 0)} picture codes, {sounds.get(title, 0)} sound codes"
        card.text([Run(title, bold=True), Run(counts, FAINT)])
        for element in elements[title]:
            aliases = "".join(f", also {alias.text}" for alias in element.aliases)
            runs = [Run(f"{element.kind.value}  ", BLUE), Run(element.name, bold=True), Run(aliases)]
            card.text([*runs, Run(f"   {element.tagline}", FAINT)], size=19, left=80, gap=0)
        if len(material.files) <= 3:
            seconds = probe(path, path.name).seconds or 0.0
            frames = video.stills(path, [seconds * share for share in (0.2, 0.4, 0.66)], (480, 270))
            card.y += 14
            card.pictures(frames, [""] * len(frames))
    return Outcome(checks, card.save(run.out / "2-registered.png"), (("catalogue", str(material.catalogue)),))


def _counted(faircut: Faircut, algorithm: str, titles: dict[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, reference, fingerprint in faircut.catalogue.fingerprints(algorithm):
        if len(fingerprint):
            title = titles[reference.work_id or ""]
            counts[title] = counts.get(title, 0) + len(fingerprint)
    return counts


def _listed(counts: dict[str, int]) -> str:
    if not counts:
        return "none"
    return f"{len(counts)} films, {min(counts.values())} to {max(counts.values())} each"


def innocents(run: Context) -> Outcome:
    """A near miss in words, and clips and a picture that nobody protects: all must pass."""
    faircut, material = run.faircut, run.material
    prompt = faircut.screen_text(material.innocent_prompt, actor=ACTOR)
    checks = [_allowed("a prompt of everyday words that come close", prompt)]
    card = Card("Innocent things pass")
    card.text("The prompt borrows the films' everyday words, and no name:", size=19, colour=FAINT, gap=0)
    card.text(f"“{material.innocent_prompt}”", size=26)
    pictures, captions = [], []
    for path in (*material.clips, material.image):
        kind = MediaKind.IMAGE if path == material.image else MediaKind.VIDEO
        upload = faircut.uploads.add(path, path.name, owner=ACTOR, kind=kind)
        checks.append(_allowed(f"{kind.value} {path.name}", upload.decision))
        middle = (probe(path, path.name).seconds or 0.0) / 2
        pictures += video.stills(path, [middle], (640, 360))
        captions.append(f"{path.name}: {upload.decision.verdict.value}")
    for start in range(0, len(pictures), 3):
        card.pictures(pictures[start : start + 3], captions[start : start + 3])
    passed = all(check.ok for check in checks)
    card.badge("ALLOWED" if passed else "NOT ALL ALLOWED", GREEN if passed else RED)
    return Outcome(tuple(checks), card.save(run.out / "3-innocents.png"))


def _allowed(what: str, decision: Decision) -> Check:
    found = "allowed, all checks passed" if decision.allows else f"{decision.verdict}: {_first(decision)}"
    return Check(what, "allowed, all checks passed", found, decision.allows)


def _first(decision: Decision) -> str:
    return decision.reasons[0].message if decision.reasons else "no reason given"


def prompts(run: Context) -> Outcome:
    """Protected names in prompts, plain and disguised."""
    faircut, material = run.faircut, run.material
    checks: list[Check] = []
    words: list[str] = []
    card = Card("Prompts that name what is protected")
    for number, each in enumerate(material.named):
        decision = faircut.screen_text(each.text, actor=ACTOR)
        reason = next((why for why in decision.reasons if why.work == each.work and why.element == each.element), None)
        expected = each.element or f"“{each.work}”"
        seen = reason.evidence.get("matched") if reason else None
        found = f"{decision.verdict}, “{seen}” is {reason.element or reason.work}" if reason else str(decision.verdict)
        # A title that is an everyday word goes to a person instead; released it is in neither case.
        refused = decision.verdict is Verdict.BLOCK or (not material.drawn and decision.verdict is Verdict.REVIEW)
        checks.append(Check(each.how, f"{Verdict.BLOCK}, naming {expected}", found, refused and reason is not None))
        if number:
            card.rule()
        card.text(each.how, size=18, colour=FAINT, gap=0)
        card.text(marked(each.text, _spans(reason)), size=28, gap=2)
        if reason is None:
            card.text("Nothing was found.", size=20, colour=AMBER)
            continue
        card.text([Run("why  ", RED, True), Run(reason.message)], size=20, gap=0)
        card.text([Run("to change  ", GREEN, True), Run(reason.remedy)], size=20)
        if not words:
            words = [reason.message, reason.remedy]
    stopped = all(check.ok for check in checks)
    card.badge("REFUSED" if stopped else "NOT ALL REFUSED", RED if stopped else AMBER)
    request = faircut.build_request(shots=[Shot(material.named[0].text)], size=Size.P480, duration=4, engine="previz")
    job = faircut.studio.submit(request, owner=ACTOR)
    job = faircut.studio.wait(job.id, JOB_TIMEOUT_S)
    checks.append(same("a job with the first of them", JobState.REFUSED, job.state))
    checks.append(same("decisions on an output, for none was made", 0, _outputs_judged(faircut, job.decision_ids)))
    return Outcome(tuple(checks), card.save(run.out / "5-prompts.png"), words=tuple(words))


def _spans(reason: Reason | None) -> list[tuple[int, int]]:
    if reason is None or "span" not in reason.evidence:
        return []
    return [(int(a), int(b)) for a, b in reason.evidence.get("spans", [reason.evidence["span"]])]


def _outputs_judged(faircut: Faircut, decisions: Sequence[str]) -> int:
    return sum(faircut.decisions.get(each).stage is Stage.OUTPUT for each in decisions)


def hidden_cut(run: Context) -> Outcome:
    """A mirrored, shrunken, re-encoded cut between two pieces of other footage, uploaded."""
    faircut, material = run.faircut, run.material
    lead = min(LEAD_SECONDS, (probe(material.filler, "filler").seconds or 2.0) / 2)
    size = (video.even_width(material.film, 360), 360)
    before = video.Piece(material.filler, 0.0, lead)
    after = video.Piece(material.filler, lead, lead)
    cut = video.Piece(material.film, material.cut.start, material.cut.seconds, mirrored=True)
    folder = run.out / "uploads"
    folder.mkdir(exist_ok=True)
    bait = video.montage(folder / "my-holiday.mp4", [before, cut, after], size=size, fps=15, crf=35)
    plain = video.montage(folder / "my-holiday-alone.mp4", [before, after], size=size, fps=15, crf=35)
    upload = faircut.uploads.add(bait, bait.name, owner=ACTOR, kind=MediaKind.VIDEO)
    control = faircut.uploads.add(plain, plain.name, owner=ACTOR, kind=MediaKind.VIDEO)
    hidden = Segment(lead, lead + material.cut.seconds)
    reason = gravest(upload.decision, material.film_title, hidden)
    checks = [
        same("the upload", Verdict.BLOCK, upload.decision.verdict),
        same("the work it shows", material.film_title, reason.work if reason else None),
        within("where it lies in the upload", hidden, reason.query_segment if reason else None),
        within("where it comes from in the film", material.cut, reason.reference_segment if reason else None),
        same("how it was changed", "mirrored", reason.evidence.get("transform") if reason else None),
        _allowed("the same footage without the cut", control.decision),
    ]
    request = faircut.build_request(
        shots=[Shot("Video 1 with a slow zoom in.")], clips=[upload], size=Size.P480, duration=4, engine="previz"
    )
    job = faircut.studio.submit(request, owner=ACTOR)
    job = faircut.studio.wait(job.id, JOB_TIMEOUT_S)
    checks.append(same("a job with it as Video 1", JobState.REFUSED, job.state))
    card = beside(run, "A protected cut, mirrored and hidden in other footage", bait, upload.decision, hidden)
    facts = [("edit", f"mirrored, {size[0]}x{size[1]}, 15 frames a second, crf 35, sound kept")]
    facts += [("sound recognised", span(heard)) for heard in _sounds(upload.decision, material.film_title)]
    others = sorted({why.work for why in upload.decision.reasons if why.work and why.work != material.film_title})
    facts += [("registered films that show the same", ", ".join(others))] if others else []
    words = (reason.message, reason.remedy) if reason else ()
    return Outcome(tuple(checks), card.save(run.out / "6-hidden-cut.png"), tuple(facts), words)


def _sounds(decision: Decision, title: str) -> list[Segment]:
    about = [why for why in decision.reasons if why.code == "protected.sound" and why.work == title]
    return [why.query_segment for why in about if why.query_segment is not None]


def gravest(decision: Decision, title: str, expected: Segment) -> Reason | None:
    """The picture reason about a work that shares most with where it should be; None where there is none."""
    about = [
        why for why in decision.reasons if why.code == "protected.picture" and why.work == title and why.query_segment
    ]
    return max(about, key=lambda why: why.query_segment.overlap(expected) if why.query_segment else 0.0, default=None)


def beside(run: Context, title: str, query: Path, decision: Decision, expected: Segment) -> Card:
    """Query and reference frames under one another, with both timelines and the reason."""
    material = run.material
    reason = gravest(decision, material.film_title, expected)
    stopped = decision.verdict is not Verdict.ALLOW
    card = Card(title, "REFUSED" if stopped else "NOT NOTICED", RED if stopped else AMBER)
    if reason is None:
        card.text("No picture of the film was recognised.", colour=AMBER)
        times = [expected.start + expected.seconds * share for share in (0.2, 0.5, 0.8)]
        card.pictures(
            list(video.frames_at(query, times, (640, 360))), [f"{query.name} at {time:.2f} s" for time in times]
        )
    else:
        moments = reason.evidence["moments"]
        shown = video.stills(query, [each["query"] for each in moments], (640, 360))
        card.pictures(shown, [f"{query.name} at {each['query']:.2f} s" for each in moments], frame=RED)
        pairs = video.stills(material.film, [each["reference"] for each in moments], (640, 360))
        captions = [f"the film at {each['reference']:.2f} s, {each['distance']} of 256 bits apart" for each in moments]
        card.pictures(pairs, captions, frame=BLUE)
    card.timelines(
        [
            Lane(
                query.name,
                probe(query, query.name).seconds or 0.0,
                reason.query_segment if reason else None,
                expected,
                RED,
            ),
            Lane(
                material.film_title,
                probe(material.film, "film").seconds or 0.0,
                reason.reference_segment if reason else None,
                material.cut,
                BLUE,
            ),
        ]
    )
    if reason is not None:
        card.text([Run("why  ", RED, True), Run(reason.message)], size=20, gap=0)
        card.text([Run("to change  ", GREEN, True), Run(reason.remedy)], size=20)
    return card
