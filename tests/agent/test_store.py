import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowzero.agent.edits import apply
from flowzero.agent.store import PlanStore, difference
from flowzero.dss import DSS, Box, Keyframe, Object, Scene
from flowzero.errors import OutputError, PlanError
from flowzero.plan import Finding, Plan, Round


def plan(x=0.1, **more):
    ball = Object(id="ball", phrase="a red ball", path=(Keyframe(t=0, box=Box(x=x, y=0.5, w=0.2, h=0.2)),))
    tree = Object(id="tree", phrase="a tree", path=(Keyframe(t=0, box=Box(x=0.7, y=0.2, w=0.2, h=0.6)),))
    dss = DSS(prompt="the red ball in a park", scenes=(Scene(start=0, description="a ball"),), objects=(ball, tree))
    found = Finding(constraint="count", score=1, message="There is one ball.")
    return Plan(dss=dss, confidence=0.97, rounds=(Round(index=0, confidence=0.97, findings=(found,)),), **more)


def moved(kept, x):
    return plan(x).model_copy(update={"id": kept.id, "version": kept.version})


@pytest.fixture
def store(tmp_path):
    return PlanStore(tmp_path / "deep" / "plans.db")


def test_a_kept_plan_comes_back_as_it_was_with_id_and_version(store):
    kept = store.keep(plan())
    assert kept == plan(id=kept.id, version=1)
    assert kept.id.startswith("red-ball-park-")
    assert store.load(kept.id) == kept
    assert PlanStore(store.path).load(kept.id, 1) == kept


def test_what_is_made_from_a_version_becomes_the_next_with_its_instruction(store):
    first = store.keep(plan())
    second = store.keep(moved(first, 0.3), "move the ball to the right")
    assert (second.id, second.version) == (first.id, 2)
    assert [(v.version, v.parent, v.instruction, v.current) for v in store.history(first.id)] == [
        (1, None, "", False),
        (2, 1, "move the ball to the right", True),
    ]


def test_undo_and_redo_walk_along_the_parents_and_lose_nothing(store):
    first = store.keep(plan())
    second = store.keep(moved(first, 0.3), "to the right")
    assert store.undo(first.id) == first
    assert store.load(first.id) == first
    assert store.redo(first.id) == second
    store.undo(first.id)
    sibling = store.keep(moved(first, 0.5), "farther")
    assert (sibling.version, store.history(first.id)[2].parent) == (3, 1)
    assert store.undo(first.id) == first
    with pytest.raises(PlanError, match="nothing to undo"):
        store.undo(first.id)
    assert store.redo(first.id) == sibling
    with pytest.raises(PlanError, match="nothing to redo"):
        store.redo(first.id)


def test_a_branch_goes_its_own_way(store):
    first = store.keep(plan())
    store.keep(moved(first, 0.3), "to the right")
    branch = store.branch(first.id, 1)
    assert (branch.dss, branch.version) == (first.dss, 1)
    assert branch.id != first.id
    store.keep(moved(branch, 0.6), "far right")
    assert len(store.history(first.id)) == 2
    summary = store.plans()[0]
    assert (summary.id, summary.origin, summary.versions, summary.version) == (branch.id, first.id, 2, 2)


def test_a_difference_reads_in_words_and_in_json(store):
    first = store.keep(plan())
    store.keep(moved(first, 0.3), "to the right")
    found = store.diff(first.id, 1, 2)
    assert str(found) == "Puts ball at (0.40, 0.60)."
    assert found.model_dump(mode="json")["edits"][0]["op"] == "set_path"
    assert apply(first.dss, found.edits) == store.load(first.id, 2).dss
    assert str(difference(first.dss, first.dss)) == "Nothing differs."


def test_a_plan_from_another_store_is_kept_as_a_new_one(store, tmp_path):
    foreign = PlanStore(tmp_path / "other.db").keep(plan())
    kept = store.keep(foreign)
    assert kept.version == 1
    assert store.plans()[0].id == kept.id


@pytest.mark.parametrize(
    "call",
    [
        lambda store, kept: store.load("nobody"),
        lambda store, kept: store.load(kept.id, 9),
        lambda store, kept: store.history("nobody"),
        lambda store, kept: store.branch(kept.id, 9),
        lambda store, kept: store.diff(kept.id, 1, 9),
        lambda store, kept: store.delete("nobody"),
        lambda store, kept: store.keep(kept.model_copy(update={"version": 9})),
    ],
)
def test_what_is_not_there_is_a_plan_error_and_changes_nothing(store, call):
    kept = store.keep(plan())
    with pytest.raises(PlanError):
        call(store, kept)
    assert store.load(kept.id) == kept
    assert len(store.history(kept.id)) == 1


def test_a_deleted_plan_is_gone_with_its_versions(store):
    kept = store.keep(plan())
    store.delete(kept.id)
    assert store.plans() == ()
    assert sqlite3.connect(store.path).execute("SELECT count(*) FROM versions").fetchone() == (0,)


def test_many_threads_may_keep_versions_of_one_plan_at_once(store):
    first = store.keep(plan())
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda k: store.keep(moved(first, k / 100), f"change {k}"), range(40)))
    assert sorted(version.version for version in kept) == list(range(2, 42))


def test_a_file_that_is_no_store_is_an_output_error_and_left_alone(tmp_path):
    path = tmp_path / "plans.db"
    path.write_bytes(b"my holiday diary, not a database at all" * 100)
    with pytest.raises(OutputError, match="cannot be used"):
        PlanStore(path).plans()
    assert path.read_bytes().startswith(b"my holiday diary")
    with pytest.raises(OutputError, match="cannot be used"):
        PlanStore(path / "below" / "plans.db").plans()


def test_undo_and_redo_are_known_in_many_words_and_nothing_else_is_taken_for_them(tmp_path):
    store = PlanStore(tmp_path / "plans.db")
    first = store.keep(plan())
    second = store.keep(plan(0.3, id=first.id, version=1), "move it")
    backwards = ("never mind", "could you please undo the last change?", "Scratch that!", "go back one step", "roll it back")
    for back in backwards:
        assert store.walk(first.id, back) == first
        assert store.walk(first.id, "undo the undo") == second
    for other in ("undo the dog", "go back to the left", "go back and forth", "take it back to the left", "forget the dog"):
        assert store.walk(first.id, other) is None
    assert store.load(first.id) == second
