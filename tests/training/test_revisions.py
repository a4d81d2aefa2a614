"""The lessons in changing plans: instructions with the changes they mean, and errors with what rights them."""

import json
from itertools import islice

import pytest

from flowzero.agent.changes import decode_changes, edits_of, sensible
from flowzero.agent.edits import apply
from flowzero.agent.local import CHANGING, SYSTEM
from training.planner import data
from training.planner.config import load_config
from training.planner.fixes import fixes
from training.planner.lexicon import drawn_out, load
from training.planner.revisions import revisions, wordings


def test_every_instruction_means_changes_that_can_be_carried_out():
    told = list(islice(revisions(3), 60))
    assert told == list(islice(revisions(3), 60))
    assert len({kind for revision in told for kind in revision.kinds}) > 12
    for revision in told:
        assert not set("{}[]⟦") & set(revision.instruction), revision.instruction
        assert decode_changes(revision.changes.to_wire()) == revision.changes
        if revision.changes.all:
            assert sensible(revision.changes, revision.instruction, revision.dss)
            assert edits_of(revision.changes, revision.instruction, revision.dss)


def test_held_out_instructions_are_worded_as_none_is_that_is_trained_on():
    for name, words in wordings().items():
        assert words.train, name
        assert not set(words.train) & set(words.held), name
        assert all(not drawn_out(text) for text in words.train), name
    held = sum(len(words.held) for words in wordings().values())
    assert held > 0.15 * sum(len(words.train) for words in wordings().values())
    nouns = {noun for words in load().nouns.values() for noun in words.held}
    told = [item.phrase for revision in islice(revisions(4, held=True), 25) for item in revision.dss.objects]
    assert all(any(phrase.endswith(noun) for noun in nouns) for phrase in told)


def test_of_an_error_the_critic_speaks_and_the_changes_right_it():
    made = [fix.revision for fix in islice(fixes(5), 12)]
    assert len({fix.kinds for fix in made}) > 3
    for fix in made:
        assert len(fix.changes.all) == 1
        assert any(word in fix.instruction for word in ("shall", "but", "not in the plan", "prompt")), fix.instruction
        assert apply(fix.dss, edits_of(fix.changes, "", fix.dss)) != fix.dss


def test_lessons_are_written_in_their_shares_and_read_back(tmp_path):
    config = load_config()
    few = config.data.model_copy(update={"examples": 120, "held_examples": 3, "written": 0.2, "revisions": 0.4, "fixes": 0.2})
    data.write(config.model_copy(update={"data": few}), tmp_path)
    lessons = data.lessons(tmp_path / "train.jsonl")
    changing = [lesson for lesson in lessons if lesson.system == CHANGING]
    assert {lesson.system for lesson in lessons} == {SYSTEM, CHANGING}
    assert len(changing) / len(lessons) == pytest.approx(0.6, abs=0.12)
    assert all(json.loads(lesson.answer).keys() == {"all"} for lesson in changing)
    assert len(data.read(tmp_path / "held.jsonl")) == 3
