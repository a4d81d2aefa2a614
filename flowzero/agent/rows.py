"""Who stands beside whom: rows from left to right, and where across the picture each has room.

A row is read off the relations left, right, near and between of things that stay where they are. What stands on, or is held by,
another thing stands where that does, so that a row holds what bears it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flowzero.agent.bonds import bearers, goes
from flowzero.agent.nature import far_away
from flowzero.agent.promises import Journey, Reading, Relation, Stays, Thing
from flowzero.agent.remembered import remembered

SIDES = ("left", "right", "near", "between")
"""Relations of those that stand side by side."""
GAP = 0.04
"""The air between neighbours in a row."""
_CLOSE = 0.02
"""The air between several of a kind."""
_EDGE = 0.02
_ROOM = 1 - 2 * _EDGE
_MANY = 4
"""So many of a kind stand in one line; more in lines behind each other, and wherever they like near a thing."""
_LEAST = 0.4
"""How small, at least, things become so that all have room."""
_BY_ANOTHER = ("above", "below", "front", "behind")

Member = tuple[str, int]
"""A thing, and which of its objects."""
Measure = Callable[[Thing], float]


@dataclass(frozen=True)
class Block:
    """Some of a thing's objects, side by side: so many from the first on."""

    thing: str
    first: int
    count: int

    @property
    def columns(self) -> int:
        """How many of them stand in one line."""
        lines = 1 if self.count <= _MANY else 2 if self.count <= 3 * _MANY else 3
        return -(-self.count // lines)

    def width(self, one: float) -> float:
        """How broad they are together, each of that width."""
        return self.columns * one + (self.columns - 1) * _CLOSE

    def spots(self, one: float) -> Iterator[tuple[Member, float, int]]:
        """Each of them, how far its centre is from the left end, and in which line it stands."""
        for k in range(self.count):
            column, line = k % self.columns, k // self.columns
            yield (self.thing, self.first + k), column * (one + _CLOSE) + one / 2, line


Row = tuple[Block, ...]


@dataclass(frozen=True)
class Berth:
    """Where one stands: its centre across the picture, and in which line, 0 the nearest."""

    x: float
    line: int = 0
    bound: bool = True
    """Whether it stands in a row; what stands for itself may be moved a little."""


def base(reading: Reading, thing: str) -> str:
    """What it stands on in the end, or who holds it; itself if nothing does."""
    seen = {thing}
    while (under := [name for name in bearers(reading, thing) if name not in seen]) and len(seen) < 8:
        thing = under[0]
        seen.add(thing)
    return thing


def same_row(reading: Reading, promise: Relation) -> bool:
    """Whether the row that both stand in keeps the relation."""
    pair = {base(reading, name) for name in (promise.thing, promise.other)}
    return promise.relation in SIDES and any(pair <= {block.thing for block in row} for row in rows(reading))


@remembered
def rows(reading: Reading) -> tuple[Row, ...]:
    """The rows that a reading tells of, each with two blocks at least."""
    told = [ties for promise in reading.promises if isinstance(promise, Relation) and (ties := _tied(reading, promise))]
    found: list[Row] = []
    while told:
        row: list[Block] = []
        while (
            tie := next((tie for tie in told if not row or {block.thing for block in row} & set(tie[1:])), None)
        ) is not None:
            told.remove(tie)
            _join(row, reading, tie)
        if len(row) > 1:
            found.append(tuple(row))
    return tuple(found)


_Tie = tuple[str, str, str, str]
"""A relation, the thing, the other, and the second or ""."""


def _tied(reading: Reading, promise: Relation) -> _Tie | None:
    """The relation of the two that stand side by side; None if they do not, or not all the time."""
    if promise.relation not in SIDES or promise.window.start > 0 or promise.thing == promise.other:
        return None
    names = [base(reading, name) for name in (promise.thing, promise.other, *([promise.second] if promise.second else []))]
    things = [reading.thing(name) for name in names]
    if len(set(names)) < len(names) or any(_elsewhere(reading, thing) for thing in things):
        return None
    scattered = promise.relation == "near" and max(thing.count for thing in things) > _MANY
    between_one = promise.relation == "between" and len(names) < 3 and things[1].count < 2
    return None if scattered or between_one else (promise.relation, names[0], names[1], names[2] if len(names) > 2 else "")


def _elsewhere(reading: Reading, thing: Thing) -> bool:
    """Whether it is not held where it stands, or stands where another thing says."""
    by_another = any(isinstance(p, Relation) and p.thing == thing.id and p.relation in _BY_ANOTHER for p in reading.promises)
    return by_another or far_away(thing.noun) or goes(reading, thing.id)


def _join(row: list[Block], reading: Reading, tie: _Tie) -> None:
    """Put those of the tie that are not in the row yet where it wants them."""
    relation, thing, other, second = tie
    if relation == "between":
        _put_between(row, reading, thing, other, second)
        return
    if not row:
        row.append(_whole(reading, other))
    here, there = (_at(row, name) for name in (thing, other))
    if there and not here:
        start, end = there
        if relation == "near":
            _put_near(row, reading, thing, start, end)
        else:
            row.insert(end if relation == "right" else start, _whole(reading, thing))
    elif here and not there:
        first = (relation == "near" and here[0] == 0 and here[1] < len(row)) or relation == "right"
        row.insert(0 if first else len(row), _whole(reading, other))  # beyond those that stand between the two already


def _put_near(row: list[Block], reading: Reading, thing: str, start: int, end: int) -> None:
    """Beside what stands from one place in the row to another: on its free side, or some on either side of it."""
    count = reading.thing(thing).count
    if count > 1:
        row[end:end] = [Block(thing, count // 2, count - count // 2)]
        row[start:start] = [Block(thing, 0, count // 2)]
    else:
        row.insert(0 if start == 0 and end < len(row) else end, _whole(reading, thing))


def _put_between(row: list[Block], reading: Reading, thing: str, other: str, second: str) -> None:
    """Put a thing between two others, or between the halves of several of a kind."""
    one, middle = _whole(reading, thing), _at(row, thing)
    if not second:
        if _at(row, other) is None:
            count = reading.thing(other).count
            start, end = middle or (len(row), len(row))
            row[end:end] = [*([] if middle else [one]), Block(other, count // 2, count - count // 2)]
            row.insert(start, Block(other, 0, count // 2))
        return
    left, right = (_whole(reading, name) for name in (other, second))
    match middle, _at(row, other), _at(row, second):
        case None, None, None:
            row += [left, one, right]
        case None, (_, end), None:
            row[end:end] = [one, right]
        case None, None, (start, _):
            row[start:start] = [left, one]
        case None, (a, _), (b, _):
            row.insert(max(a, b), one)
        case (start, end), None, None:
            row.insert(end, right)
            row.insert(start, left)
        case (start, end), (known, _), None:
            row.insert(end if known < start else start, right)
        case (start, end), None, (known, _):
            row.insert(end if known < start else start, left)


def _whole(reading: Reading, name: str) -> Block:
    return Block(name, 0, reading.thing(name).count)


def _at(row: list[Block], name: str) -> tuple[int, int] | None:
    """From where to where a thing's blocks stand in a row."""
    places = [k for k, block in enumerate(row) if block.thing == name]
    return (places[0], places[-1] + 1) if places else None


@dataclass(frozen=True)
class _Unit:
    """A row, or what stands for itself, that needs room of its own."""

    row: Row
    width: float
    place: str
    """The part of the picture in which the prompt holds it, or ""."""
    held: float
    """How far the centre of what is held there is from the left end."""


def _units(reading: Reading, width: Measure, grounded: Callable[[Thing], bool]) -> list[_Unit]:
    """The rows and what stands on the ground for itself, in the order of the prompt, or as their places have them."""
    found = rows(reading)
    if not found:
        return []
    bound = {name for promise in reading.promises for name in _led(promise)}
    in_rows = {block.thing for row in found for block in row}
    lone = [
        thing
        for thing in reading.things
        if thing.id not in in_rows | bound and not goes(reading, thing.id) and not far_away(thing.noun) and grounded(thing)
    ]
    all_rows: list[Row] = [*found, *((_whole(reading, thing.id),) for thing in lone)]
    order = [thing.id for thing in reading.things]
    all_rows.sort(key=lambda row: min(order.index(block.thing) for block in row))
    units = [_unit(reading, row, width) for row in all_rows]
    return sorted(units, key=lambda unit: {"left": -1, "right": 1}.get(unit.place, 0))


def _led(promise: object) -> list[str]:
    """Things whose place another thing gives."""
    if isinstance(promise, Relation) or getattr(promise, "kind", "") == "carrying":
        return [promise.thing]  # type: ignore[attr-defined]
    return [promise.thing] if isinstance(promise, Journey) else []


def _unit(reading: Reading, row: Row, width: Measure) -> _Unit:
    places: dict[str, str] = {
        p.thing: p.place.x for p in reading.promises if isinstance(p, Stays) and p.place.x and not p.place.off
    }
    places = {base(reading, name): x for name, x in places.items()}
    end, found = 0.0, []
    for k, block in enumerate(row):
        end += GAP if k else 0.0
        broad = block.width(width(reading.thing(block.thing)))
        if place := places.get(block.thing):
            found.append((place, end + broad / 2))
        end += broad
    sides = {place for place, _ in found}
    place, held = found[0] if len(sides) == 1 else ("", 0.0)  # from side to side it takes the whole picture
    return _Unit(row, end, place, held)


def share(reading: Reading, width: Measure, grounded: Callable[[Thing], bool]) -> float:
    """How much smaller all must be, 1 at most, for the rows and what stands beside them to have room in the picture."""
    units = _units(reading, width, grounded)
    if not units:
        return 1.0
    airs = sum(GAP * (len(unit.row) - 1) for unit in units) + GAP * (len(units) - 1)
    wide = sum(unit.width - GAP * (len(unit.row) - 1) for unit in units)
    if len(units) == 1 and units[0].place == "middle":  # as much room on either side of what is in the middle
        wide = max(wide, 2 * max(units[0].held, units[0].width - units[0].held) - airs)
    return max(_LEAST, min(1.0, (_ROOM - airs) / wide))


_CENTRES = {"left": 0.2, "middle": 0.5, "right": 0.8}


def berths(
    reading: Reading, width: Measure, grounded: Callable[[Thing], bool], wanted: Callable[[str], float | None]
) -> dict[Member, Berth]:
    """Where all in rows, and what stands for itself beside them, stand; nothing where nobody stands in a row.

    `wanted` says where a thing needs to be for what happens about it: its row stands there if there is only one.
    """
    units = _units(reading, width, grounded)
    starts = _starts(units)
    if len(units) == 1 and not units[0].place:
        starts = [_start_for(reading, units[0].row, width, wanted, starts[0], units[0].width)]
    found: dict[Member, Berth] = {}
    for unit, start in zip(units, starts, strict=True):
        x = start
        for block in unit.row:
            one = width(reading.thing(block.thing))
            for member, dx, line in block.spots(one):
                found[member] = Berth(round(x + dx, 4), line, bound=len(unit.row) > 1)
            x += block.width(one) + GAP
    return found


def _starts(units: list[_Unit]) -> list[float]:
    """The left ends: what is held at a side there, the rest spread evenly over what is left."""
    starts: dict[int, float] = {}
    low, high = _EDGE - GAP, 1 - _EDGE + GAP
    for sides, step in (("left", 1), ("right", -1)):
        for k in range(len(units))[::step]:
            unit = units[k]
            rest = sum(other.width + GAP for i, other in enumerate(units) if i not in starts and i != k)
            if unit.place != sides:
                continue
            start = _CENTRES[sides] - unit.held
            start = min(max(start, low + GAP), high - GAP - unit.width)
            if step > 0:
                starts[k] = max(low + GAP, min(start, high - rest - unit.width - GAP))
                low = starts[k] + unit.width
            else:
                starts[k] = min(high - GAP - unit.width, max(start, low + rest + GAP))
                high = starts[k]
    free = [k for k in range(len(units)) if k not in starts]
    air = (high - low - sum(units[k].width for k in free)) / (len(free) + 1)
    for k in free:
        starts[k] = low + air
        low = starts[k] + units[k].width
    if len(free) == 1 and units[free[0]].place == "middle":
        unit = units[free[0]]
        starts[free[0]] = min(max(0.5 - unit.held, _EDGE), 1 - _EDGE - unit.width)
    return [starts[k] for k in range(len(units))]


def _start_for(  # noqa: PLR0913, PLR0917
    reading: Reading, row: Row, width: Measure, wanted: Callable[[str], float | None], start: float, whole: float
) -> float:
    """The left end of the only row with which what is wanted somewhere is there, as far as there is room."""
    end = 0.0
    for block in row:
        broad = block.width(width(reading.thing(block.thing)))
        if (x := wanted(block.thing)) is not None:
            return min(max(x - end - broad / 2, _EDGE), max(1 - _EDGE - whole, _EDGE))
        end += broad + GAP
    return start
