"""A crop classifier: names what stands in a box, or that nothing does.

It never sees a drawn frame in training: only crops that are composed here, of sprites over drawn backgrounds, with other things
in the way. That makes it an independent judge of the model beside the sprite matcher of `score`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from flowzero.renderer.layout_painter import lit, resampling
from flowzero.vocabulary import LIGHTS
from training.renderer.compose import picture
from training.renderer.config import Config
from training.renderer.scenes import all_looks, learned_places, panorama

CROP = 48
"""Pixels of a crop's side; a crop shows a box with a margin."""
MARGIN = 0.15
"""On each side, as a share of the box."""
_SPRITE = 64
_DAY = (1.0, 1.0, 1.0)


class CropClassifier(nn.Module):
    """Crops [B, 3, 48, 48] in -1..1 to logits [B, nouns + 1]; the last class is the background alone."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        widths = (48, 96, 160, 224)
        layers: list[nn.Module] = [nn.Conv2d(3, widths[0], 5, stride=2, padding=2)]
        for width, wider in pairwise(widths):
            layers += [nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, wider, 3, stride=2, padding=1)]
        self.features = nn.Sequential(*layers, nn.GroupNorm(8, widths[-1]), nn.SiLU())
        self.classify = nn.Linear(2 * widths[-1], classes)

    def forward(self, crops: Tensor) -> Tensor:
        features = self.features(crops).flatten(2)
        logits: Tensor = self.classify(torch.cat([features.mean(-1), features.amax(-1)], 1))
        return logits


class CropSampler:
    """Composes crops and their classes; the same seed composes the same ones."""

    def __init__(self, config: Config, seed: int) -> None:
        looks = all_looks(config.training.nouns)
        self.names = list(dict.fromkeys(look.noun.name for look in looks))
        self.sprites = torch.stack([picture(look, _SPRITE) for look in looks]).half()
        classes = torch.tensor([self.names.index(look.noun.name) for look in looks])
        self.rows = [torch.nonzero(classes == k).flatten() for k in range(len(self.names))]
        places = learned_places()
        self.behind = [panorama(place, 256) for place in places]
        lights = [[LIGHTS.get(place.light_on(look.noun), _DAY) for look in looks] for place in places]
        self.lights = torch.tensor(lights)
        self.random = torch.Generator().manual_seed(seed)

    def sample(self, count: int) -> tuple[Tensor, Tensor]:
        """Crops [count, 3, 48, 48] and classes [count]; one in twelve is background, which another thing may enter."""
        classes = torch.randint(len(self.names), (count,), generator=self.random)
        empty = self._uniform(count) < 1 / 12
        places = torch.randint(len(self.behind), (count,), generator=self.random)
        crops = torch.stack([self._background(int(place)) for place in places])
        before = self._uniform(count) < 0.5
        crops = self._paste(crops, places, self._any(count), self._beside(count), self._uniform(count) < 0.3)
        shift, scale = (self._uniform(count, 2) - 0.5) * 0.12, 1 + (self._uniform(count, 2) - 0.5) * 0.16
        low, side = MARGIN / (1 + 2 * MARGIN), 1 / (1 + 2 * MARGIN)
        start = low + shift * side + (1 - scale) * side / 2
        own = torch.stack([rows[int(torch.randint(len(rows), (1,), generator=self.random))] for rows in self._rows(classes)])
        crops = self._paste(crops, places, own, torch.cat([start, start + scale * side], 1), ~empty)
        crops = self._paste(crops, places, self._any(count), self._beside(count), before & (self._uniform(count) < 0.3))
        return self._weather(crops), torch.where(empty, len(self.names), classes)

    def _rows(self, classes: Tensor) -> list[Tensor]:
        return [self.rows[int(k)] for k in classes]

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self.random)

    def _any(self, count: int) -> Tensor:
        return torch.randint(len(self.sprites), (count,), generator=self.random)

    def _beside(self, count: int) -> Tensor:
        """Boxes that reach into a crop from a side."""
        middle = self._uniform(count, 2)
        out = torch.where(self._uniform(count, 1) < 0.5, -0.25, 1.25)
        across = self._uniform(count, 1) < 0.5
        centre = torch.where(torch.cat([across, ~across], 1), out, middle)
        half = 0.3 + 0.2 * self._uniform(count, 1)
        return torch.cat([centre - half, centre + half], 1)

    def _background(self, place: int) -> Tensor:
        wide = self.behind[place]
        side = int(torch.randint(40, 200, (1,), generator=self.random))
        top, left = (int(torch.randint(n - side, (1,), generator=self.random)) for n in wide.shape[1:])
        return functional.interpolate(wide[None, :, top : top + side, left : left + side], CROP, mode="area")[0]

    def _paste(self, crops: Tensor, places: Tensor, rows: Tensor, boxes: Tensor, where: Tensor) -> Tensor:
        left, top, right, bottom = boxes.unbind(1)
        down, across = resampling(top, bottom, CROP, _SPRITE), resampling(left, right, CROP, _SPRITE)
        sprites = lit(self.sprites[rows].float(), self.lights[places, rows])
        layer = down[:, None] @ sprites @ across[:, None].transpose(-1, -2)
        layer = layer * where[:, None, None, None]
        return layer[:, :3] + (1 - layer[:, 3:]) * crops

    def _weather(self, crops: Tensor) -> Tensor:
        """Some softness, light and noise, as frames have them that nobody composed."""
        small = int(torch.randint(16, CROP + 1, (1,), generator=self.random))
        soft = functional.interpolate(functional.interpolate(crops, small, mode="area"), CROP, mode="bilinear")
        crops = torch.where(self._uniform(len(crops), 1, 1, 1) < 0.5, soft, crops)
        light = 1 + (self._uniform(len(crops), 3, 1, 1) - 0.5) * 0.2
        return crops * light + 0.03 * torch.randn(crops.shape, generator=self.random)


def train_classifier(config: Config, folder: Path, report: Callable[[str], None]) -> None:
    """Train it, report its accuracy on crops it has not seen, and write `classifier.pt`."""
    torch.manual_seed(config.training.seed)
    c = config.classifier
    crops = CropSampler(config, config.training.seed)
    model = CropClassifier(len(crops.names) + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=c.learning_rate, weight_decay=1e-3)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, c.learning_rate, total_steps=c.samples // c.batch + 1, pct_start=0.1)
    shown = time.monotonic()
    for samples in range(0, c.samples, c.batch):
        pictures, classes = crops.sample(c.batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=config.training.half):
            logits = model(pictures)
        loss = functional.cross_entropy(logits.float(), classes, label_smoothing=0.05)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        rates.step()
        if time.monotonic() - shown > 20:
            report(f"{samples + c.batch} crops  loss {float(loss.detach()):.3f}")
            shown = time.monotonic()
    accuracy = evaluate(model, CropSampler(config, config.training.seed + 1))
    report(f"accuracy on unseen crops {accuracy:.4f}")
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"classifier": model.state_dict(), "names": crops.names, "accuracy": accuracy}, folder / "classifier.pt")


@torch.no_grad()
def evaluate(model: CropClassifier, crops: CropSampler, count: int = 4096, batch: int = 256) -> float:
    """The share of crops that it names rightly."""
    right = 0
    for _ in range(count // batch):
        pictures, classes = crops.sample(batch)
        right += int((model(pictures).argmax(1) == classes).sum())
    return right / count


def load_classifier(folder: Path) -> tuple[CropClassifier, list[str], float]:
    """The classifier, the nouns of its classes, and its accuracy on composed crops."""
    state = torch.load(folder / "classifier.pt", weights_only=True)
    model = CropClassifier(len(state["names"]) + 1)
    model.load_state_dict(state["classifier"])
    return model.train(False), list(state["names"]), float(state["accuracy"])


@torch.no_grad()
def crop(frame: Tensor, box: tuple[float, float, float, float]) -> Tensor:
    """The crop [3, 48, 48] of a frame [3, H, W] around a box of left, top, right, bottom in fractions of the frame."""
    left, top, right, bottom = box
    dx, dy = (right - left) * MARGIN, (bottom - top) * MARGIN
    _, height, width = frame.shape
    y, x = ((torch.arange(n) + 0.5) / n for n in (height, width))
    inside = [
        (y >= top - dy) & (y <= bottom + dy),
        (x >= left - dx) & (x <= right + dx),
    ]
    window = frame[:, inside[0]][:, :, inside[1]]
    return functional.interpolate(window[None], CROP, mode="area" if min(window.shape[1:]) > CROP else "bilinear")[0]
