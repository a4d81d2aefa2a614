"""What else the small planner could have said, and which answer counts."""

from __future__ import annotations

import asyncio
import json
import math

import pytest

from flowzero.agent.chat import Chat, Token
from flowzero.agent.local import LocalMind
from flowzero.agent.minds import Meter, Task
from flowzero.agent.outline import Outline
from flowzero.agent.promises import Go, Journey
from flowzero.agent.reading import read
from flowzero.agent.second_thoughts import MOST, Said, beginnings, dissent, preferred
from flowzero.settings import load_settings
from tests.agent.scripted_server import Say, ScriptedServer

PROMPT = "a dog runs to the left"
LEFT, RIGHT = ({"all": [{"is": "a dog", "do": [way]}]} for way in ("left", "right"))
PIECE = '"right"]}]}'
"""The end of the wrong answer, as the server sends it."""


def outline(data: object) -> Outline:
    return Outline.model_validate(data)


def test_an_answer_may_begin_otherwise_where_another_token_was_hardly_less_probable() -> None:
    tokens = [
        Token("a", math.log(0.9), (("b", math.log(0.08)), ("c", math.log(0.01)))),
        Token("d", math.log(0.5), (("e", math.log(0.4)),)),
    ]
    found = beginnings(tokens)
    assert [text for text, _ in found] == ["ae", "b"]
    assert [math.exp(logprob) for _, logprob in found] == pytest.approx([0.36, 0.08])


def test_it_is_asked_for_no_more_than_so_many_others() -> None:
    tokens = [Token(str(k), math.log(0.6), (("x", math.log(0.3)),)) for k in range(3 * MOST)]
    assert len(beginnings(tokens)) == MOST
    assert beginnings([]) == []


def test_dissent_is_how_many_promises_of_the_rules_a_plan_breaks() -> None:
    rules = read(PROMPT)
    assert dissent(outline(LEFT), rules) == 0
    assert dissent(outline(RIGHT), rules) == 1
    assert dissent(outline({"all": [{"is": "a cat", "do": ["right"]}]}), rules) > 1


@pytest.mark.parametrize(("wrong", "right", "wins"), [(0.5, 0.3, True), (0.6, 0.1, False), (0.0, 0.0, True)])
def test_the_rules_decide_between_answers_that_are_nearly_as_probable(wrong: float, right: float, wins: bool) -> None:
    said = [Said(outline(RIGHT), wrong), Said(outline(LEFT), right)]
    assert preferred(said, read(PROMPT)) == outline(LEFT if wins else RIGHT)
    assert preferred(said[:1], read(PROMPT)) == outline(RIGHT)


def interpreted(*script: Say) -> tuple[list[str], list[dict[str, object]]]:
    """Which ways the mind reads the dog to go, over a server with that script, and the requests that it took."""
    with ScriptedServer(*script) as server:
        settings = load_settings(llm_base_url=server.url, llm_model="m", llm_timeout=5, llm_retries=0)
        task = Task(prompt=PROMPT, reading=read(PROMPT), seconds=2, fps=8)
        reading = asyncio.run(LocalMind(settings, Chat(settings)).interpret(task, Meter())) or task.reading
        steps = [step for promise in reading.promises if isinstance(promise, Journey) for step in promise.steps]
        return [step.heading for step in steps if isinstance(step, Go)], server.requests


def test_where_the_rules_read_otherwise_the_mind_asks_the_model_to_go_on_from_its_second_choice() -> None:
    first = Say(RIGHT, sure=0.5, instead=(2, '"left"', 0.5))
    ways, (asked, again) = interpreted(first, Say(LEFT, sure=0.9))
    assert ways == ["left"]
    assert again["messages"][:-1] == asked["messages"]  # type: ignore[index]
    begun = json.dumps(RIGHT).replace(PIECE, '"left"')
    assert again["messages"][-1] == {"role": "assistant", "content": begun}  # type: ignore[index]
    assert "response_format" in asked and "response_format" not in again


def test_an_answer_that_goes_on_without_its_beginning_is_put_together() -> None:
    ways, _ = interpreted(Say(RIGHT, sure=0.5, instead=(2, '"left"', 0.5)), Say("]}]}", sure=0.9))
    assert ways == ["left"]


def test_nonsense_for_a_second_thought_leaves_the_first() -> None:
    ways, requests = interpreted(Say(RIGHT, sure=0.5, instead=(2, '"left"', 0.5)), Say("what?", sure=0.9))
    assert ways == ["right"]
    assert len(requests) == 2


def test_where_both_read_the_same_or_the_model_is_sure_it_is_asked_once() -> None:
    ways, requests = interpreted(Say(LEFT, sure=0.5, instead=(2, '"right"', 0.5)))
    assert ways == ["left"]
    assert len(requests) == 1
    ways, requests = interpreted(Say(RIGHT, sure=0.9, instead=(2, '"left"', 0.01)))
    assert ways == ["right"]
    assert len(requests) == 1
