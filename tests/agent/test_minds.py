import asyncio

from flowzero.agent.graph import build_graph, mind_of
from flowzero.agent.llm import LLMMind
from flowzero.agent.minds import BuiltinMind, Instruction, Meter, Mind, Task, total
from flowzero.agent.promises import Reading
from flowzero.agent.reading import read
from flowzero.plan import Usage
from flowzero.settings import load_settings

PROMPT = "a red ball rolls to the right"


def test_usage_adds_up_and_a_cost_stays_unknown_only_where_none_is_known():
    free, paid = Usage(calls=1, input_tokens=10), Usage(calls=2, output_tokens=5, cost=0.5)
    assert total(free, paid) == Usage(calls=3, input_tokens=10, output_tokens=5, cost=0.5)
    assert total(free, free).cost is None


def test_a_meter_reports_each_answer_from_its_own_beginning():
    seen = []
    meter = Meter(progress=seen.append)
    meter.grow(3)
    meter.grow(4)
    meter.add(Usage(calls=1))
    meter.grow(2)
    assert seen == [3, 7, 2]
    assert meter.usage.calls == 1


def test_the_builtin_mind_thinks_by_rule_and_costs_nothing():
    async def think(mind: Mind):
        meter, task = Meter(), Task(prompt=PROMPT, reading=read(PROMPT), seconds=3, fps=4)
        dss = await mind.draft(task, meter)
        judged = await mind.judge(dss, ("joyfully",), meter)
        edits = await mind.propose(task.reading, dss, (), meter)
        revised, unread = await mind.revise(Instruction.read("make the ball green", dss), meter)
        return dss, judged, edits, revised, unread, meter.usage

    dss, judged, edits, revised, unread, usage = asyncio.run(think(BuiltinMind()))
    assert (dss.seconds, dss.fps, dss.objects[0].phrase) == (3, 4, "a red ball")
    assert judged == ((), ("joyfully",))
    assert edits == ()
    assert "set_phrase" in {edit.op for edit in revised}
    assert unread == ()
    assert usage == Usage()


def test_an_empty_model_name_means_the_builtin_mind():
    assert isinstance(mind_of(load_settings(llm_model="")), BuiltinMind)
    assert isinstance(mind_of(load_settings(llm_model="m", llm_base_url="")), LLMMind)


def test_a_language_model_is_a_mind_that_bears_its_models_name():
    mind: Mind = LLMMind(load_settings(llm_model="some-model"))
    assert mind.name == "some-model"


class Dialect(BuiltinMind):
    """A mind that reads one phrase which our grammar does not."""

    name = "dialect"

    async def interpret(self, task: Task, meter: Meter):
        reading = read(task.prompt.replace("gangs awa doon the brae", "goes down"))
        return reading.model_copy(update={"prompt": task.prompt})


def test_a_mind_brings_its_own_reading_which_critic_and_fixer_go_by():
    prompt = "a sheep gangs awa doon the brae"
    assert read(prompt).unread
    graph = build_graph(load_settings(), mind=Dialect())
    plan = asyncio.run(graph.ainvoke({"prompt": prompt}))["plan"]
    assert plan.passed
    assert plan.unread == ()
    (way,) = [finding for finding in plan.findings if finding.constraint == "direction"]
    assert way.score == 1
    assert Reading.model_validate_json(plan.reading).promises

    still = plan.dss.model_copy(update={"objects": tuple(o.model_copy(update={"path": o.path[:1]}) for o in plan.dss.objects)})
    mended = asyncio.run(graph.ainvoke({"prompt": prompt, "start": plan.model_copy(update={"dss": still})}))["plan"]
    assert len(mended.rounds) > 1
    assert mended.passed
    assert mended.reading == plan.reading


def test_a_plan_file_does_not_vouch_for_itself():
    graph = build_graph(load_settings(), mind=BuiltinMind())
    plan = asyncio.run(graph.ainvoke({"prompt": "a red ball rolls to the left"}))["plan"]
    ball = plan.dss.objects[0]
    still = ball.model_copy(update={"path": ball.path[:1]})
    forged = plan.model_copy(
        update={
            "dss": plan.dss.model_copy(update={"objects": (still,)}),
            "reading": Reading(prompt=plan.dss.prompt).model_dump_json(),
        }
    )
    checked = asyncio.run(graph.ainvoke({"prompt": plan.dss.prompt, "start": forged, "max_rounds": 0}))["plan"]
    assert not checked.passed
    assert any(finding.constraint == "direction" and finding.score < 1 for finding in checked.findings)
