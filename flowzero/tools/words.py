"""A plan's parts in words, the same for people at a terminal and for models in a conversation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowzero.dss import DSS, BackgroundMotion, Box, Object

_ROWS = ("top", "middle", "bottom")
_COLUMNS = ("left", "centre", "right")
_STOPS = 4


def confidence(value: float, threshold: float) -> str:
    """A confidence with two decimals; one below the threshold is cut and not rounded, so that 0.899 is not said to be 0.90."""
    return f"{value if value >= threshold else math.floor(value * 100 + 1e-9) / 100:.2f}"


def clock(dss: DSS, t: float) -> str:
    """A time in 0..1 as seconds of the video."""
    return f"{t * dss.seconds:.3g} s"


def route(item: Object) -> str:
    """The places that an object passes, four of them at most."""
    places = [place(key.box) for key in item.path]
    stops = [name for index, name in enumerate(places) if index == 0 or name != places[index - 1]]
    if len(stops) > _STOPS:
        stops = [*stops[: _STOPS - 1], "…", stops[-1]]
    if len(stops) > 1:
        return " → ".join(stops)
    return f"moves within {stops[0]}" if len({key.box for key in item.path}) > 1 else f"stays {stops[0]}"


def place(box: Box) -> str:
    """Where a box is, in a grid of three by three."""
    if box.inside() <= 0:
        return "outside"
    row = _ROWS[min(max(int(box.cy * 3), 0), 2)]
    column = _COLUMNS[min(max(int(box.cx * 3), 0), 2)]
    return column if row == "middle" else f"{row} {column}"


def presence(dss: DSS, item: Object) -> str:
    """When an object is there."""
    if [(span.start, span.end) for span in item.visible] == [(0, 1)]:
        return "always"
    return ", ".join(f"{clock(dss, span.start)} to {clock(dss, span.end)}" for span in item.visible)


def background(motion: BackgroundMotion) -> str:
    """How the background moves in one stretch of time."""
    still = motion.direction == "none" or not motion.speed
    words = ["still" if still else f"moves {motion.direction} at {motion.speed:g}"]
    words += [f"{name} {value:+g}" for name, value in (("zoom", motion.zoom), ("roll", motion.roll)) if value]
    return ", ".join(words)
