"""One command of an instruction, and what its words stand for in a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.casting import head_of, words_of
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import match, number
from flowzero.agent.promises import Thing
from flowzero.agent.tokens import Token, singular, tokenise
from flowzero.dss import DSS, Object

IMPERATIVES = frozenset(
    [
        "add",
        "insert",
        "include",
        "put",
        "place",
        "remove",
        "delete",
        "drop",
        "erase",
        "hide",
        "show",
        "replace",
        "swap",
        "exchange",
        "change",
        "turn",
        "make",
        "let",
        "have",
        "move",
        "shift",
        "bring",
        "send",
        "set",
        "reverse",
        "flip",
        "mirror",
        "stop",
        "freeze",
        "keep",
        "slow",
        "speed",
        "double",
        "triple",
        "halve",
        "enlarge",
        "shrink",
        "grow",
        "scale",
        "resize",
        "recolor",
        "recolour",
        "paint",
        "color",
        "colour",
        "zoom",
        "pan",
        "tilt",
        "roll",
        "rotate",
        "start",
        "begin",
        "end",
        "extend",
        "shorten",
        "lengthen",
        "lower",
        "raise",
        "push",
        "pull",
        "give",
        "use",
        "smooth",
        "get",
        "take",
        "delay",
        "follow",
        "increase",
        "decrease",
        "reduce",
        "animate",
        "duplicate",
        "copy",
        "create",
        "switch",
        "render",
        "draw",
        "fade",
        "cut",
        "trim",
        "position",
        "orbit",
        "invert",
        "nudge",
        "relocate",
        "reposition",
        "ease",
        "leave",
        "undo",
        "shake",
    ]
)
"""Verbs that begin a command."""


class Unread(Exception):  # noqa: N818
    """This command says nothing that edits can do."""


@dataclass
class Command:
    """One command: its words, the plan it is for, and what "it" stands for."""

    text: str
    tokens: tuple[Token, ...]
    dss: DSS
    topic: tuple[str, ...] = ()
    settled: bool = False
    whole: str = ""
    """The instruction that it is a part of; the places of tokens are places in it."""
    left: tuple[str, ...] = ()
    """Pieces of it that the edits do not cover."""
    mentioned: tuple[str, ...] = field(default=())

    @property
    def lows(self) -> list[str]:
        """Its words, in small letters."""
        return [token.low for token in self.tokens]

    def has(self, *words: str) -> bool:
        """Whether any of the words is there."""
        return bool(set(words) & set(self.lows))

    def object(self, item_id: str) -> Object:
        """An object of the plan."""
        return self.dss.object(item_id)


def cast_from(dss: DSS) -> CastList:
    """The plan's objects as known things, one each."""
    return CastList(tuple(thing_of(item) for item in dss.objects))


def thing_of(item: Object) -> Thing:
    """An object as a thing that words may stand for."""
    words = [token.low for token in tokenise(item.phrase)]
    noun = head_of(item.phrase) or item.id
    attributes = tuple(word for word in words if word in lex.ADJECTIVES and word != noun)
    return Thing(id=item.id, phrase=item.phrase, noun=noun, text=item.phrase, attributes=attributes)


_ALL = frozenset(["everything", "everyone", "everybody", "all", "both", "they", "them"])


def targets(command: Command, start: int = 0, stop: int | None = None) -> tuple[str, ...]:
    """The objects that the first noun phrase from `start` on names; what the talk was about when it is "it"."""
    tokens = command.tokens[:stop]
    objects = command.dss.objects
    for i in range(start, len(tokens)):
        low = tokens[i].low
        if low in ("they", "them", "both") and len(command.topic) > 1:
            command.mentioned = command.topic
            return command.topic
        if low in _ALL and not (i + 1 < len(tokens) and matching(command, noun_phrase(tokens, i + 1))):
            command.mentioned = tuple(item.id for item in objects)
            return command.mentioned
        if low in ("it", "him", "her", "this", "that", "its") and (
            low not in ("this", "that", "its", "her") or noun_phrase(tokens, i + 1) is None
        ):
            return command.topic or default_topic(command.dss)
        phrase = noun_phrase(tokens, i)
        if phrase is None:
            continue
        found = matching(command, phrase)
        if found:
            command.mentioned = _joined(command, tokens, phrase.end, _standing(command, tokens, phrase, found))
            return command.mentioned
    return ()


_PUTTING = frozenset(
    ["put", "place", "move", "shift", "set", "bring", "send", "position", "have", "let", "get", "slide", "push"]
)


def _standing(command: Command, tokens: tuple[Token, ...], phrase: NounPhrase, found: tuple[str, ...]) -> tuple[str, ...]:
    """Of several alike the one that stands there, as in "remove the tree on the left"; "put the tree on the left" is a way."""
    hit = match(tokens, phrase.end, "on|at|to|in", "the", "far?", "left|right|middle|centre|center", "side?")
    if hit is None or len(found) < 2 or phrase.several or command.tokens[0].low in _PUTTING:
        return found
    ordered = sorted(found, key=lambda item_id: command.object(item_id).path[0].box.cx)
    side = lex.ACROSS[hit[1][3]]
    if side == "middle":
        return (ordered[len(ordered) // 2],) if len(ordered) % 2 else found
    return (ordered[0 if side == "left" else -1],)


def _joined(command: Command, tokens: tuple[Token, ...], i: int, found: tuple[str, ...]) -> tuple[str, ...]:
    """Those found, and those that a list goes on with, as in "the ball, the cat and the dog"."""
    while i < len(tokens) and tokens[i].low in ("and", ","):
        i += 2 if [token.low for token in tokens[i : i + 2]] == [",", "and"] else 1
        phrase = noun_phrase(tokens, i)
        more = matching(command, phrase)
        if phrase is None or not more:
            break
        found, i = (*found, *(item_id for item_id in more if item_id not in found)), phrase.end
    return found


def default_topic(dss: DSS) -> tuple[str, ...]:
    """What "it" is when nothing was spoken of yet: what an earlier revision brought in last, else the first object."""
    mentioned = words_of(dss.prompt)
    brought = [
        item.id
        for item in dss.objects
        if head_of(item.phrase).split()[-1:] and head_of(item.phrase).split()[-1] not in mentioned
    ]
    return tuple(brought[-1:]) or tuple(item.id for item in dss.objects[:1])


def matching(command: Command, phrase: NounPhrase | None) -> tuple[str, ...]:  # noqa: C901, PLR0911, PLR0912
    """The objects that a noun phrase names: by noun, by colour, by number in the row, by side."""
    if phrase is None:
        return ()
    objects = command.dss.objects
    if phrase.noun:
        head = phrase.noun.split()[-1]
        same = kind(command.dss, head)
        if not same and head in _GROUPS:
            same = [item for item in objects if (known := vocabulary.find(item.phrase)) and known.group == _GROUPS[head]]
            same = list(objects) if phrase.several and phrase.count == len(objects) else same
        if (
            not same
            and phrase.noun in ("object", "thing", "subject", "character", "animal", "one")
            and (head not in _GROUPS or len(objects) == 1)
        ):
            same = list(objects)
    elif phrase.pronoun == "one":
        same = list(objects)
        if not phrase.adjectives and phrase.ordinal is None:
            return ()
        if phrase.ordinal in (-2, -1) and len(objects) > 2 and command.topic:
            heads = {
                head_of(command.object(item_id).phrase)
                for item_id in command.topic
                if any(item.id == item_id for item in objects)
            }
            same = [item for item in objects if head_of(item.phrase) in heads] or same
    else:
        return ()
    wanted = [word for word in phrase.adjectives if word in lex.ADJECTIVES and word not in ("moving", "first", "second")]
    sided = next((word for word in phrase.adjectives if word in lex.ACROSS), None)
    fitting = [item for item in same if all(_bears(item, word) for word in wanted)]
    same = fitting or ([] if wanted and any(word in lex.COLOURS for word in wanted) else same)
    if not same:
        return ()
    ordered = sorted(same, key=lambda item: item.path[0].box.cx)
    if sided is not None and sided in ("middle", "center", "centre", "central") and len(same) % 2:
        return (ordered[len(same) // 2].id,)
    if sided is not None and lex.ACROSS[sided] in ("left", "right"):
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


_GROUPS = {"animal": "animal", "creature": "animal", "beast": "animal", "vehicle": "vehicle", "person": "person"}
"""What a whole group of nouns is called."""


def kind(dss: DSS, head: str) -> list[Object]:
    """The objects that a noun names: those of that very noun, or else those that it can stand for."""
    same = [item for item in dss.objects if head_of(item.phrase).split()[-1:] in ([head], [singular(head)])]
    return same or [item for item in dss.objects if is_a(item, head)]


def is_a(item: Object, head: str) -> bool:
    """Whether an object is what a noun names."""
    named = head_of(item.phrase).split()[-1:]
    if named == [head] or head in item.id.split("-") or head in words_of(item.phrase):
        return True
    known = vocabulary.find(head)
    return known is not None and known is vocabulary.find(item.phrase)


def _bears(item: Object, word: str) -> bool:
    return word in words_of(item.phrase) or any(word in words_of(state.phrase) for state in item.states)


def factor_in(command: Command, lows: Sequence[str]) -> float | None:  # noqa: PLR0911
    """As in "twice", "three times", "half", "50 %"."""
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


def ratio_in(command: Command, *, more: bool, usual: float) -> float:
    """By what something is multiplied: as in "twice as large", "20 % slower", "down to 60 %", "by half"; else the usual step.

    Raises:
        Unread: if that is nothing, or nothing would be left.
    """
    lows = command.lows
    for i, low in enumerate(lows):
        percent = low.endswith("%") or (i + 1 < len(lows) and lows[i + 1] in ("%", "percent"))
        value = number(low)
        if value is None or not (percent or (i + 1 < len(lows) and lows[i + 1] in ("times", "x"))):
            continue
        share = value / 100 if percent else value
        absolute = i > 0 and (lows[i - 1] in ("to", "at") or "of" in lows[i + 1 : i + 4])
        if percent and not absolute:
            share = 1 + share if more else 1 - share
        elif not percent and not more:
            share = 1 / share if share > 0 else 0.0
        if not 0.01 <= share <= 100 or share == 1:
            raise Unread
        return share
    factor = factor_in(command, lows) or (1.8 if command.has("possible") else usual)
    return factor if more else 1 / factor


def anchor_of(item: Object) -> Literal["centre", "bottom"]:
    """About which point an object grows: its feet when it stands low in the picture."""
    return "bottom" if item.path[0].box.y + item.path[0].box.h > 0.6 else "centre"
