"""MiniMax-H3 through ``MiniMaxH3ModularPipeline``: words, first and last frames, or up to 12 references."""

from __future__ import annotations

import itertools
from typing import Any

from PIL import Image

from faircut.domain import GenerationRequest
from faircut.engines.diffusion import inputs
from faircut.engines.diffusion.families import FPS
from faircut.engines.diffusion.prompt import h3_prompt
from faircut.engines.diffusion.rendering import LOADED, Rendered, Task, as_pixels, as_samples
from faircut.engines.diffusion.runtime import torch


def workflow(request: GenerationRequest) -> str:
    """The pipeline's name for what is asked: ``t2va``, ``fl2va`` or ``ref2va``, each with weights of its own."""
    if request.first_frame or request.last_frame:
        return "fl2va"
    return "ref2va" if request.files else "t2va"


def render(task: Task) -> Rendered:
    """Loads the weights that the request needs from the folder and runs the pipeline once."""
    engine = torch()
    from diffusers import ModularPipeline

    kind = workflow(task.request)
    manager = _manager(task)
    pipe: Any = ModularPipeline.from_pretrained(
        str(task.ready.folder), workflow=kind, components_manager=manager, local_files_only=True
    )
    pipe.load_components(
        dtype=getattr(engine, task.options.dtype),
        local_files_only=True,
        # The index may name the hub; what is loaded is what lies here.
        pretrained_model_name_or_path=str(task.ready.folder),
    )
    if manager is None:
        pipe.to(task.ready.device)
    task.progress(LOADED, "weights loaded")
    steps = itertools.count(1)
    transformer = pipe.transformer_ref if kind == "ref2va" else pipe.transformer
    # One forward pass a step, as guidance is distilled; the blocks offer no callback of their own.
    hook = transformer.register_forward_hook(lambda *_: task.took_step(next(steps)))
    try:
        made = pipe(
            prompt=h3_prompt(task.request),
            width=task.width,
            height=task.height,
            num_frames=task.family.frames(task.request.duration),
            num_inference_steps=task.steps,
            generator=engine.Generator(device="cpu").manual_seed(task.request.seed),
            output_type="np",
            **_conditions(task.request, kind, pipe.audio_sampling_rate),
        )
    finally:
        hook.remove()
    return Rendered(as_pixels(made.get("videos")[0]), as_samples(made.get("audio")[0]), int(made.get("sampling_rate")))


def _manager(task: Task) -> Any:
    if task.options.offload == "none" or task.ready.device == "cpu":
        return None
    from diffusers import ComponentsManager

    manager = ComponentsManager()
    manager.enable_auto_cpu_offload(device=task.ready.device)
    return manager


def _conditions(request: GenerationRequest, kind: str, rate: int) -> dict[str, Any]:
    if kind == "t2va":
        return {}
    if kind == "fl2va":
        named = {"image": request.first_frame, "last_image": request.last_frame}
        by_label = {asset.label: asset for asset in request.images}
        return {key: Image.fromarray(inputs.picture(by_label[label])) for key, label in named.items() if label}
    from diffusers.modular_pipelines.minimax_h3 import (
        MiniMaxH3AudioReference,
        MiniMaxH3ImageReference,
        MiniMaxH3VideoReference,
    )

    engine = torch()
    references: list[Any] = [
        MiniMaxH3ImageReference(image=Image.fromarray(inputs.picture(asset))) for asset in request.images
    ]
    for asset in request.clips:
        samples = inputs.sound(asset, rate)
        heard = {} if samples is None else {"audio": engine.from_numpy(samples), "sample_rate": rate}
        references.append(MiniMaxH3VideoReference(frames=inputs.clip(asset), fps=float(FPS), **heard))
    for asset in request.sounds:
        samples = inputs.sound(asset, rate)
        if samples is not None:
            references.append(MiniMaxH3AudioReference(audio=engine.from_numpy(samples), sample_rate=rate))
    return {"references": references}
