"""One reading supplemented by another."""

from flowzero.agent import promises as p
from flowzero.agent.local import heard
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.reading import read
from flowzero.agent.supplement import joined, supplemented
from tests.agent.telling import told


def reading(prompt, *things, unread=(), where=None, cam=None):
    outline = Outline.model_validate({"in": where, "cam": cam, "all": list(things)})
    return reading_of(outline, prompt).model_copy(update={"unread": unread})


def test_what_is_named_and_not_told_of_gets_what_the_other_says_of_it():
    prompt = "a dog glorps and a cat runs left"
    sure = reading(prompt, {"is": "a dog"}, {"is": "a cat", "do": ["left"]}, unread=("glorps",))
    other = reading(prompt, {"is": "a dog", "do": ["bounce"]}, {"is": "a cat", "do": ["right"]})
    both = supplemented(sure, other)
    assert both.things == sure.things
    assert set(sure.promises) < set(both.promises)
    (added,) = set(both.promises) - set(sure.promises)
    assert added == p.Journey(thing="dog", steps=(p.Trace(pattern="bounce"),))


def test_the_sure_reading_is_never_overruled():
    sure = reading("x", {"is": "a dog", "do": ["left"]}, where="a park", cam="left", unread=("x",))
    other = reading(
        "x", {"is": "a dog", "n": 3, "do": ["right"], "rel": "near", "of": 2}, {"is": "a cat"}, where="a sea", cam="in"
    )
    assert supplemented(sure, other) == sure


def test_what_the_sure_reading_tells_of_gets_what_else_is_said_but_no_other_course():
    prompt = "a dog runs left, glorping blue, and a cat"
    sure = reading(prompt, {"is": "a dog", "do": ["left"]}, {"is": "a cat"}, unread=("glorping blue",))
    for line, news in (
        ({"turns": "a blue dog"}, {"change"}),
        ({"seen": [5, 10]}, set()),
        ({"at": "right"}, set()),
        ({"rel": "near", "of": 2}, set()),
        ({"do": ["bounce"], "size": "grows"}, {"growth"}),
    ):
        both = supplemented(sure, reading(prompt, {"is": "a dog", **line}, {"is": "a cat"}))
        assert {promise.kind for promise in set(both.promises) - set(sure.promises)} == news, line


def test_camera_and_setting_are_added_where_there_is_none():
    sure, other = reading("x", {"is": "a dog", "do": ["left"]}), reading("x", {"is": "a dog"}, where="a park", cam="in")
    both = supplemented(sure, other)
    assert (both.setting, [camera.move for camera in both.camera]) == ("a park", ["zoom"])
    assert supplemented(sure, reading("x", {"is": "a dog"}, where="a dog")) == sure


def test_where_nothing_was_read_the_other_reading_stands():
    other = reading("x", {"is": "a dog", "do": ["left"]})
    assert supplemented(p.Reading(prompt="x", unread=("x",)), other) == other


def test_the_model_goes_first_and_the_rules_say_what_it_has_not_said():
    prompt = "a dog glorps to the left of a blorp in a park while the camera zooms in"
    rules = reading(prompt, {"is": "a dog", "do": ["left"], "turns": "a cat"}, where="a park", unread=("glorps",), cam="in")
    both = joined(rules, reading(prompt, {"is": "a dog", "do": ["bounce"]}, {"is": "a blorp"}))
    (way,) = (promise for promise in both.promises if promise.kind == "journey")
    assert way not in rules.promises
    assert [thing.id for thing in both.things] == ["dog", "blorp"]
    assert any(promise.kind == "camera" for promise in both.promises)
    assert (both.setting, both.unread) == ("a park", ("glorps",))


def test_where_the_model_has_found_nothing_the_rules_stand():
    prompt = "a dog glorps to the left"
    rules = reading(prompt, {"is": "a dog", "do": ["left"]}, unread=("glorps",))
    assert joined(rules, reading(prompt)) == rules


def test_the_model_sets_nothing_in_motion_that_cannot_move():
    prompt = "a red balloon glorps behind a house"
    rules = reading(prompt, {"is": "a balloon"}, {"is": "a house"}, unread=("glorps",))
    model = reading(prompt, {"is": "a balloon", "rel": "follows", "of": 2}, {"is": "a house", "do": ["right"]})
    assert {one.kind for one in joined(rules, model).promises} == {one.kind for one in rules.promises}


def test_where_the_model_has_no_word_for_how_something_arrives_the_rules_say_it():
    prompt = "a bee lands on a flower"
    for acts, ends in (({"rel": "to", "of": 2}, True), ({"do": ["left"]}, False)):
        model = reading(prompt, {"is": "a bee", **acts}, {"is": "a flower"})
        (way,) = [one for one in joined(read(prompt), model).promises if isinstance(one, p.Journey)]
        assert (getattr(way.steps[-1], "relation", "") == "on") is ends


def test_who_goes_from_one_side_of_a_thing_to_another_goes_as_the_rules_say():
    prompt = "an owl moves from the left of a barrel to its right"
    outline = Outline.model_validate({"all": [{"is": "an owl", "do": ["at left"], "rel": "to", "of": 2}, {"is": "a barrel"}]})
    ways = [line for line in told(joined(read(prompt), reading_of(outline, prompt))) if line.startswith("owl:")]
    assert ways == ["owl: from left barrel > right barrel"]


def test_the_golden_hour_is_sunset_in_an_outline_too():
    outline = Outline.model_validate({"in": "the beach at golden hour", "all": [{"is": "a dog"}]})
    assert reading_of(outline, "a dog on the beach at golden hour").setting == "the beach at sunset"


def test_whose_place_it_is_the_rules_know_better_and_what_is_left_out_comes_back():
    prompt = "a chef stirs soup in a pot"
    model = reading(prompt, {"is": "a chef", "do": ["rest"], "rel": "inside", "of": 2}, {"is": "a pot"})
    both = told(joined(read(prompt), model))
    assert "soup inside pot" in both and "count 1 soup" in both
    assert "chef inside pot" not in both
    turned = reading(prompt, {"is": "a chef"}, {"is": "a pot", "rel": "inside", "of": 1})
    both = told(joined(read(prompt), turned))
    assert "soup inside pot" in both and "pot inside chef" not in both
    agreed = reading("a cat in a box", {"is": "a cat", "rel": "inside", "of": 2}, {"is": "a box"})
    assert "cat inside box" in told(joined(read("a cat in a box"), agreed))


def test_over_a_bridge_is_told_as_the_rules_do():
    prompt = "a nun walks over a bridge to the left"
    model = reading(prompt, {"is": "a nun", "do": ["left"], "rel": "past", "of": 2}, {"is": "a bridge"})
    assert {"nun on bridge", "nun passes bridge", "nun: left"} <= set(told(joined(read(prompt), model)))
    scenery = reading("a nun walks over a bridge", {"is": "a nun", "do": ["go"]}, where="a bridge")
    both = joined(read("a nun walks over a bridge"), scenery)
    assert {"nun on bridge", "count 1 bridge"} <= set(told(both))
    assert both.setting is None


def test_who_only_acts_is_not_set_in_motion_and_what_is_at_hand_is_not_in_him():
    prompt = "a nun feeds a hen and a fox barks"
    rules = read(prompt)
    assert rules.unread == ("feeds", "a fox barks") and set(rules.acting) == {"nun", "fox"}
    model = reading(
        prompt, {"is": "a nun", "do": ["go"]}, {"is": "a hen", "rel": "inside", "of": 1}, {"is": "a fox", "do": ["left"]}
    )
    lines = told(joined(rules, model))
    assert "nun near hen" in lines
    assert not {"nun moves", "hen inside nun", "fox: left"} & set(lines)
    assert read("a fox barks and a hen glorps").acting == ()  # what is unread may lead anywhere


def test_where_a_way_begins_is_told_as_the_rules_do():
    prompt = "smoke rises from a hut to the left"
    model = reading(prompt, {"is": "smoke", "do": ["left"], "rel": "from", "of": 2}, {"is": "a hut"})
    assert "smoke: from on hut > left" in told(joined(read(prompt), model))


def test_where_nothing_but_acts_is_unread_an_unsure_outline_does_not_count():
    assert not heard(read("a fox barks"), 0.01)
    assert heard(read("a fox barks"), 0.9)
    assert heard(read("a fox glorps"), 0.01)
    assert not heard(read("a fox runs left"), 0.01)


def test_what_a_prompt_takes_back_the_rules_know_better_than_a_sure_outline():
    assert not heard(read("a fox runs left, no wait, right"), 0.9)
    assert heard(read("a fox runs to the left, no wait, to the right, while a hen glorps"), 0.9)


def test_who_has_a_name_is_what_the_rules_know_it_to_be():
    prompt = "our dog Rex runs left and our cat Pia sleeps"
    model = reading(prompt, {"is": "Rex", "do": ["left"]}, {"is": "a cat", "do": ["rest"]}, {"is": "Pia", "at": "left"})
    both = joined(read(prompt), model)
    assert [(thing.noun, thing.count) for thing in both.things] == [("dog", 1), ("cat", 1)]
    assert {"count 1 dog", "count 1 cat", "rex: left", "cat still", "cat at left"} <= set(told(both))
    two = joined(read("our cats Tom and Pia run left"), reading("our cats Tom and Pia run left", {"is": "Tom"}, {"is": "Pia"}))
    assert {"count 2 cat", "tom: left", "pia: left"} <= set(told(two))


def test_the_rules_do_not_turn_round_where_two_things_are_to_each_other():
    prompt = "three green apples, one red one in front of them"
    model = reading(prompt, {"is": "a green apple", "n": 3}, {"is": "a red apple", "rel": "in front of", "of": 1})
    fronts = [on for on in joined(read(prompt), model).promises if on.kind == "relation"]
    assert [(on.thing, on.other) for on in fronts] == [("apple-2", "apple")]


def test_what_cannot_move_by_itself_moves_where_the_rules_move_it_too():
    prompt = "ferris wheel cabins go round"
    model = reading(prompt, {"is": "a ferris wheel cabin", "n": 0, "do": ["circle"]})
    assert any(on.kind == "journey" for on in joined(read(prompt), model).promises)
    still = reading("a fox walks past a house", {"is": "a fox", "do": ["go"]}, {"is": "a house", "do": ["left"]})
    assert all(getattr(on, "thing", None) != "house" for on in joined(read("a fox walks past a house"), still).promises)


def test_what_the_model_leaves_out_is_there_if_the_rules_know_what_it_does():
    prompt = "a spider waits in the middle of a web, a moth flies past it to the left"
    both = joined(read(prompt), reading(prompt, {"is": "a moth", "do": ["left"]}, {"is": "a web"}))
    assert [thing.id for thing in both.things] == ["moth", "web", "spider"]
    assert {"count 1 spider", "spider still", "moth: left"} <= told(both)


def test_an_owl_is_no_part_of_a_bowl():
    prompt = "an owl sits on a bowl"
    both = joined(read(prompt), reading(prompt, {"is": "a bowl"}))
    assert [thing.id for thing in both.things] == ["bowl", "owl"]


def test_what_is_left_out_stays_so_where_it_is_mood_setting_or_part_of_another():
    for prompt, things, where in (
        ("a cat sleeps, harp music plays", [{"is": "a cat", "do": ["rest"]}], None),
        ("a cat sleeps on a ferry", [{"is": "a cat", "do": ["rest"]}], "a ferry"),
        ("a dog sits by a door, the hound runs to the left", [{"is": "a dog", "do": ["rest", "left"]}, {"is": "a door"}], None),
        ("a cat is on a stepladder, the ladder stands in a hall", [{"is": "a cat"}, {"is": "a stepladder"}], "a hall"),
        (
            "a cat sits on a bench in a kitchen chair",
            [{"is": "a cat", "do": ["rest"]}, {"is": "a bench in a kitchen chair"}],
            None,
        ),
    ):
        sure = reading(prompt, *things, where=where)
        assert [thing.id for thing in joined(read(prompt), sure).things] == [thing.id for thing in sure.things], prompt


def test_there_are_as_many_of_a_kind_as_the_prompt_counts():
    for prompt, things, counts, line in (
        ("three plums lie there, one rolls off", [{"is": "a plum", "n": 3}, {"is": "a plum"}], [2, 1], "count 3 plum"),
        ("three owls: two sit, the third flies left", [{"is": "an owl", "n": 2, "do": ["rest"]}], [2, 1], "count 3 owl"),
        ("an owl sits, another owl flies left", [{"is": "an owl"}], [1], "count 1 owl"),
        ("two owls sit on a wall", [{"is": "an owl", "n": 2}, {"is": "a wall"}], [2, 1], "count 2 owl"),
    ):
        both = joined(read(prompt), reading(prompt, *things))
        assert [thing.count for thing in both.things] == counts, prompt
        assert line in told(both), prompt


def test_a_colour_that_the_model_leaves_out_is_that_of_the_rules():
    prompt = "a ghost, pale and white, glides to the left past a red barn and a blue barn"
    both = joined(read(prompt), reading(prompt, {"is": "a pale ghost", "do": ["left"]}, {"is": "a barn"}))
    assert [thing.phrase for thing in both.things] == ["a pale white ghost", "a barn"]
    assert "looks ghost pale white" in told(both)
