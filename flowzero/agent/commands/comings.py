"""Commands that bring objects in, take them out, or put others in their place."""

from __future__ import annotations

import re
from dataclasses import replace

from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of
from flowzero.agent.commands.command import IMPERATIVES, Command, Unread, is_a, matching, targets, thing_of
from flowzero.agent.composing import object_ids, place_object
from flowzero.agent.edits import (
    AddObject,
    Edit,
    RemoveObject,
    ReplaceObject,
    SetPath,
    shift,
)
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import match, number
from flowzero.agent.placing import stance
from flowzero.agent.promises import Promise, Reading, Thing
from flowzero.agent.reading import parse
from flowzero.agent.tokens import inflected, tokenise
from flowzero.dss import MAX_OBJECTS, Box, Keyframe, Object


def takes_out(command: Command) -> int | None:
    """Where what shall be taken out is named; None where nothing is taken out."""
    lows, tokens = command.lows, command.tokens
    hit = (
        match(tokens, 0, "remove|delete|drop|erase|lose|cut|eliminate|kill|discard")
        or match(tokens, 0, "take", "away|out")
        or match(tokens, 0, "get", "rid", "of")
        or match(tokens, 0, "no", "more?")
        or match(tokens, 0, "without")
    )
    if hit is None and lows[0] == "take" and lows[-1] in ("away", "out"):
        return 1
    if hit is None and "not" in lows:
        hit = match(tokens, 0, "i|we?", "do", "not", "want|need|like", "to?", "see?")
    if hit is None and _GOES.search(command.text) and lows[0] not in IMPERATIVES:
        return 0
    shortened = lows[0] == "cut" and command.has("down", "shorter", "tighter", "short", "bit", "back")
    if hit is None or shortened or command.has("motion", "movement", "camera", "half"):
        return None
    return hit[0]


_GOES = re.compile(
    r"\b(has|have|needs?|ought|had better|must) (to )?(go|leave|be gone|disappear)(,? please)?\W*\Z", re.IGNORECASE
)


def remove(command: Command) -> list[Edit] | None:
    """Take objects out: "remove the dog", "no birds", "remove everything except the ball"."""
    lows, start = command.lows, takes_out(command)
    if start is None:
        return None
    if match(command.tokens, 0, "no", ",|no"):
        raise Unread
    spared = next((i for i, low in enumerate(lows) if low in ("except", "but", "besides")), None)
    if spared is not None:
        saved = targets(command, spared + 1)
        if not saved:
            raise Unread
        return [RemoveObject(id=item.id) for item in command.dss.objects if item.id not in saved]
    if hit := match(command.tokens, start, "#", "of"):
        many, count = targets(command, hit[0]), number(lows[start])
        if not many or count is None or not 0 < count <= len(many):
            raise Unread
        return [RemoveObject(id=item_id) for item_id in many[-int(count) :]]
    first = noun_phrase(command.tokens, start)
    if lows[0] in ("no", "without") and first is not None and first.noun and not matching(command, first):
        raise Unread  # as in "no complaints about the dog"
    ids = targets(command, start)
    for i in range(start, len(lows)):
        after = i + 1 + (lows[i : i + 2] == [",", "and"])
        listed = noun_phrase(command.tokens, after) if lows[i] in ("and", ",") else None
        if listed is not None and (listed.end == len(lows) or lows[listed.end] in ("and", ",", "from", "please")):
            ids = tuple(dict.fromkeys((*ids, *targets(command, after, listed.end))))
    if not ids:
        raise Unread
    return [RemoveObject(id=item_id) for item_id in ids]


def exchange(command: Command) -> list[Edit] | None:  # noqa: C901, PLR0911, PLR0912
    """Replace X by Y; "change the dog into a cat", "make the dog a cat" say the same."""
    lows = command.lows
    if "instead" in lows and "of" in lows[lows.index("instead") :] and lows[0] != "let":
        return _instead(command, lows.index("instead"))
    if lows[0] == "use" and " in place of " in f" {' '.join(lows)} ":
        return _instead(command, lows.index("place"))
    if "be" in lows and lows[0] in ("the", "that", "this", "it"):
        at = lows.index("be")
        new = noun_phrase(command.tokens, at + 1)
        if new is not None and new.noun and new.article in ("a", "an") and lows[at - 1] in ("should", "shall", "must"):
            return _exchanged(command, targets(command, 0, at), new)
    if lows[0] in ("swap", "exchange", "switch") and "and" in lows and "for" not in lows:
        return _swapped(command, lows.index("and"))
    if "and" in lows and lows[-1] in ("sides", "places", "positions") and command.has("swap", "switch", "exchange", "trade"):
        return _swapped(command, lows.index("and"))
    between = next((i for i, low in enumerate(lows) if low in ("with", "by", "for", "into", "to") and i > 1), None)
    if (
        lows[0] in ("replace", "swap", "substitute", "exchange", "switch", "change", "turn", "transform")
        and between is not None
    ):
        old, start = targets(command, 1, between), between + 1
    elif lows[0] == "make" and not command.has("bigger", "smaller", "faster", "slower"):
        first = noun_phrase(command.tokens, 1)
        if first is None or first.end >= len(lows) or lows[first.end] not in ("a", "an"):
            return None
        if lows[first.end + 1 : first.end + 2] and (lows[first.end + 1] in _AMOUNTS or lows[-1] in _TIMES):
            return None  # as in "make it a tad larger", "make it a foggy night"
        old, start = targets(command, 1, first.end), first.end
    else:
        return None
    new = noun_phrase(command.tokens, start)
    while new is not None and new.end < len(lows) and not new.noun:
        new = noun_phrase(command.tokens, new.end)
    if not old or new is None or not new.noun or new.noun in ("color", "colour") or new.noun in lex.COLOURS:
        return None
    if command.has("halfway", "gradually", "during") or new.noun.split()[-1] in (*lex.ACROSS, "side", "corner", "edge"):
        return None
    return _exchanged(command, old, new)


_AMOUNTS = frozenset(["bit", "little", "tad", "touch", "lot", "notch", "shade", "hair", "good", "whole"])
_TIMES = frozenset(["night", "sunset", "sunrise", "dusk", "dawn", "winter", "autumn", "summer", "spring"])


def _instead(command: Command, at: int) -> list[Edit] | None:
    """As in "use a cat instead of the dog", "instead of a dog use a cat"."""
    old = targets(command, at + 2, next((i for i, low in enumerate(command.lows) if low in ("i", "we") and i > at), None))
    start = next(
        (
            i + 1
            for i, low in enumerate(command.lows)
            if low in ("use", "prefer", "need", "like", "have", "draw", "show", "want", "put", "make")
        ),
        0,
    )
    new = noun_phrase(command.tokens, start)
    if not old or new is None or not new.noun:
        return None
    return _exchanged(command, old[:1] if new.article in ("a", "an") else old, new)


def _exchanged(command: Command, old: tuple[str, ...], new: NounPhrase) -> list[Edit] | None:
    """Other objects in the old ones' place, on their paths."""
    if not old:
        return None
    thing = _new_things(new)[0]
    taken = {item.id for item in command.dss.objects} - set(old)
    edits: list[Edit] = []
    for item_id in old:
        item = command.object(item_id)
        name = object_ids(thing.model_copy(update={"count": 1}), taken)[0]
        taken.add(name)
        edits.append(
            ReplaceObject(id=item_id, object=Object(**{**dict(item), "id": name, "phrase": thing.phrase, "states": ()}))
        )
    command.mentioned = tuple(edit.object.id for edit in edits if isinstance(edit, ReplaceObject))
    return edits


def _swapped(command: Command, at: int) -> list[Edit]:
    """Two objects change places.

    Raises:
        Unread: if it is something else that they shall exchange.
    """
    if command.has("colour", "colours", "color", "colors", "size", "sizes", "speed", "speeds", "direction", "directions"):
        raise Unread
    one, two = targets(command, 0, at), targets(command, at + 1)
    if len(one) != 1 or len(two) != 1:
        raise Unread
    a, b = command.object(one[0]), command.object(two[0])
    return [SetPath(id=a.id, path=_taking(a, b)), SetPath(id=b.id, path=_taking(b, a))]


def _taking(item: Object, place: Object) -> tuple[Keyframe, ...]:
    """The other's path with one's own size."""
    return tuple(
        Keyframe(t=k.t, box=Box(x=k.box.cx - own.w / 2, y=k.box.y + k.box.h - own.h, w=own.w, h=own.h))
        for k in place.path
        for own in (item.box_at(k.t),)
    )


def _new_things(phrase: NounPhrase) -> tuple[Thing, ...]:
    cast = CastList()
    fresh = replace(phrase, ordinal=None, another=False, pronoun="", article="a", name=False)
    cast.resolve(fresh, (), (), ())
    return cast.things


def add(command: Command) -> list[Edit] | None:  # noqa: PLR0911
    """New objects, with everything the rest of the command says of them."""
    lows = command.lows
    if match(command.tokens, 0, "#|some|a", "more") or match(command.tokens, 0, "another"):
        return _extra(command)
    hit = match(
        command.tokens, 0, "add|insert|include|create|draw|introduce|show|give|bring|put|place|have|duplicate|copy|there"
    )
    if hit is None:
        return None
    start = hit[0]
    if lows[0] in ("duplicate", "copy"):
        ids = targets(command, 1)
        return copied(command, ids) if ids else None
    if bridge := match(command.tokens, start, "in|me|us|is|are|should", "be?"):
        start = bridge[0]
    phrase = noun_phrase(command.tokens, start)
    if phrase is None or (not phrase.noun and not phrase.another):
        return None
    than = next((i for i, low in enumerate(lows) if low == "than"), None)
    if phrase.abstract or (than is not None and not lows[than - 1].endswith("er")):
        raise Unread
    more = match(command.tokens, start, "#|some|a", "more|extra|additional|further|few?")
    if (
        lows[0] in ("put", "place", "bring", "show", "have", "give", "there")
        and (phrase.definite or phrase.article == "its" or phrase.name)
        and not phrase.another
    ):
        return None
    if not phrase.noun or (more and more[1][1]):
        phrase = _like_last(command, phrase, more)
        if phrase is None:
            return None
    tail = command.tokens[phrase.end :] if phrase.end > phrase.start else ()
    known = CastList(tuple(thing_of(item) for item in command.dss.objects if not is_a(item, phrase.noun.split()[-1])))
    others = known.order
    lead = _written(phrase)
    parsed = parse(command.whole, (*tokenise(lead), *tail), known)
    elsewhere = (
        parsed.setting is not None and "sky" not in parsed.setting and parsed.setting.lower() not in command.dss.setting.lower()
    )
    command.left = (*(parsed.unread if tail else ()), *([parsed.setting] if elsewhere and parsed.setting else []))
    command.left += tuple(f"no {noun}" for noun in parsed.absent if f"no {noun}" in command.whole)
    new = tuple(thing for thing in known.things if thing.id not in others)
    if not new:
        return None
    return placed(command, new, known, parsed.promises)


def _extra(command: Command) -> list[Edit] | None:
    """As in "one more bird", "two more dogs" without a verb."""
    command.tokens = (*tokenise("add"), *command.tokens)
    return add(command)


def stated(command: Command) -> list[Edit] | None:
    """As in "a cat walks in from the right", "let a butterfly fly across the top", "we need a car": of a kind not there yet."""
    hit = match(command.tokens, 0, "we|i|you", "need|want|lack") or match(command.tokens, 0, "let|have?")
    low = command.tokens[hit[0]].low if hit is not None and hit[0] < len(command.tokens) else ""
    if hit is None or (low not in ("a", "an", "some") and (not low or number(low) is None)):
        return None
    phrase = noun_phrase(command.tokens, hit[0])
    if phrase is None or not phrase.noun or phrase.definite or matching(command, phrase) or phrase.noun in lex.SETTINGS:
        return None
    subject, tail = command.tokens[hit[0] : phrase.end], command.tokens[phrase.end :]
    if phrase.abstract or (tail and tail[0].low in _OPINIONS):
        return None  # what is thought of it, or what it would do
    if tail and tail[0].low in lex.VERBS and not phrase.several:
        # "A butterfly fly" would be a kind of fly.
        tail = (*tokenise("that"), tail[0]._replace(low=inflected(tail[0].low, "s")), *tail[1:])
    command.tokens = (*tokenise("add"), *subject, *tail)
    return add(command)


_OPINIONS = frozenset(
    ["would", "will", "might", "is", "are", "looks", "was", "has", "sounds", "seems", "does", "do", "not", "n't"]
)


def added_first(command: Command) -> list[Edit] | None:
    """Commands that begin with "add" are about something new, whatever else they say."""
    return add(command) if command.lows[0] in ("add", "insert", "include", "introduce", "duplicate", "copy") else None


def _like_last(command: Command, phrase: NounPhrase, more: object) -> NounPhrase | None:
    """As in "another one", "two more birds": like what is there or was spoken of."""
    if phrase.noun:
        return replace(phrase, another=True)
    ids = command.topic or tuple(item.id for item in command.dss.objects[-1:])
    if not ids:
        return None
    noun = head_of(command.object(ids[0]).phrase)
    return replace(phrase, noun=noun, pronoun="", another=True)


def _written(phrase: NounPhrase) -> str:
    """A new phrase in words, so that it reads as new even where the like is there already."""
    words = [word for word in phrase.adjectives if word not in ("more", "extra", "additional")]
    noun = phrase.noun
    n = phrase.count or (3 if phrase.several else 1)
    lead = str(n) if n > 1 else "a"
    name = noun if n == 1 else f"{noun}s"
    return " ".join([lead, *words, name, *([phrase.extra] if phrase.extra else [])])


def copied(command: Command, ids: tuple[str, ...]) -> list[Edit]:
    """One more of each object, a little to the side."""
    taken = {item.id for item in command.dss.objects}
    edits: list[Edit] = []
    for item_id in ids:
        item = command.object(item_id)
        name = object_ids(thing_of(item).model_copy(update={"id": head_of(item.phrase).replace(" ", "-") or item_id}), taken)[0]
        taken.add(name)
        dx = 0.25 if item.path[0].box.cx < 0.5 else -0.25
        path = tuple(Keyframe(t=k.t, box=shift(k.box, dx, 0)) for k in item.path)
        edits.append(AddObject(object=Object(**{**dict(item), "id": name, "path": path})))
    return edits


def placed(command: Command, new: tuple[Thing, ...], cast: CastList, promises: list[Promise]) -> list[Edit]:
    """Objects for new things, placed among the plan's."""
    dss = command.dss
    placed: dict[str, tuple[Object, ...]] = {
        thing.id: (dss.object(thing.id),) for thing in cast.things if any(o.id == thing.id for o in dss.objects)
    }
    placed["*"] = tuple(item for item in dss.objects if item.id not in placed)
    if len(dss.objects) + sum(thing.count for thing in new) > MAX_OBJECTS:
        raise Unread
    reading = Reading(prompt="-", things=cast.things, promises=tuple(promises), setting=dss.setting)
    edits: list[Edit] = []
    taken = {item.id for item in dss.objects}
    for thing in new:
        at = stance(thing, reading, max(2, len(dss.objects)))
        members: list[Object] = []
        for member, item_id in enumerate(object_ids(thing, taken)):
            taken.add(item_id)
            item = place_object(item_id, thing, member, reading, {**placed, thing.id: tuple(members)}, dss.seconds, at)
            members.append(item)
            edits.append(AddObject(object=item))
        placed[thing.id] = tuple(members)
    command.mentioned = tuple(edit.object.id for edit in edits if isinstance(edit, AddObject))
    return edits
