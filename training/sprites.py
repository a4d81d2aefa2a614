"""Turns Fluent Emoji artwork into the package's sprites: trimmed to their outline, at most 192 px, WebP.

    npm pack @lobehub/fluent-emoji-3d@1.1.0 && tar xzf lobehub-fluent-emoji-3d-1.1.0.tgz
    python -m training.sprites package/assets

The artwork is Microsoft's Fluent Emoji (MIT; see NOTICE).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from flowzero.renderer.animatic.sprites import FOLDER, SIZE
from flowzero.vocabulary import nouns
from training.furniture import DRAWN

CUTS = {
    "couch": ((0, 128, 203, 256), (197, 104, 203, 128)),
    "canoe": ((0, 0, 256, 183), (0, 0, 0, 0)),
    "rower": ((0, 0, 256, 165), (0, 0, 0, 0)),
}
"""What of a picture is the noun alone, as left, top, right, bottom, and what is wiped out of that: a couch without its lamp,
boats without the sea."""


def trim(image: Image.Image) -> Image.Image:
    """The image cut to the box of its plainly visible pixels, scaled so that its longer side is `SIZE`."""
    alpha = image.getchannel("A").point(lambda a: 255 if a > 24 else 0)
    image = image.crop(alpha.getbbox())
    scale = SIZE / max(image.size)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assets", type=Path, help="the folder with the artwork, one WebP a code point sequence")
    assets: Path = parser.parse_args().assets
    target = Path(str(FOLDER))
    target.mkdir(exist_ok=True)
    for noun in nouns().values():
        if not noun.sprite:
            continue
        file = target / f"{noun.name.replace(' ', '-')}.webp"
        if noun.name in DRAWN:
            trim(DRAWN[noun.name]()).save(file, quality=88, method=6, exact=False)
            continue
        names = (noun.sprite, noun.sprite.replace("-fe0f", ""))
        source = next(path for name in names if (path := assets / f"{name}.webp").exists())
        image = Image.open(source).convert("RGBA")
        if noun.name in CUTS:
            kept, wiped = CUTS[noun.name]
            image = image.crop(kept)
            image.paste((0, 0, 0, 0), wiped)
        trim(image).save(file, quality=88, method=6, exact=False)
    print(f"{len(list(target.iterdir()))} sprites, {sum(p.stat().st_size for p in target.iterdir()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
