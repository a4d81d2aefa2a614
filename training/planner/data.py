"""The data as files: one lesson a line, and as tokens of the chat that the model will be asked in.

A lesson is a prompt with its outline, or an instruction to a plan with the changes it means, told by templates or written
whole; or the critic's sentences about a plan with the changes that right it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from flowzero.agent.local import CHANGING, SYSTEM, question
from flowzero.agent.outline import Outline
from training.planner.asked import asked_anew
from training.planner.config import Config
from training.planner.fixes import fixes
from training.planner.revisions import Revision, revisions
from training.planner.stories import Story, stories
from training.planner.written import retold


class Lesson(NamedTuple):
    """One question and its answer."""

    system: str
    """Which of its two works the model is asked for."""
    asked: str
    answer: str


def write(config: Config, run: Path) -> None:
    """Write `train.jsonl`, lessons in their shares, and `held.jsonl`, stories alone, into the run's folder."""
    data = config.data
    rng = random.Random(data.seed)
    sources = {
        "prompts": map(of_story, stories(data.seed)),
        "written": map(of_story, retold(data.seed, files=data.files)),
        "revisions": map(of_revision, revisions(data.seed)),
        "asked": map(of_revision, asked_anew(data.seed)),
        "fixes": (of_revision(fix.revision) for fix in fixes(data.seed)),
    }
    shares = {"written": data.written, "revisions": data.revisions, "asked": data.asked, "fixes": data.fixes}
    shares = {"prompts": 1 - sum(shares.values()), **shares}
    drawn = (rng.choices(list(shares), list(shares.values()))[0] for _ in range(data.examples))
    _put(run / "train.jsonl", (next(sources[name])._asdict() for name in drawn))
    _put(run / "held.jsonl", (_row(story) for story in islice(stories(data.held_seed, held=True), data.held_examples)))


def _put(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    part.replace(path)


def of_story(story: Story) -> Lesson:
    """A prompt, and its outline."""
    return Lesson(SYSTEM, story.prompt, story.outline.to_wire())


def of_revision(revision: Revision) -> Lesson:
    """An instruction or the critic's sentences about a plan, and the changes that are meant."""
    return Lesson(CHANGING, question(revision.dss, revision.instruction), revision.changes.to_wire())


def read(path: Path) -> list[Story]:
    """The stories of a file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Story(row["prompt"], Outline.model_validate(row["outline"]), tuple(row["kinds"])) for row in rows]


def lessons(path: Path) -> list[Lesson]:
    """The lessons of a file."""
    return [Lesson(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


class Example(NamedTuple):
    """Token ids of one chat; the loss counts from `start` on."""

    ids: list[int]
    start: int


def examples_of(told: Sequence[Lesson], tokenizer: Any) -> list[Example]:
    """Lessons as the chat's tokens, all in one call of a fast tokenizer, which spreads them over the processor's cores."""
    asked = [
        f"<|im_start|>system\n{lesson.system}<|im_end|>\n<|im_start|>user\n{lesson.asked}<|im_end|>\n<|im_start|>assistant\n"
        for lesson in told
    ]
    answers = [f"{lesson.answer}<|im_end|>" for lesson in told]
    ids = tokenizer([*asked, *answers], add_special_tokens=False, return_attention_mask=False)["input_ids"]
    return [Example(chat + answer, len(chat)) for chat, answer in zip(ids[: len(told)], ids[len(told) :], strict=True)]


def passes(examples: list[Example], size: int, done: int, times: int, seed: int) -> Iterator[list[Example]]:
    """The batches of so many passes over the examples from the `done`-th on; each pass but the first in an order of its own."""
    for index in range(done // len(examples), times):
        order = random.Random(f"{seed} {index}").sample(examples, len(examples)) if index else examples
        yield from batches(order, size, max(0, done - index * len(examples)))


def batches(examples: list[Example], size: int, done: int) -> Iterator[list[Example]]:
    """From example `done` on, batches of neighbours in length, drawn from windows of eight batches."""
    window = 8 * size
    for first in range(done // window * window, len(examples), window):
        ordered = sorted(examples[first : first + window], key=lambda item: len(item.ids))
        chunks = [ordered[k : k + size] for k in range(0, len(ordered), size)]
        order = [(5 * k + 3) % len(chunks) for k in range(len(chunks))] if len(chunks) == 8 else range(len(chunks))
        for position, k in enumerate(order):
            if first + position * size >= done:
                yield chunks[k]


def _row(story: Story) -> dict[str, Any]:
    return {"prompt": story.prompt, "outline": json.loads(story.outline.to_wire()), "kinds": story.kinds}
