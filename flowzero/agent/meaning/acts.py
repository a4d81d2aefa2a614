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

ON_THE_WAY = lex.words(
    "rattle roar thunder puff chuff huff clatter clank clang clop creak squeak whir whirr hum flap beat thump thud splash "
    "screech squeal jingle growl purr sputter splutter putter drone trip-trap "
    "wriggle squirm squeeze venture storm tear barrel shuttle blast sweep jet bump trickle dribble ooze seep "
    "stream scatter disperse flutter reverse back spiral corkscrew spin twirl whirl "
    "hiss whistle steam flow flash swish zing squelch nose file forge lunge tick "
    "elbow bustle tootle tour brush pulse throb jiggle"
)
"""What one does in one place, and as well on the way, where a way is told with it: "the tram rattles off to the left"."""
_CARRIED = lex.words("sweep wash nudge suck whisk shunt wheel waft blow bear carry drag tug hurl fling draw whirl")
"""What is done to who is moved by it, where a way is told with it: "the canoe is swept to the left"."""
_WAYS = lex.words("from to toward towards off out past through up down into onto away across along after around round")


def on_the_way(clause: Clause) -> bool:
    """Whether what is done is how somebody goes, as a way is told with it."""
    if clause.lemma not in (_CARRIED if clause.passive else ON_THE_WAY):
        return False
    shaped = any(role.kind == "trace" and role.value != "wander" for role in clause.roles)
    if shaped or clause.along or clause.away or clause.by:
        return True
    return any(role.kind in ("go", "off") or (role.kind in ("region", "thing") and role.prep in _WAYS) for role in clause.roles)


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
