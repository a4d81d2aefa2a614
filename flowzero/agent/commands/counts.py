"""Commands about how many of a kind there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from flowzero.agent.casting import head_of
from flowzero.agent.commands.comings import copied
from flowzero.agent.commands.command import Command, Unread, kind, matching, targets, thing_of
from flowzero.agent.composing import crowding, object_ids, seen_along
from flowzero.agent.edits import AddObject, Edit, RemoveObject, shift
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import match, number
from flowzero.dss import MAX_OBJECTS, Box, Keyframe, Object

_BEGINS = frozenset(["make", "only", "use", "have", "just", "keep", "there", "show", "want", "let", "leave"])
_FURTHER = frozenset(["more", "extra", "additional", "further", "other", "another"])
_CLOSES = frozenset(["in", "total", "altogether", "all", "there", "now", "overall", "of", "them"])


def counted(command: Command) -> list[Edit] | None:  # noqa: PLR0911
    """As in "make it three birds", "only one dog", "there should be five balls", "halve the number of birds"."""
    lows = command.lows
    if "number" in lows and lows[0] in ("double", "halve", "triple"):
        return _multiplied(command)
    there = command.text.lower().startswith(("there should", "there must", "there shall", "there are", "there is", "i want"))
    if (count := _of_them(command)) is not None:
        return _until(command, _them(command), count)
    if lows[0] in ("fewer", "less", "more"):
        return _one_more_or_less(command)
    if (found := _so_many_more(command)) is not None:
        return found
    if lows[0] in ("keep", "leave") and (command.has("only", "just") or match(command.tokens, 1, "#")):
        return _kept(command)
    stated = _stated(command)
    begun = lows[0] in _BEGINS or there or (stated is not None and stated.start == 0)
    if not begun and not ("number" in lows and lows[0] in ("reduce", "increase", "change", "set")):
        return None
    if "number" in lows:
        count = next((int(value) for low in lows if (value := number(low)) is not None), None)
        phrase = noun_phrase(command.tokens, lows.index("of") + 1) if "of" in lows else None
        noun = phrase.noun if phrase else ""
    else:
        count, noun = (stated.count, stated.noun) if stated is not None else (None, "")
    if count is None or not noun or command.has("second", "seconds"):
        return None
    have = kind(command.dss, noun.split()[-1])
    return _until(command, have, count) if have else None


_HOW = "only|just|exactly?"
_PRONOUN = (
    ("make|have|let|keep", "it|them|that|there|they?", "be?", _HOW, "#", "of?", "them|these|those?"),
    ("there", "should|must|shall", _HOW, "be", _HOW, "#", "of?", "them|these|those?"),
    ("there", "are", _HOW, "#", "of?", "them|these|those?"),
    ("add", _HOW, "#", "of?", "them|these|those?"),
    ("show|use|draw?", _HOW, "#", "of", "them|these|those"),
)
"""As in "make them five", "there should be three of them", "four of them"."""


def _of_them(command: Command) -> int | None:
    """How many there shall be of what was spoken of, where no noun says of what."""
    for slots in _PRONOUN:
        hit = match(command.tokens, 0, *slots)
        further = slots[0] == "add" and not command.text.lower().startswith("there")
        if hit is None or hit[0] < len(command.tokens) or further:
            continue
        value = next(value for word in hit[1] if word and (value := number(word)) is not None)
        return int(value) if value == int(value) and value >= 1 else None
    return None


def _them(command: Command) -> list[Object]:
    """All of the one kind that was spoken of last, or of which alone there are several, or that is there alone.

    Raises:
        Unread: if that leaves open which kind is meant.
    """
    kinds: dict[str, list[Object]] = {}
    for item in command.dss.objects:
        kinds.setdefault(head_of(item.phrase), []).append(item)
    spoken = {head_of(item.phrase) for item in command.dss.objects if item.id in command.topic}
    several = {head for head, items in kinds.items() if len(items) > 1}
    for heads in (spoken, several, set(kinds)):
        if len(heads) == 1:
            found = kinds[heads.pop()]
            command.mentioned = tuple(item.id for item in found)
            return found
    raise Unread


def _stated(command: Command) -> NounPhrase | None:
    """The exact number of things with which a command ends."""
    tokens = command.tokens
    for i in range(len(tokens)):
        phrase = noun_phrase(tokens, i)
        if phrase is None or not phrase.noun or phrase.count is None or not phrase.exact or phrase.article == "the":
            continue
        if set(phrase.adjectives) & _FURTHER or phrase.another:
            continue
        if all(token.low in _CLOSES or not token.word for token in tokens[phrase.end :]):
            return phrase
    return None


def _until(command: Command, have: Sequence[Object], count: int) -> list[Edit]:
    """As many as stated, by taking the last away or adding some like the last.

    Raises:
        Unread: if the plan would have too many objects.
    """
    if len(have) >= count:
        command.settled = len(have) == count
        return [RemoveObject(id=item.id) for item in have[count:]]
    if len(command.dss.objects) + count - len(have) > MAX_OBJECTS:
        raise Unread
    edits: list[Edit] = []
    like, dss = have[-1], command.dss
    thing = thing_of(like).model_copy(update={"id": have[0].id.rstrip("0123456789").rstrip("-") or have[0].id})
    placed: dict[str, tuple[Object, ...]] = {item.id: (item,) for item in dss.objects}
    taken = {item.id for item in dss.objects}
    for _ in range(count - len(have)):
        name = object_ids(thing.model_copy(update={"count": 1}), taken)[0]
        taken.add(name)
        dx, dy = _abreast(like, placed)
        path = tuple(
            Keyframe(t=key.t, box=Box(x=key.box.x + dx, y=key.box.y + dy, w=key.box.w, h=key.box.h)) for key in like.path
        )
        try:
            new = Object(**{**dict(like), "id": name, "path": path})
        except ValidationError:  # like one that is only just within the frame: it goes its way
            new = like.model_copy(update={"id": name})
        placed[name] = (new,)
        edits.append(AddObject(object=new))
    return edits


def _abreast(like: Object, placed: Mapping[str, tuple[Object, ...]]) -> tuple[float, float]:
    """How far from one another like it is, or goes the same way, within the picture, where it covers the others least."""
    others = [item for items in placed.values() for item in items]
    alike = [other for other in others if other.phrase == like.phrase]  # which must be told apart, and so count twice more
    taken = [seen_along(other) for other in (*others, *alike, *alike)]
    box = like.path[0].box
    low = box.y + box.h > 0.6
    steps = [(dx * 0.275 * box.w, dy) for dx in range(-12, 13) for dy in (_LOW if low else _HIGH) if dx or dy]
    inside = min(key.box.inside() for key in like.path)
    near = 0.2 if len(like.path) > 1 else 0.05  # who goes together is together; who stands needs room

    def price(step: tuple[float, float]) -> float:
        path = tuple(Keyframe(t=key.t, box=shift(key.box, *step)) for key in like.path)
        out = sum(max(0.0, inside - key.box.inside()) for key in path)
        return crowding(like.model_copy(update={"path": path}), taken) + 5 * out + near * (abs(step[0]) + abs(step[1]))

    return min(steps, key=price)


_LOW, _HIGH = (0.0, 0.06, -0.06, 0.1), (0.0, 0.15, -0.15, 0.3, -0.3, 0.45)
"""Other lanes on the ground, and in the air."""


def _multiplied(command: Command) -> list[Edit]:
    """As in "double the number of birds", "halve the number of dogs"."""
    ids = targets(command, command.lows.index("number") + 1)
    if not ids:
        raise Unread
    if command.lows[0] == "double":
        return copied(command, ids)
    count = 3 * len(ids) if command.lows[0] == "triple" else len(ids) / 2
    if count != int(count):
        raise Unread
    return _until(command, [command.object(item_id) for item_id in ids], int(count))


def _so_many_more(command: Command) -> list[Edit] | None:
    """As in "add two more dogs": like those that are there, and beside them."""
    phrase = noun_phrase(command.tokens, 1 if command.lows[0] in ("add", "insert", "include") else 0)
    if phrase is None or not phrase.noun or "more" not in phrase.adjectives or phrase.end < len(command.tokens):
        return None
    have = kind(command.dss, phrase.noun.split()[-1])
    alike = set(phrase.adjectives) - {"more"} <= {word for item in have for word in item.phrase.split()}
    return _until(command, have, len(have) + phrase.count) if have and alike and phrase.count else None


def _one_more_or_less(command: Command) -> list[Edit] | None:
    """As in "more birds", "fewer dogs": one."""
    phrase = noun_phrase(command.tokens, 1)
    if phrase is None or not phrase.noun or phrase.end < len(command.tokens):
        return None
    ids = matching(command, phrase)
    if not ids:
        raise Unread
    command.mentioned = ids
    if command.lows[0] == "more":
        return _until(command, [command.object(item_id) for item_id in ids], len(ids) + 1)
    if len(ids) == 1:
        raise Unread
    return [RemoveObject(id=ids[-1])]


def _kept(command: Command) -> list[Edit] | None:
    """As in "keep only the boat", "keep two birds": of the rest, or of their kind, nothing is kept."""
    phrase = next((p for i in range(1, len(command.tokens)) if (p := noun_phrase(command.tokens, i)) and p.noun), None)
    if phrase is None or phrase.end < len(command.tokens):
        return None
    ids = matching(command, phrase)
    if not ids:
        raise Unread
    if phrase.count is not None and phrase.article != "the":
        return _until(command, kind(command.dss, phrase.noun.split()[-1]), phrase.count)
    command.settled = True
    return [RemoveObject(id=item.id) for item in command.dss.objects if item.id not in ids]
