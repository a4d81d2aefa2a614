"""Commands about how and when objects move."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of
from flowzero.agent.choreography import Sketch, laid_over, path_for
from flowzero.agent.commands.command import (
    Command,
    Unread,
    anchor_of,
    cast_from,
    default_topic,
    factor_in,
    is_a,
    matching,
    targets,
    thing_of,
)
from flowzero.agent.composing import states_for, visible_for
from flowzero.agent.edits import (
    Edit,
    Retime,
    Scale,
    SetDepth,
    SetMotion,
    SetPath,
    SetStates,
    SetVisible,
)
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import number
from flowzero.agent.placing import GROUND, Stance, centre_of
from flowzero.agent.promises import (
    At,
    Compared,
    Journey,
    Promise,
    Reading,
    Relation,
    Rest,
    Seen,
    Stays,
    Still,
    Trace,
    Turns,
)
from flowzero.agent.reading import parse
from flowzero.agent.tokens import bases, tokenise
from flowzero.dss import Box, Keyframe, Object, Span


def sped(command: Command) -> list[Edit] | None:
    """Faster and slower: a longer or shorter way in the same time, about its start."""
    lows = command.lows
    fast = command.has("faster", "quicker", "fast", "quickly", "speed", "hurry", "rapidly", "quick", "accelerate")
    slow = command.has("slower", "slow", "slowly", "slowed")
    if not (fast or slow) or command.has("camera", "background", "zoom", "pan"):
        return None
    if command.has("half", "down") and "speed" in lows:
        fast, slow = False, True
    if "too" in lows:
        fast, slow = slow, fast
    stop = next((i for i, low in enumerate(lows) if low in ("than", "as")), None)
    ids = targets(command, 0, stop) or command.topic or tuple(item.id for item in command.dss.objects if len(item.path) > 1)
    ids = tuple(item_id for item_id in ids if len(command.object(item_id).path) > 1)
    if not ids:
        raise Unread
    factor = factor_in(command, lows) or 1.5
    command.mentioned = ids
    edits: list[Edit] = []
    for item_id in ids:
        wanted = 1 / factor if slow else factor
        edits += paced(command.object(item_id), wanted)
    return edits


def paced(item: Object, factor: float) -> list[Edit]:
    """The same way at another speed: earlier there and then at rest, or less far; a longer way where there is room."""
    start = item.path[0].box
    if factor < 1:
        path = tuple(
            Keyframe(
                t=k.t,
                box=Box(
                    x=start.x + (k.box.x - start.x) * factor, y=start.y + (k.box.y - start.y) * factor, w=k.box.w, h=k.box.h
                ),
            )
            for k in item.path
        )
        return [SetPath(id=item.id, path=path)]
    far = tuple(
        Keyframe(
            t=k.t,
            box=Box(x=start.x + (k.box.x - start.x) * factor, y=start.y + (k.box.y - start.y) * factor, w=k.box.w, h=k.box.h),
        )
        for k in item.path
    )
    if all(k.box.inside() > 0.8 for k in far):
        return [SetPath(id=item.id, path=far)]
    first, last = item.path[0].t, item.path[-1].t
    return [Retime(id=item.id, start=first, end=first + (last - first) / factor)]


def styled(command: Command) -> list[Edit] | None:
    """The style of motion: smooth, linear, in steps."""
    lows = command.lows
    motion = None
    if command.has("smooth", "smoother", "smoothly", "ease", "eased", "fluid", "gentle"):
        motion = "smooth"
    elif command.has("linear", "linearly", "constant", "uniform", "steady"):
        motion = "linear"
    elif command.has("jerky", "step", "stepwise", "jump-cut", "jumpy", "choppy", "stop-motion"):
        motion = "step"
    if motion is None or command.has("camera", "video"):
        return None
    overall = command.has("motion", "movement", "movements", "everything")
    ids = targets(command, 0) or (() if overall else command.topic)
    ids = ids or tuple(item.id for item in command.dss.objects if len(item.path) > 1)
    if not ids or lows[0] not in ("make", "use", "let", "have", "smooth", "set", "give", "change", "the"):
        return None
    return [SetMotion(id=item_id, motion=motion) for item_id in ids]


def turned_round(command: Command) -> list[Edit] | None:
    """As in "the other way round", "reverse the direction", "mirror it"."""
    text = " ".join(command.lows)
    reverse = any(
        part in text
        for part in (
            "other way",
            "opposite direction",
            "opposite way",
            "other direction",
            "reverse",
            "backwards",
            "backward",
            "turn around",
            "invert",
            "vice versa",
        )
    )
    mirror = command.has("mirror", "flip")
    if not (reverse or mirror) or command.has("camera", "background"):
        return None
    ids = targets(command, 0)
    if not ids:
        moving = tuple(item.id for item in command.dss.objects if len(item.path) > 1)
        ids = tuple(item_id for item_id in command.topic if item_id in moving) or moving
    if not ids:
        raise Unread
    command.mentioned = ids
    edits: list[Edit] = []
    if not mirror:
        ids = tuple(item_id for item_id in ids if len(command.object(item_id).path) > 1)
    for item_id in ids:
        item = command.object(item_id)
        if mirror:
            path = tuple(Keyframe(t=k.t, box=Box(x=1 - k.box.x - k.box.w, y=k.box.y, w=k.box.w, h=k.box.h)) for k in item.path)
        else:
            path = tuple(Keyframe(t=1 - k.t, box=k.box) for k in reversed(item.path))
        edits.append(SetPath(id=item_id, path=path))
    return edits


def stopped(command: Command) -> list[Edit] | None:
    """Stay where it is."""
    lows = command.lows
    hit = lows[0] in ("stop", "freeze") or (
        lows[0] in ("keep", "make", "let", "have", "hold")
        and command.has("still", "static", "stationary", "motionless", "unmoving", "stay", "parked", "standing", "fixed")
    )
    hit = hit or (command.has("not", "don't", "doesn't", "stop") and command.has("move", "moving"))
    if not hit or command.has("camera", "after", "halfway", "then", "appear"):
        return None
    ids = targets(command, 1) or command.topic
    if not ids:
        raise Unread
    return [SetPath(id=item_id, path=(Keyframe(t=0.0, box=command.object(item_id).path[0].box),)) for item_id in ids]


def delayed(command: Command) -> list[Edit] | None:
    """Start or end earlier or later."""
    lows, dss = command.lows, command.dss
    later, earlier = command.has("later", "delay", "after"), command.has("earlier", "sooner", "before")
    if not (later or earlier) or not (
        command.has(
            "start",
            "starts",
            "begin",
            "begins",
            "delay",
            "move",
            "moves",
            "moving",
            "arrive",
            "appear",
            "appears",
            "stop",
            "end",
            "enter",
            "leave",
        )
    ):
        return None
    if "after" in lows and not any(number(low) is not None for low in lows):
        return None
    ids = targets(command, 0) or command.topic
    if not ids:
        raise Unread
    value = next((v for low in lows if (v := number(low)) is not None), None)
    by = min(0.8, value / dss.seconds) if value is not None and command.has("second", "seconds", "s") else 0.25
    edits: list[Edit] = []
    appears = command.has("appear", "appears", "show", "enter")
    for item_id in ids:
        item = command.object(item_id)
        if appears or len(item.path) == 1:
            span = item.visible[0]
            start = by if "after" in lows else span.start + (by if later else -by)
            start = max(round(min(start, span.end - 0.05), 4), 0.0)
            edits.append(SetVisible(id=item_id, visible=(Span(start=start, end=span.end), *item.visible[1:])))
            continue
        first, last = item.path[0].t, item.path[-1].t
        if command.has("stop", "end", "arrive"):
            last = min(1.0, max(first + 0.05, last + (by if later else -by)))
        else:
            first = by if "after" in lows else max(min(first + (by if later else -by), last - 0.1), 0.0)
        edits.append(Retime(id=item_id, start=round(first, 4), end=round(last, 4)))
    return edits


def _span(start: float, end: float) -> Span:
    """The stretch of time from start to end within the video, in ten-thousandths and never empty."""
    start = min(max(round(start, 4), 0.0), 0.9999)
    return Span(start=start, end=min(max(round(end, 4), round(start + 0.0001, 4)), 1.0))


def shown(command: Command) -> list[Edit] | None:
    """When an object is there."""
    if not command.has(
        "appear",
        "appears",
        "disappear",
        "disappears",
        "vanish",
        "vanishes",
        "show",
        "hide",
        "visible",
        "fade",
        "gone",
        "invisible",
        "only",
    ):
        return None
    lows = command.lows
    window = next((hit[1] for i in range(len(lows)) if (hit := phrases.time(command.tokens, i))), None)
    ids = targets(command, 0) or command.topic
    if not ids:
        return None
    if window is None and not command.has("appear", "disappear", "vanish"):
        return None
    start, end = window.window.within(command.dss.seconds) if window else (0.5, 1.0)
    gone = command.has("disappear", "disappears", "vanish", "vanishes", "hide", "gone", "fade", "invisible")
    if gone and window is not None and window.sense == "span":
        spans = [_span(a, b) for a, b in ((0.0, start), (end, 1.0)) if b - a > 0.02]
    elif gone:
        spans = [_span(0.0, start or 0.5)]
    else:
        if window is not None and window.sense in ("moment", "from"):
            end = 1.0
        spans = [_span(start, end)]
    command.mentioned = ids
    return [SetVisible(id=item_id, visible=tuple(spans)) for item_id in ids] if spans else None


def told(command: Command) -> list[Edit] | None:
    """A clause about objects of the plan: "let the ball roll from right to left", "the dog should jump", "make it fall"."""
    lows = command.lows
    tokens = command.tokens
    if lows[0] in ("let", "make", "have", "get"):
        tokens = tokens[1:]
    tokens = tuple(token for token in tokens if token.low not in ("should", "shall", "must", "to-be", "instead", "needs"))
    tokens = tuple(
        token
        for i, token in enumerate(tokens)
        if not (
            token.low == "to"
            and i + 1 < len(tokens)
            and any(b in lex.VERBS for b in bases(tokens[i + 1].low))
            and tokens[i + 1].low not in ("left", "right")
        )
    )
    if lows[0] in ("turn", "move", "send", "fly", "roll", "walk", "drive"):
        phrase = noun_phrase(tokens, 1)
        if phrase is None or not matching(command, phrase):
            return None
        tokens = (*tokens[phrase.start : phrase.end], tokens[0], *tokens[phrase.end :])
    if not tokens:
        return None
    if tokens[0].low == "one" and (matching(command, noun_phrase(tokens, 0)) or noun_phrase(tokens, 0)):
        tokens = (*tokenise("the first"), *tokens[1:])
    cast = cast_from(command.dss)
    known = cast.order
    everybody = tokens[0].low in ("they", "them", "both") and not command.topic and len(known) > 1
    if everybody:
        nouns = dict.fromkeys(thing.noun for thing in cast.things)
        rest = tokens[3:] if [token.low for token in tokens[1:3]] == ["of", "them"] else tokens[1:]
        tokens = (*tokenise(" and ".join(f"the {noun}" for noun in nouns)), *rest)
    if tokens[0].low in ("it", "they", "them") and (command.topic or known):
        ids = command.topic or default_topic(command.dss)
        names = tokenise(" and ".join(f"the {head_of(command.object(item_id).phrase)}" for item_id in ids[:1]))
        tokens = (*names, *tokens[1:])
        cast = CastList(
            tuple(
                thing_of(command.object(item_id)) for item_id in (*ids, *(item_id for item_id in known if item_id not in ids))
            )
        )
        if len(ids) == 1:
            cast = CastList(
                (
                    thing_of(command.object(ids[0])),
                    *(thing_of(item) for item in command.dss.objects if item.id not in ids and not is_a(item, names[-1].low)),
                )
            )
    parsed = parse(command.whole, tokens, cast)
    command.left = parsed.unread
    if any(item_id not in known for item_id in cast.order):
        return None
    reading = Reading(prompt="-", things=cast.things, promises=tuple(parsed.promises), setting=command.dss.setting)
    edits: list[Edit] = []
    for item_id in dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises):
        if item_id in known and not _rests_anyway(command.object(item_id), parsed.promises):
            edits += obeyed(command, item_id, reading)
    command.mentioned = tuple(
        dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises if getattr(promise, "thing", "") in known)
    )
    command.settled = not edits and bool(command.mentioned)
    return edits if edits or command.settled else None


def _rests_anyway(item: Object, promises: Sequence[Promise]) -> bool:
    """Whether it is only told to stop, and does not move."""
    told = [promise for promise in promises if getattr(promise, "thing", "") == item.id]
    stops = all(isinstance(p, Journey) and all(isinstance(step, Rest) for step in p.steps) for p in told)
    return bool(told) and stops and all(key.box == item.path[0].box for key in item.path)


def obeyed(command: Command, item_id: str, reading: Reading) -> list[Edit]:
    """Edits that let one object keep what a clause promises of it."""
    item = command.object(item_id)
    thing = reading.thing(item_id)
    mine = [promise for promise in reading.promises if getattr(promise, "thing", None) == item_id]
    edits: list[Edit] = []
    for promise in mine:
        if isinstance(promise, Seen):
            edits.append(SetVisible(id=item_id, visible=visible_for(thing, reading, command.dss.seconds)))
        elif isinstance(promise, Turns):
            edits.append(SetStates(id=item_id, states=states_for(thing, reading, command.dss.seconds)))
        elif isinstance(promise, Still):
            edits.append(SetPath(id=item_id, path=(Keyframe(t=0.0, box=item.path[0].box),)))
        elif isinstance(promise, Compared) and promise.aspect == "size":
            size = command.object(promise.other).path[0].box.area ** 0.5
            edits.append(
                Scale(
                    id=item_id,
                    factor=(1.25 if promise.sign > 0 else 0.75) * size / item.path[0].box.area ** 0.5,
                    anchor=anchor_of(item),
                )
            )
        elif isinstance(promise, Relation) and promise.relation in ("front", "behind"):
            edits.append(
                SetDepth(id=item_id, depth=command.object(promise.other).depth + (1 if promise.relation == "front" else -1))
            )
    opening = next((promise.steps[0] for promise in mine if isinstance(promise, Journey) and len(promise.steps) == 1), None)
    if isinstance(opening, At) and opening.start and len(item.path) > 1:
        box = item.path[0].box
        cx, cy = centre_of(opening.place, Stance(box.w, box.h, box.cy, box.y + box.h > 0.6), box.cx, box.cy)
        first = Keyframe(t=item.path[0].t, box=Box(x=cx - box.w / 2, y=cy - box.h / 2, w=box.w, h=box.h))
        return [*edits, SetPath(id=item_id, path=(first, *item.path[1:]))]
    if any(
        isinstance(promise, Journey | Stays | Relation)
        or promise.kind in ("moves", "following", "passing", "meeting", "carrying", "growth")
        for promise in mine
    ):
        box = item.path[0].box
        grounded = box.y + box.h > 0.6 and thing.medium != "air"
        at = Stance(box.w, box.h, min(box.cy, GROUND - box.h / 2) if grounded else box.cy, grounded)
        placed = {other.id: (other,) for other in command.dss.objects if other.id != item_id}
        x = min(max(box.cx, box.w / 2), 1 - box.w / 2)
        sketch = Sketch(item_id, at, reading, placed, x, command.dss.seconds)
        waves = [promise.steps[0] for promise in mine if isinstance(promise, Journey) and len(promise.steps) == 1]
        lays = (
            len(item.path) > 1
            and len(waves) == 1
            and isinstance(waves[0], Trace)
            and waves[0].pattern in ("bounce", "up-down", "zigzag")
        )
        path = laid_over(sketch, item.path, waves[0]) if lays else path_for(sketch)  # type: ignore[arg-type]
        if path != item.path:
            edits.append(SetPath(id=item_id, path=path))
    return edits
