"""What the nodes of the state machine do: plan, criticise, fix, deliver.

Each node reads the state and returns what it changes. The critic measures in code, whoever planned; a language model only
adds a judgement of what code cannot measure. The fixer keeps the better of two proposals. Nothing here knows how nodes are
connected.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import ValidationError

from flowzero.agent import revision
from flowzero.agent.constraints import confidence, measure
from flowzero.agent.edits import Edit, SetPrompt, apply, describe
from flowzero.agent.homes import belongs
from flowzero.agent.minds import BuiltinMind, Instruction, Meter, Mind, Task, total
from flowzero.agent.promises import Reading
from flowzero.agent.reading import check_text, read
from flowzero.agent.state import State, Stopped
from flowzero.agent.store import PlanStore
from flowzero.dss import DSS, MAX_FRAMES, explain
from flowzero.errors import LLMError, LLMTimeoutError, PlanError, PromptError, SettingsError
from flowzero.events import Event, Stage
from flowzero.plan import Finding, Plan, Round, Usage, parse_plan
from flowzero.settings import Settings

T = TypeVar("T")
Proposal = tuple[str, tuple[Edit, ...]]
"""Whose edits, and the edits."""
Candidate = tuple[str, tuple[Edit, ...], DSS]
"""Whose edits, the edits, and the plan they lead to."""

GIVEN = "given"
"""The mind of a plan that a caller brought along."""

_GAIN = 1e-9
"""How much C must rise for a candidate to count as better."""

_SHOWN_EVERY = 100
"""Characters of an answer between two events."""

_NO_NOTES: tuple[str, ...] = ()
_NEW: State = {
    "approved": None,
    "best_round": -1,
    "undone": None,
    "unread": (),
    "overruled": (),
    "granted": (),
    "named": (),
    "understood": "",
    "asked": "",
    "scope": None,
    "kept": (None, None),
    "rounds": (),
    "notes": (),
    "usage": Usage(),
    "elapsed": 0.0,
    "iteration": 0,
    "stopped": "",
}
"""What every request begins with: one thread carries many, and channels outlive them."""


class Nodes:
    """The nodes, for one set of settings and one mind; they keep no state. Plans go into the store, if there is one."""

    def __init__(self, settings: Settings, mind: Mind, store: PlanStore | None = None) -> None:
        self.settings = settings
        self.mind = mind
        self.store = store
        self.builtin: Mind = mind if isinstance(mind, BuiltinMind) else BuiltinMind()

    async def planner(self, state: State, runtime: Runtime) -> State:
        """Begin a request: draft a plan from the prompt, take over the given one, or revise it as instructed."""
        began = time.perf_counter()
        instruction, meter = state.get("instruction"), _meter(runtime, "plan")
        brought, kept = state.get("start"), state.get("plan") if instruction is not None else None
        state = {**state, **_NEW}
        given = _given(start) if (start := brought or kept) else None
        if given is not None and brought:
            given = await self._vouched(state, given, meter)
        if given is None:
            task = self._task(state)
            _say(runtime, "plan", f"drafting a plan ({self.mind.name})")
            begun = await self._draft(state, task, meter)
        elif instruction is not None:
            text = check_text(instruction, "instruction")
            _say(runtime, "plan", "revising the plan")
            begun = await self._revise(state, given, text, meter)
        else:
            begun = _adopt(state, given)
        most = state.get("max_rounds")
        limit = self.settings.max_rounds if most is None else most
        return {**_NEW, **begun, "usage": meter.usage, "limit": limit, "elapsed": time.perf_counter() - began}

    async def critic(self, state: State, runtime: Runtime) -> State:
        """Measure the candidate, keep it if it is the best so far, undo it if it is not, and say whether to go on."""
        began = time.perf_counter()
        dss, meter, reading = state["dss"], _meter(runtime, "check"), _owed(state, state["dss"])
        judged, unread, notes = await self._judge(state, reading.unread, meter)
        found = _round(state, (*measure(reading, dss), *judged), self.settings.threshold)
        _say(runtime, "check", f"round {found.index}: confidence {found.confidence:.2f}", found)
        measured: State = {
            "rounds": (*state["rounds"], found),
            "usage": total(state["usage"], meter.usage),
            "notes": notes,
            "elapsed": state["elapsed"] + time.perf_counter() - began,
        }
        if state["best_round"] < 0 or found.confidence > _best_round(state).confidence + _GAIN:
            measured.update({"best": dss, "best_round": found.index, "unread": unread, "undone": None})
        else:
            measured.update({"undone": dss})
        return {**measured, "stopped": self._verdict({**state, **measured})}

    async def fixer(self, state: State, runtime: Runtime) -> State:
        """Propose edits to the best plan; of the built-in mind's and the language model's proposals the better one is taken."""
        began = time.perf_counter()
        dss, meter, notes = state["best"], _meter(runtime, "fix"), state["notes"]
        reading, findings = _owed(state, dss), _best_round(state).findings
        proposals: list[Proposal] = [(self.builtin.name, await self.builtin.propose(reading, dss, findings, meter))]
        if self.mind is not self.builtin:
            try:
                edits = await self._in_time(state, self.mind.propose(reading, dss, findings, meter))
                proposals.insert(0, (self.mind.name, edits))
            except LLMError as error:
                notes = _with(notes, f"{self.mind.name} could not propose a fix: {error}")
        chosen = self._choice(state, reading, proposals)
        fixed: State = {
            "iteration": state["iteration"] + 1,
            "usage": total(state["usage"], meter.usage),
            "notes": notes,
            "elapsed": state["elapsed"] + time.perf_counter() - began,
        }
        if chosen is None:
            return {**fixed, "stopped": "stalled"}
        name, edits, candidate = chosen
        changes = tuple(describe(edit) for edit in edits)
        _say(runtime, "fix", f"{len(changes)} {'change' if len(changes) == 1 else 'changes'} ({name})")
        return {**fixed, "dss": candidate, "mind": name, "rounds": _recording(state, changes)}

    async def deliver(self, state: State) -> State:
        """The best plan seen, with the record of how it came to be."""
        best = _best_round(state)
        plan = Plan(
            dss=state["best"],
            confidence=best.confidence,
            threshold=self.settings.threshold,
            findings=best.findings,
            unread=state["unread"],
            rounds=state["rounds"],
            mind=state["planner"],
            stopped=state["stopped"] if state["limit"] else "",
            notes=state["notes"],
            usage=state["usage"],
            overruled=state["overruled"],
            granted=state["granted"],
            named=state["named"],
            reading=state["understood"],
            id=state["kept"][0],
            version=state["kept"][1],
        )
        if self.store is not None:
            plan = await asyncio.to_thread(self.store.keep, plan, state["asked"])
        return {"plan": plan, "prompt": plan.dss.prompt}

    async def approval(self, state: State) -> State:
        """Ask a person, who answers True, False, or with an instruction that revises the plan."""
        answer = interrupt({"question": "Render this plan?", "plan": state["plan"].model_dump(mode="json")})
        if isinstance(answer, str):
            return {"instruction": answer, "approved": None}
        return {"approved": bool(answer)}

    async def _vouched(self, state: State, given: Plan, meter: Meter) -> Plan:
        """A plan from elsewhere, its reading left out if our grammar reads all of the prompt and our mind does not read it so.

        A plan must not vouch for itself.

        Raises:
            PlanError: if it brings a reading that is none.
        """
        if not given.reading:
            return given
        rules = _reading(given.dss.prompt, "")
        if rules.unread:
            return given
        task = Task(given.dss.prompt, rules, given.dss.seconds, given.dss.fps)
        try:
            own = await self._in_time(state, self.mind.interpret(task, meter))
        except LLMError:
            own = None
        known = own == _reading(given.dss.prompt, given.reading)
        return given if known else given.model_copy(update={"reading": ""})

    async def _draft(self, state: State, task: Task, meter: Meter) -> State:
        name, notes, own = self.mind.name, _NO_NOTES, None
        try:
            own = await self._in_time(state, self.mind.interpret(task, meter))
            dss = await self._in_time(state, self.mind.draft(task if own is None else replace(task, reading=own), meter))
        except LLMError as error:
            if not self.settings.llm_fallback:
                raise
            dss, name, own = await self.builtin.draft(task, meter), self.builtin.name, None
            notes = (f"The built-in mind planned, because the language model failed: {error}",)
        if own is None and self.mind.supplements:
            name = self.builtin.name
        if name == self.builtin.name or self.mind.supplements:
            notes = (*notes, *belongs(own or task.reading))
        understood = "" if own is None else own.model_dump_json()
        done: State = {"dss": dss, "mind": name, "planner": name, "prompt": task.prompt, "notes": notes}
        return {**done, "understood": understood}

    async def _revise(self, state: State, given: Plan, instruction: str, meter: Meter) -> State:
        """Carry out an instruction. The built-in mind does what it understands in full; the rest is the language model's."""
        name, notes = self.builtin.name, _NO_NOTES
        asked = Instruction.read(instruction, given.dss, given.named)
        edits, unread = asked.edits, asked.unread
        try:
            edits, unread = await self._in_time(state, self.mind.revise(asked, meter))
        except LLMError as error:
            if not self.settings.llm_fallback:
                raise
            notes = (f"The built-in mind revised, because the language model failed: {error}",)
        name = self.builtin.name if edits == asked.edits else self.mind.name
        dss = apply(given.dss, edits)
        if dss == given.dss and not unread:
            notes = _with(notes, "Nothing had to change: the plan does so already.")
        elif not edits:
            has = ", ".join(item.phrase for item in given.dss.objects[:8]) or "nothing in it"
            raise PromptError(
                f"nothing in {instruction[:80]!r} was understood: say what shall change, and how; the plan has {has}."
            )
        if unread:
            notes = _with(notes, f"Not understood in the instruction: {', '.join(unread)}.")
        scope = revision.scope(given.dss, dss)
        ids = {item.id for item in dss.objects}
        return {
            "dss": dss,
            "mind": name,
            "planner": given.mind,
            "prompt": dss.prompt,
            "named": tuple(item_id for item_id in scope if item_id in ids) or tuple(i for i in given.named if i in ids),
            "overruled": _overruled(given, instruction, dss),
            "granted": tuple(dict.fromkeys((*given.granted, *revision.granted(given.dss, dss)))),
            "understood": given.reading if dss.prompt == given.dss.prompt else "",
            "asked": instruction,
            "scope": scope,
            "kept": (given.id, given.version),
            "notes": notes,
        }

    async def _judge(
        self, state: State, unread: tuple[str, ...], meter: Meter
    ) -> tuple[tuple[Finding, ...], tuple[str, ...], tuple[str, ...]]:
        """The language model's findings on what code could not read, what even it left open, and the notes."""
        if not unread or self.mind is self.builtin:
            return (), unread, state["notes"]
        try:
            findings, left = await self._in_time(state, self.mind.judge(state["dss"], unread, meter))
        except LLMError as error:
            return (), unread, _with(state["notes"], f"{self.mind.name} could not judge what code does not measure: {error}")
        return findings, left, state["notes"]

    def _verdict(self, state: State) -> Stopped:
        """Why the loop ends here; empty if it goes on."""
        if _best_round(state).confidence >= self.settings.threshold:
            return "confident"
        if state["iteration"] >= state["limit"]:
            return "limit"
        usage, most = state["usage"], self.settings.max_tokens
        if most is not None and usage.input_tokens + usage.output_tokens >= most:
            return "budget"
        if self.settings.max_seconds is not None and state["elapsed"] >= self.settings.max_seconds:
            return "budget"
        return ""

    async def _in_time(self, state: State, thinking: Awaitable[T]) -> T:
        """Wait for a mind, at most for what is left of the plan's seconds.

        Raises:
            LLMTimeoutError: when they are over.
        """
        most = self.settings.max_seconds
        try:
            async with asyncio.timeout(None if most is None else most - state["elapsed"]):
                return await thinking
        except TimeoutError:
            raise LLMTimeoutError(f"the plan's budget of {most:g} seconds ran out: raise FLOWZERO_MAX_SECONDS.") from None

    def _task(self, state: State) -> Task:
        prompt = check_text(state.get("prompt") or "")
        reading = read(prompt)
        fps = next(value for value in (state.get("fps"), self.settings.fps) if value is not None)
        # A prompt that speaks of the fifth second needs a video that has one.
        named = min(reading.seconds, 600.0, MAX_FRAMES / fps if fps > 0 else 600.0)
        seconds = next(value for value in (state.get("seconds"), max(self.settings.seconds, named)) if value is not None)
        if not (0 < seconds <= 600 and 0 < fps <= 120 and 1 <= round(seconds * fps) <= MAX_FRAMES):
            raise SettingsError(
                f"{seconds:g} seconds at {fps:g} frames a second cannot be planned: "
                f"take up to 600 seconds, up to 120 frames a second, and 1..{MAX_FRAMES} frames in all."
            )
        return Task(prompt=prompt, reading=reading, seconds=seconds, fps=fps)

    def _choice(self, state: State, reading: Reading, proposals: Sequence[Proposal]) -> Candidate | None:
        """The proposal whose outcome measures best, the first of equals; None if none changes anything that is new."""
        candidates: list[Candidate] = []
        for name, proposed in proposals:
            edits = revision.within(proposed, state["scope"])
            try:
                dss = apply(state["best"], edits)
            except PlanError:
                continue
            if dss not in (state["best"], state["undone"]):
                candidates.append((name, edits, dss))
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        measured = [confidence(measure(reading, dss), self.settings.threshold) for _, _, dss in candidates]
        return candidates[measured.index(max(measured))]


def _given(start: Plan | DSS | dict[str, Any]) -> Plan:
    """A plan that the caller brought, also as parsed JSON, which is how it comes over a LangGraph server."""
    if isinstance(start, dict):
        start = parse_plan(json.dumps(start))
    return start if isinstance(start, Plan) else Plan(dss=start, confidence=0.0, mind=GIVEN)


def _adopt(state: State, given: Plan) -> State:
    """A given plan as the first candidate, to be measured against the request's prompt."""
    prompt = check_text(state["prompt"]) if (state.get("prompt") or "").strip() else ""
    dss = given.dss if prompt == given.dss.prompt else apply(given.dss, [SetPrompt(prompt=prompt)])
    return {
        "dss": dss,
        "mind": given.mind,
        "planner": given.mind,
        "prompt": prompt,
        "overruled": given.overruled if prompt == given.dss.prompt else (),
        "granted": given.granted if prompt == given.dss.prompt else (),
        "named": tuple(item.id for item in dss.objects if item.id in given.named),
        "understood": given.reading if prompt == given.dss.prompt else "",
        "kept": (given.id, given.version),
    }


def _overruled(given: Plan, instruction: str, dss: DSS) -> tuple[str, ...]:
    """What the prompt no longer promises after a revision; a prompt that was written anew promises all it says."""
    before = given.overruled if dss.prompt == given.dss.prompt else ()
    own = given.reading if dss.prompt == given.dss.prompt else ""
    reading = revision.owed(_reading(dss.prompt, own), before, given.granted, given.dss)
    return (*before, *revision.overruled(reading, instruction, given.dss, dss))


def _reading(prompt: str, own: str) -> Reading:
    """What a prompt promises: as the mind read it that planned, or else as our grammar does.

    Raises:
        PlanError: if a plan file brings a reading that is none.
    """
    if not own:
        return read(prompt) if prompt else Reading(prompt="")
    try:
        return Reading.model_validate_json(own)
    except ValidationError as error:
        raise PlanError(f"the plan's reading is none: {explain(error)}") from None


def _owed(state: State, dss: DSS) -> Reading:
    return revision.owed(_reading(state["prompt"], state["understood"]), state["overruled"], state["granted"], dss)


def _round(state: State, findings: tuple[Finding, ...], threshold: float) -> Round:
    return Round(index=len(state["rounds"]), confidence=confidence(findings, threshold), findings=findings, mind=state["mind"])


def _best_round(state: State) -> Round:
    return state["rounds"][state["best_round"]]


def _recording(state: State, changes: tuple[str, ...]) -> tuple[Round, ...]:
    """The rounds, with the fixer's changes noted in the last."""
    *earlier, last = state["rounds"]
    if state["undone"] is not None:
        changes = (f"Goes back to the plan of round {state['best_round']}, which was better.", *changes)
    return (*earlier, last.model_copy(update={"changes": changes}))


def _with(notes: tuple[str, ...], note: str) -> tuple[str, ...]:
    return notes if note in notes else (*notes, note)


def _meter(runtime: Runtime, stage: Stage) -> Meter:
    """A meter that reports a growing answer, but not every character of it."""
    shown = 0

    def progress(characters: int) -> None:
        nonlocal shown
        if not shown <= characters < shown + _SHOWN_EVERY:
            shown = characters
            message = f"the language model has written {characters} characters"
            runtime.stream_writer(Event(stage=stage, message=message, done=characters))

    return Meter(progress=progress)


def _say(runtime: Runtime, stage: Stage, message: str, measured: Round | None = None) -> None:
    runtime.stream_writer(Event(stage=stage, message=message, round=measured))
