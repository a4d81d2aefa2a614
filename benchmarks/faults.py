"""Deliberate errors: each takes a reading and a good plan and gives a damaged plan, or None where it does not apply."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from flowzero.agent.casting import cast_of
from flowzero.agent.edits import (
    AddObject,
    Edit,
    Move,
    RemoveObject,
    Scale,
    SetBackground,
    SetDepth,
    SetPath,
    SetPhrase,
    SetScenes,
    SetSetting,
    SetStates,
    SetVisible,
    apply,
    shift,
)
from flowzero.agent.promises import Promise, Reading, Step
from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene, Span

Fault = Callable[[Reading, DSS, random.Random], DSS | None]


def _of(reading: Reading, dss: DSS, *kinds: str) -> list[tuple[Promise, Object]]:
    """Promises of these kinds with the first object that each is about."""
    cast = cast_of(reading, dss)
    found = []
    for promise in reading.promises:
        ids = cast.get(getattr(promise, "thing", ""), ())
        if promise.kind in kinds and ids:
            found.append((promise, dss.object(ids[0])))
    return found


def _one(reading: Reading, dss: DSS, rng: random.Random) -> Object | None:
    return rng.choice(dss.objects) if dss.objects else None


def _on(kinds: tuple[str, ...], change: Callable[[Object, random.Random], Edit | None]) -> Fault:
    def fault(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
        found = _of(reading, dss, *kinds)
        if not found:
            return None
        edit = change(rng.choice(found)[1], rng)
        return apply(dss, [edit]) if edit is not None else None

    return fault


def _way(change: Callable[[Object, random.Random], Edit | None], *, across: bool = False, stops: int = 1) -> Fault:
    """A fault of journeys that name directions or places: so many of them, and across the picture if so asked."""

    def fault(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
        for promise, item in _of(reading, dss, "journey"):
            named = [_heading(step) for step in getattr(promise, "steps", ())]
            leads = (
                len(named) >= stops and all(named) and (not across or any("left" in name or "right" in name for name in named))
            )
            edit = change(item, rng) if leads else None
            if edit is not None:
                return apply(dss, [edit])
        return None

    return fault


def _heading(step: Step) -> str:
    """Where a step leads in the picture, in words; empty for a shape of motion or a relation."""
    if step.kind == "at":
        return f"{step.place.x or ''}{step.place.y or ''}"
    return step.heading if step.kind == "go" and step.heading not in ("towards", "away") else ""


def _any(change: Callable[[Object, DSS, random.Random], Edit | None]) -> Fault:
    def fault(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
        item = _one(reading, dss, rng)
        edit = change(item, dss, rng) if item is not None else None
        return apply(dss, [edit]) if edit is not None else None

    return fault


def _path(item: Object, change: Callable[[Keyframe], Keyframe]) -> SetPath:
    return SetPath(id=item.id, path=tuple(change(key) for key in item.path))


def _mirrored(item: Object, rng: random.Random) -> Edit | None:
    xs = [key.box.cx for key in item.path]
    if max(xs) - min(xs) < 0.2:
        return None
    return _path(item, lambda k: Keyframe(t=k.t, box=Box(x=1 - k.box.x - k.box.w, y=k.box.y, w=k.box.w, h=k.box.h)))


def _reversed(item: Object, rng: random.Random) -> Edit | None:
    xs, ys = ([getattr(key.box, axis) for key in item.path] for axis in ("cx", "cy"))
    if abs(xs[0] - xs[-1]) + abs(ys[0] - ys[-1]) < 0.2:
        return None
    return SetPath(id=item.id, path=tuple(Keyframe(t=1 - key.t, box=key.box) for key in reversed(item.path)))


def _frozen(item: Object, rng: random.Random) -> Edit | None:
    return SetPath(id=item.id, path=(Keyframe(t=0, box=item.path[0].box),)) if len(item.path) > 1 else None


def _restless(item: Object, rng: random.Random) -> Edit:
    box = item.path[0].box
    way = 0.5 if box.cx < 0.5 else -0.5
    return SetPath(id=item.id, path=(Keyframe(t=0, box=box), Keyframe(t=1, box=shift(box, way, 0))))


def _shuffled(item: Object, rng: random.Random) -> Edit | None:
    if len(item.path) < 3:
        return None
    boxes = [key.box for key in item.path]
    boxes[0], boxes[1] = boxes[1], boxes[0]
    return SetPath(id=item.id, path=tuple(Keyframe(t=key.t, box=box) for key, box in zip(item.path, boxes, strict=True)))


def _recoloured(item: Object, rng: random.Random) -> Edit | None:
    for colour in ("red", "blue", "green", "yellow", "purple", "orange", "black", "white", "pink"):
        if f" {colour} " in item.phrase:
            other = rng.choice([c for c in ("teal", "brown", "gray") if c != colour])
            return SetPhrase(id=item.id, phrase=item.phrase.replace(colour, other))
    return None


def _renamed(item: Object, dss: DSS, rng: random.Random) -> Edit | None:
    return SetPhrase(id=item.id, phrase="a wheelbarrow") if item.states == () else None


def _removed(item: Object, dss: DSS, rng: random.Random) -> Edit:
    return RemoveObject(id=item.id)


def _doubled(item: Object, dss: DSS, rng: random.Random) -> Edit:
    path = tuple(Keyframe(t=k.t, box=shift(k.box, 0.2 if k.box.cx < 0.5 else -0.2, -0.05)) for k in item.path)
    return AddObject(object=Object(**{**dict(item), "id": f"{item.id}-twin", "path": path}))


def _stray(item: Object, dss: DSS, rng: random.Random) -> Edit:
    box = Box(x=rng.choice((0.02, 0.75)), y=0.05, w=0.2, h=0.2)
    return AddObject(object=Object(id="stray", phrase="a purple accordion", path=(Keyframe(t=0, box=box),)))


def _leaping(item: Object, dss: DSS, rng: random.Random) -> Edit:
    before, after = item.box_at(0.5), item.box_at(0.56)
    away = shift(before, 0.6 if before.cx < 0.5 else -0.6, 0)
    kept = [key for key in item.path if not 0.42 < key.t < 0.64]
    extra = [
        Keyframe(t=0.44, box=item.box_at(0.44)),
        Keyframe(t=0.5, box=away),
        Keyframe(t=0.56, box=away),
        Keyframe(t=0.62, box=after),
    ]
    return SetPath(id=item.id, path=tuple(sorted([*kept, *extra], key=lambda key: key.t)))


def _swollen(item: Object, dss: DSS, rng: random.Random) -> Edit | None:
    last = item.box_at(1.0)
    if last.inside() < 0.9:
        return None
    w, h = last.w * 2.4, last.h * 2.4
    grown = Box(x=last.cx - w / 2, y=last.y + last.h - h, w=w, h=h)
    first = item.path[:-1] if item.path[-1].t == 1.0 and len(item.path) > 1 else item.path
    return SetPath(id=item.id, path=(*first, Keyframe(t=1.0, box=grown)))


def _swollen_unasked(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """Something made to grow that no promise lets grow."""
    grows = any(promise.kind == "growth" for promise in reading.promises)
    return None if grows else _any(_swollen)(reading, dss, rng)


def _lifted(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """What a verb of walking, rolling or driving moves, hung into the air."""
    cast = cast_of(reading, dss)
    bound = [thing for thing in reading.things if thing.medium == "ground" and cast.get(thing.id)]
    free = {
        getattr(promise, "thing", None)
        for promise in reading.promises
        if promise.kind in ("passing", "relation", "position", "carrying")
    }
    bound = [thing for thing in bound if thing.id not in free]
    if not bound:
        return None
    item = dss.object(cast[rng.choice(bound).id][0])
    return apply(dss, [Move(id=item.id, dy=0.12 - min(key.box.y + key.box.h for key in item.path))])


def _outside(item: Object, dss: DSS, rng: random.Random) -> Edit | None:
    if len(item.path) > 1:
        return None
    box = item.path[0].box
    return SetPath(id=item.id, path=(Keyframe(t=0, box=Box(x=0.97, y=box.y, w=box.w, h=box.h)),))


def _speck(item: Object, dss: DSS, rng: random.Random) -> Edit | None:
    return Scale(id=item.id, factor=0.02 / max(key.box.w for key in item.path)) if len(item.path) == 1 else None


def _hidden(item: Object, dss: DSS, rng: random.Random) -> Edit | None:
    return SetVisible(id=item.id, visible=(Span(start=0, end=0.4),)) if item.visible == (Span(start=0, end=1),) else None


def _always(item: Object, rng: random.Random) -> Edit:
    return SetVisible(id=item.id, visible=(Span(start=0, end=1),))


def _wrong_half(item: Object, rng: random.Random) -> Edit:
    first = item.visible[0]
    return SetVisible(
        id=item.id, visible=(Span(start=0, end=first.start) if first.start > 0.05 else Span(start=first.end, end=1),)
    )


def _unchanged(item: Object, rng: random.Random) -> Edit | None:
    return SetStates(id=item.id, states=()) if item.states else None


def _stacked(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """One object laid over another that it has nothing to do with."""
    if len(dss.objects) < 2:
        return None
    a, b = rng.sample(dss.objects, 2)
    cast = cast_of(reading, dss)
    thing = {item_id: name for name, ids in cast.items() for item_id in ids}
    for promise in reading.promises:
        told = {getattr(promise, name, None) for name in ("thing", "other", "second")}
        told |= {getattr(step, "other", None) for step in getattr(promise, "steps", ())}
        if {thing.get(a.id), thing.get(b.id)} <= told:
            return None
    return apply(dss, [SetPath(id=a.id, path=b.path), SetDepth(id=a.id, depth=b.depth)])


def _swapped(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """Two objects of a relation in each other's place."""
    cast = cast_of(reading, dss)
    for promise in reading.promises:
        if promise.kind == "relation" and promise.relation in ("left", "right", "above", "below"):
            a, b = dss.object(cast[promise.thing][0]), dss.object(cast[promise.other][0])
            if len(a.path) == len(b.path) == 1:
                moved = [(a, b.path[0].box), (b, a.path[0].box)]
                return apply(dss, [SetPath(id=i.id, path=(Keyframe(t=0, box=_centred(i.path[0].box, at)),)) for i, at in moved])
    return None


def _centred(own: Box, at: Box) -> Box:
    return Box(x=at.cx - own.w / 2, y=at.cy - own.h / 2, w=own.w, h=own.h)


def _sunk(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """The wrong one of two in front."""
    found = [(p, item) for p, item in _of(reading, dss, "relation") if getattr(p, "relation", "") in ("front", "behind")]
    return apply(dss, [SetDepth(id=found[0][1].id, depth=-found[0][1].depth)]) if found else None


def _misplaced(item: Object, rng: random.Random) -> Edit:
    return _mirrored_still(item)


def _mirrored_still(item: Object) -> Edit:
    return _path(item, lambda k: Keyframe(t=k.t, box=Box(x=1 - k.box.x - k.box.w, y=k.box.y, w=k.box.w, h=k.box.h)))


def _outgrown(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """The larger of two made the smaller."""
    cast = cast_of(reading, dss)
    for promise in reading.promises:
        if promise.kind == "comparison" and promise.aspect == "size" and promise.sign > 0:
            own, other = (dss.object(cast[thing][0]) for thing in (promise.thing, promise.other))
            factor = 0.6 * (other.path[0].box.area / own.path[0].box.area) ** 0.5
            return apply(dss, [Scale(id=own.id, factor=factor, anchor="bottom")])
    return None


def _outpaced(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """The faster of two stopped."""
    found = [item for p, item in _of(reading, dss, "comparison") if getattr(p, "aspect", "") == "speed" and len(item.path) > 1]
    return apply(dss, [SetPath(id=found[0].id, path=(found[0].path[0],))]) if found else None


def _filmed_wrong(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """The camera still, or going the other way."""
    if not reading.camera:
        return None
    opposite = {"left": "right", "right": "left", "up": "down", "down": "up"}
    part = dss.background[0]
    if rng.random() < 0.5:
        return apply(dss, [SetBackground(background=(BackgroundMotion(),))])
    turned = part.model_copy(update={"direction": opposite.get(part.direction, part.direction), "zoom": -part.zoom})
    return apply(dss, [SetBackground(background=(turned,))])


def _drifting(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """Something still in a moving world, and it moves too: the still thing wanders."""
    found = _of(reading, dss, "still")
    return apply(dss, [_restless(found[0][1], rng)]) if found else None


def _elsewhere(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """Another setting."""
    if reading.setting is None:
        return None
    return apply(
        dss, [SetSetting(setting="the surface of Venus"), SetScenes(scenes=(Scene(start=0, description=_listed(dss)),))]
    )


def _listed(dss: DSS) -> str:
    return " and ".join(dict.fromkeys(item.phrase for item in dss.objects)) or "nothing"


def _misdescribed(reading: Reading, dss: DSS, rng: random.Random) -> DSS | None:
    """A description that speaks of something else."""
    scene = Scene(start=0, description=f"a lonely lighthouse, {dss.setting}")
    return apply(dss, [SetScenes(scenes=(scene,))]) if dss.objects else None


FAULTS: Mapping[str, Fault] = {
    "object missing": _any(_removed),
    "object doubled": _any(_doubled),
    "stray object": _any(_stray),
    "wrong noun": _any(_renamed),
    "wrong colour": _on(("attribute",), _recoloured),
    "direction mirrored": _way(_mirrored, across=True),
    "motion reversed in time": _way(_reversed),
    "motion missing": _on(("journey", "moves"), _frozen),
    "stops out of order": _way(_shuffled, stops=3),
    "still thing moves": _drifting,
    "wrong side of the picture": _on(("position",), _misplaced),
    "relation swapped": _swapped,
    "depth swapped": _sunk,
    "visible at the wrong time": _on(("appearance",), _wrong_half),
    "visible all the time": _on(("appearance",), _always),
    "hidden for no reason": _any(_hidden),
    "change missing": _on(("change",), _unchanged),
    "camera wrong": _filmed_wrong,
    "wrong setting": _elsewhere,
    "size comparison broken": _outgrown,
    "speed comparison broken": _outpaced,
    "teleports": _any(_leaping),
    "grows for no reason": _swollen_unasked,
    "hangs in the air": _lifted,
    "out of the picture": _any(_outside),
    "too small to see": _any(_speck),
    "laid over another": _stacked,
    "description of something else": _misdescribed,
}
"""Every kind of deliberate error, by name."""
