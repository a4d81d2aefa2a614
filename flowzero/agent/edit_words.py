"""Edits in words: one sentence for each kind of edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowzero.dss import Box, Span

if TYPE_CHECKING:
    from flowzero.agent.edits import Move, SetBackground, SetPath, SetStates, SetTiming


def _amount(edit: Move) -> str:
    parts = [
        f"{abs(value):.0%} of the frame {names[value > 0]}"
        for value, names in ((edit.dx, ("to the left", "to the right")), (edit.dy, ("up", "down")))
        if value
    ]
    return " and ".join(parts) or "nowhere"


def _place(box: Box) -> str:
    return f"({box.cx:.2f}, {box.cy:.2f})"


def _route(edit: SetPath) -> str:
    start, end = edit.path[0].box, edit.path[-1].box
    if all(key.box == start for key in edit.path):
        return f"Puts {edit.id} at {_place(start)}."
    if start == end:
        return f"Moves {edit.id} about {_place(start)} over {len(edit.path)} keyframes."
    if abs(start.cx - end.cx) < 0.01 and abs(start.y + start.h - end.y - end.h) < 0.01:
        return f"Lets {edit.id} become {end.w / start.w:.2f} times as large, at {_place(start)}."
    return f"Moves {edit.id} from {_place(start)} to {_place(end)} over {len(edit.path)} keyframes."


def _spans(spans: Sequence[Span]) -> str:
    if tuple((span.start, span.end) for span in spans) == ((0.0, 1.0),):
        return "for the whole video"
    return " and ".join(f"from {span.start:.0%} to {span.end:.0%}" for span in spans)


def _camera(edit: SetBackground) -> str:
    parts = []
    for segment in edit.background:
        words = [f"{segment.direction} at {segment.speed:g}"] if segment.direction != "none" and segment.speed else []
        words += [f"{name} {value:+g}" for name, value in (("zoom", segment.zoom), ("roll", segment.roll)) if value]
        parts.append(" with ".join(words) or "still")
    return f"Sets the background's motion: {', then '.join(parts)}."


def _turns(edit: SetStates) -> str:
    if not edit.states:
        return f"Lets {edit.id} stay what it is."
    return f"Turns {edit.id} into {', then '.join(f'{s.phrase!r} at {s.start:.0%}' for s in edit.states)}."


def _length(edit: SetTiming) -> str:
    parts = [f"{edit.seconds:g} seconds"] if edit.seconds is not None else []
    parts += [f"{edit.fps:g} frames a second"] if edit.fps is not None else []
    return f"Sets the video to {' at '.join(parts) or 'the length it has'}."


_MANNER = {"linear": "evenly", "smooth": "smoothly", "step": "in steps"}


SENTENCES: Mapping[str, Callable[[Any], str]] = {
    "add_object": lambda e: f"Adds {e.object.phrase!r} as {e.object.id} at {_place(e.object.path[0].box)}.",
    "remove_object": lambda e: f"Removes {e.id}.",
    "replace_object": lambda e: (
        f"Plans {e.id} anew." if e.id == e.object.id else f"Replaces {e.id} by {e.object.phrase!r} as {e.object.id}."
    ),
    "set_path": _route,
    "move": lambda e: f"Moves {e.id} {_amount(e)}.",
    "scale": lambda e: f"Makes {e.id} {e.factor:.2f} times as large.",
    "retime": lambda e: f"Lets {e.id} move from {e.start:.0%} to {e.end:.0%} of the video.",
    "set_phrase": lambda e: f"Makes {e.id} {e.phrase!r}.",
    "set_states": _turns,
    "set_visible": lambda e: f"Shows {e.id} {_spans(e.visible)}.",
    "set_depth": lambda e: f"Puts {e.id} at depth {e.depth}.",
    "set_motion": lambda e: f"Lets {e.id} move {_MANNER[e.motion]}.",
    "set_setting": lambda e: f"Sets the scene in {e.setting!r}.",
    "set_scenes": lambda e: f"Describes the scene as {e.scenes[0].description!r}" + (", and on." if e.scenes[1:] else "."),
    "set_background": _camera,
    "set_timing": _length,
    "set_prompt": lambda e: f"Measures against the prompt {e.prompt!r}.",
    "reorder": lambda e: f"Lists the objects as {', '.join(e.ids)}.",
}
"""By the name of the edit, what says it."""
