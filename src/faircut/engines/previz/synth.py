"""Sound from numbers: shaped noise, struck things, ambiences. All float32 at 48 kHz, (n,) mono or (n, 2) stereo."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.engines.previz.cuts import SAMPLE_RATE

Mono = npt.NDArray[Any]
Stereo = npt.NDArray[Any]


def times(n: int) -> npt.NDArray[np.float64]:
    """(n,) seconds of each sample."""
    return np.arange(n) / SAMPLE_RATE


def band(rng: np.random.Generator, n: int, low: float, high: float, tilt: float = 0.0) -> Mono:
    """Noise between two frequencies with soft edges, unit RMS. ``tilt`` in powers of frequency (-1: pink in
    amplitude)."""
    size = 1 << max(8, (n - 1).bit_length())
    spectrum = np.fft.rfft(rng.standard_normal(size))
    frequency = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    frequency[0] = 1.0
    shape = 1 / (1 + (low / frequency) ** 4) / (1 + (frequency / high) ** 4) * (frequency / 1000) ** tilt
    shape[0] = 0.0
    wave = np.fft.irfft(spectrum * shape, size)[:n]
    result: Mono = (wave / max(float(np.sqrt(np.mean(wave**2))), 1e-9)).astype(np.float32)
    return result


def slow(rng: np.random.Generator, n: int, seconds: float) -> Mono:
    """A smooth random curve 0..1 that changes over some ``seconds``."""
    knots = max(4, math.ceil(n / SAMPLE_RATE / seconds) + 3)
    values = rng.uniform(0, 1, knots)
    x = np.linspace(0, knots - 1.001, n)
    index = x.astype(int)
    t = x - index
    t = t * t * (3 - 2 * t)
    result: Mono = (values[index] * (1 - t) + values[np.minimum(index + 1, knots - 1)] * t).astype(np.float32)
    return result


def wide(left: Mono, right: Mono, share: float = 0.6) -> Stereo:
    """Two takes as a stereo pair; ``share`` of each stays on its own side."""
    return np.stack([left * share + right * (1 - share), right * share + left * (1 - share)], 1).astype(np.float32)


def panned(wave: Mono, place: float) -> Stereo:
    """Constant-power panning; -1 left, 1 right."""
    angle = (place + 1) * math.pi / 4
    return np.stack([wave * math.cos(angle), wave * math.sin(angle)], 1).astype(np.float32)


def reverb(wave: Stereo, rng: np.random.Generator, seconds: float, wet: float) -> Stereo:
    """Convolution with decaying noise, (n, 2) in and out."""
    n = int(seconds * SAMPLE_RATE)
    decay = np.exp(-times(n) * 6.9 / seconds)
    size = 1 << (len(wave) + n - 1).bit_length()
    out = wave.copy()
    for channel in range(2):
        impulse = rng.standard_normal(n) * decay
        impulse /= np.sqrt((impulse**2).sum())
        echo = np.fft.irfft(np.fft.rfft(wave[:, channel], size) * np.fft.rfft(impulse, size), size)[: len(wave)]
        out[:, channel] = wave[:, channel] * (1 - wet * 0.3) + echo * wet
    return out


def _pings(rng: np.random.Generator, n: int, rate: float, low: float, high: float, length: float) -> Mono:
    out = np.zeros(n, np.float32)
    size = int(length * SAMPLE_RATE)
    t = times(size)
    for _ in range(rng.poisson(rate * n / SAMPLE_RATE)):
        at = int(rng.integers(0, max(1, n - size)))
        pitch = rng.uniform(low, high)
        out[at : at + size] += (np.sin(math.tau * pitch * t) * np.exp(-t * 5 / length) * rng.uniform(0.1, 1.0))[
            : n - at
        ].astype(np.float32)
    return out


def wind(rng: np.random.Generator, n: int, strength: float) -> Stereo:
    """Wind: low noise that swells, a whistle in a gale."""
    base = wide(
        band(rng, n, 60, 420, -0.6) * (0.35 + 0.65 * slow(rng, n, 1.6)),
        band(rng, n, 60, 420, -0.6) * (0.35 + 0.65 * slow(rng, n, 1.6)),
    )
    if strength > 8:
        whistle = band(rng, n, 520, 900, 0) * slow(rng, n, 1.1) ** 3 * 0.35
        base += panned(whistle, 0.2)
    result: Stereo = base * np.float32(min(0.05 + strength * 0.012, 0.2))
    return result


def rain(rng: np.random.Generator, n: int, strength: float) -> Stereo:
    """Rain: hiss, and single drops close by."""
    hiss = wide(band(rng, n, 900, 9000, -0.3), band(rng, n, 900, 9000, -0.3), 0.8) * 0.075
    body = wide(band(rng, n, 200, 1200, -0.4), band(rng, n, 200, 1200, -0.4), 0.8) * 0.035
    drops = wide(_pings(rng, n, 45, 1800, 5200, 0.016), _pings(rng, n, 45, 1800, 5200, 0.016), 0.9) * 0.10
    result: Stereo = (hiss + body + drops) * np.float32(0.45 + 0.55 * strength)
    return result


def sea(rng: np.random.Generator, n: int) -> Stereo:
    """Surf that comes and goes every six seconds or so."""
    t = times(n)
    parts = []
    for phase in (0.0, 0.7):
        swell = (0.5 + 0.5 * np.sin(math.tau * 0.16 * t + phase + rng.uniform(0, 6))) ** 2
        parts.append(
            band(rng, n, 250, 3200, -0.5) * (0.18 + 0.82 * swell).astype(np.float32) + band(rng, n, 50, 240, -0.5) * 0.4
        )
    return wide(parts[0], parts[1], 0.75) * np.float32(0.085)


def stream(rng: np.random.Generator, n: int) -> Stereo:
    """Running water."""
    bubble = _pings(rng, n, 60, 500, 1500, 0.05)
    return wide(band(rng, n, 400, 3600, -0.3) * 0.06 + bubble * 0.03, band(rng, n, 400, 3600, -0.3) * 0.06, 0.8)


def birds(rng: np.random.Generator, n: int, rate: float = 0.9) -> Stereo:
    """Songbirds: short phrases of swept whistles here and there."""
    out = np.zeros((n, 2), np.float32)
    for _ in range(rng.poisson(rate * n / SAMPLE_RATE) + 1):
        at, pitch, place = int(rng.integers(0, n)), rng.uniform(2300, 4600), rng.uniform(-0.8, 0.8)
        level = rng.uniform(0.25, 1.0) * 0.045
        for _ in range(int(rng.integers(2, 6))):
            length = int(rng.uniform(0.05, 0.13) * SAMPLE_RATE)
            if at + length >= n:
                break
            t = np.linspace(0, 1, length)
            sweep = pitch * (1 + rng.uniform(-0.25, 0.25) * t + 0.04 * np.sin(math.tau * rng.uniform(2, 5) * t))
            note = np.sin(math.tau * np.cumsum(sweep) / SAMPLE_RATE) * np.sin(math.pi * t) ** 1.4 * level
            out[at : at + length] += panned(note.astype(np.float32), place)
            at += length + int(rng.uniform(0.03, 0.12) * SAMPLE_RATE)
    return out


def crickets(rng: np.random.Generator, n: int) -> Stereo:
    """Night insects: pulsed tones near 4.4 kHz."""
    t = times(n)
    out = np.zeros((n, 2), np.float32)
    for _ in range(3):
        pitch, rate, place = rng.uniform(3900, 4900), rng.uniform(15, 19), rng.uniform(-0.9, 0.9)
        pulse = np.clip(np.sin(math.tau * rate * t + rng.uniform(0, 6)), 0, 1) ** 1.5
        chirp = np.clip(np.sin(math.tau * rng.uniform(0.9, 1.6) * t + rng.uniform(0, 6)) * 3, 0, 1)
        out += panned((np.sin(math.tau * pitch * t) * pulse * chirp * 0.016).astype(np.float32), place)
    return out


def city(rng: np.random.Generator, n: int) -> Stereo:
    """Distant traffic: a low bed, cars that pass, a far horn."""
    out = wide(band(rng, n, 40, 300, -0.7), band(rng, n, 40, 300, -0.7), 0.8) * 0.07
    for _ in range(rng.poisson(0.35 * n / SAMPLE_RATE) + 1):
        length = int(rng.uniform(2.0, 3.4) * SAMPLE_RATE)
        at = int(rng.integers(-length // 2, n - length // 3))
        swish = (
            band(rng, length, 220, 1700, -0.6)
            * (np.sin(np.linspace(0, math.pi, length)) ** 3).astype(np.float32)
            * 0.04
        )
        place = np.linspace(-0.9, 0.9, length) * rng.choice([-1, 1])
        angle = (place + 1) * math.pi / 4
        both = np.stack([swish * np.cos(angle), swish * np.sin(angle)], 1)
        a, b = max(0, at), min(n, at + length)
        out[a:b] += both[a - at : b - at].astype(np.float32)
    return out


def crowd(rng: np.random.Generator, n: int) -> Stereo:
    """A murmur."""
    takes = [band(rng, n, 180, 1100, -0.5) * (0.4 + 0.6 * slow(rng, n, 0.16)) for _ in range(4)]
    return wide(takes[0] + takes[1], takes[2] + takes[3], 0.8) * np.float32(0.035)


def fire(rng: np.random.Generator, n: int) -> Stereo:
    """Crackle over a low flutter."""
    flutter = band(rng, n, 50, 380, -0.4) * (0.4 + 0.6 * slow(rng, n, 0.12)) * 0.06
    snap = np.zeros(n, np.float32)
    for _ in range(rng.poisson(14 * n / SAMPLE_RATE)):
        at, size = int(rng.integers(0, max(1, n - 600))), int(rng.integers(60, 420))
        snap[at : at + size] += (
            rng.standard_normal(size) * np.exp(-np.arange(size) / (size / 5)) * rng.uniform(0.02, 0.22)
        )[: n - at].astype(np.float32)
    return wide(flutter + snap * 0.8, flutter + snap * 0.5, 0.8)


def tone_bed(rng: np.random.Generator, n: int, kind: str) -> Stereo:
    """Room tone, the hum of space, or water overhead."""
    t = times(n)
    if kind == "space":
        drone = sum(
            np.sin(math.tau * f * t + rng.uniform(0, 6)) * a
            for f, a in ((41.2, 0.5), (61.7, 0.3), (82.6, 0.25), (123.9, 0.1))
        )
        pad = (drone * (0.7 + 0.3 * np.sin(math.tau * 0.07 * t)) * 0.06).astype(np.float32)
        return wide(pad, pad) + wide(band(rng, n, 300, 1400, -1), band(rng, n, 300, 1400, -1)) * np.float32(0.006)
    if kind == "underwater":
        bubbles = _pings(rng, n, 3.5, 300, 900, 0.09) * 0.05
        return wide(band(rng, n, 40, 320, -0.8) * 0.09 + bubbles, band(rng, n, 40, 320, -0.8) * 0.09 + bubbles * 0.4)
    return wide(band(rng, n, 60, 500, -1.0), band(rng, n, 60, 500, -1.0)) * np.float32(0.012)


def thud(rng: np.random.Generator, speed: float, kind: str) -> Mono:
    """A hit on the ground; its first sample is the moment of contact. Louder with speed, its tone by what falls."""
    n = int(0.5 * SAMPLE_RATE)
    t = times(n)
    low, high, ring = {"ball": (78, 175, 0.10), "hard": (150, 330, 0.07), "glass": (900, 2400, 0.12)}.get(
        kind, (58, 130, 0.14)
    )
    sweep = low + (high - low) * np.exp(-t / 0.03)
    body = np.sin(math.tau * np.cumsum(sweep) / SAMPLE_RATE) * np.exp(-t / ring)
    click = band(rng, n, 500, 5200, -0.4) * np.exp(-t / 0.007) * 0.34
    strength = min(1.0, 0.22 + speed / 8)
    wave = (body * 0.75 + click) * strength
    wave[: int(0.0004 * SAMPLE_RATE)] *= np.linspace(0.2, 1, int(0.0004 * SAMPLE_RATE))
    result: Mono = (wave * 0.75).astype(np.float32)
    return result


def footstep(rng: np.random.Generator, surface: str, weight: float) -> Mono:
    """One step: heel and scuff on grass, sand, snow or stone."""
    n = int(0.22 * SAMPLE_RATE)
    t = times(n)
    low, high, length = {"soft": (120, 1500, 0.05), "snow": (700, 4200, 0.07), "sand": (300, 3000, 0.06)}.get(
        surface, (250, 4200, 0.025)
    )
    scuff = band(rng, n, low, high, -0.3) * np.exp(-t / length) * (1 - np.exp(-t / 0.002))
    heel = np.sin(math.tau * rng.uniform(74, 96) * t / max(weight, 0.5) ** 0.4) * np.exp(-t / 0.035)
    result: Mono = ((scuff * 0.055 + heel * 0.12) * min(1.3, 0.5 + 0.5 * weight) * rng.uniform(0.8, 1.1)).astype(
        np.float32
    )
    return result


def thunder(rng: np.random.Generator) -> Mono:
    """A clap and its roll."""
    n = int(2.8 * SAMPLE_RATE)
    t = times(n)
    roll = band(rng, n, 30, 210, -0.8) * np.exp(-t / 0.9) * (0.5 + 0.5 * slow(rng, n, 0.2))
    crack = band(rng, n, 200, 3000, -0.6) * np.exp(-t / 0.09) * 0.6
    result: Mono = ((roll * 0.30 + crack * 0.22) * (1 - np.exp(-t / 0.004))).astype(np.float32)
    return result


def motor(rng: np.random.Generator, n: int, kind: str) -> Stereo:
    """An engine that runs: cars, lorries, trains, planes, rockets."""
    t = times(n)
    if kind in ("rocket", "plane"):
        roar = band(rng, n, 40, 900 if kind == "rocket" else 500, -0.6) * (0.8 + 0.2 * slow(rng, n, 0.3))
        return wide(roar, band(rng, n, 40, 900, -0.6)) * np.float32(0.11 if kind == "rocket" else 0.06)
    base = {"car": 46.0, "truck": 33.0, "bus": 31.0, "train": 27.0}.get(kind, 40.0)
    pitch = base * (1 + 0.06 * slow(rng, n, 1.3))
    phase = math.tau * np.cumsum(pitch) / SAMPLE_RATE
    hum = sum(np.sin(phase * k + k) / k**1.25 for k in range(1, 8))
    wave = (hum * 0.035 + band(rng, n, 100, 800, -0.7) * 0.016).astype(np.float32)
    if kind == "train":
        beat = np.clip(np.sin(math.tau * 1.4 * t) * 8 - 6.6, 0, 1).astype(np.float32)
        wave = wave + band(rng, n, 300, 2400, -0.4) * beat * 0.09
    return panned(wave, 0.0)
