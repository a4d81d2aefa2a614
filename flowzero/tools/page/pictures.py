"""The pictures that the page moves about: sprites by their looks, and settings wide enough for a camera to pan over."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from flowzero.dss import DSS
from flowzero.errors import InputError
from flowzero.vocabulary import COLOURS, LIGHTS, Facing, nouns, places

if TYPE_CHECKING:
    from flowzero.renderer.looks import Look

REACH = 2
"""Frame widths of background on each side of the first frame."""
_HEIGHT = 256
_BACKDROP, _SPRITE = "backdrop", "sprite"

Spells = tuple[tuple[int, str | None], ...]
"""From which frame on an object is drawn as which picture; None is a box with words."""


def spells(dss: DSS) -> dict[str, Spells]:
    """By object id, the pictures that it is drawn as over the plan's frames."""
    from flowzero.renderer.looks import looks

    result: dict[str, list[tuple[int, str | None]]] = {item.id: [] for item in dss.objects}
    for index, row in enumerate(looks(dss.frames())):
        for name, look in row.items():
            picture = _name(look) if look.noun else None
            if not result[name] or result[name][-1][1] != picture:
                result[name].append((index, picture))
    return {name: tuple(row) for name, row in result.items()}


def _name(look: Look) -> str:
    assert look.noun is not None
    return ".".join((_SPRITE, look.noun.name, look.colour or "", look.facing, *filter(None, [look.light])))


def backdrops(dss: DSS) -> tuple[tuple[int, str | None], ...]:
    """From which frame on which backdrop stands behind the objects; None is a plain one."""
    from flowzero.renderer.looks import place_of

    result: list[tuple[int, str | None]] = []
    for frame in dss.frames():
        place = place_of(dss, frame)
        picture = f"{_BACKDROP}.{place.name}" if place else None
        if not result or result[-1][1] != picture:
            result.append((frame.index, picture))
    return tuple(result)


@lru_cache(maxsize=256)
def picture(name: str) -> bytes:
    """A picture as WebP, by the name that :func:`spells` or :func:`backdrops` gave it.

    Raises:
        InputError: if there is no such picture.
    """
    kind, _, rest = name.partition(".")
    if kind == _BACKDROP and rest in places():
        return _backdrop(rest)
    parts = rest.split(".")
    if kind == _SPRITE and len(parts) in (3, 4):
        noun, colour, facing, light = (*parts, "")[:4]
        if noun in nouns() and colour in ("", *COLOURS) and facing in ("", "left", "right") and light in ("", *LIGHTS):
            return _sprite(noun, colour or None, cast("Facing", facing), light)
    raise InputError(f"there is no picture {name[:80]!r}.")


def _sprite(noun: str, colour: str | None, facing: Facing, light: str) -> bytes:
    _load_animatic()
    from flowzero.renderer.animatic.sprites import sprite

    data = io.BytesIO()
    sprite(nouns()[noun], colour, facing, light).save(data, "WEBP", quality=90, method=2)
    return data.getvalue()


def _backdrop(name: str) -> bytes:
    import numpy as np
    from PIL import Image

    _load_animatic()
    from flowzero.renderer.animatic.backgrounds import SEED, background

    pixels = background(places()[name], SEED, (2 * REACH + 1) * _HEIGHT, _HEIGHT)
    data = io.BytesIO()
    Image.fromarray((pixels * 255 + 0.5).astype(np.uint8), "RGB").save(data, "WEBP", quality=80, method=2)
    return data.getvalue()


def _load_animatic() -> None:
    """Import the package before its modules: two threads that import them in different orders get half-made modules."""
    import flowzero.renderer.animatic  # noqa: F401
