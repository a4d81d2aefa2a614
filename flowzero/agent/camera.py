"""What a prompt says of the camera and of the background's motion, read before anything else and cut out of the text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.camera_words import MOVES, OUTWARD, SHAKY, STATIC, UPRIGHT, Move
from flowzero.agent.cast_list import CastList
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Region, Tokens, match
from flowzero.agent.promises import ALWAYS, Camera, Heading, Window, opposite
from flowzero.agent.tokens import Token, bases

_NOUNS = frozenset(["camera", "cam", "background", "backdrop", "viewpoint", "viewport", "steadicam"])
_GLIDING = frozenset(["fly", "glide", "sweep", "drift", "travel", "move", "slide", "race"])
_AIMING = frozenset(["on", "onto", "to", "towards", "toward", "at", "of"])
"""Before these stands what the camera does, and after them what it looks at."""
_OVER = frozenset(["across", "over", "along", "past", "above"])
"""After these is what a camera shows that pans, whichever way."""
_BREAKS = frozenset([".", "!", "?", ";"])
_BEFORE = frozenset(
    ["the", "a", "an", "with", "static", "fixed", "steady", "still", "moving", "our", "locked", "off", "-", *SHAKY, *STATIC]
)
"""What may stand before the word camera and belongs to it."""
_TOWARDS = frozenset(
    ["toward", "towards", "from", "to", "at", "past", "by", "into", "in", "facing", "behind", "front", "on", "of"]
)
"""After these the camera is where something goes, and does not move itself."""


@dataclass(frozen=True)
class CameraNote:
    """A camera promise whose thing, followed or zoomed at, is still a noun."""

    camera: Camera
    noun: str = ""

    def resolve(self, cast_: CastList) -> Camera:
        """The promise, with the thing it follows, or zooms in on, by id."""
        if self.camera.move not in ("follow", "zoom"):
            return self.camera
        heads = self.noun.split()[-1:] if self.noun else []
        found = [item_id for item_id in cast_.order if heads and cast_[item_id].noun.split()[-1] == heads[0]]
        if self.camera.move == "follow":
            found = found or list(cast_.order[:1])
        return self.camera.model_copy(update={"thing": found[0] if found else None})


def read_camera(tokens: Tokens) -> tuple[tuple[CameraNote, ...], tuple[Token, ...]]:
    """Camera notes, and the tokens without their words."""
    notes: list[CameraNote] = []
    cut: set[int] = set()
    for i, token in enumerate(tokens):
        if i in cut:
            continue
        found = _from_noun(tokens, i) if token.low in _NOUNS else _from_move(tokens, i)
        if found is not None:
            start, end, more = found
            notes += more
            cut.update(range(start, end))
    rest = tuple(token for i, token in enumerate(tokens) if i not in cut)
    return tuple(notes), rest


def _clause_end(tokens: Tokens, i: int) -> int:
    while i < len(tokens) and tokens[i].low not in _BREAKS and not _with_one_who(tokens, i):
        if tokens[i].low in ("while", "as", "whilst", "and", ",", "where", "when", "showing", "to") and not _camera_goes_on(
            tokens, i
        ):
            break
        i += 1
    return i


def _with_one_who(tokens: Tokens, i: int) -> bool:
    """As in "camera panning left, with an eagle flying right": who is there goes a way of its own."""
    company = noun_phrase(tokens, i + 1) if tokens[i].low == "with" else None
    return company is not None and company.end < len(tokens) and tokens[company.end].low.endswith("ing")


def _camera_goes_on(tokens: Tokens, i: int) -> bool:
    """Whether what follows a conjunction is still about the camera: "and then zooms out", "to the left"."""
    hit = match(tokens, i, "and|,|to", "and?", "then|slowly|gradually|finally|the?", "*")
    if hit is None:
        return False
    word = hit[1][3]
    if tokens[i].low == "to":
        return hit[1][2] == "the" or word in ("reveal", "show") or _heading_of(word) is not None
    return any(base in ("pan", "tilt", "zoom", "dolly", "rotate") for base in bases(word)) or _heading_of(word) is not None


def _heading_of(word: str) -> Heading | None:
    return cast("Heading", lex.HEADINGS[word]) if word in lex.HEADINGS else None


def _from_noun(tokens: Tokens, i: int) -> tuple[int, int, list[CameraNote]] | None:
    """As in "the camera slowly pans left", "a static camera", "the background moves to the left"."""
    close = i
    while close > 0 and tokens[close - 1].low in _BEFORE:
        close -= 1
    start = close
    while start > 0 and tokens[start - 1].low in ("while", "as", "and", ",", "with"):
        start -= 1
    adjectives = {token.low for token in tokens[close:i]}
    before = tokens[start - 1].low if start == close and start else "."
    if before in phrases.VIEWER or before in _TOWARDS:
        return None
    background = tokens[i].low in ("background", "backdrop")
    if adjectives & STATIC:
        return start, i + 1, [CameraNote(Camera(move="static"))]
    if adjectives & SHAKY:
        return start, i + 1, [CameraNote(Camera(move="shake"))]
    end = _clause_end(tokens, i + 1)
    if held := _held(tokens, i + 1):
        return start, held, [CameraNote(Camera(move="static"))]
    notes = _moves(tokens, i + 1, end, background=background)
    if not notes:
        return None
    return start, _spent(tokens, i + 1, end), notes


def _held(tokens: Tokens, i: int) -> int:
    """Where it ends that the camera is held, told with no verb, as in "camera dead still" and "camera=static"; else 0."""
    hit = match(tokens, i, "'s|=|:?", "dead|perfectly|absolutely|completely|totally|quite?", "|".join(STATIC), "off|down?")
    return hit[0] if hit else 0


def _spent(tokens: Tokens, i: int, end: int) -> int:
    """Where the camera's own words end: what it pans across or follows is read as any other text, unless it was told before."""
    last = i
    for k in range(i, end):
        word = tokens[k].low
        if (
            any(base in MOVES for base in bases(word))
            or word in ("is", "in", "out", "back", "closer", "reveal")
            or word in STATIC | SHAKY
        ):
            last = k + 1
        elif hit := phrases.heading(tokens, k) or phrases.region(tokens, k) or phrases.time(tokens, k):
            last = max(last, hit[0])
        elif word.endswith("ly") or word in (
            "to",
            "the",
            "from",
            "then",
            "and",
            "a",
            "not",
            "does",
            "very",
            "slow",
            ",",
            "towards",
            "toward",
        ):
            continue
        elif word not in ("clockwise", "counterclockwise", "anticlockwise", "handheld", "around", "forward", "forwards"):
            break
        else:
            last = k + 1
    return _shown(tokens, min(max(last, _told_before(tokens, last) if last else 0), end))


def _shown(tokens: Tokens, i: int) -> int:
    """Behind "across" and the like at `i` if it leads to a thing: that is there. A place is read as where it all happens."""
    if i >= len(tokens) or tokens[i].low not in _OVER:
        return i
    there = noun_phrase(tokens, i + 1)
    if there is None or not there.noun:
        return i
    return there.end if there.pronoun else i if vocabulary.is_place(there.noun) else i + 1


def _aimed_at(tokens: Tokens, i: int) -> str:
    """The noun of what is zoomed in on, if the move at `i` is told with it; idioms make a sentence of it."""
    for k in range(i + 1, min(i + 5, len(tokens))):
        there = [token.low for token in tokens[k : k + 3]] == [".", "there", "is"]
        if there or tokens[k].low in ("on", "onto", "into", "to", "towards", "toward"):
            aimed = noun_phrase(tokens, k + (3 if there else 1))
            return aimed.noun if aimed else ""
    return ""


def _told_of(tokens: Tokens, i: int) -> str:
    """The noun that the sentence before the camera's begins with, or the camera's own: whom "it" means in what follows."""
    starts = [0, *(k + 1 for k in range(i) if tokens[k].low in _BREAKS)]
    for start in reversed(starts):
        led = match(tokens, start, "then|now?", "there?", "is|are?")
        subject = noun_phrase(tokens, led[0] if led else start)
        if subject is not None and subject.noun and subject.noun.split()[-1] not in _NOUNS:
            return subject.noun
    return ""


def _told_before(tokens: Tokens, i: int) -> int:
    """Where what the camera follows ends, if it begins at `i` and is a pronoun or was named before; else `i`."""
    followed = noun_phrase(tokens, i)
    if followed is None or not any(MOVES.get(base) == "follow" for base in bases(tokens[i - 1].low)):
        return i
    again = followed.article == "the" and any(token.low in followed.noun.split()[-1:] for token in tokens[:i])
    return followed.end if followed.pronoun or again else i


def _from_move(tokens: Tokens, i: int) -> tuple[int, int, list[CameraNote]] | None:  # noqa: PLR0911
    """Without the word camera: "zoom in", "slow pan to the left", "static shot", "tracking shot of a car"."""
    low = tokens[i].low
    if hit := match(tokens, i, "static|fixed|locked", "off?", "wide|medium|long|close?", "shot|view|frame|viewpoint", "of?"):
        return _led(tokens, i), hit[0], [CameraNote(Camera(move="static"))]
    if hit := match(tokens, i, "handheld|shaky", "wide|medium|long|close?", "shot|footage|view?", "of?"):
        return _led(tokens, i), hit[0], [CameraNote(Camera(move="shake"))]
    if hit := match(tokens, i, "tracking|follow|dolly", "shot", "of|following?"):
        followed = noun_phrase(tokens, hit[0])
        return _led(tokens, i), hit[0], [CameraNote(Camera(move="follow"), followed.noun if followed else "")]
    if hit := match(
        tokens,
        i,
        "drone|aerial|crane|dolly",
        "shot|view|camera|footage",
        "rising|flying|moving|descending|panning|climbing|going|pulling|pushing|moves|drifting|gliding|retreating|soaring|"
        "withdrawing|ascending|sinking|zooming",  # idioms have made "moves" of "backing"
    ):
        end = _clause_end(tokens, hit[0])
        notes = _moves(tokens, hit[0] - 1, end, background=False)
        return (_led(tokens, i), _spent(tokens, hit[0] - 1, end), notes) if notes else None
    if over := _pan_over(tokens, i):
        return _before_move(tokens, i), _shown(tokens, over), [CameraNote(Camera(move="pan"))]
    base = next((base for base in bases(low) if base in ("pan", "tilt", "zoom", "dolly") and low != "tilted"), None)
    if base is None or (i and tokens[i - 1].low in ("frying", "a") and base == "pan" and not _directed(tokens, i + 1)):
        return None
    if base == "zoom" and low != base and match(tokens, i + 1, "to?", "the?", "left|right|into") and _someone_before(tokens, i):
        return None
    if not _directed(tokens, i + 1):
        return None
    end = i + 1
    while end < len(tokens) and (
        tokens[end].low in ("in", "out", "into", "to", "the", "on", "slowly", "towards", "toward", "a", "camera", "clockwise")
        or _heading_of(tokens[end].low)
    ):
        end += 1
    notes = _moves(tokens, i, end, background=False)
    return (_before_move(tokens, i), end, notes) if notes else None


def _before_move(tokens: Tokens, i: int) -> int:
    """Where the words begin that belong to a move at `i`: "with a slow", "then the camera"."""
    while i and tokens[i - 1].low in (
        "slow",
        "slowly",
        "a",
        "fast",
        "quick",
        "gentle",
        "camera",
        "with",
        "then",
        "and",
        ",",
    ):
        i -= 1
    return i


def _pan_over(tokens: Tokens, i: int) -> int | None:
    """Behind a pan that is told no direction: "pan across", "panning shot of", "flyover of", "drone shot over"; else None."""
    if hit := match(tokens, i, "pan|panning", "shot|view", "of?"):
        return hit[0]
    if hit := match(tokens, i, "flyover|fly-over|flypast", "shot?", "of?"):
        return hit[0]
    if match(tokens, i, "drone|aerial|crane", "shot|view|footage", "across|over|along"):
        return i + 2
    if match(tokens, i, "pan|pans|panning", "slowly?", "across|over|along") is None:
        return None
    # Of the kitchen's pans it is said that they are a pan, and over what.
    a_move = (
        tokens[i].low != "pan"
        or i == 0
        or tokens[i - 1].low in ("slow", "slowly", "quick", "gentle", "smooth", ".", ",", "then")
    )
    return i + (2 if tokens[i + 1].low == "slowly" else 1) if a_move else None


def _someone_before(tokens: Tokens, i: int) -> bool:
    """As in "a robot zooms to the left": who goes fast, and no camera."""
    return i > 0 and vocabulary.find(tokens[i - 1].low) is not None


def _led(tokens: Tokens, i: int) -> int:
    """Where a phrase's article is, if it has one."""
    return i - 1 if i and tokens[i - 1].low in ("a", "an", "the") else i


def _directed(tokens: Tokens, i: int) -> bool:
    return match(
        tokens,
        i,
        "slowly|gradually|gently?",
        "in|out|into|left|right|up|down|upward|upwards|downward|downwards|leftward|leftwards|rightward|rightwards",
    ) is not None or (
        match(tokens, i, "slowly|gradually|from|across?", "to|towards|toward|from", "the?", "left|right|top|bottom|sky|ground")
        is not None
    )


def _moves(tokens: Tokens, start: int, end: int, *, background: bool) -> list[CameraNote]:
    """The camera's moves between two positions, in order."""
    notes: list[CameraNote] = []
    i = start
    while i < end:
        base = next((base for base in bases(tokens[i].low) if base in MOVES), None)
        base = "be" if base is None and tokens[i].low in ("is", "stays", "remains", "was", "does") else base
        if base is not None:
            stop = i + 1
            while stop < end and not any(b in ("pan", "tilt", "zoom", "dolly", "rotate") for b in bases(tokens[stop].low)):
                stop += 1
            note = _move(tokens, i, stop, MOVES[base], base, background=background)
            if note is not None:
                notes.append(note)
            i = stop
        else:
            i += 1
    if len(notes) > 1 and any(token.low in ("then", "finally") for token in tokens[start:end]):
        n = len(notes)
        notes = [
            CameraNote(note.camera.model_copy(update={"window": Window(start=k / n, end=(k + 1) / n)}), note.noun)
            for k, note in enumerate(notes)
        ]
    return notes


def _move(tokens: Tokens, i: int, end: int, move: Move, base: str, *, background: bool) -> CameraNote | None:  # noqa: PLR0911, PLR0913
    words = [token.low for token in tokens[i + 1 : end]]
    window = next((hit[1].window for k in range(i + 1, end) if (hit := phrases.time(tokens, k))), ALWAYS)
    if (
        set(takewhile(lambda word: word not in _AIMING, words)) & STATIC
        or (base == "be" and "moving" in words and "not" in words)
        or (base == "be" and "not" in words)
        or ("not" in words and "move" in words)
    ):
        return CameraNote(Camera(move="static", window=window))
    if set(words) & SHAKY:
        return CameraNote(Camera(move="shake", window=window))
    if base == "be":
        return None
    if move == "follow" and base == "track" and _aim(tokens, i + 1, end, base) is not None:
        move = "pan"
    if move == "follow":
        followed = noun_phrase(tokens, i + 1)
        noun = "" if followed is None else _told_of(tokens, i) if followed.pronoun else followed.noun
        return CameraNote(Camera(move="follow", window=window), noun)
    if move == "zoom":
        outward = base in OUTWARD or any(word in ("out", "away", "back", "backwards", "backward") for word in words[:4])
        return CameraNote(
            Camera(move="zoom", sign=-1 if outward else 1, window=window), "" if outward else _aimed_at(tokens, i)
        )
    if move == "roll":
        counter = any(word.startswith(("counter", "anti")) or word == "left" for word in words)
        return CameraNote(Camera(move="roll", sign=-1 if counter else 1, window=window))
    if move == "shake":
        return CameraNote(Camera(move="shake", window=window))
    if move == "static":
        return CameraNote(Camera(move="static", window=window))
    heading = _aim(tokens, i + 1, end, base)
    if heading is None:
        closer = any(word in ("in", "closer", "forward", "forwards", "towards", "toward") for word in words[:3])
        back = any(word in ("out", "back", "backward", "backwards", "away") for word in words[:3])
        if closer or back:
            return CameraNote(Camera(move="zoom", sign=1 if closer else -1, window=window))
        passes = any(word in _OVER for word in words[:3])
        return CameraNote(Camera(move="pan", window=window)) if base == "pan" or (base in _GLIDING and passes) else None
    return CameraNote(Camera(move="pan", heading=opposite(heading) if background else heading, window=window))


def _aim(tokens: Tokens, i: int, end: int, base: str) -> Heading | None:
    """Where the camera goes: the last direction named, so that "from left to right" goes right."""
    aim: Heading | None = cast("Heading", UPRIGHT.get(base))
    for k in range(i, end):
        if hit := phrases.heading(tokens, k):
            if hit[1] in lex.HEADINGS.values() or "-" in hit[1]:
                aim = cast("Heading", hit[1])
        elif (region := phrases.region(tokens, k)) and isinstance(region[1], Region):
            place = region[1].place
            if place.x in ("left", "right"):
                aim = place.x
            elif place.y in ("top", "bottom"):
                aim = "up" if place.y == "top" else "down"
        elif tokens[k].low == "sky" and aim is None:
            aim = "up"
    return aim
