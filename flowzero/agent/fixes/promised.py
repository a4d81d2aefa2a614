"""Candidates for broken promises, the least change first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flowzero.agent.casting import likeness
from flowzero.agent.choreography import implied
from flowzero.agent.composing import (
    first_phrase,
    object_ids,
    place_object,
    states_for,
    visible_for,
)
from flowzero.agent.edits import (
    AddObject,
    Edit,
    RemoveObject,
    Scale,
    SetBackground,
    SetPhrase,
    SetSetting,
    SetStates,
    SetVisible,
)
from flowzero.agent.filming import background_for
from flowzero.agent.fixes.common import Change, into_frame, objects_of, thing_of
from flowzero.agent.fixes.elsewhere import elsewhere, within_it
from flowzero.agent.fixes.paths import moved, paced, placed_anew, replanned, swollen
from flowzero.agent.fixes.sides import side_by_side
from flowzero.agent.fixes.stepwise import in_formation, journeyed, told_out
from flowzero.agent.measures import Scene
from flowzero.agent.placing import crowd_of, stance
from flowzero.agent.promises import Compared, Count, Journey, Promise, Relation, Stays
from flowzero.plan import Finding


def _count(promise: Count, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Add what is missing, take out what fits least, or bring back what is hidden."""
    have = [item for thing in promise.things for item in objects_of(scene, thing)]
    for thing in promise.things:
        wrong = [item for item in objects_of(scene, thing) if item.id in finding.ids]
        yield tuple(SetPhrase(id=item.id, phrase=first_phrase(scene.things[thing], scene.reading)) for item in wrong)
    if len(have) < promise.n:
        yield _added(promise, scene, promise.n - len(have))
        return
    if promise.n == 0:
        yield tuple(RemoveObject(id=item_id) for item_id in finding.ids)
        return
    if promise.exact and len(have) > promise.n:
        things = [scene.things[item_id] for item_id in promise.things]
        fit = sorted(
            have, key=lambda item: (max(likeness(thing, item) for thing in things), -scene.tracks.dss.objects.index(item))
        )
        surplus = len(have) - promise.n
        yield tuple(RemoveObject(id=item.id) for item in fit[:surplus])
        for spare in fit[surplus:]:
            yield (*(RemoveObject(id=item.id) for item in fit[: surplus - 1]), RemoveObject(id=spare.id))
        return
    shown = tuple(
        SetVisible(id=item.id, visible=visible_for(scene.things[thing], scene.reading, scene.tracks.dss.seconds))
        for thing in promise.things
        for item in objects_of(scene, thing)
        if item.id in finding.ids
    )
    yield shown
    for thing in promise.things:
        for member, item in enumerate(objects_of(scene, thing)):
            if item.id in finding.ids:
                yield (*shown, *into_frame(item))
                yield (*shown, *placed_anew(scene.things[thing], item, member, scene))
    yield tuple(
        change
        for thing in promise.things
        for item in objects_of(scene, thing)
        if item.id in finding.ids
        for change in (*shown, *into_frame(item))
    )
    yield from _in_sight(promise, scene, finding)


def _in_sight(promise: Count, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Ways that keep in sight who is out of it for long: its own from elsewhere, or shifted with all that it is told of."""
    for thing in promise.things:
        if not {item.id for item in objects_of(scene, thing)} & set(finding.ids):
            continue
        for journey in scene.reading.promises:
            if isinstance(journey, Journey) and journey.thing == thing:
                yield from told_out(journey, scene)
        yield from elsewhere(promise, scene, thing)


def _added(promise: Count, scene: Scene, missing: int) -> Change:
    """New objects for the things that lack them, placed among the others."""
    placed = {thing: tuple(objects_of(scene, thing)) for thing in scene.cast}
    others = tuple(item for item in scene.tracks.dss.objects if not any(item in items for items in placed.values()))
    placed["*"] = others
    new: list[Edit] = []
    for item_id in promise.things:
        thing = scene.things[item_id]
        while missing and len(placed[item_id]) < thing.count:
            taken = [item.id for items in placed.values() for item in items]
            name = object_ids(thing.model_copy(update={"count": 1}), taken)[0]
            at = stance(thing, scene.reading, crowd_of(scene.reading))
            item = place_object(name, thing, len(placed[item_id]), implied(scene.reading), placed, scene.tracks.dss.seconds, at)
            placed[item_id] = (*placed[item_id], item)
            new.append(AddObject(object=item))
            missing -= 1
    return tuple(new)


def _phrased(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = thing_of(scene, promise)
    if thing is None:
        return
    phrase = first_phrase(thing, scene.reading)
    yield tuple(SetPhrase(id=item.id, phrase=phrase) for item in objects_of(scene, thing.id) if item.id in finding.ids)


def _turned(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = thing_of(scene, promise)
    if thing is None:
        return
    states = states_for(thing, scene.reading, scene.tracks.dss.seconds)
    objects = [item for item in objects_of(scene, thing.id) if item.id in finding.ids]
    yield tuple(SetStates(id=item.id, states=states) for item in objects)
    phrase = first_phrase(thing, scene.reading)
    yield tuple(
        change for item in objects for change in (SetPhrase(id=item.id, phrase=phrase), SetStates(id=item.id, states=states))
    )


def _shown(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    thing = thing_of(scene, promise)
    if thing is None:
        return
    visible = visible_for(thing, scene.reading, scene.tracks.dss.seconds)
    objects = [item for item in objects_of(scene, thing.id) if item.id in finding.ids]
    yield tuple(SetVisible(id=item.id, visible=visible) for item in objects)
    yield tuple(change for item in objects for change in (*into_frame(item), SetVisible(id=item.id, visible=visible)))
    yield from moved(promise, scene, finding)


def _set(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    if scene.reading.setting is not None:
        yield (SetSetting(setting=scene.reading.setting),)


def _filmed(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    new = SetBackground(background=background_for(scene.reading, scene.tracks.dss.seconds))
    yield (new,)
    thing = thing_of(scene, promise)
    if thing is not None:
        for item in objects_of(scene, thing.id):
            yield (new, *replanned(thing, item, 0, scene))


def _scaled(promise: Promise, scene: Scene, finding: Finding) -> Iterator[Change]:
    """Scale to what the promise needs, about the feet."""
    thing = thing_of(scene, promise)
    if thing is None:
        return
    factors = (1.2, 1.4, 1.7, 2.2) if getattr(promise, "sign", 1) > 0 else (0.8, 0.65, 0.5, 0.35)
    for factor in factors:
        yield tuple(Scale(id=item.id, factor=factor, anchor="bottom") for item in objects_of(scene, thing.id))


def _compared(promise: Compared, scene: Scene, finding: Finding) -> Iterator[Change]:
    ours, theirs = objects_of(scene, promise.thing), objects_of(scene, promise.other)
    if not ours or not theirs:
        return
    if promise.aspect == "speed":
        yield from paced(promise, scene)
        yield from moved(promise, scene, finding)
        return
    sizes = [sum(scene.tracks.by_id[item.id].size for item in items) / len(items) for items in (ours, theirs)]
    goal = {1: 1.25, 0: 1.0, -1: 0.8}[promise.sign]
    factor = goal * sizes[1] / sizes[0]
    if factor * sizes[0] <= 0.6:
        yield tuple(Scale(id=item.id, factor=factor, anchor="bottom") for item in ours)
    yield tuple(Scale(id=item.id, factor=1 / factor, anchor="bottom") for item in theirs)
    root = factor**0.5
    yield (
        *(Scale(id=item.id, factor=root, anchor="bottom") for item in ours),
        *(Scale(id=item.id, factor=1 / root, anchor="bottom") for item in theirs),
    )


def _related(promise: Relation, scene: Scene, finding: Finding) -> Iterator[Change]:
    yield from side_by_side(promise, scene, finding)
    yield from within_it(promise, scene)
    for thing in dict.fromkeys((promise.thing, promise.other)):
        yield from elsewhere(promise, scene, thing)


def _placed(promise: Stays, scene: Scene, finding: Finding) -> Iterator[Change]:
    yield from moved(promise, scene, finding)
    yield from elsewhere(promise, scene, promise.thing)


FIXES: Mapping[str, Callable[..., Iterator[Change]]] = {
    "count": _count,
    "attribute": _phrased,
    "change": _turned,
    "appearance": _shown,
    "setting": _set,
    "camera": _filmed,
    "size": _scaled,
    "comparison": _compared,
    "relation": _related,
    "position": _placed,
    "journey": journeyed,
    "following": in_formation,
    "growth": swollen,
}
