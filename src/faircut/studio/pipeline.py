"""What is done to a job, step by step. Each step may be repeated after a kill and has the same outcome."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from faircut import wire
from faircut.access.links import Links
from faircut.domain import Asset, Decision, GenerationRequest, Job, JobState, JobStep, MediaKind, Stage
from faircut.errors import EngineOutputInvalid, FaircutError, IntegrityError, JobCancelled
from faircut.ledger.canonical import canonical_json
from faircut.plugins import Plugins
from faircut.protocols import DecisionReader, Screener
from faircut.provenance.signer import C2paSigner, Claim, Ingredient
from faircut.store.blobs import sha256_file
from faircut.studio.clip_links import clip_link
from faircut.studio.end_users import EndUsers
from faircut.studio.engine_bells import EngineBells
from faircut.studio.engine_calls import call_url
from faircut.studio.engine_limits import capabilities_of
from faircut.studio.engine_notes import EngineNotes
from faircut.studio.jobs import JobStore
from faircut.studio.output import check_decoded, validate_output
from faircut.studio.pace import Pace, progress_at
from faircut.studio.prescreened import still_hold
from faircut.studio.quarantine import Quarantine
from faircut.studio.refusals import refusal_words
from faircut.studio.release import ReleasedStore
from faircut.studio.runner import EngineRunner

Outcome = dict[str, Any]
"""What a step leaves for the next ones, as plain JSON types; ``{"end": state}`` ends the job."""

StepRunner = Callable[[JobStep, Callable[[], Outcome]], Outcome]
"""Runs a step and remembers its outcome for good, or returns what it remembers."""

Observer = Callable[[str], None]
"""Told of each boundary: "before generate", "during generate", "after generate". For tests that kill workers."""

_REPORT_EVERY_S = 0.25
_MESSAGES = {
    JobStep.SCREEN_INPUTS: "Checking the prompt and the files.",
    JobStep.GENERATE: "Making the video.",
    JobStep.SCREEN_OUTPUT: "Checking the video.",
    JobStep.SIGN: "Signing.",
    JobStep.SCREEN_SIGNED: "Checking the signed file.",
    JobStep.RELEASE: "Releasing.",
}


class WorkerStopping(BaseException):
    """The worker is being stopped. No Exception, so that nothing records it as the outcome of a step."""


def request_digest(request: GenerationRequest) -> str:
    """SHA-256 of the request's canonical JSON: names a request without repeating it."""
    return hashlib.sha256(canonical_json(wire.dump(request)).encode("utf-8")).hexdigest()


class Pipeline:
    """The six steps over their collaborators. ``stopping`` is set when the worker must drop everything."""

    def __init__(
        self,
        jobs: JobStore,
        screener: Screener,
        decisions: DecisionReader,
        runner: EngineRunner,
        plugins: Plugins,
        signer: C2paSigner,
        quarantine: Quarantine,
        released: ReleasedStore,
        stopping: threading.Event,
        observe: Observer,
    ) -> None:
        self._jobs = jobs
        self._screener = screener
        self._decisions = decisions
        self._runner = runner
        self._plugins = plugins
        self._signer = signer
        self._quarantine = quarantine
        self._released = released
        self._notes = EngineNotes(runner.settings.home / "engine-notes")
        self._bells = EngineBells(runner.settings.home / "engine-notes")
        self._end_users = EndUsers(runner.settings.home / "end-users.key")
        self._stopping = stopping
        self._observe = observe
        self._pace = Pace()
        self._running = 0
        self._idle = threading.Condition()
        self._handlers: dict[JobStep, Callable[[Job, Mapping[JobStep, Outcome]], Outcome]] = {
            JobStep.SCREEN_INPUTS: self._screen_inputs,
            JobStep.GENERATE: self._generate,
            JobStep.SCREEN_OUTPUT: self._screen_output,
            JobStep.SIGN: self._sign,
            JobStep.SCREEN_SIGNED: self._screen_signed,
            JobStep.RELEASE: self._release,
        }

    def run(self, job_id: str, run_step: StepRunner) -> str:
        """Takes a job from where it stands to its end and returns the final state."""
        outcomes: dict[JobStep, Outcome] = {}
        with self._idle:
            self._running += 1
        try:
            for step in JobStep:
                outcome = run_step(step, partial(self._attempt, step, job_id, outcomes))
                if "end" in outcome:
                    break
                outcomes[step] = outcome
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()
        return str(self._jobs.get(job_id).state)

    def wait_idle(self, timeout: float) -> bool:
        """Waits until no job is in work here; False when some still are after ``timeout`` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, timeout)

    def abandon(self, job_id: str) -> None:
        """Ends a job whose workflow cannot go on: as released if it was, else as failed, with nothing left behind."""
        event = self._released.event_of(job_id)
        if event is not None and self._released.has(event.subject):
            self._jobs.release(job_id, event.subject)
        else:
            self._jobs.fail(
                job_id,
                {
                    "code": "internal",
                    "message": "The job was interrupted too often, or ended by an unexpected fault.",
                    "remedy": "Submit it again; report it if that happens twice.",
                    "field": None,
                },
            )
        self._tidy(self._jobs.get(job_id))

    def _attempt(self, step: JobStep, job_id: str, earlier: Mapping[JobStep, Outcome]) -> Outcome:
        self._observe(f"before {step}")
        job = self._jobs.get(job_id)
        if not job.state.final:
            try:
                # From its release event on, a job can only end as released.
                if step is not JobStep.RELEASE or self._released.event_of(job_id) is None:
                    self._go_on(job_id)
                request = job.request
                left = self._pace.left(job_id, request, step, 0.0)
                self._jobs.begin(job_id, step, progress_at(step, 0.0), _MESSAGES[step], left)
                self._pace.begin(job_id, step)
                outcome = self._handlers[step](job, earlier)
                self._pace.done(job_id, request)
            except JobCancelled:
                self._jobs.cancel(job_id)
                outcome = {}
            except FaircutError as error:
                self._jobs.fail(job_id, error.as_dict())
                outcome = {}
            except Exception as error:
                self._jobs.fail(
                    job_id,
                    {
                        "code": "internal",
                        "message": f"An unexpected fault in step {step}: {type(error).__name__}.",
                        "remedy": "Report it with the job's id; the details are in the service's log.",
                        "field": None,
                    },
                )
                self._tidy(self._jobs.get(job_id))
                raise
            job = self._jobs.get(job_id)
        else:
            outcome = {}
        if job.state.final:
            self._tidy(job)
            outcome = {"end": str(job.state)}
        self._observe(f"after {step}")
        return outcome

    def _screen_inputs(self, job: Job, _earlier: Mapping[JobStep, Outcome]) -> Outcome:
        if job.decision_ids and still_hold(job.request, job.decision_ids, self._decisions, self._screener):
            return {"decisions": list(job.decision_ids)}
        return self._screen_request(job)

    def _screen_request(self, job: Job) -> Outcome:
        return self._judged(job, self._screener.screen_request(self._runner.with_paths(job.request), actor=job.owner))

    def _generate(self, job: Job, _earlier: Mapping[JobStep, Outcome]) -> Outcome:
        attempt = self._quarantine.attempt(job.id)
        reported = 0.0

        def progress(share: float, message: str) -> None:
            nonlocal reported
            self._observe("during generate")
            if time.monotonic() - reported >= _REPORT_EVERY_S or share >= 1:
                reported = time.monotonic()
                left = self._pace.left(job.id, job.request, JobStep.GENERATE, share)
                self._jobs.report(job.id, progress_at(JobStep.GENERATE, share), message, left)

        options = self._runner.settings.engine_options.get(job.request.engine, {})
        able = capabilities_of(self._plugins.engine(job.request.engine), options)
        run = self._runner.run(
            job.request,
            attempt,
            progress,
            partial(self._go_on, job.id),
            end_user=self._end_users.name(job.owner, str(job.client.get("end_user") or "")),
            note=self._notes.path(job.id),
            links=self._clip_links(job) if able.links else {},
            bell=self._bell(job) if able.calls else None,
        )
        validate_output(run.output, job.request, self._runner.settings, able)
        output = self._quarantine.accept(job.id, run.output)
        self._jobs.note_timeline(job.id, run.timeline)
        return {"digest": sha256_file(output)}

    def _screen_output(self, job: Job, earlier: Mapping[JobStep, Outcome]) -> Outcome:
        asset = self._asset(job, self._quarantine.output(job.id), earlier[JobStep.GENERATE]["digest"])
        decision = self._screener.screen(asset, Stage.OUTPUT, actor=job.owner)
        try:
            check_decoded(decision)
        except EngineOutputInvalid:
            self._jobs.note_decisions(job.id, [decision.id])
            raise
        return self._judged(job, [decision])

    def _sign(self, job: Job, _earlier: Mapping[JobStep, Outcome]) -> Outcome:
        engine = self._plugins.engine(job.request.engine)
        claim = Claim(
            title=job.id,
            job_id=job.id,
            request_digest=request_digest(job.request),
            engine=engine.name,
            engine_version=engine.version,
            engine_label=engine.label,
            digital_source_type=engine.digital_source_type,
            ingredients=tuple(Ingredient(asset.label, asset.kind, asset.digest) for asset in job.request.files),
        )
        signed = self._quarantine.signed(job.id)
        self._signer.sign(self._quarantine.output(job.id), signed, claim)
        signed.chmod(0o600)
        return {"digest": sha256_file(signed)}

    def _screen_signed(self, job: Job, earlier: Mapping[JobStep, Outcome]) -> Outcome:
        asset = self._asset(job, self._quarantine.signed(job.id), earlier[JobStep.SIGN]["digest"])
        return self._judged(job, [self._screener.screen(asset, Stage.OUTPUT, actor=job.owner, deliverable=True)])

    def _release(self, job: Job, earlier: Mapping[JobStep, Outcome]) -> Outcome:
        (decision_id,) = earlier[JobStep.SCREEN_SIGNED]["decisions"]
        if self._released.event_of(job.id) is None:
            if not self._still_licensed(job):
                # A licence may have ended since, and what the video was asked for with is then judged without it.
                outcome = self._screen_request(job)
                if self._jobs.get(job.id).state.final:
                    return outcome
            if not self._screener.is_current(decision_id):
                # Something was registered since, perhaps while no worker lived: the file is judged against that too.
                outcome = self._screen_signed(job, earlier)
                if self._jobs.get(job.id).state.final:
                    return outcome
                (decision_id,) = outcome["decisions"]
        digest = self._released.release(self._quarantine.signed(job.id), decision_id, job.id)
        self._jobs.release(job.id, digest)
        return {"digest": digest}

    def _still_licensed(self, job: Job) -> bool:
        """False when a Decision of the job rests on a licence and would not be made in the same way today."""
        return all(self._screener.is_current(each) for each in job.decision_ids if self._decisions.get(each).licences)

    def _judged(self, job: Job, decisions: Sequence[Decision]) -> Outcome:
        """Goes on only when there are Decisions and each of them allows."""
        ids = [decision.id for decision in decisions]
        self._jobs.note_decisions(job.id, ids)
        if not decisions:
            raise IntegrityError("The screening returned no Decision.", remedy="Report this; nothing was released.")
        if not all(decision.allows for decision in decisions):
            self._jobs.refuse(job.id, refusal_words(decisions), ids)
        return {"decisions": ids}

    def _asset(self, job: Job, path: Any, digest: str) -> Asset:
        if sha256_file(path) != digest:
            raise IntegrityError(
                f"The file {path.name} of job {job.id} changed in quarantine.", remedy="Run the job again."
            )
        return Asset("output", MediaKind.VIDEO, digest, path.stat().st_size, path=path, name=path.name)

    def _clip_links(self, job: Job) -> Mapping[str, str]:
        """Links under which a service can fetch the job's clips, where we can be reached from outside."""
        if not job.request.clips or (base := self._public_base()) is None:
            return {}
        links = Links(self._runner.settings.home / "links.key")
        return {clip.label: clip_link(links, base, job.id, clip.label) for clip in job.request.clips}

    def _bell(self, job: Job) -> tuple[Path, str] | None:
        if (base := self._public_base()) is None:
            return None
        links = Links(self._runner.settings.home / "links.key")
        return self._bells.hang(job.id), call_url(links, base, job.id)

    def _public_base(self) -> str | None:
        """Where a service reaches us, if it can: not over plain http, on which everybody reads along."""
        base = self._runner.settings.public_url or ""
        return base if base.startswith("https://") else None

    def _go_on(self, job_id: str) -> None:
        if self._stopping.is_set():
            raise WorkerStopping
        if (stopped := self._jobs.why_stop(job_id)) is not None:
            raise stopped

    def _tidy(self, job: Job) -> None:
        self._pace.drop(job.id)
        self._notes.remove(job.id)
        self._bells.remove(job.id)
        if job.state is JobState.REFUSED:
            self._quarantine.keep_evidence(job.id)
        else:
            self._quarantine.empty(job.id)
