"""Gradients, on a GPU by a pass that is recorded once as a CUDA graph: its thousands of small kernels cost one launch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor, nn

_WARM = 3
"""Passes before the recording, in which libraries choose their kernels."""


class Gradients:
    """Fills in the gradients of losses of the same parameters.

    Args:
        parameters: what has gradients.
        recorded: whether to replay recordings, where there is a GPU.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], *, recorded: bool) -> None:
        self.parameters, self.recorded = parameters, recorded
        self._recordings: dict[Hashable, _Recording] = {}

    def __call__(self, loss_of: Callable[..., Tensor], inputs: Sequence[Tensor], kind: Hashable = None) -> Tensor:
        """Fill them in; returns the loss.

        Args:
            loss_of: the loss; for a recording it has to stay on the GPU and to wait for nothing.
            inputs: what it is of; of a kind, all have the same shapes.
            kind: tells losses apart that do not do the same.
        """
        if self.recorded and inputs[0].device.type == "cuda":
            if kind not in self._recordings:
                self._recordings[kind] = _Recording(loss_of, self.parameters, inputs)
            return self._recordings[kind](*inputs)
        forget(self.parameters)
        loss = loss_of(*inputs)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()


def forget(parameters: Sequence[nn.Parameter]) -> None:
    """Drop the gradients."""
    for parameter in parameters:
        parameter.grad = None


class _Recording:
    """Forward and backward pass of a loss; a call fills in the parameters' gradients and returns the loss."""

    def __init__(self, loss_of: Callable[..., Tensor], parameters: Sequence[nn.Parameter], inputs: Sequence[Tensor]) -> None:
        self.parameters = parameters
        self.inputs = [tensor.clone() for tensor in inputs]
        # What the model makes anew in each pass, such as frequencies, must not come from the CPU.
        with torch.device(inputs[0].device):
            beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            beside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(beside):
                for _ in range(_WARM):
                    forget(self.parameters)
                    loss_of(*self.inputs).backward()  # type: ignore[no-untyped-call]
            torch.cuda.current_stream().wait_stream(beside)
            forget(self.parameters)
            self.graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph):
                self.loss = loss_of(*self.inputs)
                self.loss.backward()  # type: ignore[no-untyped-call]
        self.gradients = [parameter.grad for parameter in parameters]

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The loss of these inputs."""
        for own, given in zip(self.inputs, inputs, strict=True):
            own.copy_(given)
        self.graph.replay()
        for parameter, gradient in zip(self.parameters, self.gradients, strict=True):
            parameter.grad = gradient
        return self.loss.detach().clone()
