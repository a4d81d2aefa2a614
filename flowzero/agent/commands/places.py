"""Commands about where objects are: places, relations, depth."""

from __future__ import annotations

from itertools import pairwise

from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.commands.command import IMPERATIVES, Command, Unread, matching, targets
from flowzero.agent.commands.gathering import gathered
from flowzero.agent.edits import (
    Edit,
    Move,
    SetDepth,
)
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Region, number
from flowzero.agent.placing import Stance, beside, centre_of
from flowzero.agent.promises import Place
from flowzero.dss import VECTORS, Object


def layered(command: Command) -> list[Edit] | None:  # noqa: PLR0911
    """In front and behind: the order in depth."""
    lows = command.lows
    text = " ".join(lows)
    ids: tuple[str, ...]
    for words, sign in (("in front of", 1), ("behind", -1)):
        if f" {words} " in f" {text} " and not text.endswith(words):
            at = lows.index(words.split()[0])
            if lows[0] in ("add", "insert"):
                return None
            start = 1 if lows[0] in IMPERATIVES else 0
            ids, others = targets(command, start, at) or command.topic, targets(command, at + len(words.split()))
            if not ids or not others:
                return None
            command.mentioned = ids
            levels = [command.object(other).depth for other in others if other not in ids]
            if not levels:
                return None
            level = max(levels) if sign > 0 else min(levels)
            return [SetDepth(id=item_id, depth=level + sign) for item_id in ids]
    if lows[-2:] == ["in", "front"] or lows[-1] == "behind":
        text += " to the front" if lows[-1] == "front" else " to the back"
    front = any(
        part in text for part in ("to the front", "to the foreground", "in the foreground", "forward", "closest", "nearest")
    )
    back = any(part in text for part in ("to the back", "to the background", "in the background", "furthest"))
    if not (front or back):
        return None
    ids = targets(command, 1 if lows[0] in IMPERATIVES else 0) or command.topic
    if not ids:
        return None
    command.mentioned = ids
    depths = [item.depth for item in command.dss.objects if item.id not in ids] or [0]
    return [SetDepth(id=item_id, depth=max(depths) + 1 if front else min(depths) - 1) for item_id in ids]


def repositioned(command: Command) -> list[Edit] | None:  # noqa: PLR0911
    """Move it to the left, up a bit, to the top right corner, next to the tree."""
    lows = command.lows
    if "side" in lows and command.has("other", "opposite") and not command.has("of"):
        return _across(command)
    if lows[0] not in (
        "move",
        "nudge",
        "relocate",
        "reposition",
        "put",
        "place",
        "shift",
        "bring",
        "push",
        "pull",
        "position",
        "set",
        "send",
        "raise",
        "lower",
        "slide",
        "drag",
        "get",
        "take",
    ):
        return None
    acts = any(low == "to" and after in lex.VERBS and after not in lex.HEADINGS for low, after in pairwise(lows))
    if acts or any(low in ("from", "then", "moving", "slowly") for low in lows):
        return None
    fresh = noun_phrase(command.tokens, 1)
    if fresh is not None and fresh.noun and not fresh.definite and not matching(command, fresh):
        return None  # as in "put a cake in the middle"
    ids = targets(command, 1) or command.topic
    if not ids:
        return None
    if any(phrases.time(command.tokens, i) for i in range(1, len(lows))):
        return None
    if len(ids) > 1 and (place := _one_place(command)) is not None:
        command.mentioned = ids
        return gathered(command, ids, place)
    factor = 0.08 if command.has("bit", "little", "slightly") else 0.35 if command.has("far", "lot", "much") else 0.2
    amount = next(
        (
            v / 100
            for i, low in enumerate(lows)
            if low.endswith("%") or (i + 1 < len(lows) and lows[i + 1] in ("%", "percent"))
            if (v := number(low))
        ),
        None,
    )
    factor = amount or factor
    edits: list[Edit] = []
    for item_id in ids:
        goal = _goal(command, item_id, factor)
        if goal is None:
            return None
        dx, dy = goal
        edits.append(Move(id=item_id, dx=round(dx, 4), dy=round(dy, 4)))
    command.mentioned = ids
    return edits


def _one_place(command: Command) -> Place | None:
    """The part of the picture on, at or in which several shall be."""
    for i in range(2, len(command.tokens)):
        region = phrases.region(command.tokens, i)
        if command.lows[i - 1] in ("on", "at", "in") and region and isinstance(region[1], Region) and not region[1].contrary:
            return region[1].place
    return None


def _across(command: Command) -> list[Edit] | None:
    """As in "put the dog on the other side": mirrored about the middle of the picture, its way kept."""
    start = 1 if command.lows[0] in IMPERATIVES else 0
    at = command.lows.index("side")
    ids = targets(command, start, at - 1) or command.topic
    if not ids or not (start or "be" in command.lows):
        return None
    command.mentioned = ids
    edits: list[Edit] = []
    for item_id in ids:
        box = command.object(item_id).path[0].box
        dx = 1 - 2 * box.cx
        if any(key.box.x + dx < -0.01 or key.box.x + key.box.w + dx > 1.01 for key in command.object(item_id).path):
            raise Unread
        edits.append(Move(id=item_id, dx=round(dx, 4), dy=0.0))
    return edits


def _goal(command: Command, item_id: str, step: float) -> tuple[float, float] | None:  # noqa: PLR0911
    """How far the object's path has to shift."""
    item = command.object(item_id)
    box = item.path[0].box
    xs, ys = [k.box.cx for k in item.path], [k.box.cy for k in item.path]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    at = Stance(box.w, box.h, y, box.y + box.h > 0.7)
    if command.lows[0] in ("raise", "lower"):
        return 0.0, _room(item, 0.0, -step if command.lows[0] == "raise" else step)[1]
    if command.has("higher", "lower") and not command.has("left", "right", "corner"):
        return 0.0, _room(item, 0.0, -step if command.has("higher") else step)[1]
    tokens = command.tokens
    goal = next((i for i in range(2, len(tokens)) if tokens[i].low == "the" and phrases.region(tokens, i)), len(tokens))
    for i in range(1, len(command.tokens)):
        side = phrases.relation(command.tokens, i)
        if side and (other := noun_phrase(command.tokens, side[0])) is not None:
            ids = tuple(name for name in matching(command, other) if name != item_id)
            if ids:
                cx, cy = beside(side[1].relation, at, command.object(ids[0]).path[0].box, x, y)
                return cx - box.cx, cy - box.cy
        region = phrases.region(command.tokens, i)
        if region and isinstance(region[1], Region):
            if region[1].bare and region[1].place.x in ("left", "right") and region[1].place.y is None:
                return _room(item, -step if region[1].place.x == "left" else step, 0.0)
            cx, cy = centre_of(region[1].place, at, x, y)
            return cx - x, cy - y
        if i < goal < len(tokens) and tokens[i].low in ("up", "down"):
            continue  # as in "down to the bottom"
        heading = phrases.heading(command.tokens, i)
        if heading and heading[1] in VECTORS:
            ux, uy = VECTORS[heading[1]]
            return _room(item, ux * step, uy * step)
    return None


def _room(item: Object, dx: float, dy: float) -> tuple[float, float]:
    """A shift cut down to what keeps the path in the frame, or as asked when it left the frame before."""
    boxes = [k.box for k in item.path]
    left, right = min(b.x for b in boxes), max(b.x + b.w for b in boxes)
    top, bottom = min(b.y for b in boxes), max(b.y + b.h for b in boxes)
    if left >= 0 and right <= 1:
        dx = max(dx, -left) if dx < 0 else min(dx, 1 - right)
    if top >= 0 and bottom <= 1:
        dy = max(dy, -top) if dy < 0 else min(dy, 1 - bottom)
    return dx, dy
