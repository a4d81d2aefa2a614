"""One command of an instruction at a time: what its verb asks for, as edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.camera import read_camera
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of, words_of
from flowzero.agent.choreography import Sketch, path_for
from flowzero.agent.composing import background_for, object_ids, place_object, states_for, visible_for
from flowzero.agent.edits import (
    AddObject,
    Edit,
    RemoveObject,
    ReplaceObject,
    Retime,
    Scale,
    SetBackground,
    SetDepth,
    SetMotion,
    SetPath,
    SetPhrase,
    SetSetting,
    SetStates,
    SetTiming,
    SetVisible,
)
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import Region, match, number
from flowzero.agent.placing import GROUND, Stance, centre_of, stance
from flowzero.agent.promises import Compared, Journey, Promise, Reading, Relation, Seen, Stays, Still, Thing, Turns
from flowzero.agent.reading import parse
from flowzero.agent.tokens import Token, bases, singular, tokenise
from flowzero.dss import DSS, MAX_OBJECTS, BackgroundMotion, Box, Keyframe, Object, Span

IMPERATIVES = frozenset(
    "add insert include put place remove delete drop erase hide show replace swap exchange change turn make let have move shift bring "
    "send set reverse flip mirror stop freeze keep slow speed double triple halve enlarge shrink grow scale resize recolor recolour paint "
    "color colour zoom pan tilt roll rotate start begin end extend shorten lengthen lower raise push pull give use smooth get take "
    "delay follow increase decrease reduce animate duplicate copy create switch render draw fade cut trim position orbit invert undo".split()
)


class Unread(Exception):  # noqa: N818 -- a signal between readers of one command, never shown
    """This command says nothing that edits can do."""


@dataclass
class Command:
    """One command: its words, the plan it is for, and what "it" stands for."""

    text: str
    tokens: tuple[Token, ...]
    dss: DSS
    topic: tuple[str, ...] = ()
    settled: bool = False
    mentioned: tuple[str, ...] = field(default=())

    @property
    def lows(self) -> list[str]:
        """Its words, in small letters."""
        return [token.low for token in self.tokens]

    def has(self, *words: str) -> bool:
        """Whether any of the words is there."""
        return bool(set(words) & set(self.lows))

    def object(self, id: str) -> Object:
        """An object of the plan."""
        return self.dss.object(id)


def carry_out(command: Command) -> list[Edit]:
    """The edits of one command, by the first reader that understands it.

    Raises:
        Unread: if none does.
    """
    if not command.tokens:
        raise Unread
    for reader in _READERS:
        found = reader(command)
        if found is not None:
            command.topic = command.mentioned or command.topic
            return found
    raise Unread


# -- what words stand for ------------------------------------------------------------------------------------------------------


def cast_from(dss: DSS) -> CastList:
    """The plan's objects as known things, one each."""
    return CastList(tuple(_thing_of(item) for item in dss.objects))


def _thing_of(item: Object) -> Thing:
    words = [token.low for token in tokenise(item.phrase)]
    noun = head_of(item.phrase) or item.id
    attributes = tuple(word for word in words if word in lex.ADJECTIVES and word != noun)
    return Thing(id=item.id, phrase=item.phrase, noun=noun, text=item.phrase, attributes=attributes)


_ALL = frozenset("everything everyone everybody all both they them".split())


def targets(command: Command, start: int = 0, stop: int | None = None) -> tuple[str, ...]:
    """The objects that the first noun phrase from `start` on names; what the talk was about when it is "it"."""
    tokens = command.tokens[:stop]
    objects = command.dss.objects
    for i in range(start, len(tokens)):
        low = tokens[i].low
        if low in _ALL and not (i + 1 < len(tokens) and _matching(command, noun_phrase(tokens, i + 1))):
            command.mentioned = tuple(item.id for item in objects)
            return command.mentioned
        if low in ("it", "him", "her", "this", "that", "its") and (low not in ("this", "that", "its", "her") or noun_phrase(tokens, i + 1) is None):
            return command.topic or tuple(item.id for item in objects[:1])
        phrase = noun_phrase(tokens, i)
        if phrase is None:
            continue
        found = _matching(command, phrase)
        if found:
            command.mentioned = found
            return found
    return ()


def _matching(command: Command, phrase: NounPhrase | None) -> tuple[str, ...]:
    """The objects that a noun phrase names: by noun, by colour, by number in the row, by side."""
    if phrase is None:
        return ()
    objects = command.dss.objects
    if phrase.noun:
        head = phrase.noun.split()[-1]
        same = [item for item in objects if _is_a(item, head)]
        if not same and phrase.noun in ("object", "thing", "subject", "character", "animal", "one"):
            same = list(objects)
    elif phrase.pronoun == "one":
        same = list(objects)
        if not phrase.adjectives and phrase.ordinal is None:
            return ()
        if phrase.ordinal in (-2, -1) and len(objects) > 2 and command.topic:
            heads = {head_of(command.object(id).phrase) for id in command.topic if any(item.id == id for item in objects)}
            same = [item for item in objects if head_of(item.phrase) in heads] or same
    else:
        return ()
    wanted = [word for word in phrase.adjectives if word in lex.ADJECTIVES and word not in ("moving", "first", "second")]
    sided = next((word for word in phrase.adjectives if word in lex.ACROSS), None)
    fitting = [item for item in same if all(_bears(item, word) for word in wanted)]
    same = fitting or ([] if wanted and any(word in lex.COLOURS for word in wanted) else same)
    if not same:
        return ()
    if sided in ("left", "leftmost", "right", "rightmost"):
        ordered = sorted(same, key=lambda item: item.path[0].box.cx)
        return ((ordered[0] if lex.ACROSS[sided] == "left" else ordered[-1]).id,)
    if phrase.ordinal == -2:
        rest = [item for item in same if item.id not in command.topic]
        return tuple(item.id for item in (rest if phrase.several else rest[:1])) or (same[-1].id,)
    if phrase.ordinal is not None:
        index = phrase.ordinal - 1 if phrase.ordinal > 0 else -1
        return (same[index].id,) if -len(same) <= index < len(same) else (same[-1].id,)
    if phrase.count is not None and phrase.count < len(same):
        return tuple(item.id for item in same[-phrase.count :])
    if phrase.several or len(same) == 1:
        return tuple(item.id for item in same)
    if phrase.article in ("a", "an", "one", "another"):
        return (same[-1].id,)
    return tuple(item.id for item in same)


def _is_a(item: Object, head: str) -> bool:
    named = head_of(item.phrase).split()[-1:]
    if named == [head] or head in item.id.split("-") or head in words_of(item.phrase):
        return True
    known = vocabulary.find(head)
    return known is not None and known is vocabulary.find(item.phrase)


def _bears(item: Object, word: str) -> bool:
    return word in words_of(item.phrase) or any(word in words_of(state.phrase) for state in item.states)


# -- the plan as a whole -------------------------------------------------------------------------------------------------------

_VIDEO = frozenset("video clip animation film movie gif footage duration".split())


def _length(command: Command) -> list[Edit] | None:
    """Longer, shorter, so many seconds, frames a second."""
    lows, dss = command.lows, command.dss
    for i, low in enumerate(lows):
        value = number(low)
        after = lows[i + 1] if i + 1 < len(lows) else ""
        if value is None:
            continue
        if after in ("fps",) or (after in ("frames",) and command.has("per", "second", "a")):
            return _timed(command, fps=value)
        long = command.has("long", "last", "lasts", "lasting", "duration", "length") or (command.has(*_VIDEO) and command.has("make", "set", "extend", "shorten", "cut", "trim", "change"))  # noqa: E501
        if after in ("seconds", "second", "s", "sec", "secs") and long and not command.has("after", "appear", "appears", "from"):
            more = command.has("longer", "add") or (i + 2 < len(lows) and lows[i + 2] == "more")
            less = command.has("shorter")
            return _timed(command, seconds=dss.seconds + value if more else dss.seconds - value if less else value)
    about_video = command.has(*_VIDEO) or command.has("whole", "it") and not dss.objects
    if not about_video:
        return None
    factor = _factor(command, lows)
    if command.has("longer", "lengthen", "extend", "twice", "double"):
        return _timed(command, seconds=dss.seconds * (factor or 1.5))
    if command.has("shorter", "shorten", "half", "halve", "trim", "cut"):
        return _timed(command, seconds=dss.seconds / (factor or 1.5))
    if command.has("smoother") or (command.has("frames") and command.has("more")):
        return _timed(command, fps=dss.fps * 1.5)
    return None


def _timed(command: Command, *, seconds: float | None = None, fps: float | None = None) -> list[Edit]:
    return [SetTiming(seconds=round(seconds, 3) if seconds else None, fps=round(fps, 3) if fps else None)]


def _factor(command: Command, lows: Sequence[str]) -> float | None:
    """ "twice", "three times", "half", "50 %"."""
    if command.has("twice", "double", "doubled"):
        return 2.0
    if command.has("half", "halve"):
        return 2.0
    if command.has("triple"):
        return 3.0
    for i, low in enumerate(lows):
        value = number(low)
        if value and i + 1 < len(lows) and lows[i + 1] in ("times", "x"):
            return value
        if value and (low.endswith("%") or (i + 1 < len(lows) and lows[i + 1] in ("%", "percent"))):
            return 1 + value / 100
    if command.has("slightly", "bit", "little", "somewhat"):
        return 1.2
    if command.has("much", "lot", "far", "way", "very"):
        return 1.8
    return None


def _filmed(command: Command) -> list[Edit] | None:
    """The camera, or the background's motion."""
    lows = command.lows
    about = command.has("camera", "zoom", "pan", "tilt", "zooms", "pans", "zooming", "panning")
    still = command.has("no", "stop", "without", "remove", "static", "still", "fixed", "freeze", "don't")
    if about and still and command.has("camera", "pan", "zoom"):
        return [SetBackground(background=(BackgroundMotion(),))]
    words = [token for token in command.tokens if token.low not in ("let", "make", "have", "should", "shall", "must", "to", "add", "set", "use") or "from" in lows]
    notes, _ = read_camera(tuple(words) if about else command.tokens)
    if not notes:
        return None
    cast = cast_from(command.dss)
    cameras = tuple(note.resolve(cast) for note in notes)
    reading = Reading(prompt="-", things=cast.things, promises=(*cameras, *_headings(command.dss)))
    return [SetBackground(background=background_for(reading, command.dss.seconds))]


def _headings(dss: DSS) -> list[Promise]:
    """Where the objects go, so that a camera that follows one knows."""
    from flowzero.agent.promises import Go

    found: list[Promise] = []
    for item in dss.objects:
        dx = item.path[-1].box.cx - item.path[0].box.cx
        if abs(dx) > 0.05:
            found.append(Journey(thing=item.id, steps=(Go(heading="right" if dx > 0 else "left"),)))
    return found


def _setting(command: Command) -> list[Edit] | None:
    """The background: "at night", "change the background to a beach", "put them in the snow"."""
    lows = command.lows
    named = command.has("background", "setting", "scene", "scenery", "place", "location", "backdrop", "everything", "video", "all")
    time_of_day = next((low for low in lows if low in ("night", "sunset", "sunrise", "dusk", "dawn", "winter", "snow", "rain", "autumn", "day")), None)
    begins = lows[0] in ("set", "change", "make", "put", "move", "use", "turn", "let", "have", "place", "switch", "replace", "give")
    if not begins or not (named or time_of_day or "setting" in lows):
        return None
    if not command.has("background", "setting", "scene", "scenery", "backdrop", "location") and targets(command) and not time_of_day:
        everything = command.has("everything", "all", "them")
        if not everything:
            return None
    for i in range(len(lows) - 1, 0, -1):
        if lows[i - 1] in ("to", "in", "into", "a", "an", "the", "at", "on", "with", "by", "under", "it", "be", "as", "background", "setting", "of", "over"):
            start = i - 1 if lows[i - 1] in ("a", "an", "the") else i
            phrase = noun_phrase(command.tokens, start)
            if phrase is None or not phrase.noun or phrase.noun.split()[-1] in ("background", "setting", "scene", "video", "scenery", "place", "location", "backdrop"):
                continue
            head = phrase.noun.split()[-1]
            if head in lex.SETTINGS or vocabulary.find_setting(phrase.noun) or command.has("background", "setting", "scene", "scenery", "backdrop", "location"):
                if vocabulary.find(head) is not None and head not in lex.SETTINGS and targets(command) and not named:
                    continue
                text = " ".join(token.low for token in command.tokens[phrase.start : phrase.end])
                bare = time_of_day == head and not phrase.article
                return [SetSetting(setting=_at_time(command.dss.setting, text) if bare else text)]
    if time_of_day:
        return [SetSetting(setting=_at_time(command.dss.setting, time_of_day))]
    return None


def _at_time(setting: str, moment: str) -> str:
    base = setting.split(", at ")[0].split(" at ")[0]
    if base == "a plain background":
        return f"a {moment} scene" if moment in ("winter", "autumn") else moment
    return f"{base}, {'in' if moment in ('winter', 'autumn', 'snow', 'rain') else 'at'} {moment}"[:300]


# -- objects coming and going --------------------------------------------------------------------------------------------------


def _remove(command: Command) -> list[Edit] | None:
    lows = command.lows
    hit = match(command.tokens, 0, "remove|delete|drop|erase|lose|cut|eliminate|kill|discard") or match(command.tokens, 0, "take", "away|out") or (
        match(command.tokens, 0, "get", "rid", "of") or match(command.tokens, 0, "no", "more?") or match(command.tokens, 0, "without")
    )
    if hit is None and lows[0] == "take" and lows[-1] in ("away", "out"):
        hit = (1, [])
    if hit is None or command.has("motion", "movement", "camera"):
        return None
    ids = targets(command, hit[0])
    for i in range(hit[0], len(lows)):
        if lows[i] in ("and", ","):
            ids = tuple(dict.fromkeys((*ids, *targets(command, i + 1))))
    if not ids:
        raise Unread
    return [RemoveObject(id=id) for id in ids]


def _replace(command: Command) -> list[Edit] | None:
    """Replace X by Y; "change the dog into a cat", "make the dog a cat" say the same."""
    lows = command.lows
    if lows[0] in ("swap", "exchange") and "and" in lows and "for" not in lows:
        return _swapped(command, lows.index("and"))
    between = next((i for i, low in enumerate(lows) if low in ("with", "by", "for", "into", "to") and i > 1), None)
    if lows[0] in ("replace", "swap", "substitute", "exchange", "switch", "change", "turn", "transform") and between is not None:
        old, start = targets(command, 1, between), between + 1
    elif lows[0] == "make" and not command.has("bigger", "smaller", "faster", "slower"):
        first = noun_phrase(command.tokens, 1)
        if first is None or first.end >= len(lows) or lows[first.end] not in ("a", "an"):
            return None
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
    thing = _new_things(new)[0]
    taken = {item.id for item in command.dss.objects} - set(old)
    edits: list[Edit] = []
    for id in old:
        item = command.object(id)
        name = object_ids(thing.model_copy(update={"count": 1}), taken)[0]
        taken.add(name)
        edits.append(ReplaceObject(id=id, object=Object(**{**dict(item), "id": name, "phrase": thing.phrase, "states": ()})))
    command.mentioned = tuple(edit.object.id for edit in edits if isinstance(edit, ReplaceObject))
    return edits


def _swapped(command: Command, at: int) -> list[Edit]:
    """Two objects change places."""
    one, two = targets(command, 1, at), targets(command, at + 1)
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
    fresh = NounPhrase(phrase.start, phrase.end, phrase.noun, phrase.count, phrase.exact, phrase.several, phrase.article, phrase.adjectives,
                       phrase.spread, extra=phrase.extra)  # fmt: skip
    cast.resolve(fresh, (), (), ())
    return cast.things


def _add(command: Command) -> list[Edit] | None:
    """New objects, with everything the rest of the command says of them."""
    lows = command.lows
    hit = match(command.tokens, 0, "add|insert|include|create|draw|introduce|show|give|bring|put|place|have|duplicate|copy|there")
    if hit is None:
        return None
    start = hit[0]
    if lows[0] in ("duplicate", "copy"):
        ids = targets(command, 1)
        return _copied(command, ids) if ids else None
    if bridge := match(command.tokens, start, "in|me|us|is|are|should", "be?"):
        start = bridge[0]
    phrase = noun_phrase(command.tokens, start)
    if phrase is None or (not phrase.noun and not phrase.another):
        return None
    more = match(command.tokens, start, "#|some|a", "more|extra|additional|further|few?")
    if lows[0] in ("put", "place", "bring", "show", "have", "give", "there") and (phrase.definite or phrase.article == "its" or phrase.name) and not phrase.another:
        return None
    if not phrase.noun or (more and more[1][1]):
        phrase = _like_last(command, phrase, more)
        if phrase is None:
            return None
    tail = command.tokens[phrase.end :] if phrase.end > phrase.start else ()
    known = CastList(tuple(_thing_of(item) for item in command.dss.objects if not _is_a(item, phrase.noun.split()[-1])))
    others = known.order
    text = command.text
    lead = _written(phrase)
    parsed = parse(text, (*tokenise(lead), *tail), known)
    new = tuple(thing for thing in known.things if thing.id not in others)
    if not new:
        return None
    return _placed(command, new, known, parsed.promises)


def _like_last(command: Command, phrase: NounPhrase, more: object) -> NounPhrase | None:
    """ "another one", "two more birds": like what is there or was spoken of."""
    from dataclasses import replace

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


def _copied(command: Command, ids: tuple[str, ...]) -> list[Edit]:
    from flowzero.agent.edits import shift

    taken = {item.id for item in command.dss.objects}
    edits: list[Edit] = []
    for id in ids:
        item = command.object(id)
        name = object_ids(_thing_of(item).model_copy(update={"id": head_of(item.phrase).replace(" ", "-") or id}), taken)[0]
        taken.add(name)
        dx = 0.25 if item.path[0].box.cx < 0.5 else -0.25
        path = tuple(Keyframe(t=k.t, box=shift(k.box, dx, 0)) for k in item.path)
        edits.append(AddObject(object=Object(**{**dict(item), "id": name, "path": path})))
    return edits


def _placed(command: Command, new: tuple[Thing, ...], cast: CastList, promises: list[Promise]) -> list[Edit]:
    """Objects for new things, placed among the plan's."""
    dss = command.dss
    placed: dict[str, tuple[Object, ...]] = {thing.id: (dss.object(thing.id),) for thing in cast.things if any(o.id == thing.id for o in dss.objects)}
    placed["*"] = tuple(item for item in dss.objects if item.id not in placed)
    if len(dss.objects) + sum(thing.count for thing in new) > MAX_OBJECTS:
        raise Unread
    reading = Reading(prompt="-", things=cast.things, promises=tuple(promises), setting=dss.setting)  # type: ignore[arg-type]
    edits: list[Edit] = []
    taken = {item.id for item in dss.objects}
    for thing in new:
        at = stance(thing, reading, max(2, len(dss.objects)))
        members: list[Object] = []
        for member, id in enumerate(object_ids(thing, taken)):
            taken.add(id)
            item = place_object(id, thing, member, reading, {**placed, thing.id: tuple(members)}, dss.seconds, at)
            members.append(item)
            edits.append(AddObject(object=item))
        placed[thing.id] = tuple(members)
    command.mentioned = tuple(edit.object.id for edit in edits if isinstance(edit, AddObject))
    return edits


def _counted(command: Command) -> list[Edit] | None:
    """ "make it three birds", "only one dog", "there should be five balls"."""
    lows = command.lows
    if not (lows[0] in ("make", "only", "use", "have", "just", "keep", "there", "show", "want", "double") or (lows[0] in ("reduce", "increase", "change") and "number" in lows)):  # noqa: E501
        return None
    if lows[0] == "double":
        ids = targets(command, 1) if command.has("number") else ()
        return _copied(command, ids) if ids else None
    wanted = next(
        (
            (i, phrase)
            for i in range(len(lows))
            if (phrase := noun_phrase(command.tokens, i)) is not None and phrase.noun and phrase.count is not None and phrase.exact
        ),
        None,
    )
    count, noun = (wanted[1].count, wanted[1].noun) if wanted else (None, "")
    if "number" in lows and count is None:
        count = next((int(value) for low in lows if (value := number(low)) is not None), None)
        phrase = noun_phrase(command.tokens, lows.index("of") + 1) if "of" in lows else None
        noun = phrase.noun if phrase else ""
    if count is None or not noun:
        return None
    have = [item for item in command.dss.objects if _is_a(item, noun.split()[-1])]
    if not have or any(low in ("second", "seconds") for low in lows):
        return None
    if len(have) >= count:
        command.settled = len(have) == count
        return [RemoveObject(id=item.id) for item in have[count:]]
    edits: list[Edit] = []
    thing = _thing_of(have[-1]).model_copy(update={"id": have[0].id.rstrip("0123456789").rstrip("-") or have[0].id})
    dss = command.dss
    cast = cast_from(dss)
    reading = Reading(prompt="-", things=(*cast.things, thing.model_copy(update={"id": f"{thing.id}+"})), setting=dss.setting)
    placed: dict[str, tuple[Object, ...]] = {item.id: (item,) for item in dss.objects}
    taken = {item.id for item in dss.objects}
    box = have[-1].path[0].box
    for k in range(count - len(have)):
        name = object_ids(thing.model_copy(update={"count": 2}), taken)[-1]
        taken.add(name)
        at = Stance(box.w, box.h, box.cy, box.y + box.h > 0.6)
        item = place_object(name, reading.things[-1], k, reading, placed, dss.seconds, at)
        like = have[-1]
        dx, dy = item.path[0].box.cx - like.path[0].box.cx, item.path[0].box.cy - like.path[0].box.cy
        path = tuple(Keyframe(t=key.t, box=Box(x=key.box.x + dx, y=key.box.y + dy, w=key.box.w, h=key.box.h)) for key in like.path)
        new = Object(**{**dict(like), "id": name, "path": path})
        placed[name] = (new,)
        edits.append(AddObject(object=new))
    return edits


# -- objects as they are -------------------------------------------------------------------------------------------------------


def _coloured(command: Command) -> list[Edit] | None:
    """ "make the ball blue", "change the colour of the car to green", "paint it red"; later in the video it is a change."""
    lows = command.lows
    at = next((i for i in range(len(lows) - 1, -1, -1) if lows[i] in lex.COLOURS and not _names_object(command, i)), None)
    if at is None or lows[0] not in ("make", "paint", "color", "colour", "recolor", "recolour", "change", "turn", "let", "set", "give", "have", "the", "it", "switch"):
        return None
    if any(phrases.time(command.tokens, i) for i in range(1, len(lows))) or command.has("gradually"):
        return None
    start = at
    while start and (lows[start - 1] in lex.SHADES or lows[start - 1] in lex.COLOURS or lows[start - 1] == "and"):
        start -= 1
    ids = targets(command, 1 if lows[0] not in ("the", "it") else 0, start) or command.topic
    if not ids and len(command.dss.objects) == 1:
        ids = (command.dss.objects[0].id,)
    if not ids:
        raise Unread
    colour = " ".join(lows[start : at + 1])
    command.mentioned = ids
    return [SetPhrase(id=id, phrase=recoloured(command.object(id).phrase, colour)) for id in ids]


def _names_object(command: Command, i: int) -> bool:
    """Whether a colour word belongs to the object it names ("the red ball"), not to what it shall become."""
    if i + 1 >= len(command.tokens):
        return False
    phrase = noun_phrase(command.tokens, i)
    return phrase is not None and bool(phrase.noun) and phrase.noun not in lex.COLOURS and bool(_matching(command, phrase))


def recoloured(phrase: str, colour: str) -> str:
    """A phrase with another colour in the place of its own, or before its noun."""
    words = phrase.split()
    noun = head_of(phrase).split()[0] if head_of(phrase) else words[-1]
    kept = [word for word in words if word.lower() not in lex.COLOURS and not (word.lower() in lex.SHADES)]
    at = next((i for i, word in enumerate(kept) if singular(word.lower()) == noun), max(len(kept) - 1, 0))
    made = [*kept[:at], *colour.split(), *kept[at:]]
    if made and made[0] in ("a", "an") and len(made) > 1:
        made[0] = "an" if made[1][0] in "aeiou" else "a"
    return " ".join(made)[:120]


def _qualified(command: Command) -> list[Edit] | None:
    """ "make the dog fluffy": an adjective that the phrase takes in."""
    lows = command.lows
    if lows[0] != "make" or len(lows) < 3 or lows[-1] not in lex.ADJECTIVES or lows[-1] in lex.HASTY | lex.SLOW | lex.LARGE | lex.SMALL | lex.STILL_WORDS | lex.COLOURS:
        return None
    ids = targets(command, 1, len(lows) - 1)
    if not ids or lows[-1] in ("smooth",):
        return None
    return [SetPhrase(id=id, phrase=recoloured_with(command.object(id).phrase, lows[-1])) for id in ids]


def recoloured_with(phrase: str, word: str) -> str:
    """A phrase with one more adjective before its noun."""
    words = phrase.split()
    made = [words[0], word, *words[1:]] if words[0] in ("a", "an", "the") else [word, *words]
    if made[0] in ("a", "an"):
        made[0] = "an" if word[0] in "aeiou" else "a"
    return " ".join(made)[:120]


_BIGGER = ("bigger", "larger", "taller", "big", "large", "huge", "enlarge", "giant", "increase", "grow", "wider")
_SMALLER = ("smaller", "tinier", "tiny", "small", "shrink", "reduce", "little", "shorter", "decrease")


def _sized(command: Command) -> list[Edit] | None:
    lows = command.lows
    grow, shrink = command.has(*_BIGGER), command.has(*_SMALLER)
    resize = command.has("size", "scale", "resize", "double", "triple", "halve", "half", "twice")
    if not (grow or shrink or (resize and (command.has("size") or lows[0] in ("scale", "resize", "double", "triple", "halve")))):
        return None
    if command.has("speed", "gradually", "grows", "shrinks", "as") and not command.has("big", "large", "small", "tall") or any(phrases.time(command.tokens, i) for i in range(1, len(lows))):
        return None
    stop = next((i for i, low in enumerate(lows) if low == "than"), None)
    if stop is not None:
        return _outsized(command, stop, grow=grow)
    ids = targets(command, 0) or command.topic
    if not ids:
        raise Unread
    if command.has("halve", "half"):
        shrink = True
    factor = _factor(command, lows) or 1.4
    command.mentioned = ids
    return [Scale(id=id, factor=1 / factor if shrink and not grow else factor, anchor=_anchor(command.object(id))) for id in ids]


def _anchor(item: Object) -> str:  # type: ignore[return]
    return "bottom" if item.path[0].box.y + item.path[0].box.h > 0.6 else "centre"


def _outsized(command: Command, stop: int, *, grow: bool) -> list[Edit]:
    """ "make the dog bigger than the cat"."""
    ours, theirs = targets(command, 1, stop), targets(command, stop + 1)
    if not ours or not theirs:
        raise Unread
    size = command.object(theirs[0]).path[0].box.area ** 0.5
    edits: list[Edit] = []
    for id in ours:
        item = command.object(id)
        factor = (1.25 if grow else 0.75) * size / item.path[0].box.area ** 0.5
        edits.append(Scale(id=id, factor=factor, anchor=_anchor(item)))
    return edits


def _sped(command: Command) -> list[Edit] | None:
    """Faster and slower: a longer or shorter way in the same time, about its start."""
    lows = command.lows
    fast = command.has("faster", "quicker", "fast", "quickly", "speed", "hurry", "rapidly", "quick", "accelerate")
    slow = command.has("slower", "slow", "slowly", "slowed")
    if not (fast or slow) or command.has("camera", "background", "zoom", "pan"):
        return None
    if command.has("half", "down") and "speed" in lows:
        slow = True
    stop = next((i for i, low in enumerate(lows) if low in ("than", "as")), None)
    ids = targets(command, 0, stop) or command.topic or tuple(item.id for item in command.dss.objects if len(item.path) > 1)
    ids = tuple(id for id in ids if len(command.object(id).path) > 1)
    if not ids:
        raise Unread
    factor = _factor(command, lows) or 1.5
    command.mentioned = ids
    edits: list[Edit] = []
    for id in ids:
        wanted = 1 / factor if slow else factor
        edits += paced(command.object(id), wanted)
    return edits


def paced(item: Object, factor: float) -> list[Edit]:
    """The same way at another speed: earlier there and then at rest, or less far; a longer way where there is room."""
    start = item.path[0].box
    if factor < 1:
        path = tuple(
            Keyframe(t=k.t, box=Box(x=start.x + (k.box.x - start.x) * factor, y=start.y + (k.box.y - start.y) * factor, w=k.box.w, h=k.box.h))
            for k in item.path
        )
        return [SetPath(id=item.id, path=path)]
    far = tuple(
        Keyframe(t=k.t, box=Box(x=start.x + (k.box.x - start.x) * factor, y=start.y + (k.box.y - start.y) * factor, w=k.box.w, h=k.box.h))
        for k in item.path
    )
    if all(k.box.inside() > 0.8 for k in far):
        return [SetPath(id=item.id, path=far)]
    first, last = item.path[0].t, item.path[-1].t
    return [Retime(id=item.id, start=first, end=first + (last - first) / factor)]


def _styled(command: Command) -> list[Edit] | None:
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
    ids = targets(command, 0) or command.topic if not command.has("motion", "movement", "movements", "everything") else targets(command, 0)
    ids = ids or tuple(item.id for item in command.dss.objects)
    if not ids or lows[0] not in ("make", "use", "let", "have", "smooth", "set", "give", "change", "the"):
        return None
    return [SetMotion(id=id, motion=motion) for id in ids]  # type: ignore[arg-type]


# -- objects on their way ------------------------------------------------------------------------------------------------------


def _turned_round(command: Command) -> list[Edit] | None:
    """ "the other way round", "reverse the direction", "mirror it"."""
    text = " ".join(command.lows)
    reverse = any(part in text for part in ("other way", "opposite direction", "opposite way", "other direction", "reverse", "backwards", "backward", "turn around", "invert", "vice versa"))  # noqa: E501
    mirror = command.has("mirror", "flip")
    if not (reverse or mirror) or command.has("camera", "background"):
        return None
    ids = targets(command, 0)
    if not ids:
        moving = tuple(item.id for item in command.dss.objects if len(item.path) > 1)
        ids = tuple(id for id in command.topic if id in moving) or moving
    if not ids:
        raise Unread
    command.mentioned = ids
    edits: list[Edit] = []
    for id in ids:
        item = command.object(id)
        if mirror:
            path = tuple(Keyframe(t=k.t, box=Box(x=1 - k.box.x - k.box.w, y=k.box.y, w=k.box.w, h=k.box.h)) for k in item.path)
        else:
            path = tuple(Keyframe(t=1 - k.t, box=k.box) for k in reversed(item.path))
        edits.append(SetPath(id=id, path=path))
    return edits


def _stopped(command: Command) -> list[Edit] | None:
    lows = command.lows
    hit = lows[0] in ("stop", "freeze") or (lows[0] in ("keep", "make", "let", "have", "hold") and command.has("still", "static", "stationary", "motionless", "unmoving", "stay", "parked", "standing", "fixed"))  # noqa: E501
    hit = hit or (command.has("not", "don't", "doesn't", "stop") and command.has("move", "moving"))
    if not hit or command.has("camera", "after", "halfway", "then", "appear"):
        return None
    ids = targets(command, 1) or command.topic
    if not ids:
        raise Unread
    return [SetPath(id=id, path=(Keyframe(t=0.0, box=command.object(id).path[0].box),)) for id in ids]


def _delayed(command: Command) -> list[Edit] | None:
    """Start or end earlier or later."""
    lows, dss = command.lows, command.dss
    later, earlier = command.has("later", "delay", "after"), command.has("earlier", "sooner", "before")
    if not (later or earlier) or not (command.has("start", "starts", "begin", "begins", "delay", "move", "moves", "moving", "arrive", "appear", "appears", "stop", "end", "enter", "leave")):  # noqa: E501
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
    for id in ids:
        item = command.object(id)
        if appears or len(item.path) == 1:
            first = item.visible[0]
            start = by if "after" in lows else first.start + (by if later else -by)
            start = min(max(start, 0.0), first.end - 0.05)
            edits.append(SetVisible(id=id, visible=(Span(start=round(start, 4), end=first.end), *item.visible[1:])))
            continue
        first, last = item.path[0].t, item.path[-1].t  # type: ignore[assignment]
        if command.has("stop", "end", "arrive"):
            last = min(1.0, max(first + 0.05, last + (by if later else -by)))  # type: ignore[operator,assignment]
        else:
            first = by if "after" in lows else min(max(first + (by if later else -by), 0.0), last - 0.1)  # type: ignore[operator,assignment]
        edits.append(Retime(id=id, start=round(first, 4), end=round(last, 4)))  # type: ignore[call-overload]
    return edits


def _layered(command: Command) -> list[Edit] | None:
    """In front and behind: the order in depth."""
    lows = command.lows
    text = " ".join(lows)
    ids: tuple[str, ...]
    for words, sign in (("in front of", 1), ("behind", -1)):
        if f" {words} " in f" {text} ":
            at = lows.index(words.split()[0])
            if lows[0] in ("add", "insert"):
                return None
            start = 1 if lows[0] in IMPERATIVES else 0
            ids, others = targets(command, start, at) or command.topic, targets(command, at + len(words.split()))
            if not ids or not others:
                return None
            command.mentioned = ids
            level = command.object(others[0]).depth
            return [SetDepth(id=id, depth=level + sign) for id in ids]
    front = any(part in text for part in ("to the front", "to the foreground", "in the foreground", "forward", "closest", "nearest"))
    back = any(part in text for part in ("to the back", "to the background", "in the background", "furthest"))
    if not (front or back):
        return None
    ids = targets(command, 1) or command.topic
    if not ids:
        return None
    depths = [item.depth for item in command.dss.objects if item.id not in ids] or [0]
    return [SetDepth(id=id, depth=max(depths) + 1 if front else min(depths) - 1) for id in ids]


def _shown(command: Command) -> list[Edit] | None:
    """When an object is there."""
    if not command.has("appear", "appears", "disappear", "disappears", "vanish", "vanishes", "show", "hide", "visible", "fade", "gone", "invisible", "only"):
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
        spans = [Span(start=a, end=b) for a, b in ((0.0, start), (end, 1.0)) if b - a > 0.02]
    elif gone:
        spans = [Span(start=0, end=round(start or 0.5, 4))]
    else:
        if window is not None and window.sense in ("moment", "from"):
            end = 1.0
        spans = [Span(start=round(start, 4), end=round(end, 4))]
    command.mentioned = ids
    return [SetVisible(id=id, visible=tuple(spans)) for id in ids] if spans else None


def _repositioned(command: Command) -> list[Edit] | None:
    """Move it to the left, up a bit, to the top right corner, next to the tree."""
    lows = command.lows
    if lows[0] not in ("move", "put", "place", "shift", "bring", "push", "pull", "position", "set", "send", "raise", "lower", "slide", "drag", "get", "take"):
        return None
    if any(low in ("from", "then", "moving", "slowly") for low in lows):
        return None
    ids = targets(command, 1) or command.topic
    if not ids:
        return None
    if any(phrases.time(command.tokens, i) for i in range(1, len(lows))):
        return None
    factor = 0.08 if command.has("bit", "little", "slightly") else 0.35 if command.has("far", "lot", "much") else 0.2
    amount = next((v / 100 for i, low in enumerate(lows) if low.endswith("%") or (i + 1 < len(lows) and lows[i + 1] in ("%", "percent")) if (v := number(low))), None)
    factor = amount or factor
    edits: list[Edit] = []
    for id in ids:
        goal = _goal(command, id, factor)
        if goal is None:
            return None
        dx, dy = goal
        from flowzero.agent.edits import Move

        edits.append(Move(id=id, dx=round(dx, 4), dy=round(dy, 4)))
    command.mentioned = ids
    return edits


def _goal(command: Command, id: str, step: float) -> tuple[float, float] | None:
    """How far the object's path has to shift."""
    item = command.object(id)
    box = item.path[0].box
    xs, ys = [k.box.cx for k in item.path], [k.box.cy for k in item.path]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    at = Stance(box.w, box.h, y, box.y + box.h > 0.7)
    if command.lows[0] in ("raise", "lower"):
        return 0.0, _room(item, 0.0, -step if command.lows[0] == "raise" else step)[1]
    for i in range(1, len(command.tokens)):
        side = phrases.relation(command.tokens, i)
        if side and (other := noun_phrase(command.tokens, side[0])) is not None:
            ids = tuple(name for name in _matching(command, other) if name != id)
            if ids:
                from flowzero.agent.placing import beside

                cx, cy = beside(side[1].relation, at, command.object(ids[0]).path[0].box, x, y)
                return cx - box.cx, cy - box.cy
        region = phrases.region(command.tokens, i)
        if region and isinstance(region[1], Region):
            if region[1].bare and region[1].place.x in ("left", "right") and region[1].place.y is None:
                return _room(item, -step if region[1].place.x == "left" else step, 0.0)
            cx, cy = centre_of(region[1].place, at, x, y)
            return cx - x, cy - y
        heading = phrases.heading(command.tokens, i)
        if heading and heading[1] in phrases_vectors():
            ux, uy = phrases_vectors()[heading[1]]
            return _room(item, ux * step, uy * step)
    return None


def phrases_vectors() -> dict[str, tuple[float, float]]:
    """Unit vectors of the headings."""
    from flowzero.dss import VECTORS

    return VECTORS


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


def _told(command: Command) -> list[Edit] | None:
    """A clause about objects of the plan: "let the ball roll from right to left", "the dog should jump", "make it fall"."""
    lows = command.lows
    tokens = command.tokens
    if lows[0] in ("let", "make", "have", "get"):
        tokens = tokens[1:]
    tokens = tuple(token for token in tokens if token.low not in ("should", "shall", "must", "to-be", "instead", "needs") )
    tokens = tuple(token for i, token in enumerate(tokens) if not (token.low == "to" and i + 1 < len(tokens) and any(b in lex.VERBS for b in bases(tokens[i + 1].low)) and tokens[i + 1].low not in ("left", "right")))  # noqa: E501
    if lows[0] in ("turn", "move", "send", "fly", "roll", "walk", "drive"):
        phrase = noun_phrase(tokens, 1)
        if phrase is None or not _matching(command, phrase):
            return None
        tokens = (*tokens[phrase.start : phrase.end], tokens[0], *tokens[phrase.end :])
    if not tokens:
        return None
    cast = cast_from(command.dss)
    known = cast.order
    if tokens[0].low in ("it", "they", "them") and (command.topic or known):
        ids = command.topic or known[:1]
        names = tokenise(" and ".join(f"the {head_of(command.object(id).phrase)}" for id in ids[:1]))
        tokens = (*names, *tokens[1:])
        cast = CastList(tuple(_thing_of(command.object(id)) for id in (*ids, *(id for id in known if id not in ids))))
        if len(ids) == 1:
            cast = CastList((_thing_of(command.object(ids[0])), *(_thing_of(item) for item in command.dss.objects if item.id not in ids and not _is_a(item, names[-1].low))))  # noqa: E501
    parsed = parse(command.text, tokens, cast)
    if any(id not in known for id in cast.order):
        return None
    reading = Reading(prompt="-", things=cast.things, promises=tuple(parsed.promises), setting=command.dss.setting)
    edits: list[Edit] = []
    for id in dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises):
        if id in known:
            edits += _obeyed(command, id, reading)
    command.mentioned = tuple(dict.fromkeys(getattr(promise, "thing", "") for promise in parsed.promises if getattr(promise, "thing", "") in known))
    return edits or None


def _obeyed(command: Command, id: str, reading: Reading) -> list[Edit]:
    """Edits that let one object keep what a clause promises of it."""
    item = command.object(id)
    thing = reading.thing(id)
    mine = [promise for promise in reading.promises if getattr(promise, "thing", None) == id]
    edits: list[Edit] = []
    for promise in mine:
        if isinstance(promise, Seen):
            edits.append(SetVisible(id=id, visible=visible_for(thing, reading, command.dss.seconds)))
        elif isinstance(promise, Turns):
            edits.append(SetStates(id=id, states=states_for(thing, reading, command.dss.seconds)))
        elif isinstance(promise, Still):
            edits.append(SetPath(id=id, path=(Keyframe(t=0.0, box=item.path[0].box),)))
        elif isinstance(promise, Compared) and promise.aspect == "size":
            size = command.object(promise.other).path[0].box.area ** 0.5
            edits.append(Scale(id=id, factor=(1.25 if promise.sign > 0 else 0.75) * size / item.path[0].box.area**0.5, anchor=_anchor(item)))  # type: ignore[arg-type]
        elif isinstance(promise, Relation) and promise.relation in ("front", "behind"):
            edits.append(SetDepth(id=id, depth=command.object(promise.other).depth + (1 if promise.relation == "front" else -1)))
    if any(isinstance(promise, Journey | Stays | Relation) or promise.kind in ("moves", "following", "passing", "meeting", "carrying", "growth") for promise in mine):
        box = item.path[0].box
        grounded = box.y + box.h > 0.6 and not thing.medium == "air"
        at = Stance(box.w, box.h, min(box.cy, GROUND - box.h / 2) if grounded else box.cy, grounded)
        placed = {other.id: (other,) for other in command.dss.objects if other.id != id}
        x = min(max(box.cx, box.w / 2), 1 - box.w / 2)
        path = path_for(Sketch(id, at, reading, placed, x, command.dss.seconds))
        if path != item.path:
            edits.append(SetPath(id=id, path=path))
    return edits


_READERS: tuple[Callable[[Command], list[Edit] | None], ...] = (
    _length,
    _filmed,
    _counted,
    _remove,
    _coloured,
    _turned_round,
    _replace,
    _setting,
    _layered,
    _sized,
    _sped,
    _styled,
    _delayed,
    _shown,
    _stopped,
    _add,
    _repositioned,
    _told,
    _qualified,
)
