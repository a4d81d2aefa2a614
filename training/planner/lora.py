"""Low-rank adaptation (Hu et al., arXiv 2106.09685): h = W x + (α / r) B A x, with W frozen, A random and B zero at first."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LoRALinear(nn.Module):
    """A frozen linear layer W with a trained update of rank r; x is [..., in], the answer [..., out]."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.weight = frozen.weight
        self.scale = alpha / rank
        self.A = nn.Parameter(torch.empty(rank, frozen.in_features))
        self.B = nn.Parameter(torch.zeros(frozen.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        update = F.linear(F.linear(x, self.A.to(x.dtype)), (self.B * self.scale).to(x.dtype))
        return F.linear(x, self.weight) + update


def adapt(model: nn.Module, rank: int, alpha: float) -> list[nn.Parameter]:
    """Freeze the model and put an update beside every linear layer but the head; returns what is to be trained."""
    model.requires_grad_(False)
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and name != "lm_head":
                setattr(parent, name, LoRALinear(child, rank, alpha))
    return [parameter for layer in updates(model).values() for parameter in (layer.A, layer.B)]


def updates(model: nn.Module) -> dict[str, LoRALinear]:
    """The adapted layers by the name that their layer has in the model."""
    return dict(_updates(model))


def _updates(model: nn.Module) -> Iterator[tuple[str, LoRALinear]]:
    for name, module in model.named_modules():
        if isinstance(module, LoRALinear):
            yield name, module


def state(model: nn.Module) -> dict[str, Tensor]:
    """A and B of every adapted layer, by name."""
    return {f"{name}.{part}": getattr(layer, part).detach() for name, layer in _updates(model) for part in ("A", "B")}


def load_state(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, layer in _updates(model):
            layer.A.copy_(tensors[f"{name}.A"])
            layer.B.copy_(tensors[f"{name}.B"])
