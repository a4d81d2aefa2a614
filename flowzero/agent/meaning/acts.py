"""What somebody does where he is: boxes cannot show it, but they can show that he goes nowhere, and what is at hand."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause

_AT_HAND = lex.words(
    "read write eat drink paint cook knit sew feed lick sniff bite chew scratch stroke knead fry peel slice polish "
    "repair comb iron stir"
)
"""What is done to something close by."""
PLACID = _AT_HAND | lex.words(
    "bark meow chirp sing wave clap yawn draw greet cheer laugh cry smile blink nod wag talk speak whisper shout "
    "sneeze cough wink howl growl drum strum meditate pray point juggle undress photograph listen think fight argue quarrel "
    "squabble bicker haggle"
)
"""All that is done by who stays where he is."""
PEERING = lex.words("look stare peer gaze peek glance glare squint spit sob pour talk speak shout whisper sing")
"""What is done into something from beside it."""


def taken_up(clause: Clause, thing: str, cast: CastList) -> str | None:
    """What a thing has at hand, as in "feeds a duck" and "reads a book", if it is something or somebody that one can draw."""
    if clause.lemma not in _AT_HAND or clause.passive:
        return None
    for role in clause.roles:
        if role.kind == "thing" and role.things and not (role.prep or role.relation) and role.things[0] != thing:
            noun = cast[role.things[0]].noun
            drawn = vocabulary.find(noun) is not None or english.as_noun(noun.rsplit(maxsplit=1)[-1]) == "nt"
            return role.things[0] if drawn else None
    return None
