"""Plans, edits and judgements as they travel to and from a language model.

On the wire everything is flat JSON in hundredths: of the frame's width and height, of the video's length, of full speed.
Encoding writes that form; decoding is tolerant (`replies.py` finds the JSON, `sketches.py` its shape, `layouts.py` the units)
and ends in a valid value or in an :class:`~flowzero.errors.LLMReplyError` whose message tells the model what to correct.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from flowzero.agent import edits as ed
from flowzero.agent.layouts import number
from flowzero.agent.readback import Reader, words
from flowzero.agent.replies import pieces
from flowzero.agent.schemas import REVISION, VERDICTS, Schema, VerdictWord
from flowzero.agent.sketches import Json, Sketch, first, listed, sketch, thing
from flowzero.dss import DSS, MAX_OBJECTS, MAX_PROMPT, Box, Object, explain
from flowzero.errors import LLMReplyError, PlanError

_VERDICT: Mapping[str, VerdictWord] = {**{word: word for word in VERDICTS}, "true": "yes", "false": "no", "partially": "partly"}


class Verdict(NamedTuple):
    """What a model says of one numbered piece of a prompt."""

    kept: VerdictWord
    reason: str


def plan_to_wire(dss: DSS) -> Json:
    """The plan in the form of :data:`~flowzero.agent.schemas.PLAN`."""
    return {
        "setting": dss.setting,
        "objects": [thing_to_wire(item) for item in dss.objects],
        "background": [
            {
                "at": _cents(b.start),
                "direction": b.direction,
                "speed": _cents(b.speed),
                "zoom": _cents(b.zoom),
                "roll": _cents(b.roll),
            }
            for b in dss.background
        ],
        "scenes": [{"at": _cents(scene.start), "text": scene.description} for scene in dss.scenes],
    }


def thing_to_wire(item: Object) -> Json:
    """One object in the same form."""
    return {
        "id": item.id,
        "phrase": item.phrase,
        "depth": item.depth,
        "motion": item.motion,
        "path": [{"t": _cents(key.t), **_box_to_wire(key.box)} for key in item.path],
        "seen": [{"start": _cents(span.start), "end": _cents(span.end)} for span in item.visible],
        "becomes": [{"at": _cents(state.start), "phrase": state.phrase} for state in item.states],
    }


def decode_plan(text: str, *, prompt: str, seconds: float, fps: float) -> DSS:
    """The plan in a reply.

    Raises:
        LLMReplyError: if it holds none, or one that cannot be made valid.
    """
    drawn = sketch(pieces(text))
    if len(drawn.things) > MAX_OBJECTS:
        raise LLMReplyError(f"the plan has {len(drawn.things)} objects: use at most {MAX_OBJECTS}.")
    reader = Reader(drawn, seconds)
    try:
        return DSS(
            prompt=prompt,
            seconds=seconds,
            fps=fps,
            setting=words(drawn.setting, 300) or "a plain background",
            scenes=reader.scenes(drawn.scenes, words(prompt, 500) or "a scene"),
            objects=tuple(reader.object(item) for item in drawn.things),
            background=reader.background(drawn.background),
        )
    except ValidationError as error:
        raise LLMReplyError(f"the plan is not valid: {explain(error)}") from None


def decode_edits(text: str, dss: DSS, schema: Schema = REVISION) -> tuple[ed.Edit, ...]:
    """The edits in a reply, each of which applies to the plan; fields that the schema does not have do not count.

    Raises:
        LLMReplyError: if it holds none of the fields of an answer, or an edit that cannot be applied.
    """
    fields = schema["properties"]
    found = [part.value for part in pieces(text) if isinstance(part.value, dict) and set(part.value) & set(fields)]
    if not found or "objects" in found[-1]:
        raise LLMReplyError(f"the reply's JSON holds no edits: answer with one object with the fields {', '.join(fields)}.")
    answer = found[-1]
    reader = _reader(answer, dss)
    try:
        edits = tuple(edit for name in fields if answer.get(name) for edit in _DECODE[name](answer[name], reader, dss))
        ed.apply(dss, edits)
    except ValidationError as error:
        raise LLMReplyError(f"an edit is not valid: {explain(error)}") from None
    except PlanError as error:
        raise LLMReplyError(f"an edit cannot be applied: {error}") from None
    return edits


def decode_judgement(text: str, count: int) -> dict[int, Verdict]:
    """Verdicts by number, from 1 to `count`; numbers that the model left out are missing, an unknown verdict is `unclear`.

    Raises:
        LLMReplyError: if there is not one verdict.
    """
    verdicts: dict[int, Verdict] = {}
    for part in pieces(text):
        rows = part.value.get("verdicts", part.value) if isinstance(part.value, dict) else part.value
        for row in listed(rows):
            n = number(first(row, "number", "piece", "id")) if isinstance(row, dict) else math.nan
            if n in range(1, count + 1):
                verdicts[int(n)] = _verdict(row)
    if not verdicts:
        raise LLMReplyError("the reply's JSON holds no verdict: answer with verdicts, each with number, kept and reason.")
    return verdicts


def _verdict(row: Json) -> Verdict:
    word = str(row.get("kept")).strip().lower()
    return Verdict(_VERDICT.get(word, "unclear"), words(row.get("reason"), 300))


def _reader(answer: Json, dss: DSS) -> Reader:
    """A reader that judges the units from all of an answer's boxes and times."""
    drawn = Sketch(
        things=[thing(row) for name in ("add", "path", "seen", "becomes") for row in _rows(answer.get(name))],
        scenes=listed(answer.get("scenes")),
        background=listed(answer.get("background")),
    )
    return Reader(drawn, dss.seconds, taken={item.id for item in dss.objects})


def _rows(value: Any) -> list[Json]:
    return [row for row in listed(value) if isinstance(row, dict)]


def _named(row: Json) -> str:
    return str(first(row, "id", "object_id") or "")


def _id(value: Any) -> str:
    return _named(value) if isinstance(value, dict) else str(value)


def _amount(row: Json, *names: str) -> float:
    """A share of the frame: hundredths, or already a fraction."""
    value = number(first(row, *names))
    if not math.isfinite(value):
        return 0.0
    return value if abs(value) < 1 and value != int(value) else value / 100


def _factor(row: Json) -> float:
    value = number(first(row, "percent", "factor", "scale"))
    if not value > 0:
        raise LLMReplyError(f"the scale of {_named(row)!r} is no percentage above 0: 100 keeps the size, 200 doubles it.")
    return value / 100 if value >= 5 or "percent" in row else value


def _add(value: Any, reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.AddObject(object=reader.object(thing(row))) for row in _rows(value))


def _remove(value: Any, _reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.RemoveObject(id=_id(row)) for row in listed(value))


def _path(value: Any, reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.SetPath(id=_named(row), path=reader.path(thing(row), _named(row))) for row in _rows(value))


def _move(value: Any, _reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.Move(id=_named(row), dx=_amount(row, "dx", "x"), dy=_amount(row, "dy", "y")) for row in _rows(value))


def _scale(value: Any, _reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.Scale(id=_named(row), factor=_factor(row)) for row in _rows(value))


def _phrase(value: Any, _reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.SetPhrase(id=_named(row), phrase=words(first(row, "phrase", "text"), 120)) for row in _rows(value))


def _seen(value: Any, reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    return (ed.SetVisible(id=_named(row), visible=reader.spans(thing(row).seen)) for row in _rows(value))


def _becomes(value: Any, reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    for row in _rows(value):
        name = _named(row)
        phrase = next((item.phrase for item in dss.objects if item.id == name), "")
        yield ed.SetStates(id=name, states=reader.states(thing(row).becomes, phrase))


def _depth(value: Any, _reader: Reader, _dss: DSS) -> Iterator[ed.Edit]:
    for row in _rows(value):
        depth = number(row.get("depth"))
        yield ed.SetDepth(id=_named(row), depth=round(min(max(depth, -100), 100)) if math.isfinite(depth) else 0)


def _setting(value: Any, _reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    text = words(value, 300)
    return iter([ed.SetSetting(setting=text)] if text and text != dss.setting else [])


def _background(value: Any, reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    motion = reader.background(listed(value))
    return iter([ed.SetBackground(background=motion)] if motion != dss.background else [])


def _scenes(value: Any, reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    scenes = reader.scenes(listed(value), dss.scenes[0].description)
    return iter([ed.SetScenes(scenes=scenes)] if scenes != dss.scenes else [])


def _prompt(value: Any, _reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    text = words(value, MAX_PROMPT)
    return iter([ed.SetPrompt(prompt=text)] if text and text != dss.prompt else [])


def _seconds(value: Any, _reader: Reader, dss: DSS) -> Iterator[ed.Edit]:
    seconds = number(value)
    return iter([ed.SetTiming(seconds=seconds)] if seconds > 0 and seconds != dss.seconds else [])


_DECODE: Mapping[str, Callable[[Any, Reader, DSS], Iterator[ed.Edit]]] = {
    "prompt": _prompt,
    "add": _add,
    "remove": _remove,
    "path": _path,
    "move": _move,
    "scale": _scale,
    "phrase": _phrase,
    "seen": _seen,
    "becomes": _becomes,
    "depth": _depth,
    "setting": _setting,
    "background": _background,
    "scenes": _scenes,
    "seconds": _seconds,
}


def _box_to_wire(box: Box) -> Json:
    return {"x": _cents(box.x), "y": _cents(box.y), "w": max(1, _cents(box.w)), "h": max(1, _cents(box.h))}


def _cents(fraction: float) -> int:
    return round(100 * fraction)
