"""The layout painter: shows the embedded model's U-Net what stands where, as extra input channels.

What a phrase looks like is learned once, as a picture of its own; a spatial transformer (Jaderberg et al. 2015,
arXiv 1506.02025) then puts it into a box of any place and size. What is left to the U-Net is what a picture is made of beyond
its things: the place they are in, how they meet it, and what the layout does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from torch import Tensor, nn
from torch.nn import functional


class LayoutPainter(ModelMixin, ConfigMixin):
    """Paints a layout into maps of the latents' size.

    Args:
        phrase_dim: length of a phrase vector.
        phrase_channels: components of it that are seen; a fixed projection, which makes what tells phrases apart as loud as
            what they share.
        widths: the generator's channels at each resolution, from 4 x 4 up; its pictures are twice as large as the last one.
        latent_channels: of the latents, whose fixed encoder the painted picture goes through as well.
        patch: pixels of the painted picture under a cell of the latents, along each axis.
    """

    COVER_CELLS = 4
    """Along each axis, a cell of the latents tells this many shares of it that things cover."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        phrase_dim: int = 384,
        phrase_channels: int = 128,
        widths: Sequence[int] = (224, 192, 128, 96),
        latent_channels: int = 48,
        patch: int = 8,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.patch, self.phrase_channels, self.latent_channels = patch, phrase_channels, latent_channels
        self.project = nn.Linear(phrase_dim, phrase_channels)
        self.generator = PictureGenerator(phrase_channels, widths)
        self.encoder = nn.Conv2d(3, latent_channels, patch, stride=patch, bias=False)
        self.project.requires_grad_(False)
        self.encoder.requires_grad_(False)

    @property
    def channels(self) -> int:
        """How many channels it paints."""
        return self.latent_channels + self.COVER_CELLS**2 + 2

    def forward(self, boxes: Tensor, phrases: Tensor, masks: Tensor, height: int, width: int) -> Tensor:
        """The painted maps.

        Args:
            boxes: [B, K, 4] as left, top, right, bottom in fractions of the frame, which they may leave; farthest first.
            phrases: [B, K, D] phrase vectors.
            masks: [B, K], 1 where there is an object; objects take the first places.
            height: rows of the map.
            width: columns of the map.

        Returns:
            [B, channels, height, width].
        """
        count = int(masks.sum(1).max())
        if not count:
            return self.place(phrases.new_zeros(len(masks), 0, 4, 1, 1), boxes[:, :0], masks[:, :0], height, width)
        distinct, which = torch.unique(phrases[:, :count].flatten(0, 1), dim=0, return_inverse=True)
        pictures = self.picture(distinct)[which.view(len(masks), count)]
        return self.place(pictures, boxes[:, :count], masks[:, :count], height, width)

    def picture(self, phrases: Tensor) -> Tensor:
        """What phrases [N, D] look like: [N, 4, S, S], colour in -1..1 times cover, and cover in 0..1."""
        painted: Tensor = self.generator(self.project(phrases))
        return painted

    def place(self, pictures: Tensor, boxes: Tensor, masks: Tensor, height: int, width: int) -> Tensor:
        """The painted maps of pictures [B, K, 4, S, S] in boxes [B, K, 4], nearer ones over farther ones."""
        rows, columns = height * self.patch, width * self.patch
        canvas = boxes.new_zeros(len(boxes), 4, rows, columns)
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


class PictureGenerator(nn.Module):
    """From the components of a phrase to a picture with cover: a convolutional generator that the phrase modulates.

    Colour is apart from shape: the generator also draws which part of a thing takes a colour, and how light that part is; the
    dye that the phrase names is laid on there. So what is learned of one colour holds for every thing.
    """

    HIDDEN = 384
    FIRST = 4
    BRIGHTEST = 1.5
    """The lightness of a part that takes a colour, over that of the colour; above 1 it fades to white, as a highlight does."""

    def __init__(self, phrase_channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        hidden = self.HIDDEN
        self.read = nn.Sequential(nn.Linear(phrase_channels, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())
        self.start = nn.Linear(hidden, widths[0] * self.FIRST**2)
        self.grow = nn.ModuleList(nn.Conv2d(a, 4 * b, 1) for a, b in pairwise(widths))
        self.blocks = nn.ModuleList(_Modulated(width, hidden) for width in widths)
        self.finish = nn.Conv2d(widths[-1], 24, 3, padding=1)
        self.dye = nn.Linear(hidden, 4)

    def forward(self, components: Tensor) -> Tensor:
        """Components [N, C] to pictures [N, 4, S, S]."""
        hidden = self.read(components)
        x = self.blocks[0](self.start(hidden).unflatten(-1, (-1, self.FIRST, self.FIRST)), hidden)
        for grow, block in zip(self.grow, self.blocks[1:], strict=True):
            x = block(functional.pixel_shuffle(grow(x), 2), hidden)
        x = functional.pixel_shuffle(self.finish(functional.silu(x)), 2)
        own, (cover, takes, light) = torch.tanh(x[:, :3]), torch.sigmoid(x[:, 3:]).chunk(3, dim=1)
        dye = torch.sigmoid(self.dye(hidden))[..., None, None]
        dyed = _shaded(dye[:, :3], self.BRIGHTEST * light)
        share = dye[:, 3:] * takes
        return torch.cat([((1 - share) * own + share * (2 * dyed - 1)) * cover, cover], 1)


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
