"""Typed edits: the only way a plan changes after planning.

An edit names one thing and what it shall be; :func:`apply` leaves everything that no edit names identical, value for value.
Edits know nothing of prompts or promises. :func:`diff` finds the edits between two plans, :func:`describe` says one in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from flowzero.agent.edit_words import SENTENCES
from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene, Span, State, explain
from flowzero.errors import PlanError

Number = Annotated[float, Field(allow_inf_nan=False)]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddObject(_Edit):
    """Put a new object into the plan, at the end or before position `at`."""

    op: Literal["add_object"] = "add_object"
    object: Object
    at: Annotated[int, Field(ge=0)] | None = None


class RemoveObject(_Edit):
    """Take an object out."""

    op: Literal["remove_object"] = "remove_object"
    id: str


class ReplaceObject(_Edit):
    """Put another object in an object's place in the list; it may bear another id."""

    op: Literal["replace_object"] = "replace_object"
    id: str
    object: Object


class SetPath(_Edit):
    """Give an object new keyframes."""

    op: Literal["set_path"] = "set_path"
    id: str
    path: tuple[Keyframe, ...] = Field(min_length=1, max_length=128)


class Move(_Edit):
    """Shift an object's whole path, in fractions of the frame."""

    op: Literal["move"] = "move"
    id: str
    dx: Number = 0.0
    dy: Number = 0.0


class Scale(_Edit):
    """Make an object larger or smaller; the middle of the box's `anchor` edge, or its centre, stays where it is."""

    op: Literal["scale"] = "scale"
    id: str
    factor: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    anchor: Literal["centre", "bottom"] = "centre"


class Retime(_Edit):
    """Fit an object's keyframes into the span start..end, in 0..1."""

    op: Literal["retime"] = "retime"
    id: str
    start: Annotated[float, Field(ge=0, le=1)]
    end: Annotated[float, Field(ge=0, le=1)]


class SetPhrase(_Edit):
    """Say anew what an object is."""

    op: Literal["set_phrase"] = "set_phrase"
    id: str
    phrase: str


class SetStates(_Edit):
    """Say anew what an object turns into, and when."""

    op: Literal["set_states"] = "set_states"
    id: str
    states: tuple[State, ...]


class SetVisible(_Edit):
    """Say anew when an object is there."""

    op: Literal["set_visible"] = "set_visible"
    id: str
    visible: tuple[Span, ...] = Field(min_length=1)


class SetDepth(_Edit):
    """Bring an object nearer (larger) or farther."""

    op: Literal["set_depth"] = "set_depth"
    id: str
    depth: int


class SetMotion(_Edit):
    """Choose how an object's boxes move between keyframes."""

    op: Literal["set_motion"] = "set_motion"
    id: str
    motion: Literal["linear", "smooth", "step"]


class SetSetting(_Edit):
    """Say anew what the background is."""

    op: Literal["set_setting"] = "set_setting"
    setting: str


class SetScenes(_Edit):
    """Write the scene descriptions anew."""

    op: Literal["set_scenes"] = "set_scenes"
    scenes: tuple[Scene, ...] = Field(min_length=1)


class SetBackground(_Edit):
    """Say anew how the background moves."""

    op: Literal["set_background"] = "set_background"
    background: tuple[BackgroundMotion, ...] = Field(min_length=1)


class SetTiming(_Edit):
    """Set the video's length or frame rate; what is None stays."""

    op: Literal["set_timing"] = "set_timing"
    seconds: Number | None = None
    fps: Number | None = None


class SetPrompt(_Edit):
    """Set the prompt that the plan is measured against."""

    op: Literal["set_prompt"] = "set_prompt"
    prompt: str


class Reorder(_Edit):
    """Put the objects into this order of ids."""

    op: Literal["reorder"] = "reorder"
    ids: tuple[str, ...]


Edit = Annotated[
    AddObject
    | RemoveObject
    | ReplaceObject
    | SetPath
    | Move
    | Scale
    | Retime
    | SetPhrase
    | SetStates
    | SetVisible
    | SetDepth
    | SetMotion
    | SetSetting
    | SetScenes
    | SetBackground
    | SetTiming
    | SetPrompt
    | Reorder,
    Field(discriminator="op"),
]
"""One change to a plan; `op` says which."""

EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])
"""Reads and writes a list of edits as JSON."""

_Fields = dict[str, Any]
_ObjectEdit = SetPath | Move | Scale | Retime | SetPhrase | SetStates | SetVisible | SetDepth | SetMotion


def parse_edits(source: str | bytes | Sequence[Any]) -> tuple[Edit, ...]:
    """Read edits from JSON text or from already parsed JSON.

    Raises:
        PlanError: with the first faulty field and what to change.
    """
    try:
        return EDITS.validate_json(source) if isinstance(source, str | bytes) else EDITS.validate_python(source)
    except ValidationError as error:
        said = explain(error)
        raise PlanError(f"edits{said}" if said.startswith("[") else said) from None


def apply(dss: DSS, edits: Iterable[Edit]) -> DSS:
    """The plan after the edits, in order; what they do not name stays identical.

    Raises:
        PlanError: if an edit names an object that is not there, or the outcome is not a valid plan.
    """
    fields: _Fields = dict(dss)
    try:
        for edit in edits:
            _APPLY[edit.op](fields, edit)
        return DSS(**fields)
    except ValidationError as error:
        raise PlanError(explain(error)) from None


def _find(objects: Sequence[Object], id: str) -> int:
    for index, item in enumerate(objects):
        if item.id == id:
            return index
    known = ", ".join(item.id for item in objects) or "no objects at all"
    raise PlanError(f"there is no object {id!r} to edit: the plan has {known}.")


def _add(fields: _Fields, edit: AddObject) -> None:
    objects = fields["objects"]
    at = len(objects) if edit.at is None else edit.at
    fields["objects"] = (*objects[:at], edit.object, *objects[at:])


def _remove(fields: _Fields, edit: RemoveObject) -> None:
    objects = fields["objects"]
    index = _find(objects, edit.id)
    fields["objects"] = objects[:index] + objects[index + 1 :]


def _replace(fields: _Fields, edit: ReplaceObject) -> None:
    objects = fields["objects"]
    index = _find(objects, edit.id)
    fields["objects"] = (*objects[:index], edit.object, *objects[index + 1 :])


def _change(fields: _Fields, edit: _ObjectEdit) -> None:
    objects = fields["objects"]
    index = _find(objects, edit.id)
    item: Object = objects[index]
    changed = Object(**{**dict(item), **_OBJECT_CHANGES[edit.op](item, edit)})
    fields["objects"] = (*objects[:index], changed, *objects[index + 1 :])


def _named(*names: str) -> Callable[[Object, Any], _Fields]:
    return lambda _item, edit: {name: getattr(edit, name) for name in names}


def _moved(item: Object, edit: Move) -> _Fields:
    return {"path": tuple(Keyframe(t=key.t, box=shift(key.box, edit.dx, edit.dy)) for key in item.path)}


def _scaled(item: Object, edit: Scale) -> _Fields:
    return {"path": tuple(Keyframe(t=key.t, box=resize(key.box, edit.factor, edit.anchor)) for key in item.path)}


def _retimed(item: Object, edit: Retime) -> _Fields:
    if edit.end <= edit.start:
        raise PlanError(f"retime of {item.id!r} runs from {edit.start:g} to {edit.end:g}: make end larger than start.")
    first, last = item.path[0].t, item.path[-1].t
    if first == last:
        return {"path": (Keyframe(t=edit.start, box=item.path[0].box),)}
    rate = (edit.end - edit.start) / (last - first)
    times = [min(1.0, edit.start + (key.t - first) * rate) for key in item.path]
    return {"path": tuple(Keyframe(t=t, box=key.box) for t, key in zip(times, item.path, strict=True))}


def shift(box: Box, dx: float, dy: float) -> Box:
    """The box moved by dx, dy."""
    return Box(x=box.x + dx, y=box.y + dy, w=box.w, h=box.h)


def resize(box: Box, factor: float, anchor: str = "centre") -> Box:
    """The box scaled about its centre, or about the middle of its bottom edge."""
    w, h = box.w * factor, box.h * factor
    y = box.cy - h / 2 if anchor == "centre" else box.y + box.h - h
    return Box(x=box.cx - w / 2, y=y, w=w, h=h)


def _timing(fields: _Fields, edit: SetTiming) -> None:
    fields.update({name: value for name in ("seconds", "fps") if (value := getattr(edit, name)) is not None})


def _reorder(fields: _Fields, edit: Reorder) -> None:
    objects = {item.id: item for item in fields["objects"]}
    if sorted(edit.ids) != sorted(objects):
        raise PlanError(f"reorder names {', '.join(edit.ids) or 'nothing'}: name each of {', '.join(objects)} once.")
    fields["objects"] = tuple(objects[name] for name in edit.ids)


def _field(name: str) -> Callable[[_Fields, Any], None]:
    return lambda fields, edit: fields.update({name: getattr(edit, name)})


_OBJECT_CHANGES: Mapping[str, Callable[[Object, Any], _Fields]] = {
    "set_path": _named("path"),
    "move": _moved,
    "scale": _scaled,
    "retime": _retimed,
    "set_phrase": _named("phrase"),
    "set_states": _named("states"),
    "set_visible": _named("visible"),
    "set_depth": _named("depth"),
    "set_motion": _named("motion"),
}

_APPLY: Mapping[str, Callable[[_Fields, Any], None]] = {
    "add_object": _add,
    "remove_object": _remove,
    "replace_object": _replace,
    **dict.fromkeys(_OBJECT_CHANGES, _change),
    "set_setting": _field("setting"),
    "set_scenes": _field("scenes"),
    "set_background": _field("background"),
    "set_timing": _timing,
    "set_prompt": _field("prompt"),
    "reorder": _reorder,
}


def diff(before: DSS, after: DSS) -> tuple[Edit, ...]:
    """Edits that turn `before` into `after`; objects are matched by id, and what is equal yields no edit."""
    old, new = ({item.id: item for item in dss.objects} for dss in (before, after))
    edits: list[Edit] = [RemoveObject(id=name) for name in old if name not in new]
    for name, item in new.items():
        if name in old:
            edits += _object_diff(old[name], item)
    edits += [AddObject(object=item, at=at) for at, item in enumerate(after.objects) if item.id not in old]
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        edits.append(Reorder(ids=tuple(new)))
    if before.setting != after.setting:
        edits.append(SetSetting(setting=after.setting))
    if before.scenes != after.scenes:
        edits.append(SetScenes(scenes=after.scenes))
    if before.background != after.background:
        edits.append(SetBackground(background=after.background))
    if (before.seconds, before.fps) != (after.seconds, after.fps):
        edits.append(
            SetTiming(
                seconds=after.seconds if after.seconds != before.seconds else None,
                fps=after.fps if after.fps != before.fps else None,
            )
        )
    if before.prompt != after.prompt:
        edits.append(SetPrompt(prompt=after.prompt))
    return tuple(edits)


def _object_diff(old: Object, new: Object) -> list[Edit]:
    """Field by field, or as a whole where a lone field's change would not be a valid object on the way."""
    changes: dict[str, Callable[[], Edit]] = {
        "phrase": lambda: SetPhrase(id=old.id, phrase=new.phrase),
        "depth": lambda: SetDepth(id=old.id, depth=new.depth),
        "motion": lambda: SetMotion(id=old.id, motion=new.motion),
        "states": lambda: SetStates(id=old.id, states=new.states),
        "path": lambda: SetPath(id=old.id, path=new.path),
        "visible": lambda: SetVisible(id=old.id, visible=new.visible),
    }
    different = [name for name in changes if getattr(old, name) != getattr(new, name)]
    if len({"path", "visible", "motion"} & set(different)) > 1:
        return [ReplaceObject(id=old.id, object=new)]
    return [changes[name]() for name in different]


def describe(edit: Edit) -> str:
    """The edit as one sentence."""
    return SENTENCES[edit.op](edit)
