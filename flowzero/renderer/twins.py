"""What the two branches of classifier-free guidance have in common, computed once.

Both begin with the same latents and timestep, and differ only from the first layer on that hears of text or objects: in
Stable Diffusion after the first convolutions and the first self-attention, at the largest size that there is. Measured by
`python -m benchmarks.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from flowzero.renderer.attention import Pass


@contextmanager
def twin_layers(unet: Any, state: Pass) -> Iterator[None]:
    """Have a U-Net's first layers compute one branch and double it, in passes whose branches come in alike.

    Args:
        unet: inside :func:`~flowzero.renderer.attention.frame_attention`.
        state: what that yielded.
    """
    layers = [] if state.single else _deaf_layers(unet)
    for layer in layers:
        layer.forward = _Doubled(layer, state)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


class _Doubled:
    """A layer's forward for the first branch alone, whose result then stands for both."""

    def __init__(self, layer: nn.Module, state: Pass) -> None:
        self._forward: Callable[..., Tensor] = layer.forward
        self._state = state

    def __call__(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Of `x` [both branches' rows, ...], as the layer would give it."""
        state, rows = self._state, len(x) // 2
        if not state.twins:
            return self._forward(x, *args, **kwargs)
        state.branches, state.lone = 1, rows == 1  # one frame is drawn twice, as in `predict`
        try:
            one = self._forward(x if state.lone else x[:rows], *args, **kwargs)[:rows]
        finally:
            state.branches, state.lone = 2, False
        return one.repeat(2, *(1 for _ in one.shape[1:]))


def _deaf_layers(unet: Any) -> list[nn.Module]:
    """Those before the first that hears of text or objects, as far as they are worth it: none in a U-Net of another build."""
    first = unet.down_blocks[0]
    attentions = getattr(first, "attentions", None)
    if not attentions:
        return []
    block = attentions[0].transformer_blocks[0]
    if block.only_cross_attention:
        return [unet.conv_in, first.resnets[0]]
    return [unet.conv_in, first.resnets[0], block.attn1]
