"""What the small planner leaves out or miscounts, and the rules have read: things that do something, and numbers.

Where two readings differ in what somebody does, the small planner's is the right one six times as often as the rules'; yet it
forgets things that are told in passing, and miscounts those of which one does something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent import promises as p
from flowzero.agent.counterparts import COURSE, all_of, has, matched, moved, subject
from flowzero.agent.promises import Reading


def with_those_left_out(model: Reading, rules: Reading) -> Reading:
    """The model's reading with the things that it has left out and of which the rules know what they do, or where they are."""
    same, taken = matched(model, rules), {thing.id for thing in model.things}
    called = [vocabulary.find(thing.noun) for thing in model.things]  # "the hound" is the dog that is there

    def missing(thing: p.Thing) -> bool:
        known = vocabulary.find(thing.noun)
        new = thing.id not in (*same, *taken) and known not in called
        new = new and not any(has(model, word) for word in thing.noun.split())
        return new and known is not None and _surely_a_thing(thing)

    out = [thing for thing in rules.things if missing(thing) and _does(thing, rules)]
    return _with(model, rules, out, same) if model.things else model


def coloured(model: Reading, rules: Reading) -> Reading:
    """The model's reading with the colours that it has left out, of what there is but one of: "a ghost, all in white"."""
    for theirs, ours in matched(model, rules).items():
        there, told = rules.thing(theirs), model.thing(ours)
        hues = [bool(lex.COLOURS.intersection(thing.attributes)) for thing in (there, told)]
        alone = len(_kin(model, told.noun)) == len(_kin(rules, there.noun)) == 1
        if there.noun == told.noun and alone and hues == [True, False]:
            looks = {"phrase": there.phrase, "text": there.text, "attributes": there.attributes}
            things = tuple(thing.model_copy(update=looks) if thing is told else thing for thing in model.things)
            kept = [on for on in model.promises if not (isinstance(on, p.Looks) and on.thing == ours)]
            more = [
                on.model_copy(update={"thing": ours}) for on in rules.promises if isinstance(on, p.Looks) and on.thing == theirs
            ]
            model = model.model_copy(update={"things": things, "promises": (*kept, *more)})
    return model


def _surely_a_thing(thing: p.Thing) -> bool:
    """Whether the rules took no word of style or mood for a thing, as it has an article or a number."""
    return (thing.exact and thing.count > 1) or thing.article in ("a", "an", "the", "its", "another")


def as_counted(model: Reading, rules: Reading) -> Reading:
    """The model's reading with as many of a kind as the prompt says: "three plums" of which one rolls off are one and two."""
    same = matched(model, rules)
    for told in rules.promises:
        if not (isinstance(told, p.Count) and told.exact and told.n > 1 and _in_figures(told, rules)):
            continue
        ours, theirs = (_kin(reading, told.noun) for reading in (model, rules))
        more = sum(thing.count for thing in ours) - told.n
        if not (ours and more) or sum(thing.count for thing in theirs) != told.n or not all(thing.exact for thing in ours):
            continue
        crowd = max(ours, key=lambda thing: thing.count)
        if crowd.count > more > 0:
            fewer = crowd.model_copy(update={"count": crowd.count - more})
            things = tuple(fewer if thing is crowd else thing for thing in model.things)
            model = _recounted(model.model_copy(update={"things": things}), crowd.id, told.n)
        elif more < 0:
            taken = {*same, *(thing.id for thing in model.things)}
            plain = [thing for thing in theirs if thing.id not in taken and not thing.attributes]  # "the red one" may be there
            free = [thing for thing in plain if _does(thing, rules)]
            model = _recounted(_with(model, rules, free[:-more], same), ours[0].id, told.n)
    return model


def _kin(reading: Reading, noun: str) -> list[p.Thing]:
    """The things that a noun's last word names."""
    return [thing for thing in reading.things if thing.noun.split()[-1] == noun.rsplit(maxsplit=1)[-1]]


def _in_figures(told: p.Count, rules: Reading) -> bool:
    """Whether the number stands in the prompt, and is not only that of those told one by one."""
    of_one = all(re.fullmatch(r".+-\d+", name) for name in told.things) and len(told.things) == told.n
    return of_one or any(rules.thing(name).count > 1 for name in told.things)


def _recounted(model: Reading, thing: str, n: int) -> Reading:
    """The model's reading with another number of what a thing is one of, if it has as many now."""
    kin = tuple(one.id for one in _kin(model, model.thing(thing).noun))
    if sum(model.thing(name).count for name in kin) != n:
        return model
    told = [
        promise.model_copy(update={"n": n, "things": kin})
        if isinstance(promise, p.Count) and thing in promise.things
        else promise
        for promise in model.promises
        if not (isinstance(promise, p.Count) and thing not in promise.things and set(promise.things) & set(kin))
    ]
    return model.model_copy(update={"promises": tuple(told)})


def _does(thing: p.Thing, rules: Reading) -> bool:
    """Whether the rules know what it does or beside what it is."""
    return any(subject(on) == thing.id for on in rules.promises if isinstance(on, COURSE) and not isinstance(on, p.Stays))


def _with(model: Reading, rules: Reading, out: list[p.Thing], same: Mapping[str, str]) -> Reading:
    """The model's reading with more things, and what the rules say of them."""
    ids = {thing.id for thing in out}
    names = {**same, **{name: name for name in ids}}
    told = [ours for on in rules.promises if ids & all_of(on) and (ours := moved(on, names)) is not None]
    return model.model_copy(update={"things": (*model.things, *out), "promises": (*model.promises, *told)})
