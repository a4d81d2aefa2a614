"""The layout painter: shows the embedded model's U-Net what stands where, and before what, as extra input channels.

What a phrase looks like is learned once, as a picture of its own; a spatial transformer (Jaderberg et al. 2015,
arXiv 1506.02025) then puts it into a box of any place and size. A place is a panorama, which is looked at as the camera moves.
What is left to the U-Net is what a picture is made of beyond that: how things meet the place that they are in, their light,
and what the layout does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from torch import Tensor, nn
from torch.nn import functional

PANORAMA = 2
"""Width over height of what the painter paints of a place."""


class Scenery(NamedTuple):
    """What is behind the things of B frames."""

    phrases: Tensor
    """[B, D] vectors of the places' names."""
    views: Tensor
    """[B, 2, 3]: maps a point of the frame to one of the panorama; both in frame heights."""
    masks: Tensor
    """[B], 1 where there is a place."""
    lights: Tensor
    """[B, K, 3]: what the place's light leaves of each thing's red, green and blue."""


class LayoutPainter(ModelMixin, ConfigMixin):
    """Paints a layout into maps of the latents' size.

    Args:
        phrase_dim: length of a phrase vector.
        phrase_channels: components of it that are seen; a fixed projection, which makes what tells phrases apart as loud as
            what they share.
        widths: the generator's channels at each resolution, from 4 x 4 up; its pictures are twice as large as the last one.
        latent_channels: of the latents, whose fixed encoder the painted picture goes through as well.
        patch: pixels of the painted picture under a cell of the latents, along each axis.
        scenery_widths: channels of the generator of panoramas at each resolution, from 4 x 8 up; none where it paints none.
    """

    COVER_CELLS = 4
    """Along each axis, a cell of the latents tells this many shares of it that things cover."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(  # noqa: PLR0913, PLR0917 (diffusers registers each argument)
        self,
        phrase_dim: int = 384,
        phrase_channels: int = 128,
        widths: Sequence[int] = (224, 192, 128, 96),
        latent_channels: int = 48,
        patch: int = 8,
        scenery_widths: Sequence[int] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.patch, self.phrase_channels, self.latent_channels = patch, phrase_channels, latent_channels
        self.project = nn.Linear(phrase_dim, phrase_channels)
        self.generator = PictureGenerator(phrase_channels, widths)
        self.scenery = PanoramaGenerator(phrase_channels, scenery_widths) if scenery_widths else None
        self.encoder = nn.Conv2d(3, latent_channels, patch, stride=patch, bias=False)
        self.project.requires_grad_(False)
        self.encoder.requires_grad_(False)

    @property
    def channels(self) -> int:
        """How many channels it paints."""
        return self.latent_channels + self.COVER_CELLS**2 + 2

    def forward(  # noqa: PLR0913, PLR0917
        self, boxes: Tensor, phrases: Tensor, masks: Tensor, height: int, width: int, scenery: Scenery | None = None
    ) -> Tensor:
        """The painted maps.

        Args:
            boxes: [B, K, 4] as left, top, right, bottom in fractions of the frame, which they may leave; farthest first.
            phrases: [B, K, D] phrase vectors.
            masks: [B, K], 1 where there is an object; objects take the first places.
            height: rows of the map.
            width: columns of the map.
            scenery: what is behind the things, for a painter of panoramas; nothing when not given.

        Returns:
            [B, channels, height, width].
        """
        behind = None
        if scenery is not None and bool(scenery.masks.any()):
            distinct, which = torch.unique(scenery.phrases, dim=0, return_inverse=True)
            seen = look_at(self.panorama(distinct), which, scenery.views, height * self.patch, width * self.patch)
            behind = seen * scenery.masks[:, None, None, None]
        count = int(masks.sum(1).max())
        if not count:
            return self.place(phrases.new_zeros(len(masks), 0, 4, 1, 1), boxes[:, :0], masks[:, :0], height, width, behind)
        distinct, which = torch.unique(phrases[:, :count].flatten(0, 1), dim=0, return_inverse=True)
        pictures = self.picture(distinct)[which.view(len(masks), count)]
        if scenery is not None:
            pictures = lit(pictures, scenery.lights[:, :count])
        return self.place(pictures, boxes[:, :count], masks[:, :count], height, width, behind)

    def picture(self, phrases: Tensor) -> Tensor:
        """What phrases [N, D] look like: [N, 4, S, S], colour in -1..1 times cover, and cover in 0..1."""
        painted: Tensor = self.generator(self.project(phrases))
        return painted

    def panorama(self, phrases: Tensor) -> Tensor:
        """What the places of phrases [N, D] look like: [N, 3, S, 2 S], colour in -1..1."""
        assert self.scenery is not None
        painted: Tensor = self.scenery(self.project(phrases))
        return painted

    def place(  # noqa: PLR0913, PLR0917
        self, pictures: Tensor, boxes: Tensor, masks: Tensor, height: int, width: int, behind: Tensor | None = None
    ) -> Tensor:
        """The painted maps of pictures [B, K, 4, S, S] in boxes [B, K, 4], nearer ones over farther ones.

        Behind them is what `behind` shows, [B, 3, H, W] in -1..1 of as many pixels as the patches of the map have, or grey.
        """
        rows, columns = height * self.patch, width * self.patch
        canvas = boxes.new_zeros(len(boxes), 4, rows, columns)
        if behind is not None:
            canvas = torch.cat([behind, canvas[:, 3:]], 1)
        for k in range(boxes.shape[1]):
            left, top, right, bottom = boxes[:, k].unbind(1)
            down = resampling(top, bottom, rows, pictures.shape[-2])
            across = resampling(left, right, columns, pictures.shape[-1])
            layer = down[:, None] @ pictures[:, k] @ across[:, None].transpose(-1, -2) * masks[:, k, None, None, None]
            canvas = layer + (1 - layer[:, 3:]) * canvas
        cover = functional.pixel_unshuffle(
            functional.avg_pool2d(canvas[:, 3:], self.patch // self.COVER_CELLS), self.COVER_CELLS
        )
        return torch.cat([self.encoder(canvas[:, :3]), cover, _position(boxes, height, width)], 1)


def lit(pictures: Tensor, lights: Tensor) -> Tensor:
    """Pictures [..., 4, S, S], colour in -1..1 times cover, and cover, in that share [..., 3] of red, green and blue."""
    colour, cover = pictures[..., :3, :, :], pictures[..., 3:, :, :]
    return torch.cat([colour - (1 - lights[..., None, None]) * (colour + cover), cover], -3)


_CALM = 65
"""Pixels of a panorama's edge that what goes on beyond it is the mean of."""


def look_at(panoramas: Tensor, which: Tensor, views: Tensor, rows: int, columns: int) -> Tensor:
    """What frames show of panoramas, which go on beyond their ends as in a mirror, and above and below in their edges' colours.

    Args:
        panoramas: [N, 3, S, T].
        which: [B], the panorama of each frame.
        views: [B, 2, 3]: maps a point of the frame to one of the panorama; both in frame heights.
        rows: pixels of the frames.
        columns: likewise.

    Returns:
        [B, 3, rows, columns].
    """
    y, x = ((torch.arange(n, device=views.device, dtype=views.dtype) + 0.5) / rows for n in (rows, columns))
    points = torch.stack(
        [x.expand(rows, columns), y[:, None].expand(rows, columns), torch.ones_like(y)[:, None].expand(rows, columns)]
    )
    across, down = torch.einsum("bij,jrc->birc", views, points).unbind(1)
    length = panoramas.shape[-1] / panoramas.shape[-2]
    across = length - (across.remainder(2 * length) - length).abs()
    # A star at the edge must not become a streak: beyond it goes on what the edge is like on the whole.
    edges = functional.avg_pool2d(panoramas[:, :, (0, -1)], (1, _CALM), 1, (0, _CALM // 2), count_include_pad=False)
    wider = torch.cat([edges[:, :, :1], panoramas, edges[:, :, 1:]], 2)
    tall = panoramas.shape[-2]
    grid = torch.stack([2 * across / length - 1, (2 * down - 1) * tall / (tall + 2)], -1)
    return functional.grid_sample(wider[which], grid, padding_mode="border", align_corners=False)


def _position(like: Tensor, height: int, width: int) -> Tensor:
    """The place of each cell in the frame, [B, 2, H, W] in -1..1."""
    y, x = (torch.linspace(1 / n - 1, 1 - 1 / n, n, device=like.device, dtype=like.dtype) for n in (height, width))
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)])[None].expand(len(like), -1, -1, -1)


def resampling(low: Tensor, high: Tensor, pixels: int, cells: int) -> Tensor:
    """The matrices [B, pixels, cells] that stretch `cells` values over [low, high] of an axis of length 1 cut in `pixels`.

    Linear interpolation where there are fewer cells than pixels, and a triangle as wide as a pixel where there are more, so
    that motion by a fraction of a pixel shows and nothing flickers.
    """
    per_pixel = cells / ((high - low).clamp(min=1e-4) * pixels)
    centre = torch.arange(pixels, device=low.device, dtype=low.dtype) + 0.5
    place = (centre - low[:, None] * pixels) * per_pixel[:, None]
    reach = per_pixel.clamp(min=1)[:, None, None]
    cell = torch.arange(cells, device=low.device, dtype=low.dtype) + 0.5
    return (1 - (place[:, :, None] - cell).abs() / reach).clamp(min=0) / reach


class _Generator(nn.Module):
    """From the components of a phrase to maps: a convolutional generator that the phrase modulates.

    Args:
        phrase_channels: components of a phrase.
        hidden: length of what is read of them.
        widths: channels at each resolution, each twice as fine as the one before; the maps are twice as fine as the last.
        first: rows and columns of the coarsest one.
        channels: of the maps.
    """

    def __init__(
        self, phrase_channels: int, hidden: int, widths: Sequence[int], first: tuple[int, int], *, channels: int
    ) -> None:
        super().__init__()
        self.first = first
        self.read = nn.Sequential(nn.Linear(phrase_channels, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())
        self.start = nn.Linear(hidden, widths[0] * first[0] * first[1])
        self.grow = nn.ModuleList(nn.Conv2d(a, 4 * b, 1) for a, b in pairwise(widths))
        self.blocks = nn.ModuleList(_Modulated(width, hidden) for width in widths)
        self.finish = nn.Conv2d(widths[-1], 4 * channels, 3, padding=1)

    def grown(self, hidden: Tensor) -> Tensor:
        """The maps [N, channels, H, W] of what was read, [N, hidden]."""
        x = self.blocks[0](self.start(hidden).unflatten(-1, (-1, *self.first)), hidden)
        for grow, block in zip(self.grow, self.blocks[1:], strict=True):
            x = block(functional.pixel_shuffle(grow(x), 2), hidden)
        return functional.pixel_shuffle(self.finish(functional.silu(x)), 2)


class PanoramaGenerator(_Generator):
    """From the components of a place's phrase to a panorama that is twice as wide as a frame."""

    HIDDEN = 256

    def __init__(self, phrase_channels: int, widths: Sequence[int]) -> None:
        super().__init__(phrase_channels, self.HIDDEN, widths, (4, 4 * PANORAMA), channels=3)

    def forward(self, components: Tensor) -> Tensor:
        """Components [N, C] to panoramas [N, 3, S, 2 S] in -1..1."""
        return torch.tanh(self.grown(self.read(components)))


class PictureGenerator(_Generator):
    """From the components of a phrase to a picture with cover.

    Colour is apart from shape: the generator also draws which part of a thing takes a colour, and how light that part is; the
    dye that the phrase names is laid on there. So what is learned of one colour holds for every thing.
    """

    HIDDEN = 384
    FIRST = 4
    BRIGHTEST = 1.5
    """The lightness of a part that takes a colour, over that of the colour; above 1 it fades to white, as a highlight does."""

    def __init__(self, phrase_channels: int, widths: Sequence[int]) -> None:
        super().__init__(phrase_channels, self.HIDDEN, widths, (self.FIRST, self.FIRST), channels=6)
        self.dye = nn.Linear(self.HIDDEN, 4)

    def forward(self, components: Tensor) -> Tensor:
        """Components [N, C] to pictures [N, 4, S, S]."""
        return self.drawn(components)[0]

    def drawn(self, components: Tensor) -> tuple[Tensor, Tensor]:
        """Components [N, C] to pictures [N, 4, S, S], and the logits of their covers, [N, 1, S, S]."""
        hidden = self.read(components)
        x = self.grown(hidden)
        own, (cover, takes, light) = torch.tanh(x[:, :3]), torch.sigmoid(x[:, 3:]).chunk(3, dim=1)
        dye = torch.sigmoid(self.dye(hidden))[..., None, None]
        dyed = _shaded(dye[:, :3], self.BRIGHTEST * light)
        share = dye[:, 3:] * takes
        return torch.cat([((1 - share) * own + share * (2 * dyed - 1)) * cover, cover], 1), x[:, 3:4]


def _shaded(colour: Tensor, light: Tensor) -> Tensor:
    """A colour [N, 3, 1, 1] in 0..1 under more or less light [N, 1, S, S]: darker below 1, nearer to white above."""
    return torch.where(light <= 1, colour * light, colour + (1 - colour) * (light - 1) * 0.9)


class _Modulated(nn.Module):
    """Two convolutions around an identity, scaled and shifted by what was read."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.modulation = nn.Linear(hidden, 2 * width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        scale, shift = self.modulation(hidden)[..., None, None].chunk(2, 1)
        inner = self.first(functional.silu(x)) * (1 + scale) + shift
        return x + self.second(functional.silu(inner))  # type: ignore[no-any-return]
