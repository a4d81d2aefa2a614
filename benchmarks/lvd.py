"""The layout benchmark of LVD (Lian et al., ICLR 2024): its replies as plans, and its published predicates, written anew.

Its prompts come from templates, so that the predicate of a prompt can be told from its words. The critic never sees this
module.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flowzero.dss import DSS, Box, Keyframe, Object, Scene, Span

FRAMES = 6
CANVAS = 512
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}

Boxes = dict[int, tuple[float, float, float, float]]
"""Frame index to (x, y, w, h) in fractions of the canvas; a frame without a box is missing."""


@dataclass(frozen=True)
class Track:
    """One object of a layout: its name, and its boxes by frame."""

    name: str
    boxes: Boxes

    def centre(self, frame: int) -> tuple[float, float]:
        """The middle of its box in a frame where it has one."""
        x, y, w, h = self.boxes[frame]
        return x + w / 2, y + h / 2


Layout = dict[str, Track]
Predicate = Callable[[Layout], bool]


@dataclass(frozen=True)
class Reply:
    """One reply of a language model to one prompt."""

    model: str
    prompt: str
    category: str
    layout: Layout
    background: str
    holds: Predicate


def data_folder() -> Path | None:
    """Where the replies are: FLOWZERO_LVD, or ../shared/data/lvd beside the repository; None when they are nowhere."""
    folder = Path(os.environ.get("FLOWZERO_LVD", Path(__file__).parents[2] / "shared" / "data" / "lvd"))
    return folder if any(folder.glob("*.json")) else None


def replies(folder: Path) -> Iterator[Reply]:
    """Every reply in the folder, model by model."""
    for file in sorted(folder.glob("*.json")):
        for prompt, texts in json.loads(file.read_text(encoding="utf-8")).items():
            category, holds = predicate(prompt)
            for text in texts:
                layout, background = parse(text)
                yield Reply(file.stem, prompt, category, layout, background, holds)


def parse(text: str) -> tuple[Layout, str]:
    """The layout in a reply, whose frames may spread over several lines, and its background keyword."""
    tracks: dict[str, Track] = {}
    starts = [*re.finditer(r"^Frame (\d+):", text, re.MULTILINE)]
    for match, after in zip(starts, [*starts[1:], None], strict=True):
        body = text[match.end() : after.start() if after else len(text)]
        body = re.split(r"\n(?:Background|Reasoning|Negative)", body)[0]
        for item in ast.literal_eval(body[body.index("[") : body.rindex("]") + 1]):
            x, y, w, h = (value / CANVAS for value in item["box"])
            track = tracks.setdefault(str(item["id"]), Track(str(item.get("name", item.get("keyword"))), {}))
            if w and h:
                track.boxes[int(match.group(1)) - 1] = (x, y, w, h)
    background = re.search(r"Background keyword: *(.*)", text)
    return tracks, background.group(1).strip() if background else ""


def to_dss(reply: Reply) -> DSS:
    """The layout as a plan of six frames."""
    objects = tuple(_object(f"o{key}", track) for key, track in reply.layout.items() if track.boxes)
    setting = reply.background or "a plain background"
    return DSS(
        prompt=reply.prompt,
        seconds=2,
        fps=3,
        setting=setting,
        scenes=(Scene(start=0, description=reply.prompt),),
        objects=objects,
    )


def _object(name: str, track: Track) -> Object:
    path = tuple(Keyframe(t=i / (FRAMES - 1), box=_box(x, y, w, h)) for i, (x, y, w, h) in sorted(track.boxes.items()))
    visible: list[Span] = []
    for i in sorted(track.boxes):
        start, end = i / FRAMES, (i + 1) / FRAMES
        if visible and abs(visible[-1].end - start) < 1e-9:
            visible[-1] = Span(start=visible[-1].start, end=end)
        else:
            visible.append(Span(start=start, end=end))
    return Object(id=name, phrase=track.name, path=path, visible=tuple(visible))


def _box(x: float, y: float, w: float, h: float) -> Box:
    """A box no smaller than a plan allows, about the same centre."""
    width, height = max(w, 0.01), max(h, 0.01)
    return Box(x=x + (w - width) / 2, y=y + (h - height) / 2, w=width, h=height)


def to_layout(dss: DSS) -> Layout:
    """A plan as a layout of six frames, as the benchmark sees it."""
    layout: Layout = {}
    for frame in dss.frames(FRAMES):
        for item in frame.objects:
            track = layout.setdefault(item.id, Track(dss.object(item.id).phrase, {}))
            track.boxes[frame.index] = (item.box.x, item.box.y, item.box.w, item.box.h)
    return layout


# -- the published predicates --------------------------------------------------------------------------------------------------


def predicate(prompt: str) -> tuple[str, Predicate]:
    """The category and the predicate of a prompt, by its template."""
    for category, pattern, make in _TEMPLATES:
        if match := re.search(pattern, prompt):
            return category, make(*match.groups())
    raise ValueError(f"no template of the benchmark fits {prompt!r}")


def _named(layout: Layout, name: str) -> Track | None:
    """The first track whose name has this word at its end, or before a space."""
    return next((track for track in layout.values() if f"{name} " in _bare(track) or _bare(track).endswith(name)), None)


def _bare(track: Track) -> str:
    return track.name.strip("1234567890 ")


def _numeracy(number: str, plural: str) -> Predicate:
    def holds(layout: Layout) -> bool:
        counts = [sum(frame in track.boxes for track in layout.values()) for frame in range(FRAMES)]
        return min(set(counts), key=lambda count: (-counts.count(count), count)) == _NUMBERS[number]

    return holds


def _attribution(first: str, second: str) -> Predicate:
    def holds(layout: Layout) -> bool:
        tracks = [_named(layout, name) for name in (first, second)]
        return all(track is not None and 2 * len(track.boxes) >= FRAMES for track in tracks)

    return holds


def _visibility(name: str, half: str) -> Predicate:
    def holds(layout: Layout) -> bool:
        track = _named(layout, name)
        if track is None:
            return False
        early = any(frame in track.boxes for frame in range(FRAMES // 2 - 1))
        late = any(frame in track.boxes for frame in range(FRAMES // 2 + 1, FRAMES))
        return (late and not early) if half == "second" else (early and not late)

    return holds


def _ends(track: Track | None) -> bool:
    return track is not None and 0 in track.boxes and FRAMES - 1 in track.boxes


def _moving(name: str, start: str, end: str) -> Predicate:
    def holds(layout: Layout) -> bool:
        track = _named(layout, name)
        if track is None or not _ends(track):
            return False
        way = track.centre(FRAMES - 1)[0] - track.centre(0)[0]
        return way > 0 if start == "left" else way < 0

    return holds


def _crossing(name: str, start: str, other: str, end: str) -> Predicate:
    def holds(layout: Layout) -> bool:
        mover, fixed = _named(layout, name), _named(layout, other)
        if mover is None or fixed is None or not _ends(mover) or not _ends(fixed):
            return False
        before, after = (mover.centre(frame)[0] - fixed.centre(frame)[0] for frame in (0, FRAMES - 1))
        return before < 0 < after if start == "left" else after < 0 < before

    return holds


def _sequence(name: str, first: str, second: str, third: str) -> Predicate:
    def inside(track: Track, frame: int, place: str) -> bool:
        x, y = track.centre(frame)
        upright, across = place.split()
        return (y > 0.5 if upright == "lower" else y < 0.5) and (x < 0.5 if across == "left" else x > 0.5)

    def holds(layout: Layout) -> bool:
        track = _named(layout, name)
        stops = zip((0, FRAMES // 2, FRAMES - 1), (first, second, third), strict=True)
        return track is not None and all(frame in track.boxes and inside(track, frame, place) for frame, place in stops)

    return holds


_TEMPLATES: tuple[tuple[str, str, Callable[..., Predicate]], ...] = (
    (
        "sequential",
        r"in which an? (\w+) initially on the (\w+ \w+) of .* moves to the (\w+ \w+) of .* moves to the (\w+ \w+) of",
        _sequence,
    ),
    ("visibility", r"in which an? \w+ (\w+) appears only in the (first|second) half", _visibility),
    ("dynamic", r"with an? (\w+) moving from the (left|right) of an? (\w+) to its (left|right)", _crossing),
    ("dynamic", r"with an? (\w+) moving from the (left|right) to the (left|right)", _moving),
    ("attribution", r"with an? (\w+ \w+) and an? (\w+ \w+)$", _attribution),
    ("numeracy", r"with (one|two|three|four) \w+ (\w+)$", _numeracy),
)
