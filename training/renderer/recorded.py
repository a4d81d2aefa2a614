"""Passes that a GPU records once and replays: their thousands of small kernels cost one launch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor, nn

_WARM = 3
"""Passes before the recording, in which libraries choose their kernels."""


class Recording:
    """A function as a CUDA graph.

    Args:
        function: of tensors of fixed shapes; it stays on the GPU and waits for nothing.
        inputs: such as calls will give.
    """

    def __init__(self, function: Callable[..., Tensor], inputs: Sequence[Tensor]) -> None:
        self.inputs = [tensor.clone() for tensor in inputs]
        # What a model makes anew in each pass, such as frequencies, must not come from the CPU.
        with torch.device(inputs[0].device):
            beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            beside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(beside):
                for _ in range(_WARM):
                    function(*self.inputs)
            torch.cuda.current_stream().wait_stream(beside)
            self.graph = torch.cuda.CUDAGraph()
            # Other threads, which pin the memory of later batches, may go on meanwhile.
            with torch.cuda.graph(self.graph, stream=beside, capture_error_mode="thread_local"):
                self.output = function(*self.inputs)

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The function's value, which the next call overwrites."""
        for own, given in zip(self.inputs, inputs, strict=True):
            own.copy_(given)
        self.graph.replay()
        return self.output


def recording(function: Callable[..., Tensor], inputs: Sequence[Tensor]) -> Recording | None:
    """A recording, or None where there is no GPU or something cannot be recorded, which a warning tells."""
    if inputs[0].device.type != "cuda":
        return None
    try:
        return Recording(function, inputs)
    except RuntimeError as error:
        warnings.warn(f"a step cannot be recorded and is taken slowly: {error}", stacklevel=2)
        return None


class Gradients:
    """Fills in the gradients of losses of the same parameters.

    Args:
        parameters: what has gradients.
        recorded: whether to replay recordings, where there is a GPU.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], *, recorded: bool) -> None:
        self.parameters, self.recorded = parameters, recorded
        self._recordings: dict[Hashable, tuple[Recording | None, list[Tensor | None]]] = {}

    def __call__(self, loss_of: Callable[..., Tensor], inputs: Sequence[Tensor], kind: Hashable = None) -> Tensor:
        """Fill them in; returns the loss.

        Args:
            loss_of: the loss; for a recording it has to stay on the GPU and to wait for nothing.
            inputs: what it is of; of a kind, all have the same shapes.
            kind: tells losses apart that do not do the same.
        """

        def pass_(*inputs: Tensor) -> Tensor:
            for parameter in self.parameters:
                parameter.grad = None
            loss = loss_of(*inputs)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss.detach()

        if not self.recorded:
            return pass_(*inputs)
        if kind not in self._recordings:
            self._recordings[kind] = recording(pass_, inputs), [parameter.grad for parameter in self.parameters]
        replay, gradients = self._recordings[kind]
        if replay is None:
            return pass_(*inputs)
        loss = replay(*inputs).clone()
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient
        return loss
