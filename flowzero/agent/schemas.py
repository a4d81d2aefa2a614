"""The JSON Schemas that a language model answers in.

They travel: flat objects with named fields, every field required, no $ref, no anyOf, no free keys, integers on a grid of
hundredths, and bounds on every list and text, which servers with grammars hold a model to. What a server does not enforce
is checked after parsing, in `agent/wire.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

Schema = dict[str, Any]

DIRECTIONS = ("none", "left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right", "random")
Motion = Literal["linear", "smooth", "step"]
MOTIONS: tuple[Motion, ...] = get_args(Motion)
VerdictWord = Literal["yes", "partly", "no", "unclear"]
VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)
MAX_WIRE_OBJECTS = 20
MAX_WIRE_KEYS = 24


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _array(items: Schema, most: int, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _integer(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


def _text(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def _choice(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


_AT = _integer(0, 100)
_ID = _text(24)
_PHRASE = _text(80)
_KEY = _object(t=_AT, x=_integer(-100, 200), y=_integer(-100, 200), w=_integer(1, 200), h=_integer(1, 200))
_PATH = _array(_KEY, MAX_WIRE_KEYS, 1)
_SEEN = _array(_object(start=_AT, end=_AT), 6, 1)
_BECOMES = _array(_object(at=_AT, phrase=_PHRASE), 6)
_SCENES = _array(_object(at=_AT, text=_text(240)), 8)
_BACKGROUND = _array(
    _object(at=_AT, direction=_choice(DIRECTIONS), speed=_AT, zoom=_integer(-100, 100), roll=_integer(-100, 100)), 8
)
_THING = _object(
    id=_ID,
    phrase=_PHRASE,
    depth=_integer(-9, 9),
    motion=_choice(MOTIONS),
    path=_PATH,
    seen=_SEEN,
    becomes=_BECOMES,
)

PLAN: Schema = _object(
    setting=_text(120),
    objects=_array(_THING, MAX_WIRE_OBJECTS),
    background=_BACKGROUND,
    scenes=_SCENES,
)
"""A whole plan."""

_CHANGES: Mapping[str, Schema] = {
    "add": _array(_THING, MAX_WIRE_OBJECTS),
    "remove": _array(_ID, MAX_WIRE_OBJECTS),
    "path": _array(_object(id=_ID, path=_PATH), MAX_WIRE_OBJECTS),
    "move": _array(_object(id=_ID, dx=_integer(-200, 200), dy=_integer(-200, 200)), MAX_WIRE_OBJECTS),
    "scale": _array(_object(id=_ID, percent=_integer(5, 1000)), MAX_WIRE_OBJECTS),
    "phrase": _array(_object(id=_ID, phrase=_PHRASE), MAX_WIRE_OBJECTS),
    "seen": _array(_object(id=_ID, seen=_SEEN), MAX_WIRE_OBJECTS),
    "becomes": _array(_object(id=_ID, becomes=_BECOMES), MAX_WIRE_OBJECTS),
    "depth": _array(_object(id=_ID, depth=_integer(-9, 9)), MAX_WIRE_OBJECTS),
    "setting": _text(120),
    "background": _BACKGROUND,
    "scenes": _SCENES,
}
EDITS: Schema = _object(**_CHANGES)
"""Changes to a plan: what is empty stays as it is."""

REVISION: Schema = _object(prompt=_text(400), **_CHANGES, seconds={"type": "number", "minimum": 0, "maximum": 600})
"""Changes to a plan, and what its prompt now says."""

JUDGEMENT: Schema = _object(
    verdicts=_array(_object(number=_integer(1, 20), kept=_choice(VERDICTS), reason=_text(160)), 20),
)
"""Whether the numbered pieces of a prompt are kept by a plan."""

_BOUNDS = ("minimum", "maximum", "minItems", "maxItems", "maxLength")


def unbounded(schema: Schema) -> Schema:
    """The schema without its bounds, for servers that refuse them."""
    bare = copy.deepcopy(schema)
    nodes: list[Any] = [bare]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if isinstance(node.get("type"), str):
                for bound in _BOUNDS:
                    node.pop(bound, None)
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
    return bare
