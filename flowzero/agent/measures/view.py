"""How well a plan keeps promises of the camera."""

from __future__ import annotations

from flowzero.agent.measures.scene import Outcome, Scene, grade
from flowzero.agent.promises import Camera
from flowzero.dss import VECTORS, BackgroundMotion


def camera(promise: Camera, scene: Scene) -> Outcome:
    """Whether the background moves as the camera's motion makes it."""
    dss = scene.tracks.dss
    start, end = promise.window.within(dss.seconds)
    parts = _parts(dss.background, start, end)
    total = sum(share for _, share in parts) or 1.0
    if promise.move == "static":
        moving = sum(
            share
            for part, share in parts
            if (part.speed > 0.01 and part.direction != "none") or abs(part.zoom) > 0.01 or abs(part.roll) > 0.01
        )
        return _told(grade(1 - moving / total, 0.9), "the camera holds still", "stop the background's motion")
    if promise.move == "shake":
        score = sum(share for part, share in parts if part.direction == "random" and part.speed > 0) / total
        return _told(grade(score, 0.5), "the camera shakes", "give the background the direction random")
    if promise.move == "zoom":
        value = sum(part.zoom * share for part, share in parts) / total * promise.sign
        return _told(
            grade(value, 0.05),
            f"the camera zooms {'in' if promise.sign > 0 else 'out'}",
            f"set the background's zoom {'above' if promise.sign > 0 else 'below'} 0",
        )
    if promise.move == "roll":
        value = -sum(part.roll * share for part, share in parts) / total * promise.sign
        return _told(
            grade(abs(value) if value < 0 else value, 0.05) if value > 0 else 0.0,
            "the camera rolls",
            "set the background's roll the other way of the camera's",
        )
    if promise.move == "follow":
        return _followed(promise, scene)
    return _panned(promise, parts, total)


def _panned(promise: Camera, parts: list[tuple[BackgroundMotion, float]], total: float) -> Outcome:
    """Whether the background's content goes the other way; whichever way, if none is told."""
    if promise.heading is None:
        speed = sum(part.speed * share for part, share in parts if part.direction in VECTORS) / total
        return _told(grade(speed, 0.02), "the camera pans", "let the background's content move to one side")
    ux, uy = VECTORS[promise.heading]
    along = (
        sum(
            -(ux * VECTORS[p.direction][0] + uy * VECTORS[p.direction][1]) * p.speed * share
            for p, share in parts
            if p.direction in VECTORS
        )
        / total
    )
    sideways = (
        sum(
            abs(ux * VECTORS[p.direction][1] - uy * VECTORS[p.direction][0]) * p.speed * share
            for p, share in parts
            if p.direction in VECTORS
        )
        / total
    )
    score = grade(along, 0.02) if along > sideways * 0.7 else min(0.5, grade(along, 0.02))
    return _told(score, f"the camera goes {promise.heading}", f"let the background's content move away from {promise.heading}")


def _parts(background: tuple[BackgroundMotion, ...], start: float, end: float) -> list[tuple[BackgroundMotion, float]]:
    """Segments within [start, end) with how much of it each takes."""
    parts = []
    for index, segment in enumerate(background):
        stop = background[index + 1].start if index + 1 < len(background) else 1.0
        share = min(stop, end) - max(segment.start, start)
        if share > 0:
            parts.append((segment, share))
    return parts


def _followed(promise: Camera, scene: Scene) -> Outcome:
    drift = scene.tracks.drift()
    runs = max(abs(dx) + abs(dy) for dx, dy in drift)
    players = scene.players(promise.thing) if promise.thing else []
    kept = all(len(track.seen) >= 0.8 * len(track.present) and track.extent <= 0.5 for track in players)
    name = scene.name(promise.thing) if promise.thing else "the subject"
    score = min(grade(runs, 0.05), 1.0 if kept else 0.5)
    return _told(score, f"the camera follows {name}", f"keep {name} near the middle and let the background run the other way")


def _told(score: float, holds: str, remedy: str) -> Outcome:
    return Outcome(1.0, f"{holds}.") if score >= 1 else Outcome(score, f"{holds} in the prompt, but not in the plan: {remedy}.")
