"""Plans with a deliberate error, the critic's sentences about it, and the changes that right it.

An error is made in a story's plan; what the story's outline says of the thing concerned is the remedy. A fix is kept only if
the critic finds the error, and finds nothing any more once the changes are carried out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from flowzero.agent.changes import Change, Changes, edits_of
from flowzero.agent.constraints import broken, measure
from flowzero.agent.edits import (
    AddObject,
    Edit,
    RemoveObject,
    SetBackground,
    SetPath,
    SetPhrase,
    SetSetting,
    SetVisible,
    apply,
    shift,
)
from flowzero.agent.lexicon import COLOURS
from flowzero.agent.outline import reading_of
from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Span
from flowzero.errors import FlowZeroError, PlanError
from training.planner.revisions import Revision
from training.planner.scenes import Scene, scenes

MOST_SENTENCES = 2
"""Of the critic's, in one question."""


_SPARED = (("pace",), ("rel", "of", "and"), ("at",), ("seen",), ("do",))
"""What of a remedy may be left out where the critic is content without."""


class Fix(NamedTuple):
    """A damaged plan with the critic's sentences and what rights it, and the scene that it was made from."""

    revision: Revision
    scene: Scene


class _Broken(NamedTuple):
    """An error, and what rights it."""

    edit: Edit
    remedy: Mapping[str, Any]


_Fault = Callable[[random.Random, Scene, int], _Broken | None]
"""An error of the object of a line, counted from 1."""


def fixes(seed: int, *, held: bool = False) -> Iterator[Fix]:
    """Errors without end; with `held` in stories of words and templates that are never trained on."""
    rng = random.Random(f"fixes {seed}")
    for scene in scenes(seed + 1_000_003, held=held):
        name = rng.choice(list(_FAULTS))
        line = rng.randint(1, len(scene.dss.objects))
        fault = _FAULTS[name](rng, scene, line)
        if fault is None:
            continue
        try:
            damaged = apply(scene.dss, [fault.edit])
        except PlanError:
            continue
        found = complaints(scene, damaged)
        if not found:
            continue
        remedy = dict(fault.remedy)
        if not mended(scene, damaged, _changes(remedy)):
            continue
        for keys in _SPARED:
            # What the critic does not miss is not in its sentences either.
            less = {key: value for key, value in remedy.items() if key not in keys}
            if mended(scene, damaged, _changes(less)):
                remedy = less
        yield Fix(Revision(damaged, " ".join(found[:MOST_SENTENCES]), _changes(remedy), (f"fix {name}",)), scene)


def complaints(scene: Scene, dss: DSS) -> list[str]:
    """What the critic has to say of a plan of the scene's story."""
    try:
        findings = measure(reading_of(scene.story.outline, scene.story.prompt), dss)
    except FlowZeroError:
        return []
    return [finding.message for finding in findings if finding.promised and broken(finding)]


def mended(scene: Scene, damaged: DSS, changes: Changes) -> bool:
    """Whether the changes leave nothing to complain of."""
    edits = edits_of(changes, "", damaged)
    return bool(edits) and not complaints(scene, apply(damaged, edits))


def _changes(remedy: Mapping[str, Any]) -> Changes:
    return Changes(all=(Change.model_validate(remedy),))


def _line_of(scene: Scene, line: int) -> dict[str, Any]:
    """What the outline says of the thing whose object a line is."""
    item = scene.dss.objects[line - 1]
    name = next(name for name, ids in scene.ids.items() if item.id in ids)
    said = scene.actors[name].line
    return {key: scene.lines(value)[0] if key in ("of", "and") else value for key, value in said.items()}


def _way(change: Callable[[Object], tuple[Keyframe, ...] | None]) -> _Fault:
    def fault(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
        item, said = scene.dss.objects[line - 1], _line_of(scene, line)
        path = change(item)
        if path is None or path == item.path or not {"do", "at", "rel"} & set(said) or said.get("of", 0) > 8:
            return None
        kept = {key: value for key, value in said.items() if key in ("do", "at", "pace", "rel", "of", "and")}
        return _Broken(SetPath(id=item.id, path=path), {"op": "let", "to": (line,), **kept})

    return fault


def _reversed(item: Object) -> tuple[Keyframe, ...] | None:
    return tuple(Keyframe(t=1 - key.t, box=key.box) for key in reversed(item.path)) if len(item.path) > 1 else None


def _mirrored(item: Object) -> tuple[Keyframe, ...]:
    return tuple(Keyframe(t=k.t, box=Box(x=1 - k.box.x - k.box.w, y=k.box.y, w=k.box.w, h=k.box.h)) for k in item.path)


def _frozen(item: Object) -> tuple[Keyframe, ...] | None:
    return (Keyframe(t=0, box=item.path[0].box),) if len(item.path) > 1 else None


def _restless(item: Object) -> tuple[Keyframe, ...]:
    box = item.path[0].box
    return (Keyframe(t=0, box=box), Keyframe(t=1, box=shift(box, 0.5 if box.cx < 0.5 else -0.5, 0)))


def _gone(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    item, said = scene.dss.objects[line - 1], _line_of(scene, line)
    if {"turns", "rel"} & set(said):
        return None
    return _Broken(RemoveObject(id=item.id), {"op": "add", "is": item.phrase, **said})


def _doubled(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    item = scene.dss.objects[line - 1]
    if len(scene.dss.objects) > 11:
        return None
    path = tuple(Keyframe(t=k.t, box=shift(k.box, 0.3 if k.box.cx < 0.5 else -0.3, 0)) for k in item.path)
    copy = item.model_copy(update={"id": f"{item.id}-again", "path": path})
    return _Broken(AddObject(object=copy), {"op": "remove", "to": (len(scene.dss.objects) + 1,)})


def _repainted(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    item = scene.dss.objects[line - 1]
    now = next((word for word in item.phrase.split() if word in COLOURS), None)
    if now is None:
        return None
    other = rng.choice(
        [word for word in ("red", "blue", "green", "yellow", "white", "black", "orange", "purple") if word != now]
    )
    return _Broken(SetPhrase(id=item.id, phrase=item.phrase.replace(now, other)), {"op": "look", "to": (line,), "is": now})


def _mistimed(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    item, said = scene.dss.objects[line - 1], _line_of(scene, line)
    if "seen" not in said:
        return None
    return _Broken(SetVisible(id=item.id, visible=(Span(start=0, end=1),)), {"op": "let", "to": (line,), "seen": said["seen"]})


def _elsewhere(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    where = scene.story.outline.where
    if where is None:
        return None
    other = rng.choice(("a desert", "the moon", "an empty street", "a kitchen"))
    return _Broken(SetSetting(setting=other), {"op": "setting", "is": where})


def _unfilmed(rng: random.Random, scene: Scene, line: int) -> _Broken | None:
    shot = scene.story.outline.cam
    if shot is None or shot in ("still", "in", "out") or shot.startswith("follow"):
        return None
    return _Broken(SetBackground(background=(BackgroundMotion(),)), {"op": "camera", "cam": shot})


_FAULTS: Mapping[str, _Fault] = {
    "reversed": _way(_reversed),
    "mirrored": _way(_mirrored),
    "frozen": _way(_frozen),
    "restless": _way(_restless),
    "gone": _gone,
    "doubled": _doubled,
    "repainted": _repainted,
    "mistimed": _mistimed,
    "elsewhere": _elsewhere,
    "unfilmed": _unfilmed,
}
