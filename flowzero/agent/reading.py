"""Reading: from a prompt to the things it names and the promises it makes, by a small grammar and nothing else.

Text becomes tokens, chunks, clauses and then promises. What no promise covers is reported as unread, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.bonds import brought, not_from_oneself
from flowzero.agent.camera import read_camera
from flowzero.agent.cast_list import CastList
from flowzero.agent.chunk import Chunk
from flowzero.agent.chunks import chunk
from flowzero.agent.clause import Clause
from flowzero.agent.clauses import ClauseReader
from flowzero.agent.corrections import corrected
from flowzero.agent.elapsed import counted_on
from flowzero.agent.fronting import named_first
from flowzero.agent.gaits import on_foot
from flowzero.agent.idioms import plainly
from flowzero.agent.meaning import Meaning
from flowzero.agent.meaning.coverage import Span, unheard
from flowzero.agent.moments import length
from flowzero.agent.numerals import without_numerals
from flowzero.agent.phrases import Tokens
from flowzero.agent.promises import (
    At,
    Beside,
    Camera,
    Compared,
    Count,
    Journey,
    Looks,
    Moves,
    Place,
    Promise,
    Reading,
    Scenery,
    Sized,
    Stays,
    Still,
    Thing,
    Trace,
    Window,
)
from flowzero.agent.scenery import setting_of
from flowzero.agent.shorthand import in_sentences
from flowzero.agent.similes import without_similes
from flowzero.agent.storyboard import arrangement, unlabelled
from flowzero.agent.succession import succeeding
from flowzero.agent.swapping import sided, swapped
from flowzero.agent.technical import without_notes
from flowzero.agent.tokens import known, tokenise, verb
from flowzero.agent.toponyms import placed
from flowzero.agent.viewpoint import view_of
from flowzero.dss import MAX_PROMPT
from flowzero.errors import PromptError

__all__ = ["Reading", "Thing", "check_text", "read"]


def check_text(text: str, name: str = "prompt") -> str:
    """The text without surrounding space.

    Raises:
        PromptError: if it is blank, too long, or holds control characters; line breaks and tabs count as spaces.
    """
    plain = " ".join(text.split())
    if not plain:
        raise PromptError(f"the {name} is empty: write what the video shall show.")
    if len(plain) > MAX_PROMPT:
        raise PromptError(f"the {name} has {len(plain)} characters: shorten it to at most {MAX_PROMPT}.")
    for character in plain:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise PromptError(f"the {name} holds the control character {character!r}: remove it.")
    return plain


@lru_cache(maxsize=256)
def read(prompt: str) -> Reading:
    """What the prompt names and promises.

    A prompt that is not English or has no words reads as nothing at all, with the whole of it unread.

    Raises:
        PromptError: if the prompt is blank, too long, or holds control characters.
    """
    text = check_text(prompt)
    spoken = placed(without_numerals(without_notes(in_sentences(_spoken(text)))))
    tokens = tokenise(spoken)
    if not _readable(spoken, tokens):
        return Reading(prompt=text, unread=(text,))
    parsed = parse(spoken, tokens, CastList())
    cast, promises = parsed.cast, parsed.promises
    basic = [*_counts(cast), *_looks(cast), *_sides(cast, promises), *_sizes(cast), *_motions(cast, promises)]
    basic += [Count(things=(), noun=noun, n=0) for noun in parsed.absent if noun]
    if parsed.setting is not None:
        basic.append(Scenery(text=parsed.setting, words=parsed.setting_words))
    ids = {thing.id for thing in cast.things}
    # A count that comes after its noun renames what earlier words spoke of: "in 3 dog one".
    said = [_begun_once(p) for p in (*basic, *promises, *parsed.cameras) if _named(p) <= ids]
    said = brought(said)
    kept = [p for promise in said if (p := not_from_oneself(promise, said)) is not None]
    return Reading(
        prompt=text, things=cast.things, promises=tuple(kept), setting=parsed.setting, view=view_of(text),
        unread=parsed.unread, acting=parsed.acting, corrected=parsed.corrected,
        names=tuple((name, owner) for name, owner in cast.names.items() if owner in ids),
    )  # fmt: skip


def _begun_once(promise: Promise) -> Promise:
    """A journey of which only the first step, of more than one, says where it begins.

    Who rolls along and out of a door goes there at last.
    """
    if not isinstance(promise, Journey):
        return promise
    alone = len(promise.steps) == 1 and isinstance(promise.steps[0], Beside)
    begun, onwards = ((), promise.steps) if alone else (promise.steps[:1], promise.steps[1:])
    if not any(getattr(step, "start", False) for step in onwards):
        return promise
    ended = (step.model_copy(update={"start": False}) if isinstance(step, At | Beside) else step for step in onwards)
    return promise.model_copy(update={"steps": (*begun, *ended)})


def _named(promise: Promise) -> set[str]:
    """The things that a promise names one by one."""
    names = (getattr(promise, field, None) for field in ("thing", "other", "second", "first"))
    return {name for name in names if name is not None}


class Parsed(NamedTuple):
    """What the grammar made of a text, before counts, looks and sizes are promised."""

    cast: CastList
    promises: list[Promise]
    cameras: tuple[Camera, ...]
    setting: str | None
    setting_words: tuple[str, ...]
    unread: tuple[str, ...]
    absent: tuple[str, ...]
    corrected: bool
    acting: tuple[str, ...]


def parse(text: str, tokens: Tokens, cast: CastList) -> Parsed:
    """Read tokens, with the things that are known already in the cast list."""
    meant = corrected(tokens)
    taken_back = len(meant) < len(tokens)
    told = named_first(on_foot(without_similes(unlabelled(meant))))
    tokens, seconds = _length(plainly(plainly(sided(swapped(succeeding(counted_on(told)))), "paces")))
    start, arranged = arrangement(tokens)
    notes, rest = read_camera(tokens[start:])
    reader = ClauseReader(rest, chunk(rest), cast)
    clauses = reader.read()
    lost = [*((item.start, item.end) for item in reader.lost), *unheard(cast, clauses)]
    meaning = Meaning(cast)
    promises = meaning.take(clauses)
    if arranged:
        promises += _in_a_row(cast, leftwards=arranged == "right")
    if seconds:
        promises = [_within(promise, seconds) for promise in promises]
    setting, words = setting_of(reader.settings, rest, cast)
    deaf = [item for k, item in enumerate(reader.chunks) if k not in reader.heard]
    placed = [clause for clause in clauses if clause.subject and not clause.lemma and clause not in meaning.unsaid]
    unread = _unheard(rest, deaf, meaning, lost, placed)
    return Parsed(
        cast,
        promises,
        tuple(note.resolve(cast) for note in notes),
        setting,
        words,
        _unread(text, rest, unread),
        tuple(reader.absent),
        taken_back,
        meaning.acting() if _only_acts(unread, meaning) else (),
    )


def _length(tokens: Tokens) -> tuple[Tokens, float]:
    """The tokens without what says how long the video is, and how many seconds that is; 0 if nothing says so."""
    for i in range(len(tokens)):
        if (hit := length(tokens, i)) is not None:
            led = 1 if i and tokens[i - 1].low in ("into", "in", "of", "through") else 0
            kept = hit[0] - 1 if led else hit[0]  # "two seconds into this four second loop" keeps its "loop"
            return (*tokens[:i], *tokens[kept:]), hit[1]
    return tokens, 0.0


def _within(promise: Promise, seconds: float) -> Promise:
    """The promise with its times as shares of a video of that length."""
    window = getattr(promise, "window", None)
    if window is None or window.unit == "fraction":
        return promise
    start, end = window.within(seconds)
    return promise.model_copy(update={"window": Window(start=start, end=end)})


def _in_a_row(cast: CastList, *, leftwards: bool) -> list[Promise]:
    """Two or three things stand in the order of the text; of more, the first and the last stand at the ends."""
    order = cast.order[::-1] if leftwards else cast.order
    if len(order) < 2:
        return []
    places = [(order[0], Place(x="left")), (order[-1], Place(x="right"))]
    if len(order) == 3:
        places.insert(1, (order[1], Place(x="middle")))
    return [Stays(thing=item_id, place=place) for item_id, place in places]


def _spoken(text: str) -> str:
    """The text with pictographs as words, where they stand for a direction or for something that can be drawn."""
    text = _THEN.sub(lambda chain: ", then ".join(f"at the {spot}" for spot in _SPOT.findall(chain[0])), text)
    if text.isascii():
        return text
    spoken: list[str] = []
    drawn = ""  # the noun that the text ends with, if a pictograph said it
    n = 1
    for character in text:
        word = _pictograph(character)
        if not word:
            spoken.append(character)
            drawn = drawn if character.isspace() or unicodedata.category(character) in _UNHEARD else ""
        elif word in lex.HEADINGS:
            spoken.append(f" {word}wards ")
            drawn = ""
        elif word == drawn:
            n += 1
            spoken[-1] = f" {n} {word}s "
        else:
            spoken.append(f" and a {word} " if drawn else f" {word} ")
            drawn, n = word, 1
    return "".join(spoken)


_TIMES = re.compile(r"x\d*")
"""As in "koi x5"."""
_SPOTS = "left|right|centre|center|middle|top|bottom"
_SPOT = re.compile(_SPOTS, re.IGNORECASE)
_THEN = re.compile(rf"\b(?:{_SPOTS})(?:\s*(?:-+>|=+>|→)\s*(?:{_SPOTS})\b)+", re.IGNORECASE)
"""Places with arrows between them, which say that one comes after the other."""
_UNHEARD = ("Mn", "Cf", "So")
"""Categories of what only varies a pictograph, or joins two."""


@lru_cache(maxsize=1024)
def _pictograph(character: str) -> str:
    if unicodedata.category(character) not in ("So", "Sm", "Mn", "Cf"):
        return ""
    name = unicodedata.name(character, "").lower()
    if "arrow" in name:
        return next((word for word in ("left", "right", "up", "down") if word in name), "")
    noun = vocabulary.find(name)
    return noun.name if noun is not None else ""


def _readable(text: str, tokens: Tokens) -> bool:
    """Whether this looks like English: mostly Latin letters, and some word that the lexicon or vocabulary has."""
    letters = [character for character in text if character.isalpha()]
    if not letters or sum(character.isascii() for character in letters) < 0.7 * len(letters):
        return False
    words = [token.low for token in tokens if token.word and not _TIMES.fullmatch(token.low)]
    english = sum(known(word) or vocabulary.find(word) is not None for word in words)
    return 3 * english >= len(words) or len(words) <= 2


def _counts(cast: CastList) -> list[Promise]:
    """One count for each noun: as many as all its mentions together."""
    totals: dict[str, list[Thing]] = {}
    for thing in cast.things:
        totals.setdefault(thing.noun, []).append(thing)
    counts: list[Promise] = []
    for noun, things in totals.items():
        n = sum(thing.count for thing in things)
        exact = all(thing.exact for thing in things)
        if noun in cast.totals:
            n, exact = max(n, cast.totals[noun][0]), cast.totals[noun][1]
        counts.append(Count(things=tuple(thing.id for thing in things), noun=noun, n=n if exact else min(n, 2), exact=exact))
    return counts


def _looks(cast: CastList) -> list[Promise]:
    return [
        Looks(thing=thing.id, words=words)
        for thing in cast.things
        if (words := tuple(word for word in thing.attributes if word not in lex.LARGE | lex.SMALL | lex.SIDED))
    ]


def _sides(cast: CastList, promises: list[Promise]) -> list[Promise]:
    """As in "the left dog" stands on the left; if it goes anywhere, there its way begins."""
    found: list[Promise] = []
    for thing in cast.things:
        for word in thing.attributes:
            twins = [other for other in cast.things if other.noun == thing.noun and other.id != thing.id]
            if word not in lex.SIDED or (word not in lex.ACROSS and not twins):  # a lower branch is not at the bottom
                continue
            place = Place(x=lex.ACROSS[word]) if word in lex.ACROSS else Place(y=lex.UPRIGHT[word])
            ways = [k for k, old in enumerate(promises) if isinstance(old, Journey) and old.thing == thing.id]
            led = [promises[k] for k in ways if not isinstance(promises[k].steps[0], Trace)]  # type: ignore[union-attr]
            if not led:
                found.append(Stays(thing=thing.id, place=place))
                continue
            first = led[0]
            assert isinstance(first, Journey)
            if first.window.whole and not getattr(first.steps[0], "start", False):
                begun = (At(place=place, start=True), *first.steps)
                promises[promises.index(first)] = first.model_copy(update={"steps": begun})
    return found


def _sizes(cast: CastList) -> list[Promise]:
    """Large and small say something among several things; alone they say it of the picture."""
    sized: list[Promise] = []
    for thing in cast.things:
        sign = 1 if set(thing.attributes) & lex.LARGE else -1 if set(thing.attributes) & lex.SMALL else 0
        if not sign:
            continue
        twins = [other for other in cast.things if other.noun == thing.noun and other.id != thing.id]
        contrary = [other for other in twins if set(other.attributes) & (lex.SMALL if sign > 0 else lex.LARGE)]
        if contrary and sign < 0:
            continue  # the large one says it
        if contrary:
            sized.append(Compared(thing=thing.id, aspect="size", sign=1 if sign > 0 else -1, other=contrary[0].id))
        else:
            sized.append(Sized(thing=thing.id, sign=1 if sign > 0 else -1))
    return sized


def _motions(cast: CastList, promises: list[Promise]) -> list[Promise]:
    told = {getattr(promise, "thing", None) for promise in promises if isinstance(promise, Journey | Moves | Still)}
    still: list[Promise] = [Still(thing=thing.id) for thing in cast.things if thing.still and thing.id not in told]
    moving: list[Promise] = [
        Moves(thing=item_id, firm=False)
        for item_id in cast.order
        if item_id in cast.moving and item_id not in told and _is_motion(cast.moving[item_id])
    ]
    return [*still, *moving]


def _is_motion(word: str) -> bool:
    found = verb(word)
    return found is not None and found[1].kind in ("go", "trace")


_SILENT = (
    lex.ADVERBS
    | lex.PREPOSITIONS
    | lex.DETERMINERS
    | lex.STYLE
    | lex.AUXILIARIES
    | lex.SELVES
    | lex.POSSESSIVES
    | lex.NUMBERS.keys()
    | lex.NOBODY
)
"""Words that promise nothing by themselves."""


def _unheard(tokens: Tokens, chunks: list[Chunk], meaning: Meaning, spans: list[Span], placed: list[Clause]) -> list[int]:
    """Where the content words stand that no promise came of; within what does so, some may tell where something is."""
    lost: set[int] = set()
    for clause in meaning.unsaid:
        lost.update(range(clause.start, clause.end) if clause.lemma else ())
    for clause in placed:
        for role in clause.roles:
            lost.difference_update(range(role.start, role.end))
    lost.update(index for start, end in spans for index in range(start, end))
    for item in chunks:
        low = tokens[item.start].low
        if item.kind == "word" and tokens[item.start].word and low not in _SILENT and not low.endswith("ly"):
            lost.update(range(item.start, item.end))
    return sorted(lost)


def _only_acts(lost: list[int], meaning: Meaning) -> bool:
    """Whether all that no promise came of is what somebody does where he is."""
    told = {index for act in meaning.acts for index in range(act.start, act.end)}
    return bool(lost) and told.issuperset(lost)


def _unread(text: str, tokens: Tokens, lost: list[int]) -> tuple[str, ...]:
    """The stretches of those words."""
    pieces: list[str] = []
    run: list[int] = []
    for index in [*lost, -1]:
        if run and index != run[-1] + 1:
            pieces.append(text[tokens[run[0]].start : tokens[run[-1]].end])
            run = []
        run.append(index)
    return tuple(piece for piece in pieces if any(character.isalnum() for character in piece))
