"""Bodies of ``/v1/videos``, as OpenAI's documentation and its Python package have them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from faircut.api.shot_schemas import In

VideoStatus = Literal["queued", "in_progress", "completed", "failed"]


class ReferenceIn(In):
    """An image to begin with: ``image_url`` is a link or a data URL, ``file_id`` the id of an upload."""

    image_url: str | None = Field(None, min_length=1)
    file_id: str | None = Field(None, min_length=1, max_length=100)


class VideoIn(In):
    """A request for a video, sent as JSON or as a form in which ``input_reference`` may be a file."""

    prompt: str = Field(min_length=1)
    model: str | None = Field(None, min_length=1, max_length=200)
    seconds: int | str | None = Field(None, description="4 to 15 with most engines, by default 4.")
    size: str | None = Field(None, max_length=20, description="Width x height, by default 720x1280.")
    input_reference: ReferenceIn | None = None
    seed: int | None = Field(None, ge=0, le=2**32 - 1, description="By default random.")
    safety_identifier: str | None = Field(None, max_length=200, description="Whom the video is for; never decides.")
    user: str | None = Field(None, max_length=200, description="Older name of safety_identifier.")


class VideoErrorOut(BaseModel):
    code: str
    message: str


class VideoOut(BaseModel):
    """A video being made, or made. Times are Unix seconds; ``size`` is that of the file."""

    id: str
    object: Literal["video"] = "video"
    model: str
    status: VideoStatus
    progress: int = Field(ge=0, le=100)
    created_at: int
    completed_at: int | None
    expires_at: int | None = None
    size: str
    seconds: str
    prompt: str
    error: VideoErrorOut | None
    remixed_from_video_id: str | None = None


class VideoListOut(BaseModel):
    object: Literal["list"] = "list"
    data: list[VideoOut]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VideoDeletedOut(BaseModel):
    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: bool = True
