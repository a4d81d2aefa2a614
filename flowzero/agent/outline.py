"""An outline: what happens in a video, in a few words. A very small language model writes it; code says where everything is.

A model of a hundred million parameters cannot place boxes, but it can say that a red ball goes from left to right. An outline
is that much: things, and of each where it stands, what it does, and what it has to do with one other thing. It becomes the same
:class:`~flowzero.agent.promises.Reading` that our own grammar makes of a prompt, and the built-in planner composes from that.

On the wire it is short JSON. What says nothing is left out; things are numbered from 1 in the order of the list; times are
tenths of the video.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowzero.agent import lexicon as lex
from flowzero.agent import promises as p
from flowzero.agent.bonds import brought, coming_to, not_from_oneself
from flowzero.agent.heads import described
from flowzero.agent.nature import is_chair
from flowzero.agent.outline_ways import TRACES, in_turn, landed, lands, place_of, steps_of
from flowzero.agent.readback import slug, words
from flowzero.agent.replies import pieces
from flowzero.agent.schemas import Schema
from flowzero.agent.technical import in_plain_words
from flowzero.agent.tokens import singular, tokenise
from flowzero.dss import explain
from flowzero.errors import LLMReplyError

Spot = Literal[
    "left", "right", "middle", "top", "bottom", "top left", "top right", "bottom left", "bottom right"
]  # fmt: skip
Act = Literal[
    "rest", "go", "left", "right", "up", "down", "up left", "up right", "down left", "down right", "near", "far",
    "circle", "bounce", "zigzag", "up and down", "side to side", "wander",
    "at left", "at right", "at middle", "at top", "at bottom",
    "at top left", "at top right", "at bottom left", "at bottom right",
    "in left", "in right", "in top", "in bottom", "out left", "out right", "out top", "out bottom",
]  # fmt: skip
Tie = Literal[
    "left of", "right of", "above", "below", "in front of", "behind", "inside", "near", "on", "between",
    "to", "from", "around", "past", "follows", "meets", "parts from", "rides", "opposite",
    "bigger than", "smaller than", "faster than", "slower than", "after",
]  # fmt: skip
Shot = Literal["left", "right", "up", "down", "in", "out", "still", "roll", "shake", "follow 1", "follow 2", "follow 3"]

SEVERAL = 0
"""The number of things where the prompt leaves it open."""

MAX_THINGS = 8
_OPEN_COUNT = 3
_Tenth = Annotated[int, Field(ge=0, le=10)]


class OutlineThing(BaseModel):
    """One thing, or several that are alike and do the same. The names are short because each costs a small model time."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    phrase: str = Field(alias="is", min_length=1, max_length=80, description="one of it, such as 'a red ball'")
    n: Annotated[int, Field(ge=0, le=12)] = Field(1, description="how many; 0 is several")
    at: Spot | None = Field(None, description="where it stays")
    do: tuple[Act, ...] = Field((), max_length=6, description="what it does, in order")
    rel: Tie | None = Field(None, description="what it has to do with another thing")
    of: Annotated[int, Field(ge=1, le=MAX_THINGS)] | None = Field(None, description="the number of that thing")
    and_: Annotated[int, Field(ge=1, le=MAX_THINGS)] | None = Field(
        None, alias="and", description="the second one of `between`"
    )
    seen: Annotated[tuple[_Tenth, ...], Field(min_length=2, max_length=2)] | None = Field(None, description="when it is there")
    turns: str | None = Field(None, min_length=1, max_length=80, description="what it turns into")
    size: Literal["grows", "shrinks"] | None = None
    pace: Literal["fast", "slow"] | None = None


class Outline(BaseModel):
    """A whole video in outline."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    where: str | None = Field(None, alias="in", max_length=80, description="the setting")
    cam: Shot | None = Field(None, description="how the camera moves, or which thing it follows")
    things: tuple[OutlineThing, ...] = Field((), alias="all", max_length=MAX_THINGS)

    def to_wire(self) -> str:
        """The shortest JSON that :func:`decode_outline` reads back to an equal value."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)


def _enum(values: Any) -> Schema:
    return {"type": "string", "enum": list(get_args(values))}


def _number(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


_TENTH = _number(0, 10)
_PHRASE: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
_THING: Schema = {
    "type": "object",
    "properties": {
        "is": _PHRASE,
        "n": _number(0, 12),
        "at": _enum(Spot),
        "do": {"type": "array", "items": _enum(Act), "minItems": 1, "maxItems": 5},
        "rel": _enum(Tie),
        "of": _number(1, MAX_THINGS),
        "and": _number(1, MAX_THINGS),
        "seen": {"type": "array", "items": _TENTH, "minItems": 2, "maxItems": 2},
        "turns": _PHRASE,
        "size": _enum(Literal["grows", "shrinks"]),
        "pace": _enum(Literal["fast", "slow"]),
    },
    "required": ["is"],
    "additionalProperties": False,
}
OUTLINE: Schema = {
    "type": "object",
    "properties": {
        "in": _PHRASE,
        "cam": _enum(Shot),
        "all": {"type": "array", "items": _THING, "minItems": 0, "maxItems": MAX_THINGS},
    },
    "required": [],
    "additionalProperties": False,
}
"""For a grammar: fields in this order, those that say nothing left out."""


def decode_outline(text: str) -> Outline:
    """The outline in a reply.

    Raises:
        LLMReplyError: if it holds none, or one with values that do not exist.
    """
    found = [part.value for part in pieces(text) if isinstance(part.value, dict) and {"all", "in"} & set(part.value)]
    if not found:
        raise LLMReplyError('the reply\'s JSON holds no outline: answer with one object that has "all".')
    try:
        return Outline.model_validate(found[-1])
    except ValidationError as error:
        raise LLMReplyError(f"the outline is not valid: {explain(error)}") from None


def grounded(outline: Outline, prompt: str) -> Outline:
    """The outline without settings and things that the prompt does not name; a small model makes some up."""
    said = {word for token in tokenise(prompt) for word in (token.low, singular(token.low))}
    kept = [k for k, line in enumerate(outline.things, start=1) if singular(line.phrase.lower().split()[-1]) in said]
    places: dict[int | None, int | None] = {None: None, **{old: new for new, old in enumerate(kept, start=1)}}
    things: list[OutlineThing] = []
    for line in (outline.things[old - 1] for old in kept):
        lost = {line.of, line.and_} - set(places)
        tie = {"rel": None, "of": None, "and_": None} if lost else {"of": places[line.of], "and_": places[line.and_]}
        things.append(line.model_copy(update=tie))
    where = outline.where if outline.where and said & set(_setting_words(outline.where)) else None
    return outline.model_copy(update={"where": where, "things": tuple(things)})


def reading_of(outline: Outline, prompt: str) -> p.Reading:
    """The outline as promises; ties that name no thing, or none that makes sense, are dropped."""
    things = _things(outline)
    said: list[p.Promise] = [*_counts(things), *_looks(things)]
    where = words(in_plain_words(outline.where or ""), 300)
    if where:
        said.append(p.Scenery(text=where, words=_setting_words(where)))
    lines = _met(outline.things)
    for index, (line, thing) in enumerate(zip(lines, things, strict=True)):
        made = _promises(_led(line, lines), thing, _tied(line, index, things))
        said += [_in_order(promise, said) for promise in made]
    if outline.cam is not None:
        said += _camera(outline.cam, things)
    said = brought(_taken_along(said))
    said = [kept for promise in said if (kept := not_from_oneself(promise, said)) is not None]
    return p.Reading(prompt=prompt, things=tuple(things), promises=tuple(dict.fromkeys(said)), setting=where or None)


def _taken_along(said: Sequence[p.Promise]) -> list[p.Promise]:
    """What is said, with what somebody goes to and that goes with him taken along: it lies there until he comes.

    He goes to it before he goes on from it.
    """
    made = list(said)
    held = {(tie.thing, tie.other): k for k, tie in enumerate(said) if isinstance(tie, p.Carries)}
    for k, way in enumerate(said):
        if not isinstance(way, p.Journey):
            continue
        for step in way.steps:
            tie = held.get((step.other, way.thing)) if isinstance(step, p.Approach) and not step.away else None
            if tie is not None and isinstance(step, p.Approach):
                made[tie] = said[tie].model_copy(update={"how": "taken"})
                made[k] = way.model_copy(update={"steps": coming_to(way.steps, step)})
    return made


def _in_order(promise: p.Promise, said: Sequence[p.Promise]) -> p.Promise:
    """What is told of two, in the order in which something was told of both before: they meet, and part again."""
    if not isinstance(promise, p.Meets | p.Opposed):
        return promise
    pairs = [(other.thing, other.other) for other in said if isinstance(other, type(promise))]
    swapped = (promise.other, promise.thing)
    return promise.model_copy(update={"thing": promise.other, "other": promise.thing}) if swapped in pairs else promise


def thing_and_promises(
    line: OutlineThing, others: Sequence[p.Thing | None], taken: Collection[str], thing: p.Thing | None = None
) -> tuple[p.Thing, list[p.Promise]]:
    """A line's thing, the given one or a new one with a free id, and what the line promises of it.

    `of` and `and` of the line count the others, from 1.
    """
    thing = thing or _thing(line, taken)
    numbers = [number for number in (line.of, line.and_) if number is not None]
    there = [others[number - 1] if number <= len(others) else None for number in numbers]
    if line.rel is None or not there or any(other is None or other.id == thing.id for other in there):
        return thing, _promises(line, thing, None)
    first, second = there[0], there[1] if len(there) > 1 else None
    if first is None or (line.rel == "between" and second in (None, first)):
        return thing, _promises(line, thing, None)
    return thing, _promises(line, thing, (first, second))


def _things(outline: Outline) -> list[p.Thing]:
    things: list[p.Thing] = []
    for line in outline.things:
        things.append(_thing(line, {thing.id for thing in things}))
    return things


def _thing(line: OutlineThing, taken: Collection[str]) -> p.Thing:
    phrase = _one_of(words(line.phrase, 100) or "a thing")
    found = described(phrase)
    noun = found.noun if found is not None and found.noun else singular(phrase.split()[-1].lower())
    base, k = slug(noun)[:34] or "thing", 2
    name = base
    while name in taken:
        name, k = f"{base}-{k}", k + 1
    return p.Thing(
        id=name,
        phrase=phrase,
        noun=noun,
        text=phrase,
        count=line.n or _OPEN_COUNT,
        exact=line.n != SEVERAL,
        attributes=found.adjectives if found is not None and found.noun else (),
        still=line.do == ("rest",),
    )


def _one_of(phrase: str) -> str:
    """The phrase in the singular, for a model that writes "a ravens"."""
    head, space, last = phrase.rpartition(" ")
    return f"{head}{space}{singular(last)}" if head.split()[:1] in (["a"], ["an"]) and last.islower() else phrase


def _counts(things: list[p.Thing]) -> list[p.Promise]:
    """One count for each noun: as many as all its mentions together."""
    found: list[p.Promise] = []
    for noun in dict.fromkeys(thing.noun for thing in things):
        of = [thing for thing in things if thing.noun == noun]
        exact = all(thing.exact for thing in of)
        total = sum(thing.count for thing in of)
        found.append(p.Count(things=tuple(t.id for t in of), noun=noun, n=total if exact else min(total, 2), exact=exact))
    return found


def _looks(things: list[p.Thing]) -> list[p.Promise]:
    found: list[p.Promise] = []
    for thing in things:
        seen = tuple(word for word in thing.attributes if word not in lex.LARGE | lex.SMALL)
        if seen:
            found.append(p.Looks(thing=thing.id, words=seen))
        for sign, names in ((1, lex.LARGE), (-1, lex.SMALL)):
            if set(thing.attributes) & names:
                found.append(p.Sized(thing=thing.id, sign=cast("Literal[1, -1]", sign)))
    return found


def _setting_words(where: str) -> tuple[str, ...]:
    content = [token.low for token in tokenise(where) if token.word and token.low not in lex.DETERMINERS | lex.PREPOSITIONS]
    return tuple(dict.fromkeys(singular(word) for word in content)) or (where.lower(),)


def _led(line: OutlineThing, lines: Sequence[OutlineThing]) -> OutlineThing:
    """The line without the way of one that follows another, or rides on it, if that goes its own way: it is the same one.

    Who leaves the picture as the other does is told to, so that both get out.
    """
    leader = lines[line.of - 1] if line.of is not None and line.of <= len(lines) else None
    if leader is None or leader is line or line.rel not in ("follows", "rides") or not set(leader.do) - {"rest"}:
        return line
    if line.do[-1:] == leader.do[-1:] and line.do[-1:] and line.do[-1].startswith("out "):
        return line
    return line.model_copy(update={"do": tuple(act for act in line.do if act in TRACES and act != "circle")})


def _met(lines: Sequence[OutlineThing]) -> list[OutlineThing]:
    """The lines, of those who meet in the middle without that they begin there."""
    meeting = {index for k, line in enumerate(lines) if line.rel == "meets" for index in (k, (line.of or 0) - 1)}
    return [
        line.model_copy(update={"do": line.do[1:] if line.do[1:] != ("rest",) else ()})
        if k in meeting and line.do[:1] == ("at middle",)
        else line
        for k, line in enumerate(lines)
    ]


def _tied(line: OutlineThing, index: int, things: list[p.Thing]) -> tuple[p.Thing, p.Thing | None] | None:
    """The things that a line's tie names."""
    if line.rel is None or line.of is None or line.of > len(things):
        return None
    other, second = things[line.of - 1], things[line.and_ - 1] if line.and_ and line.and_ <= len(things) else None
    alone = line.of - 1 == index and not (things[index].count > 1 and line.rel in ("meets", "parts from", "opposite"))
    if alone or (line.rel == "between" and (second is None or second.id in (other.id, things[index].id))):
        return None
    return other, second


def _promises(line: OutlineThing, thing: p.Thing, tied: tuple[p.Thing, p.Thing | None] | None) -> list[p.Promise]:
    said: list[p.Promise] = []
    made = _tie(line.rel, thing.id, *tied) if tied is not None and line.rel is not None else None
    ends_there = isinstance(made, p.Relation) and lands(line, thing, made)
    further = [made] if isinstance(made, p.Approach | p.Trace) else []
    steps = in_turn(steps_of(line.do, goes_on=bool(further) or ends_there), further)
    if isinstance(made, p.Relation) and ends_there:
        steps = landed(steps, made)
    elif made is not None and not isinstance(made, p.Approach | p.Trace):
        said.append(made)
    if steps:
        said.append(p.Journey(thing=thing.id, steps=tuple(steps), manner=line.pace or "any"))
    elif "go" in line.do:
        said.append(p.Moves(thing=thing.id))
    elif line.do == ("rest",) and not isinstance(made, p.Meets):
        said.append(p.Still(thing=thing.id))
    if line.at is not None:
        said.append(p.Stays(thing=thing.id, place=place_of(line.at)))
    if line.seen is not None and line.seen[0] < line.seen[1] and line.seen != (0, 10):
        start, end = line.seen
        window = p.Window(start=start / 10, end=end / 10)
        said.append(p.Seen(thing=thing.id, window=window, start=start > 0, end=end < 10))
    if line.turns is not None and (after := _news(line.turns, line.phrase)):
        said.append(p.Turns(thing=thing.id, after=after, phrase=words(line.turns, 100)))
    if line.size is not None:
        said.append(p.Grows(thing=thing.id, sign=1 if line.size == "grows" else -1))
    return said


def _news(after: str, before: str) -> tuple[str, ...]:
    """The words of what it turns into that it did not have before."""
    old = {token.low for token in tokenise(before)} | lex.DETERMINERS
    return tuple(token.low for token in tokenise(after) if token.word and token.low not in old)


_RELATIONS: Mapping[str, p.Relative] = {
    "left of": "left", "right of": "right", "above": "above", "below": "below", "in front of": "front", "behind": "behind",
    "inside": "inside", "near": "near", "on": "on", "between": "between",
}  # fmt: skip
_COMPARED: Mapping[str, tuple[Literal["size", "speed"], Literal[1, -1]]] = {
    "bigger than": ("size", 1), "smaller than": ("size", -1), "faster than": ("speed", 1), "slower than": ("speed", -1),
}  # fmt: skip
_TIES: Mapping[str, Callable[[str, str], p.Promise | p.Approach | p.Trace]] = {
    "to": lambda _, other: p.Approach(other=other),
    "from": lambda _, other: p.Approach(other=other, away=True),
    "around": lambda _, other: p.Trace(pattern="circle", other=other),
    "past": lambda thing, other: p.Passes(thing=thing, other=other),
    "follows": lambda thing, other: p.Follows(thing=thing, other=other),
    "meets": lambda thing, other: p.Meets(thing=thing, other=other),
    "parts from": lambda thing, other: p.Meets(thing=thing, other=other, apart=True),
    "rides": lambda thing, other: p.Carries(thing=thing, other=other, how="ridden"),
    "opposite": lambda thing, other: p.Opposed(thing=thing, other=other),
    "after": lambda thing, other: p.Ordered(first=other, second=thing),
}


def _tie(rel: Tie, thing: str, other: p.Thing, second: p.Thing | None) -> p.Promise | p.Approach | p.Trace:
    if rel in _RELATIONS:
        between = second.id if rel == "between" and second is not None else None
        relation = "on" if rel == "inside" and is_chair(other.noun) else _RELATIONS[rel]
        return p.Relation(thing=thing, relation=relation, other=other.id, second=between)
    if rel in _COMPARED:
        aspect, sign = _COMPARED[rel]
        return p.Compared(thing=thing, aspect=aspect, sign=sign, other=other.id)
    return _TIES[rel](thing, other.id)


def _camera(shot: Shot, things: list[p.Thing]) -> list[p.Promise]:
    if shot in ("in", "out"):
        return [p.Camera(move="zoom", sign=1 if shot == "in" else -1)]
    if shot == "still":
        return [p.Camera(move="static")]
    if shot == "roll" or shot == "shake":  # noqa: PLR1714 (types narrow)
        return [p.Camera(move=shot)]
    if shot.startswith("follow"):
        index = int(shot.removeprefix("follow ")) - 1
        return [p.Camera(move="follow", thing=things[index].id)] if index < len(things) else []
    return [p.Camera(move="pan", heading=cast("p.Heading", shot))]
