"""The training: one pass over fresh examples, the loss on the outline alone; stops on Ctrl-C or SIGTERM, and resumes."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.planner import data
from training.planner.config import Config, Training
from training.planner.decoder import Decoder
from training.planner.lora import LoRA

Report = Callable[[str], None]

_OTHERS = 4096
"""Tokens of the vocabulary that compete in a step though the data has none of them, drawn anew for each step."""


def load_base(gguf: Path) -> tuple[Any, Any]:
    """Tokenizer and language model out of a GGUF file, dequantised."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    return tokenizer, model


@dataclass
class Run:
    """The state of one training, kept in `state.pt` of its folder."""

    config: Config
    folder: Path
    decoder: Decoder
    optimizer: torch.optim.Optimizer
    done: int = 0
    """Examples trained on."""
    common: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.long))
    """The tokens that the data has, in order; the head is computed for these and some others, and for all when empty."""

    @classmethod
    def open(
        cls, config: Config, folder: Path, model: Any, start: dict[str, Tensor] | None = None, *, compiled: bool = True
    ) -> Run:
        """The run of that folder, or a new one, from an adapter's tensors if any are given.

        To be compiled, which is faster, it needs a C++ compiler.
        """
        torch.manual_seed(config.training.seed)
        adapters = LoRA(model, config.lora.rank, config.lora.alpha)
        optimizer = torch.optim.AdamW(adapters.parameters(), betas=(0.9, 0.98), weight_decay=0.0)
        run = cls(config, folder, Decoder(model, adapters, compiled=compiled), optimizer)
        if (path := folder / "state.pt").exists():
            saved = torch.load(path, weights_only=True)
            adapters.take(saved["lora"])
            optimizer.load_state_dict(saved["optimizer"])
            run.done = saved["done"]
        elif start is not None:
            adapters.take(start)
        return run

    def save(self) -> None:
        part = self.folder / "state.pt.part"
        state = {"lora": self.decoder.adapters.values(), "optimizer": self.optimizer.state_dict(), "done": self.done}
        torch.save(state, part)
        part.replace(self.folder / "state.pt")


def train(run: Run, tokenizer: Any, report: Report, seconds: float = math.inf) -> None:
    """Train from where the run stands to the end of its data, or for so many seconds if they are over before.

    The rate falls towards whichever end is nearer.
    """
    settings = run.config.training
    examples = [data.example(lesson, tokenizer) for lesson in data.lessons(run.folder / "train.jsonl")]
    run.common = torch.tensor(sorted({token for item in examples for token in item.ids}))
    report(f"{len(examples)} examples, {sum(len(item.ids) for item in examples)} tokens; {run.done} done")
    asked_to_stop = _on_signals()
    mean, saved, began = 0.0, run.done, time.monotonic()
    for batch in data.batches(examples, settings.batch, run.done):
        for group in run.optimizer.param_groups:
            spent = (time.monotonic() - began) / seconds
            group["lr"] = learning_rate(settings, run.done, len(examples), spent)
        value = step(run, batch)
        run.done += len(batch)
        mean = value if not mean else 0.95 * mean + 0.05 * value
        report(f"{run.done} examples, loss {mean:.4f}")
        if run.done - saved >= settings.save_every:
            run.save()
            saved = run.done
        if asked_to_stop() or time.monotonic() - began > seconds:
            break
    run.save()


def step(run: Run, batch: list[data.Example]) -> float:
    """One update; the mean loss a token."""
    run.decoder.merge()
    value = loss(run, batch)
    value.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.decoder.adapters.parameters(), run.config.training.clip)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    return float(value.detach())


def loss(run: Run, batch: list[data.Example]) -> Tensor:
    """Cross entropy of the outline's tokens among those that the data has and a few thousand others."""
    longest = max(len(item.ids) for item in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    asked = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        asked[row, item.start - 1 : len(item.ids) - 1] = True
    hidden = run.decoder(ids)[asked]
    head, targets = run.decoder.embedding, ids.roll(-1, dims=1)[asked]
    if len(run.common):
        drawn = torch.randint(len(head), (_OTHERS,), generator=torch.Generator().manual_seed(run.done))
        kept = torch.unique(torch.cat((run.common, drawn)))
        head, targets = head[kept], torch.searchsorted(kept, targets)
    return F.cross_entropy(F.linear(hidden, head).float(), targets)


def learning_rate(settings: Training, done: int, total: int, spent: float = 0.0) -> float:
    """Warms up, holds, and falls to nearly nothing over the last part of the examples, or of the time: `spent` is gone."""
    falling = min(1 - done / total, 1 - spent) / settings.decay
    return settings.learning_rate * min(1.0, (done + settings.batch) / settings.warmup, max(0.02, falling))


def _on_signals() -> Callable[[], bool]:
    """Whether somebody has asked to stop."""
    asked: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: asked.append(number))
    return lambda: bool(asked)
