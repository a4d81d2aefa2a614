"""A plan's animatic as bytes, small enough to send: for agents and pages that cannot open files."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from flowzero.dss import DSS

SHEET_BYTES = 100_000
_SHEET_FRAMES, _ANIMATION_FRAMES = 9, 48


def sheet(dss: DSS) -> bytes:
    """Nine frames of the animatic with boxes and ids, made smaller until they fit into 100 kB."""
    from flowzero.renderer.animatic import draw
    from flowzero.renderer.sheet import contact_sheet

    count = min(_SHEET_FRAMES, dss.frame_count)
    few = dss.model_copy(update={"fps": count / dss.seconds})
    frames = few.frames(count)
    labels = [f"{frame.time * dss.seconds:.2f} s" for frame in frames]
    boxes = [frame.objects for frame in frames]
    picture = contact_sheet(
        draw(few, width=192, height=192, label=False, still=True), columns=3, labels=labels, boxes=boxes, title="preview"
    )
    for quality in (85, 70, 50, 30, 10):
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=quality)
        if data.tell() <= SHEET_BYTES:
            break
    return data.getvalue()


def animation(dss: DSS) -> bytes:
    """At most 48 frames of the animatic as a GIF."""
    from flowzero.renderer.animatic import preview

    count = min(dss.frame_count, _ANIMATION_FRAMES)
    few = dss.model_copy(update={"fps": count / dss.seconds})
    with tempfile.TemporaryDirectory() as folder:
        return preview(few, Path(folder) / "preview.gif").read_bytes()
