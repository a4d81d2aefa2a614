"""Low-rank adaptation (Hu et al., arXiv 2106.09685): h = W x + (α / r) B A x, with W frozen, A random and B zero at first."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

LAYERS = (
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
)  # fmt: skip
"""The layers of a decoder block that have an adapter: all that are linear."""


class LoRA(nn.Module):
    """A [rank, in] and B [out, rank] for each adapted layer of a Llama model, in single precision, by the layer's name."""

    def __init__(self, model: Any, rank: int, alpha: float) -> None:
        super().__init__()
        self.scale = alpha / rank
        self.tensors = nn.ParameterDict()
        for index, layer in enumerate(model.model.layers):
            for kind in LAYERS:
                out, into = layer.get_submodule(kind).weight.shape
                a = torch.empty(rank, into)
                nn.init.kaiming_uniform_(a, a=math.sqrt(5))
                for part, value in (("A", a), ("B", torch.zeros(out, rank))):
                    self.tensors[_key(f"model.layers.{index}.{kind}.{part}")] = nn.Parameter(value)

    def pair(self, name: str) -> tuple[Tensor, Tensor]:
        """A and B of a layer."""
        return self.tensors[_key(f"{name}.A")], self.tensors[_key(f"{name}.B")]

    def values(self) -> dict[str, Tensor]:
        """A and B of every layer, as `model.layers.0.mlp.up_proj.A`."""
        return {key.replace("/", "."): value.detach() for key, value in self.tensors.items()}

    def take(self, values: dict[str, Tensor]) -> None:
        """Take over what `values` of an equally large adapter gave."""
        with torch.no_grad():
            for key, tensor in self.tensors.items():
                tensor.copy_(values[key.replace("/", ".")])


def _key(name: str) -> str:
    """A name without dots, which torch keeps for itself."""
    return name.replace(".", "/")
