"""The mind of a language model: what it is asked, and what becomes of its answers.

Every question is a system text from `prompts/`, the JSON Schema of the answer, and one JSON object with the data. A user's
prompt is data: it is never put into a text by formatting. An answer that does not decode goes back once with the fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from flowzero.agent.chat import Chat, Message, Reply
from flowzero.agent.edits import Edit
from flowzero.agent.minds import Instruction, Meter, Task
from flowzero.agent.promises import Reading
from flowzero.agent.schemas import EDITS, JUDGEMENT, PLAN, REVISION, Schema
from flowzero.agent.wire import Verdict, decode_edits, decode_judgement, decode_plan, plan_to_wire
from flowzero.dss import DSS
from flowzero.errors import LLMReplyError
from flowzero.plan import Finding
from flowzero.settings import Settings

T = TypeVar("T")

SCORES = {"yes": 1.0, "partly": 0.5, "no": 0.0}
JUDGED = "judged"
"""The constraint's name of findings that a language model made."""

MAX_JUDGED = 20


class LLMMind:
    """Plans through any OpenAI-compatible endpoint."""

    supplements = False

    def __init__(self, settings: Settings) -> None:
        self.chat = Chat(settings)
        self.name = self.chat.model

    async def interpret(self, task: Task, meter: Meter) -> Reading | None:
        """Nothing: it plans from the prompt itself, and judges what our grammar leaves unread."""
        return None

    async def draft(self, task: Task, meter: Meter) -> DSS:
        """A first plan."""
        data = {"prompt": task.prompt, "seconds": task.seconds}
        return await self._think(
            "planner",
            data,
            PLAN,
            lambda text: decode_plan(text, prompt=task.prompt, seconds=task.seconds, fps=task.fps),
            meter,
        )

    async def judge(self, dss: DSS, unread: tuple[str, ...], meter: Meter) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """A finding for each piece that the model could judge, and the pieces left over."""
        pieces, rest = unread[:MAX_JUDGED], unread[MAX_JUDGED:]
        data = {
            "prompt": dss.prompt,
            "pieces": [{"number": n, "text": text} for n, text in enumerate(pieces, start=1)],
            "plan": plan_to_wire(dss),
        }
        verdicts = await self._think("critic", data, JUDGEMENT, lambda text: decode_judgement(text, len(pieces)), meter)
        judged = {n: verdict for n, verdict in verdicts.items() if verdict.kept in SCORES}
        findings = tuple(_finding(pieces[n - 1], verdict) for n, verdict in sorted(judged.items()))
        return findings, (*(text for n, text in enumerate(pieces, start=1) if n not in judged), *rest)

    async def propose(self, reading: Reading, dss: DSS, findings: tuple[Finding, ...], meter: Meter) -> tuple[Edit, ...]:
        """Edits that would mend what the findings complain of."""
        data = {
            "prompt": dss.prompt,
            "problems": [finding.message for finding in findings if finding.score < 1],
            "plan": plan_to_wire(dss),
        }
        return await self._think("fixer", data, EDITS, lambda text: decode_edits(text, dss, EDITS), meter)

    async def revise(self, asked: Instruction, meter: Meter) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        """Edits that carry out an instruction, of which our grammar does not read all."""
        dss = asked.dss
        if asked.edits and not asked.unread:
            return asked.edits, ()
        data = {"prompt": dss.prompt, "instruction": asked.text, "seconds": dss.seconds, "plan": plan_to_wire(dss)}
        return await self._think("reviser", data, REVISION, lambda text: decode_edits(text, dss), meter), ()

    async def _think(self, role: str, data: dict[str, Any], schema: Schema, decode: Callable[[str], T], meter: Meter) -> T:
        """Ask, decode, and let the model correct itself once.

        Raises:
            LLMReplyError: if the corrected answer does not decode either.
        """
        messages: list[Message] = [("system", _instructions(role)), ("user", json.dumps(data, ensure_ascii=False))]
        reply = await self.chat.ask(messages, role, schema, meter)
        try:
            return _decoded(reply, decode)
        except LLMReplyError as fault:
            messages += [("assistant", reply.text[:8000] or "(nothing)"), ("user", f"{_text('correction')}\n\n{fault}")]
        reply = await self.chat.ask(messages, role, schema, meter)
        try:
            return _decoded(reply, decode)
        except LLMReplyError as fault:
            raise LLMReplyError(f"{self.name} gave no usable answer, even when corrected: {fault}") from None


def _decoded(reply: Reply, decode: Callable[[str], T]) -> T:
    if reply.cut:
        raise LLMReplyError("the reply was cut off at the token limit: answer shorter (or raise FLOWZERO_LLM_MAX_TOKENS).")
    return decode(reply.text)


def _finding(piece: str, verdict: Verdict) -> Finding:
    score = SCORES[verdict.kept]
    said = {"yes": "is kept", "partly": "is kept only in part", "no": "is not kept"}[verdict.kept]
    reason = f": {verdict.reason.rstrip('.')}" if verdict.reason else ""
    return Finding(constraint=JUDGED, score=score, message=f"{piece!r} {said}{reason}.")


@lru_cache(maxsize=8)
def _instructions(role: str) -> str:
    """What a role is told: its text and the schema of its answer, for endpoints that do not enforce one."""
    schema = {"planner": PLAN, "critic": JUDGEMENT, "fixer": EDITS, "reviser": REVISION}[role]
    return f"{_text(role)}\n\n## JSON Schema of the answer\n\n{json.dumps(schema, separators=(',', ':'))}"


@lru_cache(maxsize=8)
def _text(name: str) -> str:
    return files("flowzero.agent").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8").strip()
