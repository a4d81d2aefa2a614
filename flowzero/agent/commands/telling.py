"""Clauses about objects of the plan, read by the grammar of prompts: what they promise, the objects shall do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.bonds import GOING
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of
from flowzero.agent.choreography import Sketch, laid_over, path_for, swelling
from flowzero.agent.commands.command import (
    Command,
    anchor_of,
    cast_from,
    default_topic,
    is_a,
    matching,
    thing_of,
)
from flowzero.agent.commands.gathering import gathered
from flowzero.agent.commands.motion import halted, later
from flowzero.agent.commands.video import taken_to
from flowzero.agent.composing import states_for, visible_for
from flowzero.agent.edits import (
    Edit,
    Scale,
    SetDepth,
    SetPath,
    SetStates,
    SetVisible,
)
from flowzero.agent.matching import match
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.placing import GROUND, Stance, centre_of
from flowzero.agent.promises import (
    At,
    Compared,
    Go,
    Grows,
    Journey,
    Moves,
    Place,
    Promise,
    Reading,
    Relation,
    Rest,
    Seen,
    Stays,
    Still,
    Trace,
    Turns,
    Window,
)
from flowzero.agent.reading import parse
from flowzero.agent.tokens import Token, bases, tokenise
from flowzero.dss import VECTORS, Box, Keyframe, Object


def told(command: Command) -> list[Edit] | None:  # noqa: C901, PLR0911, PLR0912, PLR0915
    """A clause about objects of the plan: "let the ball roll from right to left", "the dog should jump", "make it fall"."""
    lows = command.lows
    tokens = command.tokens
    if lows[0] in ("let", "make", "have", "get"):
        tokens = tokens[1:]
    if any(low == "not" and after in lex.HASTY | lex.SLOW for low, after in pairwise(lows)):
        return None
    if lows[0] not in ("let", "make", "have", "get") and any(low == "too" and after in _FINDS for low, after in pairwise(lows)):
        return None  # as in "the ball goes too far up": what is so, and shall not be
    tokens, aside_words = _plain(command, tokens)
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
    named = noun_phrase(tokens, 0)
    alone = named is None or not named.noun  # "both birds" are not everybody
    everybody = tokens[0].low in ("they", "them", "both") and alone and len(command.topic) < 2 and len(known) > 1
    if everybody:
        heads = [thing.noun for thing in cast.things]
        nouns = dict.fromkeys(head if heads.count(head) == 1 else f"{head}s" for head in heads)
        rest = tokens[3:] if [token.low for token in tokens[1:3]] == ["of", "them"] else tokens[1:]
        tokens = (*tokenise(" and ".join(f"the {noun}" for noun in nouns)), *rest)
    personal = tokens[0].low in ("he", "him", "she", "her") and noun_phrase(tokens[1:], 0) is None
    if personal and not command.topic:
        command.topic = _alive(command, tokens[1:])
        if not command.topic:
            return None
    if (tokens[0].low in ("it", "they", "them") or personal) and (command.topic or known):
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
    command.left = (*parsed.unread, *aside_words)
    if any(item_id not in known for item_id in cast.order):
        return None
    reading = Reading(prompt="-", things=cast.things, promises=tuple(parsed.promises), setting=command.dss.setting)
    edits: list[Edit] = []
    together = _together(command, parsed.promises)
    aside = _aside(command, tokens)
    if together is not None:
        edits += gathered(command, *together)
    for item_id in dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises if together is None):
        if item_id in known and item_id not in aside and not _does_anyway(command.object(item_id), parsed.promises):
            edits += obeyed(command, item_id, reading)
    command.mentioned = tuple(
        dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises if getattr(promise, "thing", "") in known)
    )
    if parsed.setting:
        edits += taken_to(command, parsed.setting)
    command.settled = not edits and bool(command.mentioned)
    return edits if edits or command.settled else None


def _alive(command: Command, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Who "he" or "she" is when nobody was spoken of: the only person, or else the only animal."""
    named = {item_id for i in range(len(tokens)) for item_id in matching(command, noun_phrase(tokens, i))}
    others = [item for item in command.dss.objects if item.id not in named]
    if len(others) == 1:
        return (others[0].id,)
    for group in ("person", "animal"):
        found = [item.id for item in others if (known := vocabulary.find(item.phrase)) and known.group == group]
        if found:
            return tuple(found) if len(found) == 1 else ()
    return ()


def _plain(command: Command, tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """The clause without what it shall not be ("down instead of up") and what it is like ("like a rubber ball"), and that."""
    for i in range(2, len(tokens) - 1):
        like = match(tokens, i, "like", "a|an") or match(tokens, i, "as", "if|though")
        other = (
            match(tokens, i, ",?", "instead", "of") or match(tokens, i, ",?", "rather", "than") or match(tokens, i, ",?", "not")
        )
        if like is None and other is None:
            continue
        rest = tokens[(like or other or (i, []))[0] :]
        words = command.whole[tokens[i].start : tokens[-1].end]
        if like is not None:
            return tokens[:i], (words,) if words in command.whole else ()
        if len(rest) <= 4 and not any(token.low in lex.HASTY | lex.SLOW | lex.COMPARATIVES | _ASIDE for token in rest):
            named = any(matching(command, noun_phrase(rest, k)) for k in range(len(rest)))
            ways = any(token.low in lex.HEADINGS or token.low in lex.UPRIGHT for token in rest)
            acts = len(rest) == 1 and any(base in lex.VERBS for base in bases(rest[0].low))
            if not named and (ways or acts):
                return tokens[:i], ()
    return tokens, ()


_FINDS = (
    lex.HASTY | lex.SLOW | lex.LARGE | lex.SMALL | frozenset(["far", "much", "soon", "late", "early", "high", "low", "long"])
)
"""What is found too much of something."""
_ASIDE = frozenset(["when", "after", "before", "once", "until", "till"])


def _aside(command: Command, tokens: Sequence[Token]) -> frozenset[str]:
    """Objects that are only named where a clause says when, as in "let the cat run when the dog has gone"."""
    lows = [token.low for token in tokens]
    at = next((i for i, low in enumerate(lows) if i and low in _ASIDE and lows[i + 1 : i + 2] != ["all"]), None)
    if at is None:
        return frozenset()
    named: list[set[str]] = [set(), set()]  # before and after
    for i in range(len(tokens)):
        named[i >= at] |= set(matching(command, noun_phrase(tokens, i)))
    return frozenset(named[1] - named[0])


def _together(command: Command, promises: Sequence[Promise]) -> tuple[tuple[str, ...], Place] | None:
    """Several objects, or one that moves, and the part of the picture where all of them shall be; None if more is told."""
    places = {promise.place for promise in promises if isinstance(promise, Stays) and promise.window.whole}
    ids = tuple(dict.fromkeys(promise.thing for promise in promises if isinstance(promise, Stays)))
    told = [promise for promise in promises if promise.kind not in ("position", "count", "attribute")]
    known = all(any(item.id == item_id for item in command.dss.objects) for item_id in ids)
    if told or len(places) != 1 or not known or len(ids) < 2:
        return None
    return ids, places.pop()


def _from_here(promises: Sequence[Promise], box: Box) -> list[tuple[float, float, float, float]]:
    """Where a way up or down begins, and nothing else is told: where the object is, if that leaves room to go."""
    ways = [promise for promise in promises if promise.kind in GOING]
    steps = ways[0].steps if len(ways) == len(promises) == 1 and isinstance(ways[0], Journey) and ways[0].window.whole else ()
    heading = steps[0].heading if len(steps) == 1 and isinstance(steps[0], Go) else ""
    room = {"up": box.y, "down": 1 - box.y - box.h}.get(heading, 0.0)
    return [(0.0, box.cx, box.cy, 1.0)] if room >= 0.2 else []


def _goes_as_before(promises: Sequence[Promise]) -> bool:
    """Whether nothing says where it goes, so that it goes where it went."""
    return all(promise.kind in ("still", "moves") for promise in promises)


def _stop(promises: Sequence[Promise]) -> Window | None:
    """When it is told to stop, if it is told that and no more."""
    ways = [promise for promise in promises if promise.kind in GOING]
    alone = len(ways) == 1 and isinstance(ways[0], Journey) and ways[0].steps == (Rest(),) and ways[0].window.start > 0
    return ways[0].window if alone else None  # type: ignore[union-attr]


def _does_anyway(item: Object, promises: Sequence[Promise]) -> bool:
    """Whether it is only told to stop, and does not move; or is only said to move, beside what others do, and does."""
    named = {getattr(promise, name, None) for promise in promises for name in ("thing", "other")} - {None}
    mine = [promise for promise in promises if item.id in (getattr(promise, "thing", ""), getattr(promise, "other", ""))]
    moves = all(isinstance(promise, Moves) and promise.window.whole and not promise.across for promise in mine)
    return _rests_anyway(item, promises) or (moves and len(named) > 1 and len(item.path) > 1)


def _rests_anyway(item: Object, promises: Sequence[Promise]) -> bool:
    """Whether it is only told to stop, and does not move."""
    told = [promise for promise in promises if getattr(promise, "thing", "") == item.id]
    stops = all(isinstance(p, Journey) and all(isinstance(step, Rest) for step in p.steps) for p in told)
    return bool(told) and stops and all(key.box == item.path[0].box for key in item.path)


def _goes_anyway(item: Object, ways: Sequence[Promise], reading: Reading) -> list[Edit] | None:
    """For what moves already: nothing if it is told to move, or where it goes; its way back if it is told the other way."""
    met = any(getattr(promise, "other", None) == item.id for promise in reading.promises)
    if ways and not met and all(isinstance(way, Moves) and way.window.whole for way in ways):
        return []
    asked = _asked_way(ways)
    first, last = item.path[0].box, item.path[-1].box
    dx, dy = last.cx - first.cx, last.cy - first.cy
    along = dx * asked[0] + dy * asked[1] if asked is not None else 0.0
    if abs(along) <= max(0.15, 0.7 * math.hypot(dx, dy)) or 0 < along < 0.35:
        return None  # a few steps that way are not yet what is told
    back = tuple(Keyframe(t=round(1 - key.t, 6), box=key.box) for key in reversed(item.path))
    return [SetPath(id=item.id, path=back)] if along < 0 else []


def _asked_way(ways: Sequence[Promise]) -> tuple[float, float] | None:
    """The one direction that is told and nothing else, as in "goes up", "comes from the right"; None if more is told."""
    if len(ways) != 1 or not isinstance(ways[0], Journey) or not ways[0].window.whole or ways[0].manner != "any":
        return None
    steps = ways[0].steps
    if len(steps) == 2 and isinstance(steps[0], At) and steps[0].start and steps[0].place.y is None:
        steps = steps[1:]
    goes = steps[0] if len(steps) == 1 else None
    if not isinstance(goes, Go) or goes.heading not in ("left", "right", "up", "down"):
        return None
    return VECTORS[goes.heading]


_WAYS = frozenset(["journey", "position", "relation", "moves", "following", "passing", "meeting", "carrying"])
"""Promises of where a thing is or goes."""


def obeyed(command: Command, item_id: str, reading: Reading) -> list[Edit]:  # noqa: C901, PLR0911, PLR0912
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
        elif isinstance(promise, Still) and promise.window.waiting:
            waits = later(item, promise.window.within(command.dss.seconds)[1]) if _goes_as_before(mine) else []
            edits += [edit for edit in waits if edit not in edits]
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
    if any(isinstance(promise, Still) and promise.window.waiting for promise in mine) and edits:
        return edits
    if (stop := _stop(mine)) is not None and len(item.path) > 1:
        return [*edits, *halted(item, stop.within(command.dss.seconds)[0])]
    ways = [promise for promise in mine if promise.kind in (*_WAYS, "growth")]
    if len(ways) == 1 and isinstance(ways[0], Grows):
        path = swelling(item, ways[0], command.dss.seconds, stands=anchor_of(item) == "bottom")
        return [*edits, SetPath(id=item_id, path=path)]
    opening = next((promise.steps[0] for promise in mine if isinstance(promise, Journey) and len(promise.steps) == 1), None)
    if isinstance(opening, At) and opening.start and len(item.path) > 1:
        box = item.path[0].box
        cx, cy = centre_of(opening.place, Stance(box.w, box.h, box.cy, box.y + box.h > 0.6), box.cx, box.cy)
        if abs(item.path[-1].box.cx - cx) < 0.15 < abs(item.path[-1].box.cx - box.cx):  # it would hardly move: the way turns
            path = tuple(Keyframe(t=1 - key.t, box=key.box) for key in reversed(item.path))
            return [*edits, SetPath(id=item_id, path=path)]
        first = Keyframe(t=item.path[0].t, box=Box(x=cx - box.w / 2, y=cy - box.h / 2, w=box.w, h=box.h))
        return [*edits, SetPath(id=item_id, path=(first, *item.path[1:]))]
    if len(item.path) > 1 and (known := _goes_anyway(item, ways, reading)) is not None:
        return [*edits, *known]
    if ways:
        box = item.path[0].box
        grounded = box.y + box.h > 0.6 and thing.medium != "air"
        at = Stance(box.w, box.h, min(box.cy, GROUND - box.h / 2) if grounded else box.cy, grounded)
        placed = {other.id: (other,) for other in command.dss.objects if other.id != item_id}
        x = min(max(box.cx, box.w / 2), 1 - box.w / 2)
        sketch = Sketch(item_id, at, reading, placed, x, command.dss.seconds)
        sketch.points += _from_here(mine, box)
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
