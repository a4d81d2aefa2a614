"""The base model's decoder, written for training adapters: every adapted layer is one matrix product.

An adapter A, B of rank r beside a frozen W costs three products forward and five backward, the small ones slow. Here they are
merged into W once a step, which takes as long as r tokens do, so that a layer costs one product forward and one backward; the
gradients of A and B come from the layer's input and output alone, and W has none. Layers that read the same input (q, k, v;
gate, up) are one product. Compared with transformers' model and an adapter beside each layer it needs under half of the
processor time, and differs by bfloat16's rounding (`tests/training/test_planner.py`). On a GPU, norms and attention are
PyTorch's own fused ones, which are slower on a CPU. Where the processor does not multiply in bfloat16, which is then a ninth as
fast, all is in single precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from flowzero.renderer.backbones import unet_dtype
from training.planner.lora import LoRA

_GROUPS = (
    ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    ("self_attn.o_proj",),
    ("mlp.gate_proj", "mlp.up_proj"),
    ("mlp.down_proj",),
)
"""Layers of one decoder block that read the same input."""


class _Group(NamedTuple):
    """Layers side by side: the frozen weights [out, in], room for the merged ones, each layer's rows and its name."""

    frozen: Tensor
    merged: Tensor
    rows: tuple[tuple[int, int], ...]
    names: tuple[str, ...]


class _Merged(torch.autograd.Function):
    """y = x (W + s B A)ᵀ, with gradients for x, and for A and B of each layer; x is [tokens, in]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, group: _Group, scale: float, *pairs: Tensor) -> Tensor:
        ctx.group, ctx.scale = group, scale
        ctx.save_for_backward(x, *pairs)
        return F.linear(x, group.merged)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (dy,) = grads
        x, *pairs = ctx.saved_tensors
        found: list[Tensor] = []
        for (first, last), a, b in zip(ctx.group.rows, pairs[::2], pairs[1::2], strict=True):
            part = dy[:, first:last]
            low, high = x @ a.to(x.dtype).T, part @ b.to(x.dtype)
            found += [(high.T @ x).float() * ctx.scale, (part.T @ low).float() * ctx.scale]
        return dy @ ctx.group.merged, None, None, *found


class Decoder(nn.Module):
    """The decoder of a transformers Llama model with its adapters, where that is; `forward` gives the last hidden states.

    Padding stands at the end of a row, where a causal model's earlier tokens do not see it: it needs no mask.
    """

    def __init__(self, model: Any, adapters: LoRA, *, compiled: bool = True) -> None:
        super().__init__()
        config, device = model.config, model.device
        kind = self.kind = torch.bfloat16 if unet_dtype(device.type) is torch.bfloat16 else torch.float32
        self.adapters, self.scale = adapters, adapters.scale
        self.heads, self.shared = config.num_attention_heads, config.num_key_value_heads
        self.size, self.eps = config.hidden_size // config.num_attention_heads, config.rms_norm_eps
        theta = config.rope_parameters["rope_theta"]
        self.embedding = model.model.embed_tokens.weight.detach().to(kind)
        self.last_norm = model.model.norm.weight.detach().to(kind)
        self.norms = [
            (layer.input_layernorm.weight.detach().to(kind), layer.post_attention_layernorm.weight.detach().to(kind))
            for layer in model.model.layers
        ]
        self.groups = [[_grouped(layer, names, k, kind) for names in _GROUPS] for k, layer in enumerate(model.model.layers)]
        rates = 1.0 / theta ** (torch.arange(0, self.size, 2) / self.size)
        angles = torch.outer(torch.arange(config.max_position_embeddings // 8).float(), rates)
        turned = torch.cat((angles, angles), -1)
        self.cos, self.sin = turned.cos().to(device, kind), turned.sin().to(device, kind)
        self.norm, self.gate, self.turn = _kernels(compiled)
        self.attention: _Kernel = seen_one_by_one
        if device.type == "cuda":
            self.norm, self.attention = fused_norm, fused_seen

    @torch.no_grad()
    def merge(self, adapters: LoRA | None = None) -> None:
        """Take the present values of its adapters, or of others as large; to be called after each update."""
        for groups in self.groups:
            for group in groups:
                for (first, last), name in zip(group.rows, group.names, strict=True):
                    a, b = (adapters or self.adapters).pair(name)
                    a, b = a.to(self.kind), b.to(self.kind)
                    torch.addmm(group.frozen[first:last], b, a, alpha=self.scale, out=group.merged[first:last])

    def forward(self, ids: Tensor, noise: Tensor | None = None) -> Tensor:
        """Hidden states [rows, tokens, channels], after the last norm, of token ids [rows, tokens].

        Noise [rows, tokens, channels] is added to the embedded tokens.
        """
        rows, length = ids.shape
        x = F.embedding(ids, self.embedding)
        x = (x if noise is None else x + noise).flatten(0, 1)
        for (first, second), groups in zip(self.norms, self.groups, strict=True):
            x = x + self._attend(self.norm(x, first, self.eps), rows, length, groups)
            x = x + self._layer(self.gate(self._layer(self.norm(x, second, self.eps), groups[2])), groups[3])
        return self.norm(x, self.last_norm, self.eps).view(rows, length, -1)

    def _layer(self, x: Tensor, group: _Group) -> Tensor:
        pairs = [tensor for name in group.names for tensor in self.adapters.pair(name)]
        return cast("Tensor", _Merged.apply(x, group, self.scale, *pairs))  # type: ignore[no-untyped-call]

    def _attend(self, x: Tensor, rows: int, length: int, groups: Sequence[_Group]) -> Tensor:
        heads, shared, size = self.heads, self.shared, self.size
        packed = self._layer(x, groups[0]).view(rows, length, heads + 2 * shared, size)
        cos, sin = self.cos[:length, None], self.sin[:length, None]
        turned = self.turn(packed[:, :, : heads + shared], cos, sin)
        seen = self.attention(turned[:, :, :heads], turned[:, :, heads:], packed[:, :, heads + shared :])
        return self._layer(seen.reshape(rows * length, heads * size), groups[1])


def seen_one_by_one(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention of q [rows, tokens, heads, size] to k and v [rows, tokens, shared, size], as large as q, for a CPU.

    Queries of one key's heads stand one after another, so that each key meets them all in one product.
    """
    rows, length, heads, size = q.shape
    shared = k.shape[2]
    many = heads // shared
    q = q.reshape(rows, length, shared, many, size).permute(0, 2, 3, 1, 4).reshape(rows * shared, many * length, size)
    k = k.permute(0, 2, 3, 1).reshape(rows * shared, size, length)
    v = v.permute(0, 2, 1, 3).reshape(rows * shared, length, size)
    scores = torch.bmm(q, k).view(-1, many, length, length) * size**-0.5 + _causal(length, q.dtype)
    seen = torch.bmm(scores.softmax(-1).view(-1, many * length, length), v)
    return seen.view(rows, shared, many, length, size).permute(0, 3, 1, 2, 4).reshape(rows, length, heads, size)


def fused_seen(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same in one kernel, for a GPU."""
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True).transpose(1, 2)


@lru_cache(maxsize=1)
def _causal(length: int, kind: torch.dtype) -> Tensor:
    """Minus infinity [length, length] where a token stands behind another; made once for all layers."""
    return torch.full((length, length), float("-inf")).triu(1).to(kind)


def noise_for(shape: Sequence[int], embedding: Tensor, alpha: float, seed: int) -> Tensor:
    """NEFTune's noise (Jain et al., arXiv 2310.05914) [rows, tokens, channels]: uniform within ±α / √(tokens · channels)."""
    (rows, length), channels = shape, embedding.shape[1]
    generator = torch.Generator(embedding.device).manual_seed(seed)
    drawn = torch.rand(rows, length, channels, generator=generator, device=embedding.device)
    return ((2 * drawn - 1) * (alpha / math.sqrt(length * channels))).to(embedding.dtype)


def _grouped(layer: nn.Module, names: Sequence[str], index: int, kind: torch.dtype) -> _Group:
    parts = [cast("Tensor", layer.get_submodule(name).weight).detach() for name in names]
    frozen = torch.cat(parts).to(kind)
    ends = list(accumulate(len(part) for part in parts))
    rows = list(zip([0, *ends], ends, strict=False))
    full = tuple(f"model.layers.{index}.{name}" for name in names)
    return _Group(frozen, torch.empty_like(frozen), tuple(rows), full)


def _norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)).to(x.dtype) * weight


def fused_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """The norm in one kernel, for a GPU."""
    return F.rms_norm(x, weight.shape, weight, eps)


def _gate(x: Tensor) -> Tensor:
    gate, up = x.chunk(2, -1)
    return F.silu(gate) * up


def _turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = x.chunk(2, -1)
    return x * cos + torch.cat((right.neg(), left), -1) * sin


_Kernel = Callable[..., Tensor]


def _kernels(compiled: bool) -> tuple[_Kernel, _Kernel, _Kernel]:
    """The elementwise parts, if compiled then to one pass over memory each."""
    if not compiled:
        return _norm, _gate, _turn
    norm, gate, turn = (torch.compile(part, dynamic=True) for part in (_norm, _gate, _turn))
    return norm, gate, turn
