"""An Ark task into the one internal request, and what else its client says into the job's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from faircut.api.ark.schemas import AudioItem, DraftItem, ImageItem, TaskIn, TextItem, VideoItem
from faircut.api.doors.dialects import TaskTypeConstraint
from faircut.api.doors.fitting import DEFAULT_S, nearest_ratio, suggested_seconds
from faircut.api.doors.media import Brought, Received, receive_all
from faircut.api.doors.models import engine_for
from faircut.api.doors.prompts import Script, check_length, read_flags, read_script
from faircut.api.doors.seeds import random_seed
from faircut.api.json_files import SpooledFile
from faircut.app import Faircut
from faircut.directives import Camera, Move, MoveKind
from faircut.domain import Asset, GenerationRequest, MediaKind, Ratio, Shot, Size
from faircut.engines.file_limits import file_errors
from faircut.engines.seedance_limits import FILES
from faircut.errors import FaircutError, InputError, LimitExceeded
from faircut.net import Guard
from faircut.studio.engine_limits import spoken_seconds
from faircut.studio.requests import MOST_FILES
from faircut.uploads import LABELS

DOOR: Final = "ark"
EXPIRES_S: Final = 172_800


@dataclass(frozen=True, slots=True)
class _File:
    """``index`` is the item's place in ``content``."""

    index: int
    brought: Brought
    role: str | None


@dataclass(frozen=True, slots=True)
class Translated:
    """The request, what its client says besides, and the field of each input by its label."""

    request: GenerationRequest
    client: Mapping[str, Any]
    priority: int
    fields: Mapping[str, str]


def translate(
    body: TaskIn,
    faircut: Faircut,
    *,
    owner: str,
    base_url: str,
    key: str | None,
    sent: Mapping[str, SpooledFile] = MappingProxyType({}),
) -> Translated:
    """Reads a task and fetches its files; ``sent`` came with it. Nothing is judged, nothing spent.

    Raises InputError, LimitExceeded, AddressRefused, FetchFailed, NotFound with the parameter at fault, and all other
    mistakes beside the first.
    """
    _raise_all(_unsupported(body))
    engine = engine_for(
        body.model,
        aliases=faircut.settings.model_aliases,
        engines=list(faircut.plugins.engines()),
        default=faircut.settings.engine,
    )
    text = "\n".join(each.text for each in body.content if isinstance(each, TextItem))
    check_length(text, faircut.settings.max_prompt_chars, _text_field(body))
    text, flags = read_flags(text)
    _check_callback(body, faircut)
    size = _size(body.resolution or flags.get("resolution"))
    ratio = _ratio(body.ratio or flags.get("ratio"))
    lengths = faircut.engines.durations(engine)
    seconds = _seconds(body.duration if body.duration is not None else flags.get("duration"), lengths)
    if flags.get("fps", 24) != 24 or "frames" in flags:
        raise InputError("Videos have 24 frames a second and whole seconds.", field="frames", remedy="Set duration.")
    files = _files(body)
    mode = _mode(files)
    still = body.camera_fixed if body.camera_fixed is not None else bool(flags.get("camera_fixed", False))
    if still and mode == "reference":
        raise TaskTypeConstraint(
            "camera_fixed does not go with reference files.", field="camera_fixed", remedy="Leave it out."
        )
    received = receive_all(faircut, [each.brought for each in files], owner=owner, sent=sent)
    _check_media(files, received)
    script = read_script(text)
    duration = seconds or _suggested(script, received, lengths)
    seed = _seed(body.seed if body.seed is not None else flags.get("seed", -1))
    request = GenerationRequest(
        shots=_shots(script.lasting(duration), still=still),
        images=_assets(received, MediaKind.IMAGE),
        clips=_assets(received, MediaKind.VIDEO),
        sounds=_assets(received, MediaKind.AUDIO),
        size=size,
        ratio=ratio or _adaptive(received),
        duration=duration,
        seed=random_seed(owner, key) if seed is None else seed,
        audio=body.generate_audio is not False,
        engine=engine,
        first_frame=_frame(files, received, "first_frame") if mode == "frames" else None,
        last_frame=_frame(files, received, "last_frame") if mode == "frames" else None,
    )
    fields = {each.asset.label: file.brought.field for file, each in zip(files, received, strict=True)}
    return Translated(request, _client(body, base_url), body.priority or 0, {"prompt": _text_field(body), **fields})


def _unsupported(body: TaskIn) -> list[FaircutError]:
    refused = [
        ("service_tier", body.service_tier not in (None, "default"), "There is one tier, default.", "Leave it out."),
        ("draft", bool(body.draft), "There are no drafts.", "Leave it out."),
        ("frames", body.frames is not None, "Videos have 24 frames a second and whole seconds.", "Set duration."),
        ("tools", bool(body.tools), "There are no tools.", "Leave it out."),
        ("output_format", body.output_format not in (None, "mp4"), "Videos are MP4.", "Ask for mp4, or leave it out."),
        (
            "omni_reference_task_type",
            body.omni_reference_task_type not in (None, "auto", "reference"),
            "References are references; clips are neither edited nor extended.",
            "Use auto or reference.",
        ),
    ]
    found: list[FaircutError] = [
        InputError(message, field=field, remedy=remedy) for field, wrong, message, remedy in refused if wrong
    ]
    for index, item in enumerate(body.content):
        if isinstance(item, DraftItem):
            found.append(InputError("There are no drafts.", field=f"content[{index}]", remedy="Leave it out."))
    return found


def _check_callback(body: TaskIn, faircut: Faircut) -> None:
    if body.callback_url is None:
        return
    settings = faircut.settings
    if not settings.callbacks:
        raise InputError("This service calls nobody back.", field="callback_url", remedy="Poll the task instead.")
    guard = Guard(frozenset(settings.trusted_hosts), field="callback_url")
    url = guard.check_url(body.callback_url)
    guard.addresses(url.host, url.port or {"http": 80, "https": 443}[url.scheme])


def _size(asked: Any) -> Size:
    if asked is None:
        return Size.P720
    try:
        return Size(str(asked).lower())
    except ValueError as error:
        raise InputError(
            f"There is no resolution {str(asked)[:20]!r}.",
            field="resolution",
            remedy=f"Use {', '.join(Size)}; the largest is {Size.K2}, 2048x1152 at 16:9.",
        ) from error


def _ratio(asked: Any) -> Ratio | None:
    if asked is None or str(asked).lower() in ("adaptive", "keep_ratio"):
        return None
    try:
        return Ratio(str(asked))
    except ValueError as error:
        raise InputError(
            f"There is no ratio {str(asked)[:20]!r}.", field="ratio", remedy=f"Use {', '.join(Ratio)} or adaptive."
        ) from error


def _seconds(asked: Any, lengths: Sequence[int]) -> int | None:
    if asked is None:
        return min(lengths, key=lambda each: abs(each - DEFAULT_S))
    if asked == -1:
        return None
    if int(asked) not in lengths:
        raise LimitExceeded(
            f"{asked} seconds were asked for.",
            field="duration",
            remedy=f"Ask for {spoken_seconds(lengths)} seconds, or -1.",
        )
    return int(asked)


def _seed(asked: Any) -> int | None:
    if not -1 <= int(asked) < 2**32:
        raise InputError(f"{asked} is no seed.", field="seed", remedy="Use -1 for a random one, or 0 to 4294967295.")
    return None if asked == -1 else int(asked)


def _files(body: TaskIn) -> list[_File]:
    """The files among the items, after counting them: the tenth image is refused before anything is fetched."""
    found: list[_File] = []
    counts = dict.fromkeys(MediaKind, 0)
    for index, item in enumerate(body.content):
        if isinstance(item, ImageItem):
            kind, url = MediaKind.IMAGE, item.image_url.url
        elif isinstance(item, VideoItem):
            kind, url = MediaKind.VIDEO, item.video_url.url
        elif isinstance(item, AudioItem):
            kind, url = MediaKind.AUDIO, item.audio_url.url
        else:
            continue
        counts[kind] += 1
        field = f"content[{index}].{item.type}"
        if counts[kind] > MOST_FILES[kind]:
            raise LimitExceeded(
                f"{LABELS[kind]} {counts[kind]} is one too many: at most {MOST_FILES[kind]} are accepted.",
                field=field,
                remedy="Leave it out, together with any after it.",
            )
        found.append(_File(index, Brought(url, kind, field, FILES[kind].most_bytes or 0), item.role))
    return found


def _mode(files: Sequence[_File]) -> str:
    """Which of the API's scenes it is: "text", "frames" or "reference", which exclude one another."""
    if not files:
        return "text"
    images = [each for each in files if each.brought.kind is MediaKind.IMAGE]
    roles = [each.role for each in images]
    alone = len(files) == 1 and roles == [None]
    frames = [each for each in roles if each in ("first_frame", "last_frame")]
    if not frames and not alone:
        if None in roles:
            raise TaskTypeConstraint(
                "Several files were sent, and an image without a role.",
                field=images[roles.index(None)].brought.field,
                remedy="Give every image the role first_frame, last_frame or reference_image.",
            )
        return "reference"
    if len(files) != len(frames) and not alone:
        other = next(each for each in files if each.role not in ("first_frame", "last_frame"))
        raise TaskTypeConstraint(
            "First and last frames do not go with reference files.",
            field=other.brought.field,
            remedy="Send frames alone, or make all images references.",
        )
    if sorted(frames) not in ([], ["first_frame"], ["first_frame", "last_frame"]):
        raise TaskTypeConstraint(
            "There is one first frame, and besides it at most one last frame.",
            field=files[-1].brought.field,
            remedy="Send one image as first_frame, and if you like one as last_frame.",
        )
    return "frames"


def _check_media(files: Sequence[_File], received: Sequence[Received]) -> None:
    fields = {each.asset.label: file.brought.field for file, each in zip(files, received, strict=True)}
    errors = file_errors([each.asset for each in received], FILES, who="This API")
    for error in errors:
        label = str(error.field)
        error.field, error.message = fields[label], f"{label}: {error.message}"
    _raise_all(errors)


def _raise_all(errors: Sequence[FaircutError]) -> None:
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]


def _shots(shots: tuple[Shot, ...], *, still: bool) -> tuple[Shot, ...]:
    if not still:
        return shots
    return tuple(replace(shot, camera=Camera(moves=(Move(MoveKind.STATIC),))) for shot in shots)


def _assets(received: Sequence[Received], kind: MediaKind) -> tuple[Asset, ...]:
    return tuple(each.asset for each in received if each.asset.kind is kind)


def _frame(files: Sequence[_File], received: Sequence[Received], role: str) -> str | None:
    for file, each in zip(files, received, strict=True):
        if file.role == role or (file.role is None and role == "first_frame"):
            return each.asset.label
    return None


def _adaptive(received: Sequence[Received]) -> Ratio:
    for each in received:
        if each.probe.width and each.probe.height:
            return nearest_ratio(each.probe.width, each.probe.height)
    return Ratio.R16_9


def _suggested(script: Script, received: Sequence[Received], lengths: Sequence[int]) -> int:
    found = {kind: [each.probe.seconds or 0.0 for each in received if each.asset.kind is kind] for kind in MediaKind}
    return suggested_seconds(
        script.shots,
        lengths,
        scripted=script.seconds,
        clips=sum(found[MediaKind.VIDEO]),
        sounds=max(found[MediaKind.AUDIO], default=0.0),
    )


def _text_field(body: TaskIn) -> str:
    return next((f"content[{n}].text" for n, each in enumerate(body.content) if isinstance(each, TextItem)), "content")


def _client(body: TaskIn, base_url: str) -> dict[str, Any]:
    lasts = body.execution_expires_after or EXPIRES_S
    return {
        "door": DOOR,
        "model": body.model,
        "end_user": body.safety_identifier,
        "callback_url": body.callback_url,
        "return_last_frame": bool(body.return_last_frame),
        "execution_expires_after": lasts,
        "expires_at": (datetime.now(UTC) + timedelta(seconds=lasts)).isoformat(timespec="microseconds"),
        "priority": body.priority or 0,
        "base_url": base_url,
    }
