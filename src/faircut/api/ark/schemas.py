"""Bodies of the Ark video generation API, as its documentation and ByteDance's own SDK have them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from faircut.api.shot_schemas import In

TaskStatus = Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]


class UrlIn(In):
    """``url``: a link, a base64 data URL, or ``asset://`` and the id of an upload."""

    url: str = Field(min_length=1)


class TextItem(In):
    type: Literal["text"]
    text: str


class ImageItem(In):
    type: Literal["image_url"]
    image_url: UrlIn
    role: Literal["first_frame", "last_frame", "reference_image"] | None = None


class VideoItem(In):
    type: Literal["video_url"]
    video_url: UrlIn
    role: Literal["reference_video"] | None = None


class AudioItem(In):
    type: Literal["audio_url"]
    audio_url: UrlIn
    role: Literal["reference_audio"] | None = None


class DraftIn(In):
    id: str


class DraftItem(In):
    type: Literal["draft_task"]
    draft_task: DraftIn


Item = Annotated[TextItem | ImageItem | VideoItem | AudioItem | DraftItem, Field(discriminator="type")]


class TaskIn(In):
    """A request for a video. Fields that Seedance 2.0 takes; what we cannot do is refused by name."""

    model: str = Field(min_length=1, max_length=200)
    content: list[Item] = Field(min_length=1, max_length=64)
    callback_url: str | None = Field(None, max_length=2000, description="Told of every change of the task.")
    return_last_frame: bool | None = None
    service_tier: str | None = None
    execution_expires_after: int | None = Field(None, ge=3600, le=259_200, description="Seconds; by default 172,800.")
    priority: int | None = Field(None, ge=0, le=9)
    generate_audio: bool | None = Field(None, description="By default true.")
    draft: bool | None = None
    camera_fixed: bool | None = None
    watermark: bool | None = Field(None, description="Accepted; Faircut labels every video whatever it says.")
    seed: int | None = Field(None, ge=-1, le=2**32 - 1, description="-1, the default: a random one, which is told.")
    resolution: str | None = Field(None, max_length=20, description="480p, 720p (default), 1080p, or 2k.")
    ratio: str | None = Field(None, max_length=20, description="21:9 … 9:16, or adaptive (default).")
    duration: int | None = Field(
        None, description="Seconds that the engine makes, 4 to 15 with most; by default 5. -1: as the request suggests."
    )
    frames: int | None = None
    tools: list[dict[str, Any]] | None = None
    output_format: str | None = None
    omni_reference_task_type: str | None = None
    safety_identifier: str | None = Field(None, max_length=200, description="Whom the video is for; never decides.")


class TaskIdOut(BaseModel):
    id: str
    safety_identifier: str | None = None


class TaskErrorOut(BaseModel):
    code: str
    message: str


class ContentOut(BaseModel):
    """Links that work without a key for 24 hours."""

    video_url: str
    last_frame_url: str | None = None


class UsageOut(BaseModel):
    """Tokens as Seedance counts them: width x height x frames / 1024."""

    completion_tokens: int
    total_tokens: int


class TaskOut(BaseModel):
    """A task. Times are Unix seconds."""

    id: str
    model: str
    status: TaskStatus
    error: TaskErrorOut | None
    content: ContentOut | None
    usage: UsageOut | None
    created_at: int
    updated_at: int
    seed: int
    resolution: str
    ratio: str
    duration: int
    framespersecond: int
    service_tier: str
    execution_expires_after: int
    priority: int
    generate_audio: bool
    safety_identifier: str | None
    output_format: str


class TaskListOut(BaseModel):
    total: int
    items: list[TaskOut]


class DeletedOut(BaseModel):
    """Nothing is said of what was deleted."""
