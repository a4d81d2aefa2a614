"""The animatic: sprites on drawn backgrounds, as a preview and as training data."""

from flowzero.renderer.animatic.preview import draw, preview

__all__ = ["draw", "preview"]
