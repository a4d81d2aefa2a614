"""Grounding: compiled DSS frames become captions, boxes, phrases and layout maps, each distinct one of a chunk computed once.

Row 0 of captions, objects and painted maps is the unconditional one; each frame names its rows by index.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor

from flowzero.dss import Frame
from flowzero.renderer.camera import source
from flowzero.renderer.layout_painter import PANORAMA, Scenery
from flowzero.renderer.looks import light_on

_BATCH = 32  # texts or layouts encoded at a time
_SLIVER = 1e-3  # a box of which less than this is within the frame is not drawn


@dataclass(frozen=True)
class Layout:
    """The objects of one frame, far to near: boxes as x0, y0, x1, y1 in fractions of the frame, and their phrases."""

    boxes: tuple[tuple[float, float, float, float], ...]
    phrases: tuple[str, ...]
    place: str = ""
    """What is behind them, for a layout painter of places."""
    view: tuple[float, ...] = ()
    """The 2 x 3 matrix, row by row, that maps a point of the frame to one of the place; both in frame heights."""
    lights: tuple[tuple[float, float, float], ...] = ()
    """What the place's light leaves of each object's red, green and blue."""


class ObjectTokens(NamedTuple):
    """GLIGEN's object tokens, each distinct one once: most places of most layouts hold the null object."""

    distinct: Tensor
    """[n, D'] in the U-Net's dtype, the null object's first."""
    of: Tensor
    """[rows, K]: which of them stands in each object place."""

    def spread(self) -> Tensor:
        """[rows, K, D']: what diffusers' gated self-attention takes."""
        return self.distinct[self.of]


_FEWEST = 32
"""Distinct object tokens at least: how a library rounds a product of few rows depends on their number."""


class Conditioning(NamedTuple):
    """What guides the U-Net in a chunk of f frames, besides captions: L distinct layouts, K object places."""

    caption_of: Tensor
    """[f]: rows of the video's captions, of which row 0 is the unconditional one."""
    tokens: Tensor
    """[n, D']: distinct object tokens; see :class:`ObjectTokens`."""
    token_of: Tensor
    """[1 + L, K]: which of them stands where; row 0 is the null object throughout."""
    painted: Tensor | None
    """[1 + L, C, h, w] in float32, from the layout painter."""
    layout_of: Tensor
    """[f], 1..L."""

    def objects(self, layouts: Tensor) -> ObjectTokens:
        """Those of some layouts."""
        return ObjectTokens(self.tokens, self.token_of[layouts])


@dataclass(frozen=True)
class Camera:
    """How a place is looked at."""

    aspect: float
    """Width over height of the frame."""
    start: float = 0.0
    """Where in the place the first frame begins, in frame heights."""

    def view(self, frame: Frame) -> tuple[float, ...]:
        """The matrix of a frame's view; see :class:`Layout`."""
        matrix = source(frame.background, self.aspect, 1.0)
        matrix[0, 2] += self.start
        return tuple(matrix.ravel().tolist())


def paints_places(layout_painter: Any) -> bool:
    """Whether a layout painter paints what is behind the things, from its name."""
    return getattr(layout_painter, "scenery", None) is not None


def beginning(seed: int, aspect: float) -> float:
    """Where in its place a video of that seed begins, in frame heights: so that its first frame ends before the place does."""
    return float(torch.rand((), generator=torch.Generator().manual_seed(seed + 1))) * max(PANORAMA - aspect, 0)


def layout(frame: Frame, limit: int, camera: Camera | None = None) -> Layout:
    """The objects of a frame that are at least partly within it, at most the `limit` nearest, far to near.

    With a camera, what is behind them too.
    """
    shown = [item for item in sorted(frame.objects, key=lambda item: item.depth) if item.box.inside() >= _SLIVER][-limit:]
    return Layout(
        boxes=tuple((o.box.x, o.box.y, o.box.x + o.box.w, o.box.y + o.box.h) for o in shown),
        phrases=tuple(o.phrase for o in shown),
        place=frame.setting if camera else "",
        view=camera.view(frame) if camera else (),
        lights=tuple(light_on(o.phrase, frame.setting) for o in shown) if camera else (),
    )


_Key = TypeVar("_Key", bound=Hashable)


def distinct(items: Sequence[_Key]) -> tuple[list[_Key], list[int]]:
    """The distinct items in order of first appearance, and the index into them of each item."""
    places: dict[_Key, int] = {}
    indices = [places.setdefault(item, len(places)) for item in items]
    return list(places), indices


@torch.no_grad()
def encode_captions(text_encoder: Any, tokenizer: Any, texts: Sequence[str], device: torch.device) -> Tensor:
    """Token states of each text, cut or padded to the tokenizer's length: [texts, T, D]."""
    use_mask = bool(getattr(text_encoder.config, "use_attention_mask", False))
    states = []
    for start in range(0, len(texts), _BATCH):
        tokens = tokenizer(
            list(texts[start : start + _BATCH]),
            padding="max_length",
            max_length=tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        )
        mask = tokens.attention_mask.to(device) if use_mask else None
        states.append(text_encoder(tokens.input_ids.to(device), attention_mask=mask)[0])
    return torch.cat(states)


@torch.no_grad()
def encode_phrases(text_encoder: Any, tokenizer: Any, phrases: Sequence[str], device: torch.device) -> Tensor:
    """One vector for each phrase: [phrases, D]. A phrase longer than the encoder reads is cut."""
    vectors = []
    for start in range(0, len(phrases), _BATCH):
        tokens = tokenizer(list(phrases[start : start + _BATCH]), padding=True, truncation=True, return_tensors="pt").to(device)
        vectors.append(text_encoder(**tokens).pooler_output)
    return torch.cat(vectors)


@dataclass(frozen=True)
class LayoutTensors:
    """Layouts in the form that GLIGEN's position_net and the layout painter take, the empty one first; float32."""

    boxes: Tensor
    """[1 + L, K, 4]: x0, y0, x1, y1 in fractions of the frame, beyond 0..1 where a box leaves it."""
    phrases: Tensor
    """[1 + L, K, D]."""
    masks: Tensor
    """[1 + L, K]: 1 where there is an object."""
    scenery: Scenery | None = None
    """What is behind them, of 1 + L frames, where layouts name it."""


def layout_tensors(
    layouts: Sequence[Layout], known: Mapping[str, Tensor], width: int, places: int, device: torch.device
) -> LayoutTensors:
    """Lay out distinct layouts as tensors.

    Args:
        layouts: L of them.
        known: the vector [width] of each phrase.
        width: of a phrase vector.
        places: K, the number of object places a layout has.
        device: where to put them.
    """
    count = len(layouts) + 1
    boxes = torch.zeros(count, places, 4)
    masks = torch.zeros(count, places)
    vectors = torch.zeros(count, places, width, device=device)
    for row, item in enumerate(layouts, start=1):
        n = len(item.boxes)
        if n:
            boxes[row, :n] = torch.tensor(item.boxes)
            masks[row, :n] = 1
            vectors[row, :n] = torch.stack([known[phrase] for phrase in item.phrases]).to(device, torch.float32)
    scenery = _scenery(layouts, known, width, places, device) if any(item.place for item in layouts) else None
    return LayoutTensors(boxes=boxes.to(device), phrases=vectors, masks=masks.to(device), scenery=scenery)


def _scenery(layouts: Sequence[Layout], known: Mapping[str, Tensor], width: int, places: int, device: torch.device) -> Scenery:
    """What is behind the objects of the empty layout, nothing, and of the others."""
    count = len(layouts) + 1
    phrases, views, masks = torch.zeros(count, width, device=device), torch.zeros(count, 2, 3), torch.zeros(count)
    lights = torch.ones(count, places, 3)
    for row, item in enumerate(layouts, start=1):
        if item.place:
            phrases[row] = known[item.place].to(device, torch.float32)
            views[row] = torch.tensor(item.view).view(2, 3)
            masks[row] = 1
            lights[row, : len(item.lights)] = torch.tensor(item.lights).view(-1, 3)
    return Scenery(phrases, views.to(device), masks.to(device), lights.to(device))


def in_float32(position_net: Any, device: torch.device) -> Any:
    """A position_net that computes in float32: itself, or a copy.

    In bfloat16 the position features of a box would be off by a good part of a latent pixel.
    """
    first = next(position_net.parameters())
    if first.dtype == torch.float32 and first.device == device:
        return position_net
    return copy.deepcopy(position_net).to(device, torch.float32)


@torch.no_grad()
def object_tokens(position_net: Any, layouts: LayoutTensors, dtype: torch.dtype) -> ObjectTokens:
    """GLIGEN's object tokens of 1 + L layouts, computed in the position_net's own precision and then cast to `dtype`.

    Boxes are cut at the frame's edges, as in GLIGEN's training data; the layout painter gets them whole.
    """
    tokens = torch.cat(
        [
            position_net(boxes=boxes.clamp(0, 1), masks=masks, positive_embeddings=phrases)
            for boxes, masks, phrases in zip(
                torch.split(layouts.boxes, _BATCH),
                torch.split(layouts.masks, _BATCH),
                torch.split(layouts.phrases, _BATCH),
                strict=True,
            )
        ]
    ).to(dtype)
    there = layouts.masks.bool()
    null, things = tokens[:1, 0], tokens[there]
    nulls = max(1, _FEWEST - len(things))
    of = torch.zeros(there.shape, dtype=torch.long, device=tokens.device)
    of[there] = torch.arange(len(things), device=tokens.device) + nulls
    return ObjectTokens(torch.cat([null.expand(nulls, -1), things]), of)


@torch.no_grad()
def painted_maps(layout_painter: Any, layouts: LayoutTensors, height: int, width: int) -> Tensor:
    """The layout painter's maps, [1 + L, C, h, w] in float32."""
    dtype = next((p.dtype for p in layout_painter.parameters()), torch.float32)
    maps: list[Tensor] = []
    for start in range(0, len(layouts.boxes), _BATCH):
        part = slice(start, start + _BATCH)
        given = [x[part].to(dtype) for x in (layouts.boxes, layouts.phrases, layouts.masks)]
        behind = {"scenery": Scenery(*(x[part].to(dtype) for x in layouts.scenery))} if layouts.scenery else {}
        maps.append(layout_painter(*given, height, width, **behind).float())
    return torch.cat(maps)
