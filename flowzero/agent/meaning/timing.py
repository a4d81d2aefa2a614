"""When a clause happens, and in which order its steps come."""

from __future__ import annotations

from flowzero.agent.clause import Clause
from flowzero.agent.promises import ALWAYS, Beside, Go, Step, Window


def in_order(way: list[Step]) -> list[Step]:
    """What goes left over a tree is above it on the way, whichever of the two is said first."""
    match way:
        case [Go(heading="left" | "right") as go, Beside(relation="above" | "below", start=False) as beside]:
            return [beside, go]
    return way


def window_of(clause: Clause) -> Window:
    """The window of the first time that it tells, and always if none."""
    return (
        clause.times[0].window
        if clause.times and clause.times[0].sense != "moment"
        else (clause.times[0].window if clause.times and clause.times[0].window.start > 0 else ALWAYS)
    )
