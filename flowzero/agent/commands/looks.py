"""Commands about what objects look like: colour, dress, size."""

from __future__ import annotations

from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.casting import head_of
from flowzero.agent.commands.command import Command, Unread, anchor_of, default_topic, matching, ratio_in, targets
from flowzero.agent.edits import (
    Edit,
    Scale,
    SetPhrase,
    SetStates,
)
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import singular
from flowzero.dss import State


def coloured(command: Command) -> list[Edit] | None:
    """As in "make the ball blue", "change the colour of the car to green"; with a time, it is a change and not read here."""
    lows = command.lows
    at = next((i for i in range(len(lows) - 1, -1, -1) if lows[i] in lex.COLOURS and not _names_object(command, i)), None)
    bare = at is not None and at == len(lows) - 1 and len(lows) <= 4 and bool(targets(command, 0, at))  # as in "ball blue"
    if at is None or (
        not bare
        and lows[0]
        not in (
            "make",
            "paint",
            "color",
            "colour",
            "recolor",
            "recolour",
            "change",
            "turn",
            "let",
            "set",
            "give",
            "have",
            "the",
            "it",
            "switch",
        )
    ):
        return None
    if command.has("gradually") or _new_thing(command, at):
        return None
    when = next((hit[1] for i in range(1, len(lows)) if (hit := phrases.time(command.tokens, i))), None)
    if when is not None and lows[0] in ("let", "the", "it", "turn", "make"):
        return None
    if lows[at - 3 : at + 1] == ["in", "black", "and", "white"] and not command.topic and not _names_any(command):
        raise Unread  # the whole video, which no edit makes so
    start = at
    while start and (lows[start - 1] in lex.SHADES or lows[start - 1] in lex.COLOURS or lows[start - 1] == "and"):
        start -= 1
    ids = targets(command, 0 if bare or lows[0] in ("the", "it") else 1, start) or command.topic
    if not ids and len(command.dss.objects) == 1:
        ids = (command.dss.objects[0].id,)
    if not ids:
        raise Unread
    colour = " ".join(lows[start : at + 1])
    command.mentioned = ids
    phrases_ = {item_id: recoloured(command.object(item_id).phrase, colour) for item_id in ids}
    if when is not None:
        start_at = round(max(when.window.within(command.dss.seconds)[0], 0.05), 4)
        return [SetStates(id=item_id, states=(State(start=start_at, phrase=text),)) for item_id, text in phrases_.items()]
    return [SetPhrase(id=item_id, phrase=text) for item_id, text in phrases_.items()]


def _new_thing(command: Command, at: int) -> bool:
    """Whether a colour belongs to something else that shall be there, as in "turn the cat into a silver robot"."""
    phrase = noun_phrase(command.tokens, at - 1) if at and command.lows[at - 1] in ("a", "an") else None
    if phrase is None or not phrase.noun or phrase.noun in lex.COLOURS or phrase.end <= at + 1:
        return False
    return phrase.noun.split()[-1] not in ("colour", "color", "tone", "shade", "one") and not matching(command, phrase)


def _names_any(command: Command) -> bool:
    """Whether any object of the plan is named."""
    return any(matching(command, noun_phrase(command.tokens, i)) for i in range(len(command.tokens)))


def _names_object(command: Command, i: int) -> bool:
    """Whether a colour word belongs to the object it names ("the red ball"), not to what it shall become."""
    if i + 1 >= len(command.tokens):
        return False
    phrase = noun_phrase(command.tokens, i)
    if phrase is None or phrase.noun in lex.COLOURS:
        return False
    return bool(phrase.noun or (phrase.pronoun == "one" and phrase.end > i + 1)) and bool(matching(command, phrase))


def recoloured(phrase: str, colour: str) -> str:
    """A phrase with another colour in the place of its own, or before its noun."""
    words = phrase.split()
    noun = head_of(phrase).split()[0] if head_of(phrase) else words[-1]
    kept = [word for word in words if word.lower() not in lex.COLOURS and word.lower() not in lex.SHADES]
    at = next((i for i, word in enumerate(kept) if singular(word.lower()) == noun), max(len(kept) - 1, 0))
    made = [*kept[:at], *colour.split(), *kept[at:]]
    if made and made[0] in ("a", "an") and len(made) > 1:
        made[0] = "an" if made[1][0] in "aeiou" else "a"
    return " ".join(made)[:120]


def dressed(command: Command) -> list[Edit] | None:
    """As in "give the dog a red hat"."""
    if command.lows[0] != "give":
        return None
    whom = noun_phrase(command.tokens, 1)
    what = noun_phrase(command.tokens, whom.end) if whom is not None else None
    if whom is None or what is None or not what.noun or what.noun.split()[-1] not in lex.WEAR | lex.BODY:
        return None
    ids = matching(command, whom) or command.topic
    words = " ".join(token.low for token in command.tokens[what.start : what.end])
    return [SetPhrase(id=item_id, phrase=f"{command.object(item_id).phrase} with {words}"[:120]) for item_id in ids]


def qualified(command: Command) -> list[Edit] | None:
    """As in "make the dog fluffy": an adjective that the phrase takes in."""
    lows = command.lows
    if (
        lows[0] != "make"
        or len(lows) < 3
        or lows[-1] not in lex.ADJECTIVES
        or lows[-1] in lex.HASTY | lex.SLOW | lex.LARGE | lex.SMALL | lex.STILL_WORDS | lex.COLOURS
    ):
        return None
    ids = targets(command, 1, len(lows) - 1)
    vague = lows[1] in ("it", "this", "that") and not command.topic and len(command.dss.objects) > 1
    if not ids or vague or lows[-1] in ("smooth",):
        return None
    return [SetPhrase(id=item_id, phrase=recoloured_with(command.object(item_id).phrase, lows[-1])) for item_id in ids]


def recoloured_with(phrase: str, word: str) -> str:
    """A phrase with one more adjective before its noun."""
    words = phrase.split()
    made = [words[0], word, *words[1:]] if words[0] in ("a", "an", "the") else [word, *words]
    if made[0] in ("a", "an"):
        made[0] = "an" if word[0] in "aeiou" else "a"
    return " ".join(made)[:120]


_BIGGER = ("bigger", "larger", "taller", "big", "large", "huge", "enlarge", "giant", "increase", "grow", "wider")


_SMALLER = ("smaller", "tinier", "tiny", "small", "shrink", "reduce", "shorter", "decrease")


def sized(command: Command) -> list[Edit] | None:  # noqa: PLR0911
    """Larger and smaller: by a usual step, a stated factor, or in proportion to another."""
    lows = command.lows
    said = {lows[k] for k in range(len(lows)) if k not in _describing(command)}
    grow, shrink = bool(said & set(_BIGGER)), bool(said & set(_SMALLER))
    if (lows[0] in ("let", "have") and command.has("grow", "shrink")) or command.has("gets", "becomes", "time"):
        return None
    if command.has("bigger", "larger", "taller") and command.has("smaller", "tinier"):
        raise Unread
    if "too" in lows or ("not" in lows and command.has("so", "that")):
        grow, shrink = shrink, grow
    resize = command.has("size", "scale", "resize", "double", "triple", "halve", "half", "twice")
    if not (
        grow or shrink or (resize and (command.has("size") or lows[0] in ("scale", "resize", "double", "triple", "halve")))
    ):
        return None
    if command.has("number") or (
        command.has("speed", "gradually", "grows", "shrinks", "as") and not command.has("big", "large", "small", "tall")
    ):
        return None
    if any(phrases.time(command.tokens, i) and not lows[i].startswith("by") for i in range(1, len(lows))):
        return None
    stop = next((i for i, low in enumerate(lows) if low == "than"), None)
    if stop is not None:
        return _outsized(command, stop, factor=1.25 if grow else 0.75)
    last = max((i for i, low in enumerate(lows) if low == "as"), default=None)
    if last is not None and "as" in lows[:last] and targets(command, last + 1):
        shrink = command.has("half")
        return _outsized(command, last, factor=ratio_in(command, more=not shrink, usual=1.0))
    ids = targets(command, 0) or command.topic or default_topic(command.dss)
    if not ids:
        raise Unread
    if command.has("halve", "half"):
        shrink = True
    if lows[0] in ("scale", "resize", "size") and "down" in lows:
        shrink = True
    factor = ratio_in(command, more=grow or not shrink, usual=1.4)
    command.mentioned = ids
    return [Scale(id=item_id, factor=factor, anchor=anchor_of(command.object(item_id))) for item_id in ids]


def _describing(command: Command) -> set[int]:
    """Where words stand that only say which object is meant, as "big" in "behind the big ship"."""
    found: set[int] = set()
    for i in range(1, len(command.tokens)):
        phrase = noun_phrase(command.tokens, i)
        if phrase is not None and phrase.noun and phrase.article and matching(command, phrase):
            found |= set(range(phrase.start, phrase.end - 1))
    return found


def _outsized(command: Command, stop: int, *, factor: float) -> list[Edit]:
    """As in "make the dog bigger than the cat", "make the dog twice as big as the cat": so many times its size."""
    theirs, ours = targets(command, stop + 1), targets(command, 0, stop) or command.topic
    if not ours or not theirs:
        raise Unread
    size = command.object(theirs[0]).path[0].box.area ** 0.5
    edits: list[Edit] = []
    for item_id in ours:
        item = command.object(item_id)
        edits.append(Scale(id=item_id, factor=factor * size / item.path[0].box.area ** 0.5, anchor=anchor_of(item)))
    command.mentioned = ours
    return edits
