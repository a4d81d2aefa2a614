"""What people say of a plan without a command: fragments, remarks and polite frames, by the rules alone."""

from __future__ import annotations

import pytest

from flowzero.agent.edits import apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.revising import instruct
from flowzero.dss import DSS

MEADOW = draft(read("a red ball rolls from the left to the right across a meadow while a dog sits on the right"))
KITES = draft(read("three kites fly to the right above a lighthouse and a green boat sails to the left"))
TREES = draft(read("a tree stands on the left, a tree stands on the right and a cow walks to the right"))
POND = draft(read("a heron stands in a pond and a frog hops to the right"))
SEA = draft(read("three birds fly to the left over the sea and a white boat sails to the right"))


def changed(plan: DSS, after: DSS) -> set[str]:
    """Ids of objects that are new, gone or different, and the fields of the plan that are."""
    old, new = ({item.id: item for item in dss.objects} for dss in (plan, after))
    fields = {name for name in ("setting", "seconds", "fps", "background") if getattr(plan, name) != getattr(after, name)}
    return {item_id for item_id in old.keys() | new.keys() if old.get(item_id) != new.get(item_id)} | fields


def revised(plan: DSS, instruction: str) -> DSS:
    """The plan after an instruction of which nothing is left unread."""
    edits, unread = instruct(instruction, plan)
    assert unread == ()
    return apply(plan, edits)


def same(plan: DSS, wish: str, *commands: str) -> None:
    """A wish changes the plan as these commands do, one after another."""
    after = plan
    for command in commands:
        after = revised(after, command)
    told = revised(plan, wish)
    assert changed(plan, told)
    assert told.model_dump(exclude={"scenes"}) == after.model_dump(exclude={"scenes"})


@pytest.mark.parametrize(
    ("plan", "wish", "commands"),
    [
        (MEADOW, "bigger dog please", ["make the dog bigger"]),
        (MEADOW, "the dog bigger, and the ball yellow", ["make the dog bigger", "paint the ball yellow"]),
        (MEADOW, "ball way too fast", ["make the ball much slower"]),
        (MEADOW, "the dog is tiny", ["make the dog bigger"]),
        (MEADOW, "is the dog supposed to be that small?", ["make the dog bigger"]),
        (MEADOW, "the ball isn't fast enough", ["make the ball faster"]),
        (MEADOW, "the ball could do with more speed", ["make the ball faster"]),
        (MEADOW, "the ball comes too early", ["let the ball start later"]),
        (MEADOW, "ball bigger, much bigger", ["make the ball much bigger"]),
        (MEADOW, "that dog is tiny. Bigger!", ["make the dog bigger"]),
        (MEADOW, "dog in the front", ["bring the dog to the front"]),
        (KITES, "kites faster, boat slower", ["make the kites faster", "make the boat slower"]),
        (KITES, "all three kites pink", ["make the kites pink"]),
        (KITES, "less speed for the boat", ["make the boat slower"]),
        (KITES, "jerkier kites", ["make the movement of the kites jerky"]),
        (KITES, "the second kite twice as big", ["make the second kite twice as big"]),
        (TREES, "the tree on the left should be red", ["make the first tree red"]),
        (TREES, "make the cow brown and a bit slower", ["make the cow brown", "make the cow a bit slower"]),
        (POND, "heron white, frog faster", ["make the heron white", "make the frog faster"]),
        (POND, "make it golden, the frog I mean", ["make the frog golden"]),
        (KITES, "speed all three kites up", ["make the kites faster"]),
        (KITES, "slow that boat down a bit", ["make the boat a bit slower"]),
        (KITES, "all slower", ["make everything slower"]),
        (KITES, "the lighthouse goes pink", ["make the lighthouse pink"]),
        (MEADOW, "dog to the left if you would", ["move the dog to the left"]),
        (MEADOW, "put the animal in front", ["bring the dog to the front"]),
        (POND, "my nephew wants a bigger frog", ["make the frog bigger"]),
        (POND, "the client would like the heron to be blue", ["make the heron blue"]),
    ],
)
def test_a_remark_says_what_a_thing_shall_be(plan: DSS, wish: str, commands: list[str]) -> None:
    same(plan, wish, *commands)


@pytest.mark.parametrize(
    ("plan", "wish", "command"),
    [
        (MEADOW, "a fox, not a dog", "replace the dog with a fox"),
        (MEADOW, "instead of the dog, a fox", "replace the dog with a fox"),
        (MEADOW, "a fox rather than a dog please", "replace the dog with a fox"),
        (MEADOW, "I'd rather have a fox than a dog", "replace the dog with a fox"),
        (MEADOW, "a melon would be funnier than a ball", "replace the ball with a melon"),
        (POND, "replace the frog with a toad, no wait, with a newt", "replace the frog with a newt"),
        (TREES, "no cow please", "remove the cow"),
        (TREES, "remove the tree on the right", "remove the second tree"),
        (MEADOW, "the dog should be replaced by a fox", "replace the dog with a fox"),
        (KITES, "5 kites, not 3", "make it five kites"),
        (KITES, "raise the number of kites to five", "make it five kites"),
        (KITES, "increase the kites to five", "make it five kites"),
        (MEADOW, "turn the ball into a silver balloon", "replace the ball with a silver balloon"),
        (KITES, "bring the boat up to the top", "move the boat to the top"),
        (KITES, "two kites is enough", "only two kites"),
        (KITES, "a single kite would do", "only one kite"),
        (MEADOW, "three balls please", "make it three balls"),
        (MEADOW, "a blue ball would look better", "make the ball blue"),
    ],
)
def test_a_remark_says_what_shall_be_there(plan: DSS, wish: str, command: str) -> None:
    same(plan, wish, command)


@pytest.mark.parametrize(
    ("wish", "setting"),
    [
        ("at night please", "a meadow, at night"),
        ("winter would be nice", "a meadow, in winter"),
        ("it all happens at the beach", "the beach"),
        ("at night of course", "a meadow, at night"),
    ],
)
def test_a_remark_says_where_and_when_it_is(wish: str, setting: str) -> None:
    after = revised(MEADOW, wish)
    assert changed(MEADOW, after) == {"setting"}
    assert after.setting == setting


@pytest.mark.parametrize(
    ("wish", "new"),
    [
        ("let's have a bench in the middle", "bench"),
        ("there's got to be a bench next to the dog", "bench"),
        ("can we have a snail following the ball", "snail"),
        ("put a snail in the middle", "snail"),
        ("could we get a snail on the left", "snail"),
        ("in the middle there should be a snail", "snail"),
        ("could there be a snail next to the dog", "snail"),
        ("for the lesson we'd need a snail next to the dog", "snail"),
    ],
)
def test_what_is_wished_for_and_is_not_there_comes_in(wish: str, new: str) -> None:
    assert changed(MEADOW, revised(MEADOW, wish)) == {new}


def test_what_would_be_better_takes_the_place_of_what_is_found_wanting() -> None:
    edits, unread = instruct("the heron is boring, a stork would be better", POND)
    assert unread == ("the heron is boring",)
    assert [item.phrase for item in apply(POND, edits).objects] == ["a stork", "a frog"]


@pytest.mark.parametrize("wish", ["keep the camera on the ball", "the camera should stay with the ball"])
def test_a_camera_that_stays_with_a_thing_follows_it(wish: str) -> None:
    same(MEADOW, wish, "let the camera follow the ball")


@pytest.mark.parametrize(
    ("wish", "item"),
    [
        ("the ball should go left instead", "ball"),
        ("let the ball come from the right", "ball"),
        ("right to left please", "ball"),
    ],
)
def test_who_is_told_to_go_the_other_way_goes_its_own_way_back(wish: str, item: str) -> None:
    after = revised(MEADOW, wish)
    assert changed(MEADOW, after) == {item}
    assert [key.box for key in after.object(item).path] == [key.box for key in reversed(MEADOW.object(item).path)]


@pytest.mark.parametrize("wish", ["the ball rolls to the right", "let the ball move"])
def test_who_does_what_it_is_told_already_goes_on_as_it_was(wish: str) -> None:
    assert instruct(wish, MEADOW) == ((), ())


@pytest.mark.parametrize(
    ("plan", "wish", "named", "unread"),
    [
        (MEADOW, "the ball is in the way, push it to the back", {"ball"}, "the ball is in the way"),
        (POND, "the frog dawdles, hurry it up", {"frog"}, "the frog dawdles"),
        (KITES, "that boat does nothing for me. Remove it", {"boat"}, "that boat does nothing for me"),
        (KITES, "boat faster, lighthouse faster", {"boat"}, "lighthouse faster"),
        (KITES, "make the boat bigger so people can see it", {"boat"}, "so people can see it"),
        (KITES, "remove the boat because nobody likes the lighthouse", {"boat"}, "because nobody likes the lighthouse"),
        (MEADOW, "dog bigger, with a red hat", {"dog"}, "with a red hat"),
        (MEADOW, "don't have it roll! Let the dog jump", {"dog"}, "don't have it roll"),
        (MEADOW, "let the ball bounce like a rubber duck", {"ball"}, "like a rubber duck"),
    ],
)
def test_the_reason_for_a_wish_is_reported_and_says_what_it_is_about(
    plan: DSS, wish: str, named: set[str], unread: str
) -> None:
    edits, left = instruct(wish, plan)
    assert left == (unread,)
    assert changed(plan, apply(plan, edits)) == named


@pytest.mark.parametrize(
    ("plan", "wish"),
    [
        (MEADOW, "perfect, thank you so much"),
        (MEADOW, "poor dog, just curious"),
        (MEADOW, "the dog is cute"),
        (MEADOW, "why is the dog sitting?"),
        (MEADOW, "dog not ball"),
        (MEADOW, "it is too dark"),
        (MEADOW, "no complaints about the ball"),
        (MEADOW, "nobody likes the ball"),
        (MEADOW, "the dog sits too far up"),
        (POND, "the frog leaps off much too high"),
        (MEADOW, "no no, the dog stays"),
        (MEADOW, "I miss a house behind the big dog"),
        (MEADOW, "let the ball go left, not fast"),
        (POND, "is the heron bigger than the frog?"),
        (MEADOW, "the ball should not be red"),
        (MEADOW, "the ball is faster than the dog"),
        (MEADOW, "I like the ball"),
        (MEADOW, "scarier!"),
        (POND, "the newt a bit bigger"),
    ],
)
def test_a_remark_that_asks_for_nothing_certain_changes_nothing(plan: DSS, wish: str) -> None:
    edits, unread = instruct(wish, plan)
    assert edits == ()
    assert unread


@pytest.mark.parametrize(
    ("plan", "wish", "named"),
    [
        (MEADOW, "remove the ball, the dog is all I need", {"ball"}),
        (MEADOW, "too long, cut it down", {"seconds"}),
        (MEADOW, "make the dog bigger, not the ball", {"dog"}),
        (MEADOW, "let the dog run to the left when the ball has gone", {"dog"}),
        (POND, "add a duck, big and white", {"duck"}),
        (POND, "bring in a duck on the left, and make the frog slower", {"duck", "frog"}),
    ],
)
def test_what_is_named_beside_a_command_stays_as_it_was(plan: DSS, wish: str, named: set[str]) -> None:
    edits, _ = instruct(wish, plan)
    assert changed(plan, apply(plan, edits)) == named


def test_those_that_go_there_already_are_left_alone_when_all_are_told_to() -> None:
    assert changed(SEA, revised(SEA, "let them fly to the right")) == {"bird-1", "bird-2", "bird-3"}


def test_a_contrast_says_what_shall_not_be() -> None:
    rising = revised(MEADOW, "the dog goes up instead of down").object("dog")
    assert rising.box_at(1).cy < rising.box_at(0).cy - 0.1
    assert rising.box_at(1).cx == rising.box_at(0).cx


def test_a_larger_number_of_one_kind_counts_no_other_that_looks_the_same() -> None:
    plan = draft(read("an acrobat stands on the left and two clowns stand on the right"))
    assert changed(plan, revised(plan, "make it one clown")) == {"clown-2"}


def test_a_number_alone_counts_what_was_spoken_of_last() -> None:
    assert [item.phrase for item in revised(MEADOW, "more dogs! three!").objects] == ["a red ball", "a dog", "a dog", "a dog"]
