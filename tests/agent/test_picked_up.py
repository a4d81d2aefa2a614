"""What is picked up lies where it is until somebody comes to it, and goes along from then on."""

from __future__ import annotations

import pytest

from flowzero.agent import edits
from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.reading import read
from flowzero.agent.repair import draft, propose
from flowzero.agent.supplement import joined
from flowzero.dss import DSS, Box, Keyframe, Object
from tests.agent.planning import named, plan, planned, thing
from tests.agent.telling import told

_PROMPTS = [
    ("a fox picks up a glove and trots to the left", "fox", "glove"),
    ("a woman walks to a suitcase, grabs it and runs away to the right", "woman", "suitcase"),
    ("a gull lands next to a biscuit, snatches it and flies up", "gull", "biscuit"),
    ("a magpie steals a coin from a table and flies away to the upper left", "magpie", "coin"),
    ("a dog fetches a slipper and leaves on the left", "dog", "slipper"),
]


@pytest.mark.parametrize(("prompt", "who", "what"), _PROMPTS)
def test_it_lies_there_and_then_goes_along(prompt: str, who: str, what: str) -> None:
    dss = planned(prompt)
    bearer, item = named(dss, who), named(dss, what)
    lies = max(k for k in range(21) if item.box_at(k / 20) == item.box_at(0))
    assert 4 <= lies <= 16
    assert _gap(bearer.box_at(0), item.box_at(0)) > 0.05
    assert all(_gap(bearer.box_at(k / 20), item.box_at(k / 20)) < 0.08 for k in range(lies, 21))
    assert abs(item.box_at(1).cx - item.box_at(0).cx) + abs(item.box_at(1).cy - item.box_at(0).cy) > 0.15


def test_it_is_where_it_is_taken_from_at_first() -> None:
    dss = planned("a magpie steals a coin from a table and flies away to the upper left")
    coin, table = named(dss, "coin").box_at(0), named(dss, "table").box_at(0)
    assert table.x < coin.cx < table.x + table.w
    assert coin.y < table.y < coin.y + coin.h + 0.1


def test_who_has_it_already_carries_it_all_the_time() -> None:
    assert "stick with dog" in told(read("a dog carries a stick to the left"))
    dog, stick = (named(planned("a dog carries a stick to the left"), name) for name in ("dog", "stick"))
    assert _gap(dog.box_at(0), stick.box_at(0)) < 0.05


def test_what_is_picked_up_and_carried_is_taken_once() -> None:
    reading = read("two mice pick up a nut and carry it to the left")
    assert [p.how for p in reading.promises if p.kind == "carrying"] == ["taken"]


def test_who_goes_to_what_rides_on_him_takes_it_along() -> None:
    things = [{"is": "a kite", "do": ["down", "up"], "rel": "to", "of": 2}, {"is": "a perch", "rel": "rides", "of": 1}]
    reading = reading_of(Outline.model_validate({"all": things}), "told")
    assert {"perch with kite", "kite: down > to perch > up"} <= told(reading)
    dss = draft(reading)
    assert [f.message for f in measure(reading, dss) if f.promised and broken(f)] == []
    assert named(dss, "perch").box_at(0) == named(dss, "perch").box_at(0.25)


def test_the_critic_tells_what_is_taken_from_what_moves_by_itself_or_stays_behind() -> None:
    prompt = "a dog picks up a stick and runs to the left"
    dog = thing("dog", "a dog", (0.2, 0.7), (0.6, 0.7), (0.2, 0.7), w=0.2, h=0.2)

    def told_of(*points: tuple[float, float]) -> list[str]:
        dss: DSS = plan(prompt, dog, thing("stick", "a stick", *points, w=0.1, h=0.1))
        return [f.message for f in measure(read(prompt), dss) if broken(f) and f.constraint == "carrying"]

    assert told_of((0.72, 0.75), (0.72, 0.75), (0.32, 0.75)) == []
    (by_itself,) = told_of((0.3, 0.2), (0.72, 0.75), (0.32, 0.75))
    assert "lie still until dog is at it" in by_itself
    (behind,) = told_of((0.72, 0.75))
    assert "go along" in behind


def test_the_fixer_lets_it_lie_until_it_is_taken() -> None:
    prompt = "a dog picks up a stick and runs to the left"
    good = draft(read(prompt))
    stick = named(good, "stick")
    still = Object(id="stick", phrase="a stick", path=(Keyframe(t=0, box=stick.path[0].box),))
    worse = DSS(**{**dict(good), "objects": tuple(still if item.id == "stick" else item for item in good.objects)})
    mended = edits.apply(worse, propose(read(prompt), worse))
    assert [f.message for f in measure(read(prompt), mended) if broken(f)] == []
    assert named(mended, "dog") == named(worse, "dog")


def _gap(a: Box, b: Box) -> float:
    across = max(0.0, b.x - a.x - a.w, a.x - b.x - b.w)
    return float((across**2 + max(0.0, b.y - a.y - a.h, a.y - b.y - b.h) ** 2) ** 0.5)


@pytest.mark.parametrize(
    ("prompt", "who", "what", "where"),
    [
        ("a crane picks up a crate and puts it on a truck", "crane", "crate", "truck"),
        ("a monkey grabs a melon and lays it down on a stone", "monkey", "melon", "stone"),
        ("a boy takes a cup from a bench and sets it on a table", "boy", "cup", "table"),
    ],
)
def test_what_is_put_somewhere_is_brought_there(prompt: str, who: str, what: str, where: str) -> None:
    dss = planned(prompt)
    bearer, item, goal = (named(dss, name) for name in (who, what, where))
    assert item.box_at(0) == item.box_at(0.2)
    assert _gap(item.box_at(0), goal.box_at(0)) > 0.1
    assert _gap(bearer.box_at(0.7), item.box_at(0.7)) < 0.08
    last, base = item.box_at(1), goal.box_at(1)
    assert base.x < last.cx < base.x + base.w
    assert last.y + last.h / 2 < base.cy


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        (
            "a monkey plucks a fig from a branch and climbs down",
            {"fig with monkey", "monkey: to fig > down", "fig on branch [0..0.2]"},
        ),
        ("a drone picks a parcel off a roof and flies away to the left", {"parcel with drone", "drone: to parcel > left"}),
        ("a boy scoops up a crab and walks to the right", {"crab with boy", "boy: to crab > right"}),
        ("a dog grabs a bone and runs off", {"bone with dog", "dog: to bone > at off left"}),
        ("a woman gathers plums into a bowl", {"plum: away from woman > inside bowl"}),
    ],
)
def test_other_words_for_taking(prompt: str, promised: set[str]) -> None:
    assert promised <= told(read(prompt))


def test_a_crane_stands_on_the_ground_and_a_crane_that_flies_does_not() -> None:
    stands, flies = (
        named(planned(f"a crane {does}"), "crane").box_at(0) for does in ("stands in a field", "flies over a lake")
    )
    assert stands.y + stands.h > 0.8 > flies.y + flies.h


@pytest.mark.parametrize(
    "prompt", ["a man throws a branch and his dog fetches it", "a girl throws a ring to the right and a dog picks it up"]
)
def test_what_is_thrown_and_fetched_flies_first_and_lies_then(prompt: str) -> None:
    dss = planned(prompt)
    item, dog = (next(found for found in dss.objects if found.id == name) for name in (dss.objects[1].id, "dog"))
    assert abs(item.box_at(0).cx - item.box_at(0.4).cx) > 0.2
    assert item.box_at(0.4) == item.box_at(0.6)
    assert _gap(dog.box_at(0), item.box_at(0)) + _gap(dog.box_at(0), item.box_at(1)) > 0.1 > _gap(dog.box_at(1), item.box_at(1))


@pytest.mark.parametrize(
    ("prompt", "what", "whose", "who"),
    [
        ("a girl gives a tulip to a boy", "tulip", "girl", "boy"),
        ("a waiter hands the menu to a guest", "menu", "waiter", "guest"),
    ],
)
def test_what_is_given_goes_from_one_to_the_other(prompt: str, what: str, whose: str, who: str) -> None:
    assert f"{what}: away from {whose} > to {who}" in told(read(prompt))
    dss = planned(prompt)
    item, giver, taker = (named(dss, name) for name in (what, whose, who))
    assert _gap(item.box_at(0), giver.box_at(0)) < _gap(item.box_at(0), taker.box_at(0))
    assert _gap(item.box_at(1), taker.box_at(1)) < _gap(item.box_at(1), giver.box_at(1))


def test_the_small_planners_reading_learns_from_the_rules_what_is_picked_up() -> None:
    prompt = "a monkey steals a hat from a table and climbs up a palm"
    things = [
        {"is": "a monkey", "do": ["up"], "rel": "near", "of": 4},
        {"is": "a hat", "rel": "rides", "of": 1},
        {"is": "a table"},
        {"is": "a palm"},
    ]
    whole = joined(read(prompt), reading_of(Outline.model_validate({"all": things}), prompt))
    assert {"hat with monkey", "hat on table [0..0.2]", "monkey: to hat > up"} <= told(whole)
    assert [tie.how for tie in whole.promises if tie.kind == "carrying"] == ["taken"]
    held = "a monkey with a hat climbs up a palm"
    assert [
        tie.how
        for tie in joined(read(held), reading_of(Outline.model_validate({"all": things}), held)).promises
        if tie.kind == "carrying"
    ] == ["ridden"]
