"""What a stranger expects of everyday prompts, from the words to where things are."""

from __future__ import annotations

import pytest

import flowzero
from flowzero.agent.composing import PLAIN_SETTING
from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS, Object
from flowzero.settings import load_settings


def planned(prompt: str) -> DSS:
    """The built-in planner's plan, of which nothing is broken."""
    dss = draft(read(prompt))
    assert not [finding.message for finding in measure(read(prompt), dss) if broken(finding)]
    return dss


def named(dss: DSS, name: str) -> Object:
    return next(item for item in dss.objects if item.id == name)


def way(item: Object) -> float:
    """How far it gets to the right in all."""
    return item.box_at(1).cx - item.box_at(0).cx


@pytest.mark.parametrize("words", ["the other way", "in the opposite direction", "the opposite way"])
def test_who_goes_the_other_way_goes_against_the_other_over_the_whole_width(words: str) -> None:
    dss = planned(f"a white cat walks along a beach at sunset while a crab scuttles {words}")
    cat, crab = way(named(dss, "cat")), way(named(dss, "crab"))
    assert abs(cat) > 0.5
    assert abs(crab) > 0.5
    assert cat * crab < 0


def test_what_rises_from_behind_a_house_is_hidden_at_first_and_has_room_for_its_way() -> None:
    dss = planned("a red balloon rises from behind a house and drifts off to the right")
    balloon, house = named(dss, "balloon"), named(dss, "house")
    start, walls = balloon.box_at(0), house.box_at(0)
    assert balloon.depth < house.depth
    assert len(house.path) == 1
    assert walls.x <= start.x
    assert start.x + start.w <= walls.x + walls.w
    assert start.y >= walls.y
    assert balloon.box_at(0.5).cy < walls.y
    assert balloon.box_at(1).cx > 0.6
    assert balloon.box_at(1).inside() > 0.9


def test_several_that_pass_something_and_stop_do_so_apart_and_within_the_picture() -> None:
    dss = planned("two penguins slide one after another past an igloo at night, then stop")
    one, two = (item for item in dss.objects if item.id.startswith("penguin"))
    for t in (0.0, 0.25, 0.5, 1.0):
        assert abs(one.box_at(t).cx - two.box_at(t).cx) > 0.85 * one.box_at(t).w
    assert one.box_at(0.6) == one.box_at(1)
    assert min(one.box_at(1).inside(), two.box_at(1).inside()) > 0.95


@pytest.mark.parametrize(("runner", "passed"), [("horse", "slow tortoise"), ("elephant", "flower"), ("car", "dog")])
def test_who_goes_by_something_much_smaller_does_so_behind_it(runner: str, passed: str) -> None:
    dss = planned(f"a {runner} runs past a {passed}")
    large, small = named(dss, runner), named(dss, passed.rsplit(maxsplit=1)[-1])
    assert large.depth < small.depth
    assert large.box_at(0).y + large.box_at(0).h < small.box_at(0).y + small.box_at(0).h


def test_who_is_passed_and_slow_moves_a_little_the_same_way() -> None:
    dss = planned("a horse runs fast past a slow tortoise on a farm")
    assert 0.05 < way(named(dss, "tortoise")) < 0.3 * way(named(dss, "horse"))


@pytest.mark.parametrize("prompt", ["a boat disappears behind an island", "a cat vanishes behind a sofa"])
def test_what_disappears_behind_a_thing_goes_there(prompt: str) -> None:
    goer, cover = planned(prompt).objects
    last = goer.visible[-1].end
    assert last < 1
    assert abs(goer.box_at(last).cx - cover.box_at(last).cx) < 0.05
    assert goer.depth < cover.depth


def test_what_falls_off_a_tree_falls_straight_before_it_rolls() -> None:
    apple = named(planned("an apple falls from a tree and rolls to the right"), "apple")
    assert abs(apple.box_at(0.5).cx - apple.box_at(0).cx) < 0.02
    assert apple.box_at(1).cx > apple.box_at(0.5).cx + 0.15


def test_a_way_from_corner_to_corner_is_straight() -> None:
    (plane,) = planned("a plane glides from the top left corner down to the bottom right corner").objects
    assert len(plane.path) == 2


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("an astronaut floats upwards past the moon, a rocket flies by from right to left", "space"),
        ("a shark circles a small boat", "sea"),
        ("a jellyfish drifts upwards as a diver sinks", "underwater"),
        ("two fish swim to the left", "underwater"),
        ("an astronaut rides a horse", PLAIN_SETTING),
        ("a goldfish swims in a bowl", PLAIN_SETTING),
        ("a rocket rises", PLAIN_SETTING),
        ("an astronaut walks through a desert", "a desert"),
        ("a cat sits on the left", PLAIN_SETTING),
    ],
)
def test_things_that_are_all_at_home_in_one_place_are_there_unless_a_place_is_named(prompt: str, setting: str) -> None:
    assert planned(prompt).setting == setting


def test_a_note_says_that_the_setting_is_that_of_the_things() -> None:
    settings = load_settings(small_planner="off")
    plan = flowzero.plan("an astronaut floats upwards past the moon, a rocket flies by from right to left", settings=settings)
    assert plan.notes == ("No setting is named: drawn in space, where astronaut and rocket are at home.",)
    assert not [finding.message for finding in plan.findings if broken(finding)]
    assert flowzero.plan("an astronaut walks through a desert", settings=settings).notes == ()


def test_what_flies_by_comes_from_outside_and_leaves_on_the_other_side() -> None:
    dss = planned("a rocket flies by from right to left")
    assert dss.objects[0].box_at(0).x >= 1
    assert dss.objects[0].box_at(1).x + dss.objects[0].box_at(1).w <= 0


def test_what_appears_after_another_has_moved_is_not_there_before() -> None:
    dss = planned("a hot air balloon floats over a field, then a second one appears on the right")
    assert named(dss, "air-balloon-2").visible[0].start >= named(dss, "air-balloon").path[-1].t


def test_who_climbs_a_tree_does_so_on_it_from_its_foot_or_its_top() -> None:
    for way_, up in (("up", True), ("down", False)):
        monkey, tree = planned(f"a monkey climbs {way_} a tree").objects
        assert monkey.depth > tree.depth
        for t in (0.0, 1.0):
            assert abs(monkey.box_at(t).cx - tree.box_at(t).cx) < 0.05
        assert (monkey.box_at(1).cy < monkey.box_at(0).cy) is up


@pytest.mark.parametrize(
    ("prompt", "inner"), [("a cat sleeps under a table", "cat"), ("a goldfish swims in a bowl", "goldfish")]
)
def test_what_is_under_or_in_a_thing_is_at_its_place_and_before_it(prompt: str, inner: str) -> None:
    dss = planned(prompt)
    one, other = named(dss, inner), next(item for item in dss.objects if item.id != inner)
    assert one.depth > other.depth
    for t in (0.0, 0.5, 1.0):
        assert other.box_at(t).x <= one.box_at(t).cx <= other.box_at(t).x + other.box_at(t).w


def test_two_on_bikes_have_one_each() -> None:
    dss = planned("two kids on bikes ride past each other on a street")
    assert sorted(item.id for item in dss.objects) == ["bike-1", "bike-2", "kid-1", "kid-2"]
    assert way(named(dss, "bike-1")) * way(named(dss, "bike-2")) < 0


def test_who_walks_behind_a_fence_from_side_to_side_has_it_in_the_middle() -> None:
    dss = planned("a tiger walks left to right behind a fence")
    assert abs(named(dss, "fence").path[0].box.cx - 0.5) < 0.05
    assert named(dss, "tiger").depth < named(dss, "fence").depth
    assert len(named(dss, "tiger").path) == 2


def test_the_earth_in_the_background_is_in_the_sky() -> None:
    earth = named(planned("an astronaut walks on the moon, earth in the background"), "earth")
    assert earth.path[0].box.cy < 0.4


def test_a_zoom_enlarges_what_stays_still_and_lessens_it_when_it_leads_back() -> None:
    for prompt, larger in (("zoom in on a sleeping cat", True), ("a cat sleeps, the camera zooms out", False)):
        (cat,) = planned(prompt).objects
        assert (cat.box_at(1).h > 1.2 * cat.box_at(0).h) is larger
        assert (cat.box_at(1).h < 0.8 * cat.box_at(0).h) is not larger


def test_what_is_still_under_a_zoom_does_not_stray_in_the_world() -> None:
    prompt = "the camera zooms in, a cat sleeps"
    dss = planned(prompt)
    (cat,) = dss.objects
    strays = [key.model_copy(update={"box": key.box.model_copy(update={"x": key.box.x + 0.2 * key.t})}) for key in cat.path]
    wrong = dss.model_copy(update={"objects": (cat.model_copy(update={"path": tuple(strays)}),)})
    assert [finding.constraint for finding in measure(read(prompt), wrong) if broken(finding)] == ["still"]


def test_what_drifts_down_beside_a_cow_comes_from_above_and_is_not_on_it() -> None:
    dss = planned("a parachutist slowly drifts down and lands next to a cow")
    one, cow = named(dss, "parachutist"), named(dss, "cow")
    assert one.box_at(0).cy < 0.3
    assert one.box_at(1).cy > 0.55
    assert abs(one.box_at(1).cx - cow.box_at(1).cx) > 0.25


def test_who_runs_away_leaves_by_the_side_it_is_on() -> None:
    dss = planned("a cat on the left and a dog on the right look at each other, then the dog runs away")
    assert named(dss, "dog").box_at(1).inside() == 0
    assert way(named(dss, "dog")) > 0


def test_what_comes_down_to_the_middle_stops_halfway_up() -> None:
    (spider,) = planned("a spider comes down from the top on a thread and stops in the middle").objects
    assert abs(spider.box_at(1).cy - 0.5) < 0.05
