"""How the camera's motion shows: in the background, and in what stands still in the world before it."""

from __future__ import annotations

from typing import cast

from flowzero.agent.promises import Camera, Heading, Journey, Reading, opposite
from flowzero.dss import VECTORS, BackgroundMotion, Box, Keyframe, Object

_UNTOLD: Heading = "right"
"""Where a camera pans to that is told no direction."""
_PAN, _ZOOM = 0.15, 0.25
"""Frame widths a second, and how fast the content doubles; slower where a long video would lose sight of everything."""
_AWAY, _GROWN = 0.3, 0.5
"""How far in all a pan moves, and a zoom grows (as a power of 2), what stands before the camera."""
_KEPT = 0.3
"""How far who is followed by the camera strays from the middle, both ways together."""
_MOVING = frozenset({"journey", "moves", "following", "passing", "meeting", "opposition", "carrying"})


def background_for(reading: Reading, seconds: float) -> tuple[BackgroundMotion, ...]:
    """The background's motion that the camera's promises ask for, each within its window."""
    parts: dict[float, dict[str, object]] = {0.0: {}}
    for camera in reading.camera:
        motion = _motion(camera, reading, seconds)
        start, end = (0.0, 1.0) if camera.window.whole else camera.window.within(seconds)
        parts.setdefault(round(start, 4), {}).update(motion)
        for at, part in parts.items():
            if start < at < end:
                part.update(motion)
        if end < 0.995:
            parts.setdefault(round(end, 4), {})
    segments = tuple(BackgroundMotion.model_validate({"start": at, **parts[at]}) for at in sorted(parts))
    return segments or (BackgroundMotion(),)


def _motion(camera: Camera, reading: Reading, seconds: float) -> dict[str, object]:
    if camera.move == "pan":
        return {"direction": opposite(camera.heading or _UNTOLD), "speed": _pan_speed(reading, seconds)}
    if camera.move == "zoom":
        return {"zoom": round(min(_ZOOM, _GROWN / seconds) * camera.sign, 4)}
    if camera.move == "roll":
        return {"roll": -0.25 * camera.sign}
    if camera.move == "shake":
        return {"direction": "random", "speed": 0.05}
    if camera.move == "follow":
        heading: Heading = "right"
        for promise in reading.promises:
            if isinstance(promise, Journey) and camera.thing in (promise.thing, None):
                goals = [
                    cast("Heading", step.heading) for step in promise.steps if step.kind == "go" and step.heading in VECTORS
                ]
                heading = goals[0] if goals else heading
        return {"direction": opposite(heading), "speed": 0.3}
    return {}


def _pan_speed(reading: Reading, seconds: float) -> float:
    return round(min(_PAN, _AWAY / seconds), 4) if reading.things else _PAN


def filmed(reading: Reading, objects: tuple[Object, ...], seconds: float) -> tuple[Object, ...]:
    """The objects as a camera shows them that pans or zooms all the time, or goes along with one of them.

    Under a pan, what does not move stays with the background, unless a promise holds something to a part of the picture;
    a zoom enlarges or lessens everything about the middle; who is followed keeps near it, and all else slides the other way.
    """
    moves = [camera for camera in reading.camera if camera.window.whole]
    if len(moves) != 1 or len(reading.camera) != 1:
        return objects
    camera = moves[0]
    if camera.move == "pan" and not any(p.kind == "position" for p in reading.promises):
        ux, uy = VECTORS[opposite(camera.heading or _UNTOLD)]
        far = min(_PAN * seconds, _AWAY)
        bound = any(p.kind in _MOVING for p in reading.promises) and any(p.kind == "relation" for p in reading.promises)
        return objects if bound else _swept(reading, objects, ux * far, uy * far)
    if camera.move == "follow" and not any(p.kind == "position" for p in reading.promises):
        led = next((item for item in objects if camera.thing and item.id in (camera.thing, f"{camera.thing}-1")), None)
        return objects if led is None else _tracked(objects, led)
    if camera.move == "zoom":
        return tuple(_zoomed(item, camera.sign * min(_ZOOM * seconds, _GROWN)) for item in objects)
    return objects


def _swept(reading: Reading, objects: tuple[Object, ...], dx: float, dy: float) -> tuple[Object, ...]:
    """What does not move, carried along with the background; the middle of its way is where it stood."""
    busy = [promise for promise in reading.promises if promise.kind in _MOVING]
    moving = {getattr(promise, name, None) for promise in busy for name in ("thing", "other")}
    free = {thing.id for thing in reading.things if thing.id not in moving}
    found = []
    for item in objects:
        if len(item.path) > 1 or not any(item.id == name or item.id.startswith(f"{name}-") for name in free):
            found.append(item)
            continue
        box = item.path[0].box
        shrunk = 0.5 + (box.cx - 0.5) * (1 - abs(dx)) - box.cx
        ends = [_moved(box, shrunk + sign * dx / 2, sign * dy / 2) for sign in (-1, 1)]
        path = (Keyframe(t=0, box=ends[0]), Keyframe(t=1, box=ends[1]))
        found.append(item.model_copy(update={"path": path}))
    return tuple(found)


def _tracked(objects: tuple[Object, ...], led: Object) -> tuple[Object, ...]:
    """The objects before a camera that goes along with one of them, where that would cross the picture otherwise."""
    ways = [key.box.cx for key in led.path], [key.box.cy for key in led.path]
    wide, high = (max(way) - min(way) for way in ways)
    sx, sy = (1 - _KEPT / stretch if stretch > _KEPT else 0.0 for stretch in (wide, high))
    if not (sx or sy):
        return objects
    x, y = ((max(way) + min(way)) / 2 for way in ways)
    found = []
    for item in objects:
        times = sorted({key.t for key in (*item.path, *led.path)})
        boxes = [(t, item.box_at(t), led.box_at(t)) for t in times]
        path = tuple(Keyframe(t=t, box=_moved(own, sx * (x - lead.cx), sy * (y - lead.cy))) for t, own, lead in boxes)
        found.append(item.model_copy(update={"path": path}))
    return tuple(found)


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(x=round(box.x + dx, 4), y=round(box.y + dy, 4), w=box.w, h=box.h)


def _zoomed(item: Object, grown: float) -> Object:
    """The object over a zoom that grows it by that power of 2 in all, half of it before the middle."""
    times = sorted({0.0, 1.0, *(key.t for key in item.path)})
    path = []
    for t in times:
        scale = 2.0 ** (grown * (t - 0.5))
        box = item.box_at(t)
        w, h = box.w * scale, box.h * scale
        x, y = 0.5 + (box.cx - 0.5) * scale - w / 2, 0.5 + (box.cy - 0.5) * scale - h / 2
        path.append(Keyframe(t=t, box=Box(x=round(x, 4), y=round(y, 4), w=round(w, 4), h=round(h, 4))))
    return item.model_copy(update={"path": tuple(path)})
