"""The sound of a film: ambience by the words, impacts on their samples, music, and the user's own sounds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import av
import av.error
import numpy as np

from faircut.domain import Asset
from faircut.engines.previz import synth
from faircut.engines.previz.cuts import SAMPLE_RATE, SAMPLES_PER_FRAME
from faircut.engines.previz.lexicon import AMBIENCES, MOODS, first_of
from faircut.engines.previz.music import music_bed
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.plates import open_media, unreadable
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.synth import Mono, Stereo
from faircut.errors import EngineInputUnreadable
from faircut.protocols import Progress

_FADE: Final = 960
"""Samples (20 ms) of the cross-fade at cuts."""
_CEILING: Final = 10 ** (-1.5 / 20)
_TARGET_RMS: Final = 10 ** (-20 / 20)
_LONGEST: Final = 16 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class ClipSound:
    """Where a clip is on screen: its label, first frame, end frame, start in the clip (seconds), and speed."""

    label: str
    start: int
    end: int
    offset: float
    rate: float


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """All that the sound is made from."""

    plans: tuple[ShotPlan, ...]
    files: Mapping[str, Asset]
    events: tuple[Mapping[str, Any], ...]
    clips: tuple[ClipSound, ...]
    seed: int


def probe_sound(asset: Asset) -> None:
    """Raises EngineInputUnreadable when a sound has no audio that decodes."""
    if not len(decode_sound(asset, limit=SAMPLE_RATE // 10)):
        raise unreadable(asset, "no sound in it")


def decode_sound(asset: Asset, limit: int = _LONGEST) -> Stereo:
    """(n, 2) at 48 kHz, at most ``limit`` samples; empty when the file has no sound. Raises EngineInputUnreadable."""
    blocks: list[Stereo] = []
    count = 0
    try:
        with open_media(asset) as container:
            if not container.streams.audio:
                return np.zeros((0, 2), np.float32)
            resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE)
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    block = piece.to_ndarray().reshape(-1, 2).astype(np.float32)
                    blocks.append(block)
                    count += len(block)
                if count >= limit:
                    break
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        raise unreadable(asset, "not a sound") from error
    if not blocks:
        return np.zeros((0, 2), np.float32)
    wave = np.concatenate(blocks)[:limit]
    finite: Stereo = np.nan_to_num(wave, nan=0.0, posinf=0.0, neginf=0.0)
    return finite


def make_soundtrack(plan: SoundPlan, n: int, progress: Progress) -> Stereo:
    """(n, 2) float32, peak under -1.5 dB of full scale, faded at both ends."""
    text = " ".join(shot.text for shot in plan.plans)
    own = _own_sounds(plan, n)
    progress(0.15, "sound: ambience")
    clips = _clip_sounds(plan, n) if own is None else None
    bed = np.zeros((n, 2), np.float32)
    for index, shot in enumerate(plan.plans):
        start, end = shot.start * SAMPLES_PER_FRAME, shot.end * SAMPLES_PER_FRAME
        lead, tail = (_FADE if index else 0), (_FADE if index + 1 < len(plan.plans) else 0)
        a, b = start - lead // 2, min(n, end + tail // 2)
        wave = ambience(shot, b - a, plan.seed)
        ramp = np.ones(b - a, np.float32)
        if lead:
            ramp[:lead] = np.sin(np.linspace(0, math.pi / 2, lead))
        if tail:
            ramp[-tail:] = np.cos(np.linspace(0, math.pi / 2, tail))
        bed[a:b] += wave * ramp[:, None]
        progress(0.15 + 0.35 * (index + 1) / len(plan.plans), "sound: ambience")
    effects = _effects(plan, n)
    progress(0.6, "sound: music")
    mix: Stereo = bed + effects
    if own is not None:
        mix = bed * 0.22 + effects * 0.8 + own
    elif clips is not None:
        shown = clips[1][:, None]
        mix = bed * (1 - 0.85 * shown) + effects + clips[0]
    quiet = re.search(r"\b(?:no music|without music|silent|silence)\b", text.lower())
    if own is None and not quiet:
        mood = next(iter(first_of(MOODS, text)), "calm")
        music = music_bed(generator("music", plan.seed, mood, text), n, mood)
        level = 1.0 if clips is None else 1 - 0.7 * clips[1][:, None]
        mix = mix + music * level
    progress(0.9, "sound: levels")
    return master(mix)


def master(mix: Stereo) -> Stereo:
    """Brings a mix to about -20 dB RMS, soft-limits its peaks and fades its ends."""
    loud = float(np.sqrt(np.mean(mix**2)))
    gain = min(max(_TARGET_RMS / loud, 0.35), 4.0) if loud > 1e-5 else 1.0
    wave = mix * np.float32(gain)
    knee = 0.6 * _CEILING
    over = np.abs(wave) > knee
    wave[over] = np.sign(wave[over]) * (
        knee + (_CEILING - knee) * np.tanh((np.abs(wave[over]) - knee) / (_CEILING - knee))
    )
    ramp = np.linspace(0, 1, _FADE // 2, dtype=np.float32)[:, None]
    wave[: len(ramp)] *= ramp
    wave[-len(ramp) :] *= ramp[::-1]
    return wave.astype(np.float32)


def ambience(shot: ShotPlan, n: int, seed: int) -> Stereo:
    """(n, 2) of what one shot's place and weather sound like."""
    rng = generator("ambience", seed, shot.place, shot.index)
    said = set(first_of(AMBIENCES, shot.text))
    place, night = shot.place, shot.lighting.time == "night"
    out = np.zeros((n, 2), np.float32)
    if place in ("space", "underwater", "room", "studio"):
        out += synth.tone_bed(rng, n, place)
    if shot.physics.rain:
        inside = 0.35 if place == "room" else 1.0
        out += synth.rain(rng, n, shot.physics.rain) * np.float32(inside)
    if "sea" in said or place in ("sea", "beach"):
        out += synth.sea(rng, n)
    if place in ("city", "street"):
        said.add("city")
    for name, voice in (("stream", synth.stream), ("city", synth.city), ("crowd", synth.crowd), ("fire", synth.fire)):
        if name in said:
            out += voice(rng, n)
    calm = not shot.physics.rain and not shot.physics.snow
    if place in ("hills", "forest", "mountains", "beach") and calm and ("birds" in said or not night):
        out += synth.birds(rng, n, 1.1 if place == "forest" else 0.6)
    if "crickets" in said or (night and calm and place in ("hills", "forest", "mountains", "desert")):
        out += synth.crickets(rng, n)
    if place not in ("space", "underwater", "room", "studio", "moon"):
        out += synth.wind(
            rng, n, abs(shot.physics.wind) + (3 if place in ("mountains", "desert", "snow", "sky") else 0)
        )
    for kind in _motors(shot):
        out += synth.motor(rng, n, kind)
    return out


def _motors(shot: ShotPlan) -> list[str]:
    """Subjects of a drawn shot whose engine is heard."""
    if shot.beats:
        return []
    running = [each.kind for each in shot.subjects if each.motion == "drive"]
    return [kind for kind in running if kind in ("car", "truck", "bus", "train")] + [
        each.kind for each in shot.subjects if each.kind in ("plane", "rocket")
    ]


def _surface(shot: ShotPlan) -> str:
    return {
        "hills": "soft",
        "forest": "soft",
        "mountains": "soft",
        "snow": "snow",
        "desert": "sand",
        "beach": "sand",
    }.get(shot.place, "hard")


def _effects(plan: SoundPlan, n: int) -> Stereo:
    """Impacts, footsteps and thunder, each starting on the sample of its event."""
    out = np.zeros((n, 2), np.float32)
    for number, entry in enumerate(plan.events):
        rng = generator("effect", plan.seed, number)
        wave: Mono
        if entry["event"] == "impact":
            what = str(entry.get("what", ""))
            kind = (
                "ball" if what.endswith(("ball", "balls")) else "glass" if "glass" in what or "coin" in what else "hard"
            )
            wave, at = synth.thud(rng, float(entry["speed_m_s"]), kind), int(entry["sample"])
        elif entry["event"] == "footstep":
            shot = plan.plans[int(entry["shot"]) - 1]
            wave, at = synth.footstep(rng, _surface(shot), float(entry["weight"])), int(entry["sample"])
        elif entry["event"] == "lightning":
            wave, at = synth.thunder(rng), int(entry["sample"]) + int(rng.uniform(0.25, 0.7) * SAMPLE_RATE)
        else:
            continue
        end = min(n, at + len(wave))
        if 0 <= at < end:
            out[at:end] += synth.panned(wave[: end - at], 0.0) * np.float32(1.3)
    return out


def _own_sounds(plan: SoundPlan, n: int) -> Stereo | None:
    """The user's sounds, each from the start of its shot to its own end; a later one takes over from an earlier one."""
    starts = [(shot.start * SAMPLES_PER_FRAME, label) for shot in plan.plans for label in shot.sounds]
    if not starts:
        return None
    out = np.zeros((n, 2), np.float32)
    played: dict[str, int] = {}
    for number, (at, label) in enumerate(starts):
        wave = decode_sound(plan.files[label])
        later = [start for start, _ in starts[number + 1 :] if start > at]
        offset = played.get(label, 0)
        if offset >= len(wave):
            offset = 0
        room = (min(later) if later else n) - at
        piece = wave[offset : offset + room]
        played[label] = offset + len(piece)
        _add_faded(out, at, piece)
    return out


def _clip_sounds(plan: SoundPlan, n: int) -> tuple[Stereo, Mono] | None:
    """The clips' own sound while they are shown, and 0..1 where there is some."""
    out, shown = np.zeros((n, 2), np.float32), np.zeros(n, np.float32)
    for clip in plan.clips:
        try:
            wave = decode_sound(plan.files[clip.label])
        except EngineInputUnreadable:
            # Its picture decodes, and that is what was asked for; its sound is not missed.
            continue
        if not len(wave) or float(np.abs(wave).max()) < 1e-4:
            continue
        start, length = clip.start * SAMPLES_PER_FRAME, (clip.end - clip.start) * SAMPLES_PER_FRAME
        source = clip.offset * SAMPLE_RATE + np.arange(length) * clip.rate
        source = source[source < len(wave) - 1]
        piece = np.stack([np.interp(source, np.arange(len(wave)), wave[:, channel]) for channel in range(2)], 1).astype(
            np.float32
        )
        _add_faded(out, start, piece)
        shown[start : start + len(piece)] = 1.0
    return (out, shown) if shown.any() else None


def _add_faded(out: Stereo, at: int, piece: Stereo) -> None:
    piece = piece[: max(0, len(out) - at)].copy()
    edge = min(_FADE, len(piece) // 2)
    if edge:
        ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        piece[:edge] *= ramp
        piece[-edge:] *= ramp[::-1]
    out[at : at + len(piece)] += piece
