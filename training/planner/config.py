"""The training's settings, read from one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Section):
    """`written`, `revisions`, `asked` and `fixes` are shares of the examples; the others are prompts told by templates.

    `files`, if any, are those of `reworded/` that the written prompts are taken from.
    """

    seed: int
    examples: int
    written: float
    revisions: float
    asked: float
    fixes: float
    held_seed: int
    held_examples: int
    files: tuple[str, ...] = ()


class LoRA(_Section):
    rank: int
    alpha: float


class Training(_Section):
    """`warmup` and `save_every` count examples; `decay` is the share of them, at the end, over which the rate falls to 0.

    `passes` over the examples, each in another order. What keeps a run from learning its examples by heart is off at 0:
    `neftune` is α of NEFTune's noise on the embedded tokens, `weight_decay` AdamW's, of A and B; with `average` the adapter's
    running mean, which keeps so much of itself at each update, is what is exported.
    """

    seed: int
    batch: int
    learning_rate: float
    warmup: int
    decay: float
    clip: float
    save_every: int
    passes: int = Field(1, ge=1)
    neftune: float = Field(0.0, ge=0)
    weight_decay: float = Field(0.0, ge=0)
    average: float = Field(0.0, ge=0, lt=1)


class Config(_Section):
    data: Data
    lora: LoRA
    training: Training


FILE = Path(__file__).with_name("config.toml")


def load_config(path: Path = FILE) -> Config:
    return Config.model_validate(tomllib.loads(path.read_text()))
