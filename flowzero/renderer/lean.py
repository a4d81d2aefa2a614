"""A gated U-Net's feed-forward and grounding layers with less work and less memory traffic than diffusers gives them.

The numbers are the same up to the order of sums. What is spared, on a CPU: the feed-forward layers' wide rows, eight times the
width of what goes in and out, never leave the caches, since a block of tokens goes through the whole layer at a time; and the
grounding layers ask no queries of object tokens, whose answers nobody reads. Measured by `python -m benchmarks.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from flowzero.renderer.attention import ReadyTokens, attend
from flowzero.renderer.grounding import ObjectTokens

_BLOCK = 1024
"""Tokens that go through a feed-forward layer together: their wide rows are 2.6 MB where there are 80 channels."""


@contextmanager
def lean_layers(unet: Any, *, frames: int) -> Iterator[None]:
    """Have a U-Net's layers computed leanly until the end of the block, where they are of the kinds that this knows.

    A video of one frame is left alone, which is to equal diffusers' own to the last bit, and so is a GPU, which gains nothing.
    """
    changed: list[nn.Module] = []
    try:
        for module in unet.modules() if frames > 1 and unet.device.type == "cpu" else ():
            forward = _lean(module)
            if forward is not None:
                module.forward = partial(forward, module)
                changed.append(module)
        yield
    finally:
        for module in changed:
            del module.forward


def _lean(module: nn.Module) -> Callable[..., Any] | None:
    from diffusers.models.activations import GEGLU
    from diffusers.models.attention import FeedForward, GatedSelfAttentionDense

    if isinstance(module, ReadyTokens):
        return _unspread
    if isinstance(module, FeedForward) and not module.training:
        layers = [type(layer) for layer in module.net]
        return _feed_forward if layers == [GEGLU, nn.Dropout, nn.Linear] else None
    return _grounding if isinstance(module, GatedSelfAttentionDense) and module.enabled else None


def _feed_forward(layer: Any, x: Tensor) -> Tensor:
    """W₂(h · GELU(g)) with (h, g) = W₁x, of `x` [rows, tokens, C], a block of tokens after the other."""
    first, last = layer.net[0].proj, layer.net[2]
    weights = first.weight.chunk(2)
    biases = (None, None) if first.bias is None else first.bias.chunk(2)
    tokens = x.reshape(-1, x.shape[-1])
    mixed = torch.empty(len(tokens), last.out_features, dtype=x.dtype, device=x.device)
    for first_token in range(0, len(tokens), _BLOCK):
        block = slice(first_token, first_token + _BLOCK)
        hidden, gate = (F.linear(tokens[block], weight, bias) for weight, bias in zip(weights, biases, strict=True))
        mixed[block] = last(hidden.mul_(F.gelu(gate)))
    return mixed.view(*x.shape[:-1], -1)


def _unspread(_: Any, objs: ObjectTokens) -> ObjectTokens:
    """Object tokens as the lean grounding layers take them."""
    return objs


def _grounding(layer: Any, x: Tensor, objs: ObjectTokens) -> Tensor:
    """Gated self-attention of `x` [rows, tokens, C] over itself and object tokens, then feed-forward."""
    attn = layer.attn
    own, theirs = layer.norm1(x), layer.norm1(layer.linear(objs.distinct))
    key, value = (torch.cat([project(own), project(theirs)[objs.of]], dim=1) for project in (attn.to_k, attn.to_v))
    seen = attn.to_out[0](attend(attn, attn.to_q(own), key, value))
    x = torch.addcmul(x, layer.alpha_attn.tanh(), seen)
    return torch.addcmul(x, layer.alpha_dense.tanh(), layer.ff(layer.norm2(x)))
