"""The plan that a reply's JSON draws, whichever of the usual shapes it has: keyframed objects, or objects frame by frame.

A sketch holds raw values in the reply's own units; `agent/wire.py` turns it into a valid plan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowzero.agent.layouts import Mark, number, raw_box
from flowzero.agent.replies import Piece
from flowzero.errors import LLMReplyError

Json = dict[str, Any]

_WRAPPERS = ("plan", "dss", "video", "result", "answer", "output", "response", "scene_plan")
_NUMBERED = re.compile(r"(?:frame|f)?[ _#-]*(\d{1,4})", re.IGNORECASE)
_FRAME_KEYS = ("frame", "frame_index", "frame_id", "frame_number", "index")
_PATH_KEYS = ("path", "keyframes", "trajectory", "track", "boxes", "bboxes")
_TIME_KEYS = ("t", "time", "at", "start", "frame", "frame_index")


@dataclass
class Thing:
    """One object as drawn: where it is when, and what was said of it."""

    id: Any = None
    phrase: Any = None
    depth: Any = None
    motion: Any = None
    marks: list[Mark] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)
    becomes: list[Any] = field(default_factory=list)


@dataclass
class Sketch:
    """A plan as drawn; `frames` is how many frames it came in, 0 if it is keyframed."""

    things: list[Thing]
    setting: Any = None
    scenes: list[Any] = field(default_factory=list)
    background: list[Any] = field(default_factory=list)
    canvas: tuple[float, float] | None = None
    frames: int = 0


@dataclass
class _Frame:
    """One frame of a plan that came frame by frame."""

    objects: list[Json] = field(default_factory=list)
    description: Any = None
    background: Any = None


def sketch(parts: Sequence[Piece]) -> Sketch:
    """The plan in the pieces of a reply; of several plans the last.

    Raises:
        LLMReplyError: if there is none.
    """
    values = [Piece(_unwrapped(part.value), part.label) for part in parts]
    heads = [value for value, _ in values if isinstance(value, dict) and ("objects" in value or "frames" in value)]
    head = heads[-1] if heads else {}
    frames = _frames(values)
    if frames:
        return _framewise(frames, head)
    if "objects" in head:
        return _keyframed(head)
    items = [item for value, _ in values for item in _items(value) if _drawn(item)]
    if not items:
        raise LLMReplyError(
            "the reply's JSON holds no plan: answer with one object that has setting, objects, background, scenes."
        )
    return _keyframed({"objects": items})


def first(item: Json, *names: str) -> Any:
    """The first of these fields that is there and not null."""
    return next((item[name] for name in names if item.get(name) is not None), None)


def listed(value: Any) -> list[Any]:
    """The value as a list: nothing for null, one for a single value, the values of a mapping."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def thing(item: Json) -> Thing:
    """An object as a model describes it."""
    path = first(item, *_PATH_KEYS)
    rows = list(path.items()) if isinstance(path, dict) else [(None, row) for row in listed(path)]
    marks = [mark for key, row in rows if (mark := _mark(row, key)) is not None]
    if not marks and (raw := raw_box(item)) is not None:
        marks = [Mark(None, raw)]
    return Thing(
        id=first(item, "id", "object_id", "track_id"),
        phrase=_phrase(item),
        depth=item.get("depth"),
        motion=item.get("motion"),
        marks=marks,
        seen=listed(first(item, "seen", "visible", "visibility")),
        becomes=listed(first(item, "becomes", "states", "changes")),
    )


def _unwrapped(value: Any) -> Any:
    """What is inside {"plan": ...} and the like."""
    while isinstance(value, dict) and "objects" not in value and "frames" not in value:
        inner = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), dict | list)), None)
        if inner is None:
            break
        value = inner
    return value


def _items(value: Any) -> list[Json]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _drawn(item: Json) -> bool:
    return _phrase(item) is not None and bool(thing(item).marks)


def _phrase(item: Json) -> Any:
    return first(item, "phrase", "name", "label", "object", "description", "text", "class", "category", "id")


def _mark(row: Any, key: Any = None) -> Mark | None:
    raw = raw_box(row)
    if raw is None:
        return None
    t = number(first(row, *_TIME_KEYS)) if isinstance(row, dict) else number(key)
    return Mark(None if math.isnan(t) else t, raw)


def _keyframed(head: Json) -> Sketch:
    objects = head["objects"]
    if isinstance(objects, dict):
        objects = [{"id": name, **item} for name, item in objects.items() if isinstance(item, dict)]
    return Sketch(
        things=[thing(item) for item in _items(objects)],
        setting=_setting(head),
        scenes=listed(first(head, "scenes", "scene", "descriptions", "description")),
        background=_motions(head),
        canvas=_canvas(head),
    )


def _setting(head: Json) -> Any:
    plain = next((head[name] for name in ("background", "scene") if isinstance(head.get(name), str)), None)
    return first(head, "setting", "location", "background_description") or plain


def _motions(head: Json) -> list[Any]:
    return [item for item in listed(first(head, "background", "background_motion", "camera")) if isinstance(item, dict)]


def _canvas(head: Json) -> tuple[float, float] | None:
    """The picture's size, if the reply says it."""
    value = first(head, "canvas", "resolution", "frame_size", "image_size", "size")
    if isinstance(value, dict):
        value = [first(value, "width", "w"), first(value, "height", "h")]
    if value is None and "width" in head and "height" in head:
        value = [head["width"], head["height"]]
    if isinstance(value, str):
        value = re.findall(r"\d+", value)
    if isinstance(value, list) and len(value) == 2 and all(2 < number(part) <= 16384 for part in value):
        return number(value[0]), number(value[1])
    return None


def _frames(values: Sequence[Piece]) -> dict[int, _Frame]:
    """The frames by number, if the reply came frame by frame; rows of one frame are put together."""
    frames: dict[int, _Frame] = {}
    for index, item in enumerate(_framed(values)):
        number, row = item
        frame = frames.setdefault(index if number is None else number, _Frame())
        if isinstance(row, dict) and "objects" not in row and "layout" not in row:
            frame.objects.append(row)
            continue
        objects = first(row, "objects", "layout") if isinstance(row, dict) else row
        frame.objects += _items(objects) if isinstance(objects, list) else []
        if isinstance(row, dict):
            frame.description = first(row, "description", "scene", "text") or frame.description
            frame.background = first(row, "background", "background_motion", "camera") or frame.background
    return frames


def _framed(values: Sequence[Piece]) -> Iterator[tuple[int | None, Any]]:
    """Number and content of everything that is a frame, or a row of one."""
    several = len(values) > 1
    for value, label in values:
        if isinstance(value, dict) and isinstance(value.get("frames"), list | dict):
            yield from _each(value["frames"])
        elif isinstance(value, dict) and value and all(_NUMBERED.fullmatch(key) for key in value):
            yield from _each(value)
        elif isinstance(value, dict) and "objects" in value:
            rows = _items(value["objects"])
            if label is not None or _number(value) is not None or (several and rows and not any(_pathed(row) for row in rows)):
                yield (label if label is not None else _number(value)), value
            elif rows and all(_number(row) is not None and not _pathed(row) for row in rows):
                yield from _each(rows)
        elif isinstance(value, list):
            if label is not None:
                yield label, value
            elif value and all(isinstance(row, dict) and ("objects" in row or _is_row(row)) for row in value):
                yield from _each(value)
        elif isinstance(value, dict) and _is_row(value):
            yield _number(value), value


def _each(frames: Any) -> Iterator[tuple[int | None, Any]]:
    if isinstance(frames, dict):
        for key, value in frames.items():
            match = _NUMBERED.fullmatch(key)
            yield (int(match[1]) if match else None), value
    else:
        for value in frames:
            if isinstance(value, dict | list):
                yield (_number(value) if isinstance(value, dict) else None), value


def _is_row(item: Json) -> bool:
    """Whether this is one object in one frame."""
    return _number(item) is not None and not _pathed(item) and raw_box(item) is not None


def _pathed(item: Json) -> bool:
    return any(item.get(name) is not None for name in _PATH_KEYS)


def _number(item: Json) -> int | None:
    value = number(first(item, *_FRAME_KEYS))
    return int(value) if math.isfinite(value) and value == int(value) and value >= 0 else None


def _framewise(frames: dict[int, _Frame], head: Json) -> Sketch:
    """Tracks through the frames: by id, else by phrase, else by order among those of one name."""
    ordered = [frames[number] for number in sorted(frames)]
    n = len(ordered)
    things: dict[tuple[str, int], Thing] = {}
    drawn = Sketch(things=[], setting=_setting(head), canvas=_canvas(head), frames=n, background=_motions(head))
    for i, frame in enumerate(ordered):
        counts: dict[str, int] = {}
        for item in frame.objects:
            raw, phrase = raw_box(item), _phrase(item)
            if raw is None or phrase is None:
                continue
            name = str(
                first(item, "id", "object_id", "track_id") if first(item, "id", "object_id", "track_id") is not None else phrase
            )
            counts[name] = counts.get(name, 0) + 1
            track = things.setdefault((name, counts[name]), Thing(id=first(item, "id"), phrase=phrase, depth=item.get("depth")))
            track.marks.append(Mark(i / (n - 1) if n > 1 else 0.0, raw))
            track.seen.append({"start": i / n, "end": (i + 1) / n})
            track.becomes.append({"start": i / n, "phrase": phrase})
        if frame.description is not None:
            drawn.scenes.append({"start": i / n, "description": frame.description})
        if isinstance(frame.background, dict):
            drawn.background.append({**frame.background, "start": i / n})
    drawn.things = list(things.values())
    return drawn
