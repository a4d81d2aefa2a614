"""One clause of an instruction read to its last word: as wishes about things of the plan, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from flowzero.agent.wishes.frames import framed
from flowzero.agent.wishes.naming import Scene, Tokens
from flowzero.agent.wishes.qualities import attributed, driven, predicated, qualities, turned
from flowzero.agent.wishes.things import brought_in, counted, exchanged, taken_out
from flowzero.agent.wishes.whole import filmed, settled
from flowzero.agent.wishes.wish import Found, Wish, Words


def wishes(scene: Scene, tokens: Tokens, *, sequel: bool, free: bool, first: bool) -> Found | None:
    """What a clause wishes; None if a word of it is not understood.

    `sequel` says that a wish went before it in the same sentence, `free` that no command is open that it could belong to,
    `first` that nothing stands before it in the sentence that was left in its own words.
    """
    body, wished = framed(tokens)
    if not body:
        return None
    for rule in (
        exchanged,
        taken_out,
        counted,
        filmed,
        predicated,
        driven,
        turned,
        attributed,
        qualities,
        settled,
        brought_in,
    ):
        found = rule(scene._replace(first=first), body, wished or sequel, free or wished)
        if found is not None:
            at = (body[0].start, body[-1].end)
            return [_placed(one, at) for one in found]
    return None


def _placed(one: Wish | Words, at: tuple[int, int]) -> Wish | Words:
    if isinstance(one, Words):
        return one
    return Wish(one.ids, one.command, one.look, one.key, *at)


Rule = Callable[[Scene, Tokens, bool, bool], Found | None]
