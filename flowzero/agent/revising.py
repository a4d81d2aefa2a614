"""Revising: from an instruction such as "make the ball faster and add a dog on the right" to typed edits on a plan.

The same grammar reads instructions and prompts; here the objects of the plan are the things that words may stand for. What
an instruction
does not name stays identical, value for value; scene descriptions follow what they describe.
"""

from __future__ import annotations

from flowzero.agent import commands as do
from flowzero.agent.casting import head_of
from flowzero.agent.commands import Command, Unread, looks
from flowzero.agent.composing import description_at
from flowzero.agent.constraints import broken, check, scene_of
from flowzero.agent.corrections import corrected
from flowzero.agent.edits import Edit, ReplaceObject, SetPhrase, SetScenes, apply
from flowzero.agent.idioms import plainly
from flowzero.agent.lexicon import COLOURS
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.promises import Promise, Reading
from flowzero.agent.reading import check_text
from flowzero.agent.tokens import Token, tokenise
from flowzero.agent.wishes import Scene as Spoken
from flowzero.agent.wishes import Wish, mentioned, read_wishes, sentences
from flowzero.dss import DSS, Object, Scene
from flowzero.errors import PlanError

_LEADS = (
    "please", "now", "can you", "could you", "would you", "i want to", "i want", "i would like to", "i would like",
    "i'd like to", "i'd like",
    "let's", "let 's", "then", "also", "just", "and", "but", "next", "actually",  "so", "ok", "okay", "maybe", "finally", "we "
    "need to", "you should",
)  # fmt: skip


def instruct(instruction: str, dss: DSS, topic: tuple[str, ...] = ()) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits that an instruction asks for, and the pieces of it that no edit covers; "it" is what `topic` has the ids of.

    Raises:
        PromptError: if the instruction is blank, too long, or holds control characters.
    """
    text = check_text(instruction, "instruction")
    told = _Told(dss, text, tuple(item.id for item in dss.objects if item.id in topic))
    tokens = plainly(plainly(corrected(tokenise(text)), "paces"), "requests")
    for sentence in sentences(tokens):
        for one in read_wishes(Spoken(told.now, told.topic), sentence):
            if isinstance(one, Wish):
                told.wish(one)
                continue
            if one.reason:
                told.unread.append(text[one.tokens[0].start : one.tokens[-1].end])
                continue
            for piece in _pieces(plainly(_begun(one.tokens), "requests")):
                told.command(piece, reason=_gives_reason(piece, tokens))
    if not told.heard:
        told.unread.append(text)
    return tuple(told.edits), tuple(told.unread)


def _gives_reason(piece: tuple[Token, ...], tokens: tuple[Token, ...]) -> bool:
    """Whether it tells what is so, and what follows asks for something of it: "the sun lingers, hurry it along"."""
    lows = [token.low for token in piece]
    if (
        lows[0] in do.IMPERATIVES
        or lows[0] in _LEADING
        or set(lows) & _OUGHT
        or any(token.end <= piece[0].start for token in tokens)
    ):
        return False
    after = [token for token in tokens if token.start >= piece[-1].end and token.word]
    joint = next((token.low for token in tokens if token.start >= piece[-1].end), "")
    acts = (
        len(after) > 1
        and [token.low for token in after] != ["let", "it"]
        and after[0].low in do.IMPERATIVES | {"hurry", "scale", "shake", "calm", "fix", "slide", "shove", "drag"}
    )
    return joint in ",.!?;:-–—" and acts and any(token.low in ("it", "him", "her", "them") for token in after[1:3])


_NOBODY = frozenset(["nobody", "nothing", "none", "neither"])
_LEADING = frozenset(["let", "please", "a", "an", "some", "another", "at", "in", "on", "there", "no", "without", "zoom"])
_OUGHT = frozenset(["should", "must", "shall", "could", "ought", "want", "like", "needs", "need"])
_ASKING = frozenset(["why", "where", "who", "is", "are", "does", "did", "was", "were"])
"""What begins a question that asks for nothing."""


def _begun(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without the joints before them."""
    while len(tokens) > 1 and (
        tokens[0].low in ("and", "but", "&", "plus", "please", "kindly", "pls", "also", "then")
        or not (tokens[0].word or tokens[0].low[0].isdigit())
    ):
        tokens = tokens[1:]
    return tokens


class _Told:
    """A plan under revision: what was edited so far, what was spoken of last, and what was not understood."""

    def __init__(self, dss: DSS, text: str, topic: tuple[str, ...]) -> None:
        self.now, self.text, self.topic = dss, text, topic
        self.edits: list[Edit] = []
        self.unread: list[str] = []
        self.heard = False
        self._wished: set[tuple[str, tuple[str, ...]]] = set()

    def wish(self, wish: Wish) -> None:
        """Carry out what was read to the last word."""
        self.heard = True
        ids = tuple(item.id for item in self.now.objects if item.id in wish.ids)
        key = (wish.key, ids)
        if key in self._wished and wish.stepwise:
            self.topic = ids or self.topic
            return  # as in "that sun is tiny. Bigger!"
        self._wished.add(key)
        said = self.text[wish.start : wish.end]
        try:
            found = self._found(wish, ids)
            self._take(found)
        except (Unread, PlanError):
            self.unread.append(said)
            return
        self.topic = ids or self.topic
        new = [edit.object.id for edit in found if isinstance(edit, ReplaceObject)]
        self.topic = tuple(new) or self.topic

    def _found(self, wish: Wish, ids: tuple[str, ...]) -> list[Edit]:
        if wish.look:
            how = looks.recoloured if wish.look.split()[-1] in COLOURS else looks.recoloured_with
            pairs = [(item_id, self.now.object(item_id).phrase) for item_id in ids]
            return [
                SetPhrase(id=item_id, phrase=how(phrase, wish.look))
                for item_id, phrase in pairs
                if phrase != how(phrase, wish.look)
            ]
        if wish.key.startswith("speed"):
            ids = tuple(item_id for item_id in ids if len(self.now.object(item_id).path) > 1)
        if wish.ids and not ids:
            raise Unread
        return do.carry_out(Command(wish.command, tokenise(wish.command), self.now, ids, whole=wish.command))

    def command(self, piece: tuple[Token, ...], *, reason: bool) -> None:
        """Carry out what the grammar of commands makes of a piece, which only gives the reason for the next with `reason`."""
        self.heard = True
        if (piece[0].low in _ASKING and len(piece) > 1) or reason or piece[0].low in _NOBODY:
            self._leave(Command(self.text[piece[0].start : piece[-1].end], piece, self.now, self.topic), piece)
            return
        command = Command(self.text[piece[0].start : piece[-1].end], _stripped(piece), self.now, self.topic, whole=self.text)
        try:
            found = do.carry_out(command)
            apply(self.now, found)
        except (Unread, PlanError):
            self._leave(command, piece)
            return
        self.topic = command.topic or self.topic
        if not found and not command.settled:
            self._leave(command, piece)
            return
        self.unread += [part for part in command.left if part in self.text]
        self._take(found)

    def _leave(self, command: Command, piece: tuple[Token, ...]) -> None:
        """Leave a piece unread; what it names is what is spoken of next, as in "the goat dawdles, speed it up"."""
        self.unread.append(command.text)
        self.topic = mentioned(Spoken(self.now, self.topic), piece) or self.topic

    def _take(self, found: list[Edit]) -> None:
        after = apply(self.now, found)
        retold = described(self.now, after)
        self.edits += [*found, *retold]
        self.now = apply(after, retold)


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
        if lows[0] not in ("add", "insert", "include") and start > 1 and before and after and said and before[-1] != after[0]:
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
        or (tokens[i].low == "do" and i + 1 < len(tokens) and tokens[i + 1].low == "not")
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
