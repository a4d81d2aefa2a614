"""What the trainings eat: scenes that processes beside them make up, composed and described there or on the GPU."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from training.renderer.compose import TensorCompositor, compose
from training.renderer.config import Config
from training.renderer.description import Describer, Description
from training.renderer.language import Batch, Language
from training.renderer.scenes import Scene


class MadeUp(NamedTuple):
    """Scenes of one batch."""

    scenes: list[Scene]
    dropped: list[str]
    """For each what is left untold: "", "caption" or "all"."""


class Fed(NamedTuple):
    """What one step learns from."""

    pictures: Tensor
    """[B, 3, H, W] in -1..1."""
    batch: Batch


class Feed:
    """Batches of one training, each told by the number of its first sample.

    Args:
        config: of the training.
        language: painted; on its device the batches are.
        make: the scenes of the batch that begins at a sample; the same ones whenever it is asked.
        size: pixels of a picture, along each axis.
    """

    def __init__(self, config: Config, language: Language, make: Callable[[int], MadeUp], size: int) -> None:
        nouns = config.training.nouns
        self.language, self.make = language, make
        self.describe = Describer(language.folder, nouns)
        self.compositor = None if on_cpu(language) else TensorCompositor(nouns, size, language.device)

    def __call__(self, starts: Sequence[int], workers: int | None = None) -> Iterator[Fed]:
        """The batches that begin at these samples, made up by so many processes, or by as many as suit the machine.

        On the CPU the pictures are composed by the compositor that draws previews, on a GPU there.
        """
        if workers is None:
            workers = 1 if on_cpu(self.language) else max((os.cpu_count() or 2) - 1, 1)
        made: Dataset[Fed | Description] = _Composed(self) if on_cpu(self.language) else _Described(self)
        loader = DataLoader(
            made,
            sampler=starts,
            batch_size=None,
            num_workers=workers,
            worker_init_fn=_leave_stopping_to_the_training,
            prefetch_factor=4 if workers else None,
            pin_memory=not on_cpu(self.language),
        )
        for item in loader:
            yield item if self.compositor is None else self._composed(Description(*item))

    def _composed(self, said: Description) -> Fed:
        assert self.compositor is not None
        said = said.to(self.language.device)
        return Fed(self.compositor(said), self.language.batch(said))


def on_cpu(language: Language) -> bool:
    """Whether a training runs without a GPU."""
    return language.device.type == "cpu"


class _Described(Dataset[Description]):
    """The scenes of a batch as tensors."""

    def __init__(self, feed: Feed) -> None:
        self.make, self.describe = feed.make, feed.describe

    def __getitem__(self, start: int) -> Description:
        return self.describe(*self.make(start))


class _Composed(Dataset[Fed]):
    """A batch, ready to be learned from."""

    def __init__(self, feed: Feed) -> None:
        self.make, self.describe, self.language = feed.make, feed.describe, feed.language

    def __getitem__(self, start: int) -> Fed:
        made = self.make(start)
        return Fed(compose(made.scenes), self.language.batch(self.describe(*made)))


def _leave_stopping_to_the_training(_: int) -> None:
    """A forked worker inherits the request to stop; it must outlive Ctrl-C, and end when the training ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
