"""How well outlines are written, on stories that are never trained on: the shipped combination, base model and GGUF adapter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from flowzero.agent.chat import Chat
from flowzero.agent.constraints import broken, measure
from flowzero.agent.local import outline_of
from flowzero.agent.minds import Meter
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError, LLMError
from training.planner.stories import Story

Report = Callable[[str], None]


class Answer(NamedTuple):
    """What a model made of one story's prompt."""

    story: Story
    outline: Outline | None
    """None if the reply held none."""
    seconds: float
    tokens: int
    sure: float = 0.0
    """How probable the model holds it, 0 to 1."""


def ask(chat: Chat, stories: Sequence[Story], report: Report, *, at_once: int = 4) -> list[Answer]:
    """Every story's prompt, several at once, as the server batches them."""
    return asyncio.run(_ask(chat, stories, report, at_once))


async def _ask(chat: Chat, stories: Sequence[Story], report: Report, at_once: int) -> list[Answer]:
    places, done = asyncio.Semaphore(at_once), 0

    async def one(story: Story) -> Answer:
        nonlocal done
        meter, outline, sure = Meter(), None, 0.0
        async with places:
            began = asyncio.get_running_loop().time()
            try:
                outline, sure = await outline_of(chat, story.prompt, meter)
            except LLMError as error:
                report(f"{story.prompt!r}: {error}")
            seconds = asyncio.get_running_loop().time() - began
        done += 1
        if done % 20 == 0:
            report(f"{done} of {len(stories)} prompts")
        return Answer(story, outline, seconds, meter.usage.output_tokens, sure)

    return list(await asyncio.gather(*(one(story) for story in stories)))


def planned(outline: Outline | None, prompt: str) -> DSS | None:
    """The plan that is made of an outline; None if none can be made."""
    if outline is None:
        return None
    try:
        return draft(reading_of(outline, prompt))
    except FlowZeroError:
        return None


def kept(story: Story, dss: DSS | None) -> tuple[int, int]:
    """How many of the promises that the story is known to make a plan keeps, whoever read it, and how many there are."""
    truth = reading_of(story.outline, story.prompt)
    if dss is None:
        return 0, len(truth.promises)
    findings = [finding for finding in measure(truth, dss) if finding.promised]
    return sum(not broken(finding) for finding in findings), len(findings)


def keeps(story: Story, dss: DSS | None) -> bool:
    """Whether a plan keeps every one of them."""
    good, of = kept(story, dss)
    return good == of and dss is not None


def score(run: Path, chat: Chat, prompts: int, out: Path | None, report: Report) -> None:
    """Print how many of the run's held-out stories are told right, and write every answer that is not."""
    from training.planner import data

    answers = ask(chat, data.read(run / "held.jsonl")[:prompts], report)
    kept = [keeps(answer.story, planned(answer.outline, answer.story.prompt)) for answer in answers]
    exact = sum(answer.outline == answer.story.outline for answer in answers)
    valid = sum(answer.outline is not None for answer in answers)
    report(f"of {len(answers)}: {valid} valid, {exact} word for word, {sum(kept)} keep every promise")
    wrong = [
        {"prompt": a.story.prompt, "wanted": a.story.outline.to_wire(), "got": a.outline.to_wire() if a.outline else None}
        for a, good in zip(answers, kept, strict=True)
        if not good
    ]
    (out or run / "wrong.json").write_text(json.dumps(wrong, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
