"""Commands about how and when objects move."""

from __future__ import annotations

import math
import re
from itertools import pairwise

from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.choreography.shapes import changing_pace
from flowzero.agent.commands.command import (
    Command,
    Unread,
    ratio_in,
    targets,
)
from flowzero.agent.edits import (
    Edit,
    Retime,
    SetMotion,
    SetPath,
    SetVisible,
)
from flowzero.agent.phrases import match, number
from flowzero.agent.tokens import bases
from flowzero.dss import Box, Keyframe, Object, Span


def sped(command: Command) -> list[Edit] | None:
    """Faster and slower: a longer or shorter way in the same time, about its start."""
    lows = command.lows
    if command.has("acceleratingly", "deceleratingly"):
        return _changed_on_the_way(command, 1 if command.has("acceleratingly") else -1)
    fast = command.has("faster", "quicker", "fast", "quickly", "speed", "hurry", "rapidly", "quick", "accelerate")
    slow = command.has("slower", "slow", "slowly", "slowed")
    if not (fast or slow) or command.has("camera", "background", "zoom", "pan"):
        return None
    if command.has("half", "halve", "down", "reduce", "decrease", "lower", "slower") and "speed" in lows:
        fast, slow = False, True
    if "too" in lows or ("not" in lows and command.has("so", "that")):
        fast, slow = slow, fast
    if "less" in lows and command.has("speed", "fast", "quick", "quickly"):
        fast, slow = False, True
    if command.has("faster", "quicker") and command.has("slower"):
        raise Unread
    bare = not command.has("faster", "quicker", "slower", "speed", "slow", "slowed", "accelerate")
    if bare and any(phrases.heading(command.tokens, i) or phrases.region(command.tokens, i) for i in range(1, len(lows))):
        return None
    times = [hit[1] for i in range(1, len(lows)) if lows[i] != "by" and (hit := phrases.time(command.tokens, i))]
    if any(not time.window.whole for time in times):
        raise Unread  # a pace that changes on the way is not planned
    stop = next((i for i in range(len(lows) - 1, 0, -1) if lows[i] in ("than", "as")), None)
    rival = targets(command, stop + 1) if stop is not None else ()
    ids = targets(command, 0, stop) or command.topic or tuple(item.id for item in command.dss.objects if len(item.path) > 1)
    ids = tuple(item_id for item_id in ids if len(command.object(item_id).path) > 1)
    if not ids:
        raise Unread
    command.mentioned = ids
    if stop is not None and rival:
        usual = 1.0 if lows[stop] == "as" else 1.3
        pace = ratio_in(command, more=not (slow or command.has("half")), usual=usual) * _pace(command.object(rival[0]))
        if pace <= 0:
            raise Unread
        return [edit for item_id in ids for edit in paced(command.object(item_id), pace / _pace(command.object(item_id)))]
    factor = ratio_in(command, more=not slow, usual=1.5)
    return [edit for item_id in ids for edit in paced(command.object(item_id), factor)]


def _changed_on_the_way(command: Command, sign: int) -> list[Edit]:
    """As in "let the ball roll first slowly, then fast": the same way, covered faster and faster.

    Raises:
        Unread: if nothing that is meant moves.
    """
    moving = tuple(item.id for item in command.dss.objects if len(item.path) > 1)
    ids = tuple(item_id for item_id in targets(command) or command.topic or moving if item_id in moving)
    if not ids:
        raise Unread
    command.mentioned = ids
    return [SetPath(id=item_id, path=changing_pace(command.object(item_id).path, sign)) for item_id in ids]


def _pace(item: Object) -> float:
    """Its way in frame-widths, over the share of the video that it moves for."""
    way = sum(math.hypot(b.box.cx - a.box.cx, b.box.cy - a.box.cy) for a, b in pairwise(item.path))
    return way / max(item.path[-1].t - item.path[0].t, 1e-6)


def paced(item: Object, factor: float) -> list[Edit]:
    """The same way at another speed: earlier there and then at rest, or less far; a longer way where there is room."""
    start = item.path[0].box
    if factor == 1:
        return []
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
    if not ids or lows[0] not in ("make", "use", "let", "have", "smooth", "set", "give", "change", "the", "ease"):
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


_RETURNS = re.compile(
    r"(\b(come|go|run|roll|fly|walk|swim|drive|move|hop)(e?s)? back|\breturns?)( again)?"
    r"( home| to (the|its|their) (start|beginning|starting point)| (to )?where (it|they|he|she) (started|began|came from))?"
    r"( again)?( (at|in|towards) the end)?$"
)


def returned(command: Command) -> list[Edit] | None:
    """As in "let the ball roll back at the end", "the bird should return": the same way, there and back."""
    if command.has("camera", "not", "never") or not _RETURNS.search(" ".join(command.lows)):
        return None
    ids = [item_id for item_id in targets(command, 0) or command.topic if len(command.object(item_id).path) > 1]
    turn = 0.7 if "end" in command.lows else 0.5
    return [SetPath(id=item_id, path=_there_and_back(command.object(item_id).path, turn)) for item_id in ids] or None


def _there_and_back(path: tuple[Keyframe, ...], turn: float) -> tuple[Keyframe, ...]:
    """The path until that time, and from then on the way back."""
    start, end = path[0].t, path[-1].t
    turn = max(turn, start + 0.05)
    there = [((key.t - start) / (end - start), key.box) for key in path]
    onward = [Keyframe(t=round(start + share * (turn - start), 4), box=box) for share, box in there]
    back = [Keyframe(t=round(turn + (1 - share) * (1 - turn), 4), box=box) for share, box in reversed(there)]
    return (*onward, *back[1:])


def stopped(command: Command) -> list[Edit] | None:
    """Stay where it is."""
    lows = command.lows
    hit = (lows[0] in ("stop", "freeze") and not (len(lows) > 1 and lows[1] in lex.PREPOSITIONS)) or (
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
            "stops",
            "end",
            "ends",
            "finish",
            "finishes",
            "arrives",
            "enter",
            "leave",
        )
    ):
        return None
    for word in ("after", "before"):
        if word in lows and not any(number(low) is not None for low in lows[lows.index(word) :]):
            return None
    ids = targets(command, 0) or command.topic
    if not ids:
        raise Unread
    begins = command.has("start", "starts", "begin", "begins") and not command.has("appear", "appears")
    if begins and any(len(command.object(item_id).path) == 1 for item_id in ids):
        return None
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
        if command.has("stop", "stops") and "after" in lows:
            edits += halted(item, by)
            continue
        if command.has("stop", "stops", "end", "ends", "finish", "finishes", "arrive", "arrives"):
            last = min(1.0, max(first + 0.05, last + (by if later else -by)))
        else:
            first = by if "after" in lows else max(min(first + (by if later else -by), last - 0.1), 0.0)
        edits.append(Retime(id=item_id, start=round(first, 4), end=round(last, 4)))
    return edits


def later(item: Object, start: float) -> list[Edit]:
    """Let it go its way from a moment on, and stand still until then."""
    if len(item.path) < 2:
        return []
    last = max(item.path[-1].t, min(1.0, start + 0.05))
    return [Retime(id=item.id, start=round(min(start, last - 0.05), 4), end=round(last, 4))]


def halted(item: Object, stop: float) -> list[Edit]:
    """Let it stand still from a moment on where it has got to by then."""
    before = tuple(key for key in item.path if key.t < stop)
    if len(before) == len(item.path) or not before:
        return []
    return [SetPath(id=item.id, path=(*before, Keyframe(t=round(stop, 4), box=item.box_at(stop))))]


def staggered(command: Command) -> list[Edit] | None:
    """As in "the birds should arrive one after another", "let them appear one by one"."""
    i = next((i for i in range(len(command.lows)) if match(command.tokens, i, "one", "after|by|at", "the?", "*")), None)
    hit = None if i is None else match(command.tokens, i, "one", "after|by|at", "the?", "another|other|one|a", "time?")
    if i is None or hit is None or hit[0] < len(command.tokens):
        return None
    ids = targets(command, 0, i) or command.topic
    comes = command.has("appear", "arrive", "come", "enter", "show", "pop", "arriving", "appearing", "coming", "in")
    if len(ids) < 2 or not comes:
        raise Unread
    command.mentioned = ids
    whole = (Span(start=0, end=1),)
    if any(command.object(item_id).visible != whole for item_id in ids):
        raise Unread
    return [SetVisible(id=item_id, visible=(_span(k / len(ids), 1.0),)) for k, item_id in enumerate(ids) if k]


def _span(start: float, end: float) -> Span:
    """The stretch of time from start to end within the video, in ten-thousandths and never empty."""
    start = min(max(round(start, 4), 0.0), 0.9999)
    return Span(start=start, end=min(max(round(end, 4), round(start + 0.0001, 4)), 1.0))


_SHOWING = (
    "appear", "appears", "disappear", "disappears", "vanish", "vanishes", "show", "hide", "visible", "fade", "gone",
    "invisible",
)  # fmt: skip


def _moving(low: str) -> bool:
    """Whether a word is a form of a verb of motion."""
    return any(base in lex.VERBS and lex.VERBS[base].kind in ("go", "trace", "circle") for base in bases(low))


def shown(command: Command) -> list[Edit] | None:
    """When an object is there."""
    if not command.has(*_SHOWING, "only") or command.has("start", "starts", "begin", "begins", "starting", "beginning"):
        return None
    lows = command.lows
    if not command.has(*_SHOWING) and any(_moving(low) for low in lows[1:]):
        return None  # as in "let the car drive only in the second half"
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
