"""What a request must look like before anything is decoded, screened or spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from faircut.config import Settings
from faircut.domain import Asset, GenerationRequest, MediaKind
from faircut.errors import FaircutError, InputError, LimitExceeded
from faircut.plugins import Plugins
from faircut.store.blobs import BlobStore
from faircut.studio.directive_limits import check_directives
from faircut.studio.engine_limits import capabilities_of, check_duration, check_engine, file_limit_errors
from faircut.uploads import LABELS

MOST_SHOTS = 12
SHORTEST_S, LONGEST_S = 4, 15
MOST_FILES = {MediaKind.IMAGE: 9, MediaKind.VIDEO: 3, MediaKind.AUDIO: 3}


def validate_request(request: GenerationRequest, settings: Settings, plugins: Plugins, uploads: BlobStore) -> None:
    """Raises LimitExceeded, InputError or NotFound, each naming the field at fault; returns when all is well.

    What is raised is the first mistake, with the others as ``others``.

    Limits: 1 to 12 shots, at most 9 images, 3 clips and 3 sounds labelled "Image 1" … in
    order, ``max_prompt_chars`` of text, ``max_upload_bytes`` a file; each file lies in ``uploads``. Directives: see
    :func:`faircut.studio.directive_limits.check_directives`. Seconds, and what else the engine cannot do: see
    :func:`faircut.studio.engine_limits.check_engine`, whose EngineNotReady is raised too.
    """
    if errors := request_errors(request, settings, plugins, uploads):
        first, *others = errors
        first.others = tuple(others)
        raise first


def request_errors(
    request: GenerationRequest, settings: Settings, plugins: Plugins, uploads: BlobStore
) -> tuple[FaircutError, ...]:
    """What :func:`validate_request` raises, as a list: of each group of checks (seconds, shots, images, …) the first
    mistake, the engine's own rules only where all else is well, and then each file that it does not take."""
    options = settings.engine_options.get(request.engine, {})
    found: list[FaircutError] = []

    def note(check: Callable[[], object]) -> None:
        try:
            check()
        except FaircutError as error:
            if (error.field, error.message) not in [(each.field, each.message) for each in found]:
                found.append(error)

    note(lambda: check_duration(request, capabilities_of(plugins.engine(request.engine), options)))
    note(lambda: _check_shots(request, settings))
    note(lambda: _check_files(MediaKind.IMAGE, request.images, settings, uploads))
    note(lambda: _check_files(MediaKind.VIDEO, request.clips, settings, uploads))
    note(lambda: _check_files(MediaKind.AUDIO, request.sounds, settings, uploads))
    note(lambda: check_directives(request))
    if not found:
        engine = plugins.engine(request.engine)
        note(lambda: check_engine(request, engine, options))
        if not found:
            found += file_limit_errors(request, engine, options, uploads)
    return tuple(found)


def _check_shots(request: GenerationRequest, settings: Settings) -> None:
    if not 1 <= len(request.shots) <= MOST_SHOTS:
        raise LimitExceeded(
            f"The request has {len(request.shots)} shots.", field="shots", remedy=f"Send 1 to {MOST_SHOTS} shots."
        )
    characters = sum(len(shot.prompt) for shot in request.shots)
    if characters > settings.max_prompt_chars:
        raise LimitExceeded(
            f"The prompts have {characters} characters together; {settings.max_prompt_chars} are accepted.",
            field="prompt",
            remedy="Shorten them.",
        )
    if not request.files and not any(shot.prompt.strip() for shot in request.shots):
        raise InputError("The prompt is empty.", field="prompt", remedy="Say what the video should show.")
    for number, shot in enumerate(request.shots, 1):
        if shot.seconds is not None and not shot.seconds > 0:
            raise InputError(
                f"Shot {number} lasts {shot.seconds} seconds.",
                field=f"shots[{number - 1}].seconds",
                remedy="Give it more than 0 seconds, or none to share what is left.",
            )
    fixed = sum(shot.seconds or 0 for shot in request.shots)
    if fixed > request.duration + 1e-6:
        raise InputError(
            f"The shots last {fixed:g} seconds, the video {request.duration}.",
            field="shots",
            remedy="Shorten shots or lengthen the video.",
        )


def _check_files(kind: MediaKind, files: tuple[Asset, ...], settings: Settings, uploads: BlobStore) -> None:
    name, most = LABELS[kind], MOST_FILES[kind]
    if len(files) > most:
        raise LimitExceeded(
            f"{name} {most + 1} is one too many: at most {most} are accepted in a request.",
            field=f"{name} {most + 1}",
            remedy=f"Leave it out, together with any after it ({len(files)} were sent).",
        )
    for number, asset in enumerate(files, 1):
        label = f"{name} {number}"
        if asset.label != label or asset.kind is not kind:
            raise InputError(
                f"File {number} of its kind is called {asset.label!r} and is {asset.kind}.",
                field=label,
                remedy=f"Call it {label!r} and send it among the files of its kind.",
            )
        if not uploads.has(asset.digest):
            raise InputError(
                "The file was not uploaded.", field=label, remedy="Upload it first, then name it in the request."
            )
        if (size := uploads.open(asset.digest).stat().st_size) > settings.max_upload_bytes:
            raise LimitExceeded(
                f"The file has {size} bytes; {settings.max_upload_bytes} are accepted.",
                field=label,
                remedy="Send a smaller file.",
            )


def with_paths(request: GenerationRequest, uploads: BlobStore) -> GenerationRequest:
    """The request with each file's ``path`` in ``uploads``. Raises NotFound when one is gone."""
    return _located(request, lambda asset: replace(asset, path=uploads.open(asset.digest)))


def without_paths(request: GenerationRequest) -> GenerationRequest:
    """The request as it is kept: where files lie is the upload store's business."""
    return _located(request, lambda asset: replace(asset, path=None))


def only_kept(request: GenerationRequest, uploads: BlobStore) -> GenerationRequest:
    """The request without the files that are not in ``uploads``, or one too many; the others keep their labels."""

    def kept(files: tuple[Asset, ...], kind: MediaKind) -> tuple[Asset, ...]:
        return tuple(asset for asset in files[: MOST_FILES[kind]] if uploads.has(asset.digest))

    return replace(
        request,
        images=kept(request.images, MediaKind.IMAGE),
        clips=kept(request.clips, MediaKind.VIDEO),
        sounds=kept(request.sounds, MediaKind.AUDIO),
    )


def _located(request: GenerationRequest, locate: Callable[[Asset], Asset]) -> GenerationRequest:
    return replace(
        request,
        images=tuple(map(locate, request.images)),
        clips=tuple(map(locate, request.clips)),
        sounds=tuple(map(locate, request.sounds)),
    )
