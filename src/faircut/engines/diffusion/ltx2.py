"""LTX-2 through ``LTX2ConditionPipeline``: words, a first and a last frame, pictures and clips as guides.

LTX-2 knows no references by name. A picture guides the moment at which its shot begins, or, where no shot names it, a
moment of its own; a clip guides the shot that names it from the shot's first frame on.
"""

from __future__ import annotations

import itertools
from typing import Any, Final

from faircut.domain import Asset, GenerationRequest
from faircut.engines.diffusion import inputs
from faircut.engines.diffusion.families import FPS
from faircut.engines.diffusion.prompt import plain_prompt
from faircut.engines.diffusion.rendering import LOADED, Rendered, Task, as_pixels, as_samples
from faircut.engines.diffusion.runtime import torch

_GUIDE_STRENGTH: Final = 0.6
"""How firmly a reference holds its moment, where first and last frames hold theirs with 1."""
_GUIDE_S: Final = 2
"""Seconds of a reference clip that guide its shot: its motion, before the words take over."""


def render(task: Task) -> Rendered:
    """Loads the pipeline from the folder and runs it once."""
    engine = torch()
    from diffusers import LTX2ConditionPipeline
    from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

    pipe: Any = LTX2ConditionPipeline.from_pretrained(
        str(task.ready.folder), dtype=getattr(engine, task.options.dtype), local_files_only=True
    )
    _place(pipe, task)
    task.progress(LOADED, "weights loaded")
    request, frames = task.request, task.family.frames(task.request.duration)
    latents = (frames - 1) // task.family.frames_per_block + 1
    conditions = [
        LTX2VideoCondition(frames=pixels, index=index, strength=strength)
        for pixels, index, strength in guides(request, latents)
    ]

    def on_step(_pipe: Any, index: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        task.took_step(index + 1)
        return tensors

    guidance = task.options.guidance or task.family.guidance or 1.0
    # Guidance by perturbation and by modality costs a pass a step each, and needs blocks that the weights have.
    blocks = len(pipe.transformer.transformer_blocks)
    made = pipe(
        conditions=conditions or None,
        prompt=plain_prompt(request),
        width=task.width,
        height=task.height,
        num_frames=frames,
        frame_rate=float(FPS),
        num_inference_steps=task.steps,
        guidance_scale=guidance,
        spatio_temporal_guidance_blocks=[min(28, blocks - 1)],
        generator=engine.Generator(device="cpu").manual_seed(request.seed),
        output_type="np",
        callback_on_step_end=on_step,
        max_sequence_length=min(1024, int(pipe.tokenizer.model_max_length)),
    )
    return Rendered(as_pixels(made.frames[0]), as_samples(made.audio[0]), int(pipe.vocoder.config.output_sampling_rate))


def _place(pipe: Any, task: Task) -> None:
    if task.options.offload == "none" or task.ready.device == "cpu":
        pipe.to(task.ready.device)
    elif task.options.offload == "model":
        pipe.enable_model_cpu_offload(device=task.ready.device)
    else:
        pipe.enable_sequential_cpu_offload(device=task.ready.device)
    pipe.vae.enable_tiling()


def guides(request: GenerationRequest, latents: int) -> list[tuple[Any, int, float]]:
    """(pixels, latent index, strength) for every picture and clip of the request, of ``latents`` latent frames."""
    keyframes = {request.first_frame: 0, request.last_frame: latents - 1}
    found: list[tuple[Any, int, float]] = [
        (inputs.picture(asset), keyframes[asset.label], 1.0) for asset in request.images if asset.label in keyframes
    ]
    free = [asset for asset in request.images if asset.label not in keyframes]
    for number, asset in enumerate(free):
        share = _begins(request, asset)
        share = number / len(free) if share is None else share
        found.append((inputs.picture(asset), min(latents - 1, round(share * latents)), _GUIDE_STRENGTH))
    for asset in request.clips:
        index = min(latents - 1, round((_begins(request, asset) or 0.0) * latents))
        found.append((inputs.clip(asset)[: _GUIDE_S * FPS + 1], index, _GUIDE_STRENGTH))
    return found


def _begins(request: GenerationRequest, asset: Asset) -> float | None:
    """The share of the video at which the first shot that names ``asset`` begins; None when none does."""
    left = request.duration - sum(shot.seconds or 0 for shot in request.shots)
    open_shots = sum(1 for shot in request.shots if not shot.seconds)
    lengths = [shot.seconds or left / open_shots for shot in request.shots]
    starts = itertools.accumulate(lengths, initial=0.0)
    for shot, start in zip(request.shots, starts, strict=False):
        if asset.label.lower() in shot.prompt.lower() or any(each.label == asset.label for each in shot.clips):
            return start / request.duration
    return None
