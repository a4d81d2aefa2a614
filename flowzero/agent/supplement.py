"""Two readings of a prompt, the rules' and the small planner's, made one: the small planner's, supplemented by the rules'.

Where the rules leave something unread, or it is sure, it has the better ear (`python -m benchmarks.small_planner`). What it
says is never overruled, but where its outlines have no words for what the rules have read, and where these know better who
bears a name, who is in or on what, and who only acts. What it names but says nothing of gets what the rules say of it, and
what it says something of gets what else the rules say, of other kinds; so do a camera and a setting that it has not found. A
thing that it leaves out is there if the rules know what it does, in the number and colour that they know (`missing.py`).
It sets nothing in motion that cannot move.
"""

from __future__ import annotations

from collections.abc import Mapping

from flowzero.agent import promises as p
from flowzero.agent.bonds import crossings
from flowzero.agent.counterparts import COURSE, TOLD, has, matched, moved, subject, told_of
from flowzero.agent.missing import as_counted, coloured, with_those_left_out
from flowzero.agent.nature import fixed
from flowzero.agent.picking import picked_up
from flowzero.agent.promises import Promise, Reading

_MOTION = p.Journey | p.Moves | p.Follows | p.Passes


def joined(rules: Reading, model: Reading) -> Reading:
    """What both readings of a prompt make of it; unread stays what the rules left unread."""
    sober = _bridged(_at_rest(_sober(_called(model, rules), rules), rules), rules)
    heard = picked_up(_by_place(_by_sides(_finer(sober, rules), rules), rules), rules)
    whole = with_those_left_out(as_counted(coloured(heard, rules), rules), rules)
    return supplemented(whole, rules).model_copy(update={"unread": rules.unread})


def _called(model: Reading, rules: Reading) -> Reading:
    """The model's reading with those as what they are of whom it has only a name: "our dog Rex" is a dog, and no rex."""
    names = {name: rules.thing(owner) for name, owner in rules.names}
    called = {thing.id: names[word] for thing in model.things if (word := thing.noun.split()[-1]) in names}
    called = {name: thing for name, thing in called.items() if thing.noun != model.thing(name).noun}
    if not called:
        return model
    there = {thing.noun: thing.id for thing in model.things if thing.id not in called and thing.count == 1}
    same = {thing.id: there.get(called[thing.id].noun, thing.id) if thing.id in called else thing.id for thing in model.things}
    things = tuple(
        thing.model_copy(update={"noun": own.noun, "phrase": own.phrase, "text": own.text, "attributes": own.attributes})
        if (own := called.get(thing.id)) is not None
        else thing
        for thing in model.things
        if same[thing.id] == thing.id
    )
    said = [ours for promise in model.promises if not _counts(promise, called) and (ours := moved(promise, same))]
    alike = {own.noun: tuple(thing for thing in things if thing.noun == own.noun) for own in called.values()}
    counts = [
        p.Count(things=tuple(thing.id for thing in kin), noun=noun, n=sum(thing.count for thing in kin))
        for noun, kin in alike.items()
    ]
    return model.model_copy(update={"things": things, "promises": tuple(dict.fromkeys((*counts, *said)))})


def _counts(promise: Promise, called: Mapping[str, p.Thing]) -> bool:
    """Whether a promise says how many there are of what has a name, or is what has one."""
    nouns = {thing.noun for thing in called.values()}
    return isinstance(promise, p.Count) and (promise.noun in nouns or not called.keys().isdisjoint(promise.things))


def _sober(model: Reading, rules: Reading) -> Reading:
    """The model's reading without what cannot be: it sets nothing in motion that cannot move, and nothing follows that.

    What is moved by the rules, too, is not rooted: a piano that is pushed, the cabins of a big wheel.
    """
    same = matched(model, rules)
    driven = {same.get(on.thing) for on in rules.promises if isinstance(on, _MOTION | p.Carries)}
    rooted = {thing.id for thing in model.things if fixed(thing.noun)} - driven

    def stands(promise: Promise) -> bool:
        if isinstance(promise, p.Follows) and promise.other in rooted:
            return False
        return not (isinstance(promise, _MOTION) and promise.thing in rooted)

    return model.model_copy(update={"promises": tuple(filter(stands, model.promises))})


def _at_rest(model: Reading, rules: Reading) -> Reading:
    """The model's reading, with those at rest of whom the rules know that they only bark, read or feed a duck."""
    same = matched(model, rules)
    acting = {same[name] for name in rules.acting if name in same}
    told: dict[frozenset[str | None], set[str]] = {}
    for on in rules.promises:
        if isinstance(on, p.Relation):
            told.setdefault(frozenset((same.get(on.thing), same.get(on.other))), set()).add(on.relation)

    def fits(promise: Promise) -> bool:
        if isinstance(promise, _MOTION | p.Meets | p.Opposed):
            return promise.thing not in acting
        if not isinstance(promise, p.Relation) or not acting & {promise.thing, promise.other}:
            return True
        return promise.relation in told.get(frozenset((promise.thing, promise.other)), {promise.relation})

    return model.model_copy(update={"promises": tuple(filter(fits, model.promises))})


def _finer(model: Reading, rules: Reading) -> Reading:
    """The model's reading, with what is meant by the ways for which it has but one word.

    It does not tell landing on a thing and hiding behind it from going up to it, nor coming out of or off it from leaving it.
    """
    same = matched(model, rules)
    ways = [ours for way in rules.promises if isinstance(way, p.Journey) and isinstance(ours := moved(way, same), p.Journey)]
    ends = {(way.thing, step.other): way for way in ways if isinstance(step := way.steps[-1], p.Beside) and not step.start}
    starts = {(way.thing, step.other): way for way in ways if isinstance(step := way.steps[0], p.Beside) and _comes_from(step)}

    def fine(promise: Promise) -> Promise:
        match promise:
            case p.Journey(thing=thing, steps=(p.Approach(other=other, away=False),)):
                return ends.get((thing, other), promise)
            case p.Journey(thing=thing, steps=steps):
                left = [step.other for step in steps if isinstance(step, p.Approach) and step.away]
                way = next((starts[thing, other] for other in left if (thing, other) in starts), None)
                onwards = [step for step in steps if not (isinstance(step, p.Approach) and step.away)]
                if way is not None:
                    return promise.model_copy(update={"steps": (way.steps[0], *(onwards or way.steps[1:]))})
        return promise

    return model.model_copy(update={"promises": tuple(dict.fromkeys(map(fine, model.promises)))})


def _comes_from(step: p.Beside) -> bool:
    """Whether a way begins on, in or behind a thing, so that one sees it come from there."""
    return step.start and step.relation in ("on", "inside", "behind", "below")


def _bridged(model: Reading, rules: Reading) -> Reading:
    """The model's reading with a bridge that somebody goes over as a thing, where it takes it for the setting."""
    for on in crossings(rules.promises):
        bridge, places = rules.thing(on.other), (model.setting or "").lower().split()
        taken = {thing.id for thing in model.things} | {thing.noun.split()[-1] for thing in model.things}
        if bridge.noun.split()[-1] in places[-1:] and not taken & {bridge.id, bridge.noun.split()[-1]}:
            there = tuple(promise for promise in model.promises if not isinstance(promise, p.Scenery))
            count = p.Count(things=(bridge.id,), noun=bridge.noun, n=1)
            model = model.model_copy(update={"things": (*model.things, bridge), "promises": (*there, count), "setting": None})
    return model


def _by_sides(model: Reading, rules: Reading) -> Reading:
    """The model's reading, with what no outline can say as the rules do: from one side of a thing to another, over a bridge."""
    same = matched(model, rules)
    over = {on.thing for on in crossings(rules.promises)}
    ways = [promise for promise in rules.promises if isinstance(promise, COURSE) and subject(promise) in over]
    sided = [promise for promise in rules.promises if _sided(promise) and promise not in ways]
    told = [ours for promise in (*ways, *sided) if (ours := moved(promise, same)) is not None]
    whose = {subject(promise) for promise in told}
    kept = [promise for promise in model.promises if not (isinstance(promise, COURSE) and subject(promise) in whose)]
    return model.model_copy(update={"promises": (*kept, *told)})


def _by_place(model: Reading, rules: Reading) -> Reading:
    """The model's reading without who is in or on what by the rules only another is in or on: the soup is in the pot."""
    same = matched(model, rules)
    ours = {twin: thing for thing, twin in same.items()}
    seats = ("on", "inside")
    taken = [promise for promise in rules.promises if isinstance(promise, p.Relation) and promise.relation in seats]
    rivals: dict[Promise, list[p.Relation]] = {}
    for promise in model.promises:
        if isinstance(promise, p.Relation) and promise.relation in seats:
            who, where = ours.get(promise.thing), ours.get(promise.other)
            there = [on for on in taken if (on.relation, on.other) == (promise.relation, where) and who in rules.acting]
            if where in rules.acting:  # no pot is in a cook who has soup in it
                there = [on for on in taken if on.other == who and on.thing != where]
            if there and who not in {on.thing for on in there}:
                rivals[promise] = there
    kept = model.model_copy(update={"promises": tuple(promise for promise in model.promises if promise not in rivals)})
    for on in dict.fromkeys(on for there in rivals.values() for on in there):
        kept = _with_thing(kept, rules, on, same)
    return kept


def _with_thing(model: Reading, rules: Reading, on: p.Relation, same: Mapping[str, str]) -> Reading:
    """The model's reading with a thing that it has left out, and where that is."""
    if on.thing in same or on.other not in same or on.thing in {thing.id for thing in model.things}:
        return model
    own = [
        promise
        for promise in rules.promises
        if (isinstance(promise, p.Count) and promise.things == (on.thing,))
        or (isinstance(promise, p.Looks) and promise.thing == on.thing)
    ]
    there = on.model_copy(update={"other": same[on.other]})
    return model.model_copy(
        update={"things": (*model.things, rules.thing(on.thing)), "promises": (*model.promises, *own, there)}
    )


def _sided(promise: Promise) -> bool:
    """As in "from the left of a car to its right"."""
    match promise:
        case p.Journey(steps=(p.Beside(start=True, other=begun), p.Beside(start=False, other=ended))):
            return begun == ended
    return False


def supplemented(sure: Reading, other: Reading) -> Reading:
    """The sure reading, with what the other says of that which the first is silent about."""
    if not sure.things:
        return other
    same = matched(sure, other)
    silent = {thing.id for thing in sure.things} - {name for promise in sure.promises for name in told_of(promise)}
    more: list[Promise] = []
    for promise in other.promises:
        news = moved(promise, same)
        if news is None or news in sure.promises:
            continue
        if isinstance(promise, p.Camera):
            wanted = not sure.camera
        elif isinstance(promise, p.Scenery):
            wanted = sure.setting is None and not has(sure, promise.text)
        else:
            whose = subject(news)
            told = isinstance(promise, TOLD) and not isinstance(promise, p.Seen)  # it knows better when something is there
            wanted = whose is not None and told and (whose in silent or _is_news(news, whose, sure))
        if wanted:
            more.append(news)
    if not more:
        return sure
    setting = sure.setting or next((promise.text for promise in more if isinstance(promise, p.Scenery)), None)
    return sure.model_copy(update={"promises": (*sure.promises, *more), "setting": setting})


def _is_news(promise: Promise, thing: str | None, sure: Reading) -> bool:
    """Whether the sure reading says nothing of that kind of a thing, nor, if it is about its course, anything of that.

    Nor is it news where one of two things is if the sure reading says where the other is by that one.
    """
    both = set(told_of(promise))

    def covers(one: Promise) -> bool:
        of_course = isinstance(one, COURSE) and isinstance(promise, COURSE)
        if subject(one) == thing:
            return one.kind == promise.kind or of_course
        return of_course and len(both) > 1 and set(told_of(one)) == both

    return not any(isinstance(one, TOLD) and covers(one) for one in sure.promises)
