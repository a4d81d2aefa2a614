"""Revising: from an instruction such as "make the ball faster and add a dog on the right" to typed edits on a plan.

The same grammar reads instructions and prompts; here the objects of the plan are the things that words may stand for. What
an instruction
does not name stays identical, value for value; scene descriptions follow what they describe.
"""

from __future__ import annotations

from flowzero.agent import commands as do
from flowzero.agent.casting import head_of
from flowzero.agent.commands import Command, Unread
from flowzero.agent.composing import description_at
from flowzero.agent.constraints import broken, check, scene_of
from flowzero.agent.edits import Edit, SetScenes, apply
from flowzero.agent.idioms import plainly
from flowzero.agent.lexicon import COLOURS
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.promises import Promise, Reading
from flowzero.agent.reading import check_text
from flowzero.agent.tokens import Token, tokenise
from flowzero.dss import DSS, Object, Scene
from flowzero.errors import PlanError

_LEADS = (
    "please", "now", "can you", "could you", "would you", "i want to", "i want", "i would like to", "i would like",
    "i'd like to", "i'd like",
    "let's", "then", "also", "just", "and", "but", "next", "actually",  "so", "ok", "okay", "maybe", "finally", "we "
    "need to", "you should",
)  # fmt: skip


def instruct(instruction: str, dss: DSS, topic: tuple[str, ...] = ()) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits that an instruction asks for, and the pieces of it that no edit covers; "it" is what `topic` has the ids of.

    Raises:
        PromptError: if the instruction is blank, too long, or holds control characters.
    """
    text = check_text(instruction, "instruction")
    now, edits, unread = dss, [], []
    topic = tuple(item.id for item in dss.objects if item.id in topic)
    pieces = _pieces(plainly(plainly(tokenise(text), "paces"), "requests"))
    for piece in pieces:
        command = Command(text[piece[0].start : piece[-1].end], _stripped(piece), now, topic, whole=text)
        try:
            found = do.carry_out(command)
            after = apply(now, found)
        except Unread:
            unread.append(command.text)
            continue
        except PlanError:
            unread.append(command.text)
            continue
        topic = command.topic or topic
        if not found and not command.settled:
            unread.append(command.text)
            continue
        unread += [part for part in command.left if part in text]
        retold = described(now, after)
        edits += [*found, *retold]
        now = apply(after, retold)
    if not pieces:
        unread.append(text)
    return tuple(edits), tuple(unread)


def amend(reading: Reading, instruction: str, before: DSS, after: DSS) -> Reading:
    """What a plan owes after a revision: the prompt's promises that the revision did not overrule.

    A promise that was kept before and is broken now was overruled by the instruction, and falls away; things whose objects
    are gone
    go with their promises.
    """
    then, now = scene_of(reading, before), scene_of(reading, after)
    kept: list[Promise] = []
    for promise in reading.promises:
        if broken(check(promise, now)) and not broken(check(promise, then)):
            continue
        kept.append(promise)
    return reading.model_copy(update={"promises": tuple(kept)})


def _way(item: Object) -> tuple[int, int]:
    """Where it goes in the end: the signs of its way in x and y, 0 for hardly any."""
    first, last = item.path[0].box, item.path[-1].box
    ways = (last.cx - first.cx, last.cy - first.cy)
    return tuple(0 if abs(way) < 0.1 else 1 if way > 0 else -1 for way in ways)  # type: ignore[return-value]


_HEADED = frozenset(("left", "right", "up", "down", "upwards", "downwards", "leftwards", "rightwards", "top", "bottom"))


def _pieces(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """The single commands of an instruction: cut at stops, and at "and", "then" or a comma before another imperative."""
    pieces: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        if token.low in ".!?;" or (
            token.low in ("and", "then", ",", "but", "also")
            and pieces[-1]
            and not _only_names(pieces[-1])
            and not (token.low == "but" and tokens[i - 1].low in ("everything", "all", "everyone"))
            and _imperative(tokens, i + 1)
        ):
            pieces.append([])
        else:
            pieces[-1].append(token)
    pieces = [part for piece in pieces for part in _shared(piece)]
    return [tuple(piece) for piece in pieces if any(token.word or token.low.isdigit() for token in piece)]


def _only_names(piece: list[Token]) -> bool:
    """Whether it is a noun phrase and nothing else, so that what comes after "and" is its companion."""
    phrase = noun_phrase(piece, 0)
    return phrase is not None and bool(phrase.noun) and phrase.end == len(piece) and piece[0].low in ("the", "my", "both")


def _shared(piece: list[Token]) -> list[list[Token]]:
    """As in "paint the first red and the second blue", "make it bigger and slower": two commands with one beginning."""
    lows = [token.low for token in piece]
    for at in (i for i, low in enumerate(lows) if low == "and"):
        start = at
        while start and lows[start - 1] in _DEGREES | _QUALITIES.keys():
            start -= 1
        after = [_QUALITIES[low] for low in lows[at + 1 :] if low in _QUALITIES]
        before = [_QUALITIES[low] for low in lows[start:at] if low in _QUALITIES]
        said = all(low in _QUALITIES or low in _DEGREES or low == "and" for low in lows[at + 1 :])
        if start > 1 and before and after and said and before[-1] != after[0]:
            return [piece[:at], *_shared([*piece[:start], *piece[at + 1 :]])]
    if "and" not in lows or not lows or lows[0] not in ("paint", "make", "color", "colour", "turn"):
        return [piece]
    at = lows.index("and")
    if lows[at - 1] in _QUALITIES and lows[-1] in _QUALITIES and at + 2 < len(lows):
        return [piece[:at], [piece[0], *piece[at + 1 :]]]
    return [piece]


_DEGREES = frozenset(["much", "a", "bit", "little", "lot", "far", "way", "slightly", "also", "even", "then", "very", "more"])
_QUALITIES = {
    **dict.fromkeys(("bigger", "larger", "taller", "smaller", "tinier", "big", "small", "huge", "tiny", "large"), "size"),
    **dict.fromkeys(("faster", "slower", "quicker", "fast", "slow"), "speed"),
    **dict.fromkeys(COLOURS, "colour"),
}
"""What a thing can be made, and in which respect."""


def _imperative(tokens: tuple[Token, ...], i: int) -> bool:
    while i < len(tokens) and tokens[i].low in ("then", "and", "also", "please", "now", ",", "finally", "but"):
        i += 1
    return i < len(tokens) and (
        tokens[i].low in do.IMPERATIVES
        or (
            tokens[i].low in ("the", "it", "they")
            and any(token.low in ("should", "shall", "must", "needs", "need") for token in tokens[i : i + 5])
        )
    )


def _stripped(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The command without polite beginnings."""
    changed = True
    while changed and tokens:
        changed = False
        for lead in _LEADS:
            words = lead.split()
            if [token.low for token in tokens[: len(words)]] == words and len(tokens) > len(words):
                tokens, changed = tokens[len(words) :], True
        if tokens and tokens[-1].low in ("please", "instead", "too", "now", "again", "?", ","):
            tokens, changed = tokens[:-1], True
    return tokens


def described(before: DSS, after: DSS) -> list[Edit]:
    """Scene descriptions that say what is there now: renamed in place, added to, or written anew when something left."""
    old, new = ({item.id: item for item in dss.objects} for dss in (before, after))
    gone = [item for item_id, item in old.items() if item_id not in new]
    renamed = [
        (old[item_id].phrase, item.phrase)
        for item_id, item in new.items()
        if item_id in old and old[item_id].phrase != item.phrase
    ]
    added = [item for item_id, item in new.items() if item_id not in old]
    restated = any(item_id in old and old[item_id].states != item.states for item_id, item in new.items())
    moved = before.setting != after.setting
    repathed = any(item_id in old and _way(old[item_id]) != _way(item) for item_id, item in new.items())
    if not (gone or renamed or added or restated or moved or repathed) or before.scenes != after.scenes:
        return []
    scenes: list[Scene] = []
    for part in before.scenes:
        text = part.description
        fresh = restated or moved or (repathed and bool(_HEADED & set(text.lower().split())))
        for item in gone:
            fresh = fresh or head_of(item.phrase) in text
        for was, is_ in renamed:
            fresh = fresh or any(item.phrase == was for item in after.objects)
            bare_was, bare_is = was.split(" ", 1)[-1], is_.split(" ", 1)[-1]
            if was in text:
                text = text.replace(was, is_)
            elif bare_was in text:
                text = text.replace(bare_was, bare_is)
            else:
                fresh = True
        if fresh:
            text = description_at(after, part.start)
        else:
            text = ", ".join([text, *(item.phrase for item in added if item.visible_at(part.start))])
        scenes.append(Scene(start=part.start, description=text[:500]))
    if tuple(scenes) == before.scenes:
        return []
    return [SetScenes(scenes=tuple(scenes))]
