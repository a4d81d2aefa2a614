"""The animatic: sprites on drawn backgrounds, as a preview and as training data."""
