"""The Dynamic Scene Syntax: what a video shall show, as plain values.

A DSS is keyframed in normalised time (0 is the first instant, 1 the last), so that one plan renders as 8, 16 or 81 frames.
:meth:`DSS.frames` compiles it to the per-frame syntax of the paper (arXiv 2311.15813, section 3.2): a scene description,
object boxes with stable ids, and background motion.

Values here are immutable and know nothing of prompts, promises, confidence, pixels or tensors. They validate on construction;
:func:`parse_dss` turns the validator's findings into one :class:`~flowzero.errors.PlanError` that names field and remedy.
"""

from __future__ import annotations

import json
import math
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from flowzero.errors import PlanError

MAX_FRAMES = 512
MAX_OBJECTS = 30
MAX_PROMPT = 2000

Direction = Literal["none", "left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right", "random"]

_DIAGONAL = math.sqrt(0.5)
VECTORS: dict[str, tuple[float, float]] = {
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "up": (0.0, -1.0),
    "down": (0.0, 1.0),
    "up-left": (-_DIAGONAL, -_DIAGONAL),
    "up-right": (_DIAGONAL, -_DIAGONAL),
    "down-left": (-_DIAGONAL, _DIAGONAL),
    "down-right": (_DIAGONAL, _DIAGONAL),
}
"""Unit vectors of the eight directions in picture coordinates: x grows to the right, y grows downwards."""


def _plain(text: str) -> str:
    """Refuse text that is blank or holds control characters."""
    if not text.strip():
        raise ValueError("is blank: write at least one word")
    for character in "" if text.isprintable() else text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"holds the control character {character!r}: remove it")
    return text


def _prompt(text: str) -> str:
    """A prompt may be empty (a hand-written plan promises nothing) but holds no control characters."""
    return _plain(text) if text else text


Time = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Position = Annotated[float, Field(ge=-4, le=5, allow_inf_nan=False)]
Size = Annotated[float, Field(ge=0.01, le=2, allow_inf_nan=False)]
Phrase = Annotated[str, Field(max_length=120), AfterValidator(_plain)]
Sentence = Annotated[str, Field(max_length=500), AfterValidator(_plain)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Values = tuple[float, float, float, float]
"""x, y, w and h of a box."""


class _Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_Value):
    """A rectangle in fractions of the frame, origin at the top left; it may reach beyond the frame."""

    x: Position = Field(description="left edge")
    y: Position = Field(description="top edge")
    w: Size = Field(description="width")
    h: Size = Field(description="height")

    @property
    def cx(self) -> float:
        """Horizontal centre."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """Vertical centre."""
        return self.y + self.h / 2

    @property
    def area(self) -> float:
        """Area as a fraction of the frame's."""
        return self.w * self.h

    def inside(self) -> float:
        """The fraction of this box that lies within the frame, 0..1."""
        return _inside(self.x, self.y, self.w, self.h)


def _inside(x: float, y: float, w: float, h: float) -> float:
    across, down = min(x + w, 1.0) - max(x, 0.0), min(y + h, 1.0) - max(y, 0.0)
    return max(across, 0.0) * max(down, 0.0) / (w * h)


class Keyframe(_Value):
    """Where an object is at one time."""

    t: Time
    box: Box


class Span(_Value):
    """A half-open stretch of time [start, end)."""

    start: Time
    end: Time

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"spans [{self.start:g}, {self.end:g}), which is empty: make end larger than start")
        return self


class State(_Value):
    """What an object has turned into from `start` on."""

    start: Time
    phrase: Phrase


class Object(_Value):
    """One thing in the picture, with one id over the whole video."""

    id: Slug = Field(description="stable name, such as ball or bird-2")
    phrase: Phrase = Field(description="what it is, such as 'a red ball'")
    depth: Annotated[int, Field(ge=-100, le=100)] = Field(0, description="larger is nearer to the viewer")
    path: tuple[Keyframe, ...] = Field(min_length=1, max_length=128, description="keyframes in order of time")
    motion: Literal["linear", "smooth", "step"] = Field("linear", description="how boxes move between keyframes")
    visible: tuple[Span, ...] = Field((Span(start=0, end=1),), min_length=1, max_length=32, description="when it is there")
    states: tuple[State, ...] = Field((), max_length=32, description="what it turns into, in order of time")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _increasing("path", [key.t for key in self.path], "keyframe times")
        _increasing("states", [state.start for state in self.states], "state starts")
        for before, after in pairwise(self.visible):
            if after.start < before.end:
                raise ValueError("visible spans overlap or are out of order: sort and merge them")
        if not any(_inside(*values) > 0 for values in self.values_along(self._visible_times())):
            raise ValueError(f"object {self.id!r} is never inside the frame while visible: move its path into 0..1")
        return self

    def _visible_times(self) -> Iterable[float]:
        """Times dense enough to see a box that enters the frame: keyframes and a fine grid within the visible spans."""
        for span in self.visible:
            yield from (span.start + (span.end - span.start) * k / 64 for k in range(65))
            yield from (key.t for key in self.path if span.start <= key.t <= span.end)

    def box_at(self, t: float) -> Box:
        """The box at time t in 0..1, held before the first keyframe and after the last."""
        x, y, w, h = self.values_at(t)
        return Box(x=x, y=y, w=w, h=h)

    def values_at(self, t: float) -> Values:
        """x, y, w and h of :meth:`box_at`."""
        return next(self.values_along((t,)))

    def values_along(self, times: Iterable[float]) -> Iterator[Values]:
        """:meth:`values_at` of many times, for those who read a whole track."""
        starts = [key.t for key in self.path]
        corners = [_values(key.box) for key in self.path]
        slopes: dict[int, Values] = {}
        for t in times:
            after = bisect_right(starts, t)
            if self.motion == "step" or after in (0, len(starts)):
                yield corners[max(after - 1, 0)]
                continue
            before = after - 1
            span = starts[after] - starts[before]
            u = (t - starts[before]) / span
            if self.motion == "smooth":
                for k in (before, after):
                    if k not in slopes:
                        slopes[k] = _slopes(starts, corners, k)
                yield _eased((corners[before], corners[after]), (slopes[before], slopes[after]), span, u)
            else:
                (x, y, w, h), (x1, y1, w1, h1) = corners[before], corners[after]
                yield x + (x1 - x) * u, y + (y1 - y) * u, w + (w1 - w) * u, h + (h1 - h) * u

    def visible_at(self, t: float) -> bool:
        """Whether the object is there at time t; the end of the video belongs to the last span that reaches it."""
        return any(span.start <= t < span.end or t == span.end == 1.0 for span in self.visible)

    def phrase_at(self, t: float) -> str:
        """What the object is at time t."""
        return next((state.phrase for state in reversed(self.states) if state.start <= t), self.phrase)


class Scene(_Value):
    """What the picture shows from `start` on, in words."""

    start: Time
    description: Sentence


class BackgroundMotion(_Value):
    """How the background moves from `start` on.

    `direction` is where the background's content moves in the picture; a camera that pans right moves it left.
    """

    start: Time = 0.0
    direction: Direction = "none"
    speed: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(0.0, description="frame widths a second")
    zoom: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] = Field(
        0.0, description="1 doubles the content's size each second (camera moves in), -1 halves it"
    )
    roll: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] = Field(
        0.0, description="1 turns the content by a clockwise quarter each second"
    )


class FrameObject(_Value):
    """One object in one compiled frame."""

    id: str
    phrase: str
    box: Box
    depth: int


class FrameBackground(_Value):
    """Background motion in one compiled frame, and what has added up since the first."""

    direction: Direction
    speed: float
    zoom: float
    roll: float
    dx: float = Field(description="accumulated shift of the content to the right, in frame widths")
    dy: float = Field(description="accumulated shift of the content downwards, in frame widths")
    scale: float = Field(description="accumulated magnification of the content, 1 in the first frame")
    angle: float = Field(description="accumulated clockwise rotation of the content, in degrees")


class Frame(_Value):
    """One frame of the paper's per-frame syntax; frame i of n stands for the time span [i/n, (i+1)/n)."""

    index: int
    time: float = Field(description="the middle of the frame's span, 0..1")
    description: str
    setting: str = Field("", description="the background in words")
    background: FrameBackground
    objects: tuple[FrameObject, ...] = Field(description="what is there, in the order of DSS.objects")


class DSS(_Value):
    """A whole video plan. See the module's docstring."""

    version: Literal["1"] = "1"
    prompt: Annotated[str, Field(max_length=MAX_PROMPT), AfterValidator(_prompt)] = ""
    seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 2.0
    fps: Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)] = 8.0
    setting: Annotated[str, Field(max_length=300), AfterValidator(_plain)] = Field(
        "a plain background", description="the background in words, constant over the video"
    )
    scenes: tuple[Scene, ...] = Field(min_length=1, max_length=64, description="scene descriptions, the first at 0")
    objects: tuple[Object, ...] = Field((), max_length=MAX_OBJECTS)
    background: tuple[BackgroundMotion, ...] = Field((BackgroundMotion(),), min_length=1, max_length=64)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        count = round(self.seconds * self.fps)
        if not 1 <= count <= MAX_FRAMES:
            raise ValueError(f"seconds * fps gives {count} frames: choose them so that it is 1..{MAX_FRAMES}")
        for name, starts in (
            ("scenes", [scene.start for scene in self.scenes]),
            ("background", [segment.start for segment in self.background]),
        ):
            if starts[0] != 0:
                raise ValueError(f"{name}[0].start is {starts[0]:g}: the first one starts at 0")
            _increasing(name, starts, "starts")
        seen: set[str] = set()
        for index, item in enumerate(self.objects):
            if item.id in seen:
                raise ValueError(f"objects[{index}].id {item.id!r} is taken: give every object an id of its own")
            seen.add(item.id)
        return self

    @property
    def frame_count(self) -> int:
        """How many frames the plan asks for: seconds times fps, rounded."""
        return round(self.seconds * self.fps)

    def object(self, id: str) -> Object:
        """The object of that id.

        Raises:
            PlanError: if there is none.
        """
        for item in self.objects:
            if item.id == id:
                return item
        known = ", ".join(item.id for item in self.objects) or "no objects at all"
        raise PlanError(f"there is no object {id!r} in this plan: it has {known}.")

    def frames(self, n: int | None = None) -> tuple[Frame, ...]:
        """Compile to `n` frames, `frame_count` when not given (paper section 3.2: one entry a frame).

        Scenes, states, visibility and background are read at the middle of each frame's span; boxes are taken at i/(n-1), so
        that the first and the last keyframe are hit exactly (at 0 when n is 1).

        Raises:
            PlanError: if n is not in 1..512.
        """
        n = self.frame_count if n is None else n
        if not 1 <= n <= MAX_FRAMES:
            raise PlanError(f"a plan cannot be compiled to {n} frames: ask for 1..{MAX_FRAMES}.")
        return tuple(
            Frame(
                index=i,
                time=(i + 0.5) / n,
                description=_last_started(self.scenes, (i + 0.5) / n).description,
                setting=self.setting,
                background=background,
                objects=tuple(
                    FrameObject(
                        id=item.id,
                        phrase=item.phrase_at((i + 0.5) / n),
                        box=item.box_at(i / (n - 1) if n > 1 else 0.0),
                        depth=item.depth,
                    )
                    for item in self.objects
                    if item.visible_at((i + 0.5) / n)
                ),
            )
            for i, background in enumerate(self._backgrounds(n))
        )

    def _backgrounds(self, n: int) -> Iterable[FrameBackground]:
        """Background motion of each frame; what frame j does shows in frame j + 1."""
        dt = self.seconds / n
        dx = dy = angle = 0.0
        scale = 1.0
        for i in range(n):
            segment = _last_started(self.background, (i + 0.5) / n)
            yield FrameBackground(
                direction=segment.direction,
                speed=segment.speed,
                zoom=segment.zoom,
                roll=segment.roll,
                dx=dx,
                dy=dy,
                scale=scale,
                angle=angle,
            )
            ux, uy = heading(segment.direction, (i + 0.5) * dt)
            dx, dy = dx + ux * segment.speed * dt, dy + uy * segment.speed * dt
            scale *= 2.0 ** (segment.zoom * dt)
            angle += 90.0 * segment.roll * dt

    def to_json(self) -> str:
        """Indented JSON that :func:`parse_dss` reads back to an equal value."""
        return self.model_dump_json(indent=2)


def heading(direction: Direction, seconds: float) -> tuple[float, float]:
    """The unit vector (x right, y down) of a direction; `random` wanders smoothly and always in the same way."""
    if direction == "none":
        return (0.0, 0.0)
    if direction == "random":
        turn = math.sin(2.1 * seconds) + math.sin(3.7 * seconds + 1.0) + math.sin(1.3 * seconds + 4.0)
        return (math.cos(2.0 * turn), math.sin(2.0 * turn))
    return VECTORS[direction]


_Started = TypeVar("_Started", Scene, BackgroundMotion)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a DSS."""
    return DSS.model_json_schema()


def parse_dss(source: str | bytes | dict[str, Any]) -> DSS:
    """Read a DSS from JSON text or from already parsed JSON.

    Raises:
        PlanError: with the first faulty field, what is wrong with it, and what to change.
    """
    try:
        return DSS.model_validate_json(source) if isinstance(source, str | bytes) else DSS.model_validate(source)
    except ValidationError as error:
        raise PlanError(explain(error)) from None
    except RecursionError:
        raise PlanError("this JSON is nested too deeply to be a plan.") from None


def explain(error: ValidationError) -> str:
    """One sentence for the first finding of a validation error: field, fault, remedy, and how many more there are."""
    findings = error.errors(include_url=False)
    first, more = findings[0], len(findings) - 1
    where = _field(first["loc"]) or "the plan"
    what = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    remedy = _REMEDIES.get(first["type"], "")
    shown = _shown(first.get("input")) if first["type"] not in ("value_error", "missing", "json_invalid") else ""
    suffix = f" ({more} more like this)" if more else ""
    return f"{where}{shown}: {what[0].lower() + what[1:]}{'; ' + remedy if remedy else ''}{suffix}."


_REMEDIES = {
    "missing": "add it",
    "extra_forbidden": "remove it or correct its name",
    "finite_number": "write a finite number",
    "json_invalid": "write one JSON object",
    "too_long": "use fewer",
    "union_tag_not_found": "add op, the name of the edit",
    "string_too_long": "shorten it",
    "string_pattern_mismatch": "use a small letter followed by small letters, digits, - or _",
}


def _field(path: Sequence[str | int]) -> str:
    """A pydantic location such as ('objects', 0, 'id') as objects[0].id."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _shown(value: object) -> str:
    """The offending value when it is short enough to read."""
    if isinstance(value, float) and not math.isfinite(value):
        return f" = {value}"
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, TypeError):
        return ""
    return f" = {text}" if len(text) <= 40 else ""


def _increasing(field: str, values: Sequence[float], name: str) -> None:
    for index, (before, after) in enumerate(pairwise(values), start=1):
        if after <= before:
            raise ValueError(f"{field}[{index}]: {name} must increase, and {after:g} follows {before:g}: sort them")


def _last_started(items: Sequence[_Started], t: float) -> _Started:
    return next(item for item in reversed(items) if item.start <= t)


def _values(box: Box) -> Values:
    return box.x, box.y, box.w, box.h


def _eased(ends: tuple[Values, Values], slopes: tuple[Values, Values], span: float, u: float) -> Values:
    """Between two keyframes, at 0..1 of the way: a cubic Hermite curve with monotone slopes (no overshoot)."""
    h0, h1, h2, h3 = 2 * u**3 - 3 * u**2 + 1, u**3 - 2 * u**2 + u, 3 * u**2 - 2 * u**3, u**3 - u**2
    x, y, w, h = (
        h0 * a + h1 * (slope_a * span) + h2 * b + h3 * (slope_b * span)
        for a, b, slope_a, slope_b in zip(*ends, *slopes, strict=True)
    )
    return x, y, w, h


def _slopes(times: Sequence[float], values: Sequence[Values], k: int) -> Values:
    """Fritsch-Carlson slopes at keyframe k: the harmonic mean of the neighbouring secants, 0 at ends and turning points."""
    if k in (0, len(times) - 1):
        return 0.0, 0.0, 0.0, 0.0
    before, after = times[k] - times[k - 1], times[k + 1] - times[k]
    x, y, w, h = (
        _harmonic((here - last) / before, (following - here) / after)
        for last, here, following in zip(values[k - 1], values[k], values[k + 1], strict=True)
    )
    return x, y, w, h


def _harmonic(left: float, right: float) -> float:
    return 2 * left * right / (left + right) if left * right > 0 else 0.0
