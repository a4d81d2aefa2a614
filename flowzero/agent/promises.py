"""What a prompt can promise, as plain values: things, and what is said of them.

A promise names things by id and never objects of a plan; :mod:`~flowzero.agent.casting` decides which objects play a thing,
:mod:`~flowzero.agent.measures` how well they keep a promise. Promises know nothing of English either: reading makes them.
"""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from flowzero.dss import VECTORS

Heading = Literal["left", "right", "up", "down", "up-left", "up-right", "down-left", "down-right"]
Across = Literal["left", "middle", "right"]
Upright = Literal["top", "middle", "bottom"]
Relative = Literal["left", "right", "above", "below", "front", "behind", "inside", "outside", "near", "on", "between"]
Pattern = Literal["circle", "eight", "up-down", "side-to-side", "bounce", "zigzag", "wander"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Value):
    """A stretch of the video, in fractions of it or in seconds; a negative start counts from the end."""

    start: float = 0.0
    end: float = 1.0
    unit: Literal["fraction", "seconds"] = "fraction"

    def within(self, seconds: float) -> tuple[float, float]:
        """Start and end as fractions of a video of that length, 0..1."""
        if self.unit == "fraction":
            return self.start, self.end
        start = self.start / seconds + (1.0 if self.start < 0 else 0.0)
        start = min(max(start, 0.0), 0.98)
        return start, min(max(self.end / seconds, start + 0.02), 1.0)

    @property
    def before(self) -> Window:
        """What of the video comes before it; for one that starts later than the video."""
        return Window(start=0, end=self.start, unit=self.unit)

    @property
    def after(self) -> Window:
        """What of the video comes after it; for one that ends before the video does."""
        return Window(start=self.end, end=1.0 if self.unit == "fraction" else 10 * _OPEN, unit=self.unit)

    @property
    def waiting(self) -> Literal["", "fraction", "seconds"]:
        """The unit, if this is a stretch at the beginning after which something else may happen."""
        opens = self.start == 0 and self.end < (1 if self.unit == "fraction" else _OPEN)
        return self.unit if opens else ""

    @property
    def whole(self) -> bool:
        """Whether this is the whole video."""
        return self.unit == "fraction" and self.start <= 0 and self.end >= 1


_OPEN = 1000.0
"""A window in seconds that ends later has no end."""
ALWAYS = Window()


class Place(_Value):
    """A part of the picture; None leaves that axis open. `off` is just beyond that edge of the picture."""

    x: Across | None = None
    y: Upright | None = None
    off: bool = False


class Thing(_Value):
    """Something that the prompt names and that shall be seen."""

    id: str = Field(description="slug, such as ball or bird-2; the ids of its objects begin with it")
    phrase: str = Field(description="one of it, as a renderer shall draw it: 'a red ball'")
    noun: str = Field(description="head noun, singular: 'ball'")
    text: str = Field(description="as the prompt has it: 'two red balls'")
    article: str = ""
    count: int = 1
    exact: bool = Field(True, description="whether the prompt says how many; 'birds' alone means at least two")
    attributes: tuple[str, ...] = Field((), description="what can be seen of it, such as red or striped")
    still: bool = Field(False, description="named as something that does not move: parked, sleeping")
    medium: Literal["", "ground", "air", "water"] = Field("", description="where its verbs let it move")


class At(_Value):
    """A step of a journey: being in a part of the picture."""

    kind: Literal["at"] = "at"
    place: Place
    loose: bool = Field(False, description="whether only a direction word was said: 'to the left', not 'to the left edge'")
    start: bool = Field(False, description="whether the journey starts there, rather than leads there")


class Go(_Value):
    """A step of a journey: moving in a direction; `towards` and `away` are along the line of sight."""

    kind: Literal["go"] = "go"
    heading: Heading | Literal["towards", "away"]


class Beside(_Value):
    """A step of a journey: standing in a relation to another thing."""

    kind: Literal["beside"] = "beside"
    relation: Relative
    other: str
    start: bool = Field(False, description="whether the journey starts there, rather than leads there")


class Trace(_Value):
    """A step of a journey: a shape of motion, about another thing if one is named."""

    kind: Literal["trace"] = "trace"
    pattern: Pattern
    other: str | None = None


class Approach(_Value):
    """A step of a journey: coming nearer to another thing, or going away from it."""

    kind: Literal["approach"] = "approach"
    other: str
    away: bool = False


class Rest(_Value):
    """A step of a journey: staying where it is."""

    kind: Literal["rest"] = "rest"


Step = Annotated[At | Go | Beside | Trace | Approach | Rest, Field(discriminator="kind")]


class Count(_Value):
    """So many of one noun are there at once."""

    kind: Literal["count"] = "count"
    things: tuple[str, ...]
    noun: str
    n: int = Field(description="0 where the prompt wants none of it")
    exact: bool = True


class Looks(_Value):
    """Every one of a thing bears these attributes."""

    kind: Literal["attribute"] = "attribute"
    thing: str
    words: tuple[str, ...]


class Journey(_Value):
    """A thing passes through these steps in this order."""

    kind: Literal["journey"] = "journey"
    thing: str
    steps: tuple[Step, ...]
    window: Window = ALWAYS
    manner: Literal["any", "fast", "slow"] = "any"


class Stays(_Value):
    """A thing is in a part of the picture for as long as it is seen within the window."""

    kind: Literal["position"] = "position"
    thing: str
    place: Place
    window: Window = ALWAYS


class Relation(_Value):
    """A thing stands in a relation to another (or between two) while both are seen within the window."""

    kind: Literal["relation"] = "relation"
    thing: str
    relation: Relative
    other: str
    second: str | None = None
    window: Window = ALWAYS


class Still(_Value):
    """A thing does not move."""

    kind: Literal["still"] = "still"
    thing: str
    window: Window = ALWAYS


class Moves(_Value):
    """A thing moves, no matter where to."""

    kind: Literal["moves"] = "moves"
    thing: str
    window: Window = ALWAYS
    firm: bool = Field(True, description="whether a finite verb says so; 'a flying bird' is only a hint")
    across: bool = Field(False, description="whether from side to side of the scenery, as in 'hops across a meadow'")


class Seen(_Value):
    """When a thing is there. `start` and `end` say which of the window's ends the prompt speaks of."""

    kind: Literal["appearance"] = "appearance"
    thing: str
    window: Window
    start: bool = True
    end: bool = True
    loose: bool = Field(False, description="whether the prompt leaves the moment open")


class Turns(_Value):
    """What a thing turns into; `at` is None where the prompt leaves the moment open."""

    kind: Literal["change"] = "change"
    thing: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...]
    phrase: str = Field(description="what it is afterwards, as a renderer shall draw it")
    window: Window | None = None


class Grows(_Value):
    """A thing grows (sign 1) or shrinks (-1)."""

    kind: Literal["growth"] = "growth"
    thing: str
    sign: Literal[1, -1]
    window: Window = ALWAYS


class Paced(_Value):
    """A thing gets faster (sign 1) or slower (-1) on its way."""

    kind: Literal["pacing"] = "pacing"
    thing: str
    sign: Literal[1, -1]
    window: Window = ALWAYS


class Sized(_Value):
    """A thing is large (1) or small (-1) in the picture."""

    kind: Literal["size"] = "size"
    thing: str
    sign: Literal[1, -1]


class Compared(_Value):
    """A thing is larger or faster (1), or smaller or slower (-1), or as large or fast (0) than another."""

    kind: Literal["comparison"] = "comparison"
    thing: str
    aspect: Literal["size", "speed"]
    sign: Literal[1, 0, -1]
    other: str


class Follows(_Value):
    """A thing moves behind another, the same way."""

    kind: Literal["following"] = "following"
    thing: str
    other: str


class Passes(_Value):
    """A thing begins on one side of another and ends on its other side."""

    kind: Literal["passing"] = "passing"
    thing: str
    other: str
    window: Window = ALWAYS


class Meets(_Value):
    """Two things come together (or part)."""

    kind: Literal["meeting"] = "meeting"
    thing: str
    other: str
    apart: bool = False


class Opposed(_Value):
    """Two things, or two of a kind, move in opposite directions."""

    kind: Literal["opposition"] = "opposition"
    thing: str
    other: str


class Carries(_Value):
    """A thing rides on another, or is held, pushed or pulled by it: they keep together.

    What is taken lies where it is until the other has come to it, and goes along from then on.
    """

    kind: Literal["carrying"] = "carrying"
    thing: str
    other: str
    how: Literal["held", "ridden", "pushed", "pulled", "taken"] = Field(
        "held", description="`ridden`: the thing rides on the other; `taken`: it is picked up on the way"
    )


class Ordered(_Value):
    """What the first thing does (appearing or moving) comes before what the second does."""

    kind: Literal["sequence"] = "sequence"
    first: str
    second: str


class Camera(_Value):
    """How the camera moves; `follow` keeps a thing in the picture while the background runs by."""

    kind: Literal["camera"] = "camera"
    move: Literal["pan", "zoom", "roll", "static", "follow", "shake"]
    heading: Heading | None = Field(
        None, description="where the camera goes, the content the other way; of a pan without one, whichever way"
    )
    sign: Literal[1, -1] = 1
    thing: str | None = None
    window: Window = ALWAYS


class Scenery(_Value):
    """Where it all happens."""

    kind: Literal["setting"] = "setting"
    text: str
    words: tuple[str, ...] = Field(description="the content words, singular, of which one at least shall be found")


Promise = Annotated[
    Count
    | Looks
    | Journey
    | Stays
    | Relation
    | Still
    | Moves
    | Seen
    | Turns
    | Grows
    | Paced
    | Sized
    | Compared
    | Follows
    | Passes
    | Meets
    | Opposed
    | Carries
    | Ordered
    | Camera
    | Scenery,
    Field(discriminator="kind"),
]


class Reading(_Value):
    """What a prompt promises, as far as it could be read."""

    prompt: str
    things: tuple[Thing, ...] = ()
    promises: tuple[Promise, ...] = ()
    setting: str | None = None
    view: Literal["side", "top"] = Field("side", description="seen from the side, with a ground, or from above, without one")
    unread: tuple[str, ...] = Field((), description="pieces of the prompt that no check measures")
    names: tuple[tuple[str, str], ...] = Field((), description="what things are called, as pairs of a name and an id")
    corrected: bool = Field(False, description="whether the prompt takes back some of its words")
    acting: tuple[str, ...] = Field((), description="things of which nothing but acts is unread, which no box can show")
    excused: tuple[str, ...] = Field((), description="checks of plausibility that an instruction outranks, as check:object")

    @property
    def camera(self) -> tuple[Camera, ...]:
        """What the prompt says of the camera."""
        return tuple(promise for promise in self.promises if isinstance(promise, Camera))

    @property
    def seconds(self) -> float:
        """How long a video must be to show all that the prompt puts at so many seconds; 0 when it names none."""
        windows = [window for promise in self.promises if (window := getattr(promise, "window", None)) is not None]
        named = [(abs(w.start), w.end) for w in windows if w.unit == "seconds"]
        waits = [1.5 * p.window.end for p in self.promises if isinstance(p, Still) and p.window.waiting == "seconds"]
        return max([*waits, *(end if end < _OPEN else 1.5 * start for start, end in named)], default=0.0)

    def thing(self, id: str) -> Thing:
        """The thing of that id; KeyError if there is none."""
        for thing in self.things:
            if thing.id == id:
                return thing
        raise KeyError(id)


def opposite(heading: Heading) -> Heading:
    """The heading the other way."""
    dx, dy = VECTORS[heading]
    return cast("Heading", next(name for name, (x, y) in VECTORS.items() if x == -dx and y == -dy))


def mirrored(place: Place) -> Place:
    """The part of the picture opposite to one, as the bottom right corner is to the top left one."""
    sides = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    return Place.model_validate(
        {"x": sides.get(place.x or "", place.x), "y": sides.get(place.y or "", place.y), "off": place.off}
    )
