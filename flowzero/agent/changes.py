"""Changes: what an instruction asks of a plan, as a short list. A very small language model writes it; code carries it out.

The model sees the plan as numbered lines, and answers which of a few commands are meant, of which lines. Each command becomes
the typed edits that the built-in mind has for it, so that whatever is not named stays identical, value for value.

On the wire it is short JSON, such as `{"all":[{"op":"faster","to":[1]},{"op":"add","is":"a dog","at":"right"}]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowzero.agent import commands
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of
from flowzero.agent.commands import Command, Unread, looks
from flowzero.agent.commands.comings import placed
from flowzero.agent.commands.command import cast_from
from flowzero.agent.commands.telling import obeyed
from flowzero.agent.edits import Edit, SetPhrase, apply
from flowzero.agent.english import as_noun, kinds
from flowzero.agent.lexicon import COLOURS
from flowzero.agent.outline import OUTLINE, OutlineThing, thing_and_promises
from flowzero.agent.promises import Reading
from flowzero.agent.replies import pieces
from flowzero.agent.revising import described
from flowzero.agent.schemas import Schema
from flowzero.agent.tokens import singular, tokenise
from flowzero.dss import DSS, Box, Object, explain
from flowzero.errors import FlowZeroError, LLMReplyError

Op = Literal[
    "faster", "slower", "bigger", "smaller", "later", "earlier", "front", "back", "reverse", "smooth", "jerky",
    "remove", "replace", "look", "count", "place", "let", "add", "setting", "camera", "longer", "shorter",
]  # fmt: skip
"""What can be done to lines of a plan, and in the end what concerns none: `add`, and what is about the whole video."""

MAX_LINES = 12
"""Objects of a plan that the model can be told of."""

MAX_CHANGES = 6
_Shot = Literal["left", "right", "up", "down", "in", "out", "still", "roll", "shake"]
_ANYBODY = ("reverse", "faster", "slower", "smooth", "jerky")
"""What concerns all that moves where no line is given."""
_REFERRING = frozenset([
    "it", "them", "they", "its", "their", "all", "everything", "everyone", "everybody", "both", "each", "those", "these", "him",
    "her", "he", "she", "first", "second", "third", "last", "former", "latter", "things", "rest", "others", "ones", "animal",
    "animals", "creature", "bird", "birds", "vehicle", "vehicles", "person", "people", "guy", "man", "woman", "kid", "rider",
    "herd", "flock", "group",
])  # fmt: skip
"""Words that mean things of the plan without their nouns."""
_TAKING = frozenset([
    "remove", "delete", "lose", "drop", "without", "rid", "no", "not", "gone", "away", "ditch", "erase", "cut", "eliminate",
    "scrap", "skip", "out", "off", "minus", "less", "fewer", "take", "vanish", "clear", "omit", "nix", "banish", "bye", "need",
    "goodbye", "dump", "kick",
])  # fmt: skip
"""Words of which one stands in an instruction that takes something away."""
_AMOUNTS = frozenset([
    "twice", "double", "triple", "half", "quarter", "times", "percent", "%", "slightly", "little", "bit", "tad", "touch",
    "much", "lot", "far", "way", "seconds", "second", "somewhat", "hair", "notch", "enormous", "huge", "giant",
])  # fmt: skip
"""Words that say how much."""
_UNSEEN = ("nx", "nh")
"""Nouns that name nothing that can be seen, or a time: a hurry, a second."""
_SEEN = frozenset([
    "avalanche", "bonfire", "buoy", "campfire", "coin", "fire", "flame", "gift", "logo", "medal", "note", "peak", "present",
    "racket", "sign", "signal", "stop", "symbol", "ufo", "wave", "windsock", "wreck",
])  # fmt: skip
"""What the word list takes for such though it can be seen."""
_MATERIALS = frozenset(["gold", "silver", "iron", "wood", "stone", "glass", "bronze", "copper", "steel"])
"""Nouns that are looks."""
_WHOLE = ("add", "setting", "camera", "longer", "shorter")


class Change(OutlineThing):
    """One command. What `add` and `let` say of a thing, they say as an outline does; `of` and `and` count the plan's lines."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    op: Op
    phrase: str = Field("", alias="is", max_length=80, description="a thing, a look, or a setting")
    to: tuple[Annotated[int, Field(ge=1, le=MAX_LINES)], ...] = Field((), description="the lines that are meant, from 1")
    cam: _Shot | None = Field(None, description="how the camera moves; it follows what `to` names")


class Changes(BaseModel):
    """All commands of an instruction, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    all: tuple[Change, ...] = Field((), max_length=MAX_CHANGES)

    def to_wire(self) -> str:
        """The shortest JSON that :func:`decode_changes` reads back to an equal value."""
        found = [json.loads(change.model_dump_json(by_alias=True, exclude_defaults=True)) for change in self.all]
        ordered = [{key: change[key] for key in _ORDER if key in change} for change in found]
        return json.dumps({"all": ordered}, ensure_ascii=False, separators=(",", ":"))


_THING: Mapping[str, Schema] = OUTLINE["properties"]["all"]["items"]["properties"]
_FIELDS: Mapping[str, Schema] = {
    "op": {"type": "string", "enum": list(get_args(Op))},
    "to": {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": MAX_LINES},
        "minItems": 1,
        "maxItems": MAX_LINES,
    },
    **_THING,
    "cam": {"type": "string", "enum": list(get_args(_Shot))},
}
_ORDER = tuple(_FIELDS)
CHANGES: Schema = {
    "type": "object",
    "properties": {
        "all": {
            "type": "array",
            "items": {"type": "object", "properties": dict(_FIELDS), "required": ["op"], "additionalProperties": False},
            "minItems": 0,
            "maxItems": MAX_CHANGES,
        }
    },
    "required": ["all"],
    "additionalProperties": False,
}
"""For a grammar: fields in this order, those that say nothing left out."""


def told(dss: DSS) -> str:
    """A plan in the words that the model is trained on: a numbered line for each object, with where it is or goes.

    Raises:
        ValueError: if the plan has more objects than the model can be told of.
    """
    if len(dss.objects) > MAX_LINES:
        raise ValueError(f"the plan has more than {MAX_LINES} objects")
    return "\n".join(f"{k} {item.phrase}, {_course(item)}" for k, item in enumerate(dss.objects, start=1)) or "nothing"


def decode_changes(text: str) -> Changes:
    """The changes in a reply.

    Raises:
        LLMReplyError: if it holds none, or one with values that do not exist.
    """
    found = [part.value for part in pieces(text) if isinstance(part.value, dict) and "all" in part.value]
    if not found:
        raise LLMReplyError('the reply\'s JSON holds no changes: answer with one object that has "all".')
    try:
        return Changes.model_validate(found[-1])
    except ValidationError as error:
        raise LLMReplyError(f"the list of changes is not valid: {explain(error)}") from None


def sensible(changes: Changes, instruction: str, dss: DSS) -> bool:
    """Whether all that they name is there: lines of the plan, and things and settings that the instruction has words for.

    A small model makes things up; what it makes up once makes the whole answer doubtful.
    """
    said = _words(instruction)
    named, heads = _named_in(said, dss), set(_heads(dss))
    if not changes.all or not all(_sensible(change, said, named, heads, dss) for change in changes.all):
        return False
    lines = {line for change in changes.all for line in _lines(change)}
    if not named:
        return not lines or bool(said & _REFERRING)
    return bool(lines & named) or any(_last(change.phrase) in heads for change in changes.all)


def _sensible(change: Change, said: set[str], named: set[int], heads: set[str], dss: DSS) -> bool:
    lines = _lines(change)
    if any(line > len(dss.objects) for line in lines) or (named and not lines <= named and not said & _REFERRING):
        return False
    if change.op not in (*_WHOLE, *_ANYBODY) and not change.to:
        return False
    if change.op == "remove" and not said & _TAKING:
        return False
    if change.op in ("add", "replace", "look", "setting"):
        last = _last(change.phrase)
        wrong = _is_thing(last, heads) if change.op == "look" else change.op != "setting" and _is_unseen(last)
        return last in said and not wrong
    return True


def _words(instruction: str) -> set[str]:
    """The words of an instruction, also in the singular."""
    return {word for token in tokenise(instruction) for word in (token.low, singular(token.low))}


def _is_unseen(word: str) -> bool:
    return as_noun(word)[:2] in _UNSEEN and word not in _SEEN


def _lines(change: Change) -> set[int]:
    """The lines of the plan that a change speaks of."""
    return {*change.to, *(line for line in (change.of, change.and_) if line)}


def _last(phrase: str) -> str:
    """The noun of a phrase, or of a look its last word, in the singular; empty if it has no word."""
    return next((singular(token.low) for token in reversed(list(tokenise(phrase))) if token.word), "")


def _is_thing(word: str, heads: set[str]) -> bool:
    """Whether a word names a thing and no look: one of the plan, or one that can be drawn and is no adjective as well."""
    drawn = as_noun(word)[:2] in ("nt", "np") and not any(kind.startswith("a") for kind in kinds(word))
    return word in heads or (drawn and word not in COLOURS and word not in _MATERIALS)


def points_back(instruction: str, dss: DSS) -> bool:
    """Whether an instruction names nothing of the plan, and means something of it by a pronoun or the like."""
    said = _words(instruction)
    return not _named_in(said, dss) and bool(said & _REFERRING)


def says_how_much(instruction: str) -> bool:
    """Whether an instruction has a number, or a word such as "twice" or "slightly": no command has a field for that."""
    return any(token.low in _AMOUNTS or any(map(str.isdigit, token.low)) for token in tokenise(instruction))


def _named_in(said: set[str], dss: DSS) -> set[int]:
    """The lines of objects whose noun is among the words."""
    return {line for line, head in enumerate(_heads(dss), start=1) if head in said}


def _heads(dss: DSS) -> list[str]:
    """The noun of each object, line by line."""
    return [(head_of(item.phrase).split()[-1:] or [item.id])[0] for item in dss.objects]


def edits_of(changes: Changes, instruction: str, dss: DSS) -> tuple[Edit, ...]:
    """The edits that carry the changes out, and retell the scenes; changes that this plan has no room for are left out."""
    now, edits = dss, []
    for change in changes.all:
        try:
            found = list(_carried_out(change, instruction, now, dss))
            after = apply(now, found)
        except (Unread, FlowZeroError):
            continue
        if found:
            retold = described(now, after)
            edits += [*found, *retold]
            now = apply(after, retold)
    return tuple(edits)


def covers(edits: Iterable[Edit], others: Iterable[Edit]) -> bool:
    """Whether edits change all that the others change, be it in the same way or another."""
    return {key for edit in others for key in _touched(edit)} <= {key for edit in edits for key in _touched(edit)}


def _touched(edit: Edit) -> Iterator[tuple[str, str]]:
    """Which aspect of what an edit is about; scene descriptions follow whatever is edited, and are nobody's."""
    what = {"retime": "path", "move": "path", "set_path": "path", "scale": "size"}.get(edit.op, edit.op)
    if what != "set_scenes":
        yield what, getattr(edit, "id", "")


def _carried_out(change: Change, instruction: str, now: DSS, before: DSS) -> Iterator[Edit]:
    """The edits of one change to a plan; lines are those of the plan before all changes."""
    names = {item.id for item in now.objects}
    lines = [item.id for item in before.objects]
    ids = tuple(lines[line - 1] for line in change.to if line <= len(lines) and lines[line - 1] in names)
    if change.to and not ids:
        return
    ids = ids or tuple(item_id for item_id in lines if item_id in names)
    if change.op == "look":
        how = looks.recoloured if change.phrase.split()[-1] in COLOURS else looks.recoloured_with
        yield from (SetPhrase(id=item_id, phrase=how(now.object(item_id).phrase, change.phrase)) for item_id in ids)
    elif change.op in ("let", "add"):
        yield from _told_anew(change, instruction, now, [name if name in names else "" for name in lines], ids)
    else:
        for text, topic in _said(change, now, ids):
            yield from commands.carry_out(Command(text, tokenise(text), now, topic, whole=text))


def _said(change: Change, now: DSS, ids: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A change as commands that the built-in mind reads for certain, each with what it calls "it"."""
    if change.op == "camera":
        followed = f"let the camera follow the {head_of(now.object(ids[0]).phrase)}" if change.to else ""
        yield followed or _SHOTS[change.cam or "still"], ()
    elif change.op == "setting":
        timely = change.phrase.split()[-1] in _TIMES and len(change.phrase.split()) <= 2
        yield (f"make it {change.phrase.split()[-1]}" if timely else f"change the setting to {change.phrase}"), ()
    elif change.op == "count":
        yield f"change the number of the {head_of(now.object(ids[0]).phrase)} to {change.n}", ids
    elif change.op == "reverse":
        # One at a time: what rests has no way to be reversed.
        yield from (("reverse it", (item_id,)) for item_id in ids if len(now.object(item_id).path) > 1)
    elif change.op in ("faster", "slower"):
        moving = tuple(item_id for item_id in ids if len(now.object(item_id).path) > 1)
        if not moving:
            raise Unread
        yield f"make it {change.op}", moving
    elif change.op == "place":
        yield f"move it to the {change.at or 'middle'}", ids
    else:
        yield _SAID[change.op].replace("{is}", change.phrase), ids


_SAID: Mapping[Op, str] = {
    "bigger": "make it bigger", "smaller": "make it smaller", "later": "let it start later", "earlier": "let it start earlier",
    "front": "bring it to the front", "back": "bring it to the back", "smooth": "make it smooth", "jerky": "make it jerky",
    "remove": "remove it", "replace": "replace it with {is}", "longer": "make the video longer",
    "shorter": "make the video shorter",
}  # fmt: skip
_SHOTS: Mapping[_Shot, str] = {
    "left": "pan the camera left", "right": "pan the camera right", "up": "tilt the camera up", "down": "tilt the camera down",
    "in": "zoom in", "out": "zoom out", "still": "keep the camera still", "roll": "roll the camera",
    "shake": "shake the camera",
}  # fmt: skip
_TIMES = frozenset(("night", "sunset", "sunrise", "dusk", "dawn", "winter", "autumn", "day"))


def _told_anew(change: Change, instruction: str, now: DSS, lines: list[str], ids: tuple[str, ...]) -> Iterator[Edit]:
    """What is told of one new thing, or of things that are there, as promises that the built-in planner keeps."""
    cast = cast_from(now)
    order = [cast[name] if name else None for name in lines]
    if change.op == "add":
        new, promises = thing_and_promises(change, order, {item.id for item in now.objects})
        known = CastList((*cast.things, new))
        yield from placed(Command(instruction, (), now), (new,), known, promises)
        return
    for item_id in ids:
        _, promises = thing_and_promises(change, order, set(), cast[item_id])
        reading = Reading(prompt="-", things=cast.things, promises=tuple(promises), setting=now.setting)
        yield from obeyed(Command(instruction, (), now), item_id, reading)


def _course(item: Object) -> str:
    """Where an object is, or from where to where it goes, in words."""
    first, last = (_spot(key.box) for key in (item.path[0], item.path[-1]))
    moves = len({(round(key.box.cx, 1), round(key.box.cy, 1)) for key in item.path}) > 1
    return f"{first} to {last}" if first != last else f"around {first}" if moves else first


def _spot(box: Box) -> str:
    across = "left" if box.cx < 0.37 else "right" if box.cx > 0.63 else ""
    upright = "top" if box.cy < 0.33 else "bottom" if box.cy > 0.8 else ""
    return f"{upright} {across}".strip() or "middle"
