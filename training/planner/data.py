"""The data as files: one story a line, and as tokens of the chat that the model will be asked in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from flowzero.agent.local import SYSTEM
from flowzero.agent.outline import Outline
from training.planner.config import Config
from training.planner.stories import Story, stories


def write(config: Config, run: Path) -> None:
    """Write `train.jsonl` and `held.jsonl` into the run's folder."""
    data = config.data
    for name, seed, count, held in (
        ("train", data.seed, data.examples, False),
        ("held", data.held_seed, data.held_examples, True),
    ):
        lines = [json.dumps(_row(story), ensure_ascii=False) for story in islice(stories(seed, held=held), count)]
        part = run / f"{name}.jsonl.part"
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(run / f"{name}.jsonl")


def read(path: Path) -> list[Story]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Story(row["prompt"], Outline.model_validate(row["outline"]), tuple(row["kinds"])) for row in rows]


class Example(NamedTuple):
    """Token ids of one chat; the loss counts from `start` on."""

    ids: list[int]
    start: int


def example(story: Story, tokenizer: Any) -> Example:
    chat = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{story.prompt}<|im_end|>\n<|im_start|>assistant\n"
    asked = tokenizer.encode(chat, add_special_tokens=False)
    return Example(asked + tokenizer.encode(f"{story.outline.to_wire()}<|im_end|>", add_special_tokens=False), len(asked))


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
