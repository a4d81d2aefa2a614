"""Frames into files: mp4, webm, gif, webp, a folder of PNG frames; single pictures into png, jpg, webp.

Frames are uint8 of shape [F, H, W, 3], RGB: an array, or what gives out one frame after the other by its number. All kinds take
them one by one, however many; only gif keeps a byte for each pixel of each. Nothing here knows of plans or models, and nothing
imports torch.
Every file appears under its final name only once it is whole: it is written beside it and moved into place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from flowzero.errors import EncodingError, OutputError
from flowzero.files import atomic, check_folder, check_writable, reason
from flowzero.renderer.frames import Frames
from flowzero.renderer.sheet import contact_sheet

if TYPE_CHECKING:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

__all__ = [
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "Frames",
    "check_output",
    "contact_sheet",
    "read_frames",
    "read_metadata",
    "write_image",
    "write_video",
]

VIDEO_SUFFIXES = (".mp4", ".webm", ".gif", ".webp")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

_THREADS = 4
"""A fixed number, because x264's output depends on it and files shall not depend on the machine."""
_GIF_TICK = 10
_GIF_SHORTEST = 20
"""Milliseconds: GIF counts in hundredths of a second, and browsers slow down frames shorter than two of them."""


def check_output(path: str | Path, overwrite: bool = False, suffixes: Sequence[str] = (*VIDEO_SUFFIXES, "")) -> Path:
    """Make sure, before any work, that a file may be written there.

    Args:
        path: the file to write; a name without suffix is a folder of PNG frames.
        overwrite: allow an existing file (or folder of frames) to be replaced.
        suffixes: the kinds that the caller can write, "" among them if a folder will do.

    Raises:
        OutputError: if the suffix is unknown, the target exists and may not be replaced, or cannot be written.
    """
    path = Path(path)
    kinds = ", ".join(suffix for suffix in suffixes if suffix)
    if path.name in ("", "-", "..") or path.name.startswith(".") or path.suffix.lower() not in suffixes:
        folder = ", or without suffix for a folder of PNG frames" if "" in suffixes else ""
        raise OutputError(f"cannot tell what kind of file {str(path)!r} is to be: give it a name that ends in {kinds}{folder}.")
    if path.suffix:
        check_writable(path, overwrite)
    else:
        _check_frame_folder(path, overwrite)
    return path


def _check_frame_folder(path: Path, overwrite: bool) -> None:
    """A folder may be replaced only if it holds nothing but frames."""
    try:
        if path.exists() and not path.is_dir():
            raise OutputError(f"{str(path)!r} is a file, and a folder of frames cannot replace it: choose another name.")
        if path.exists() and not _is_frame_folder(path):
            raise OutputError(f"{str(path)!r} is a folder with other things in it: choose another name.")
        if path.exists() and not overwrite:
            raise OutputError(f"{str(path)!r} exists: choose another name, or allow it to be replaced (--force).")
        check_folder(path.parent)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {str(path)!r}: {reason(error)}; choose another name.") from None


def _is_frame_folder(folder: Path) -> bool:
    return all(entry.name.startswith("frame_") and entry.suffix == ".png" for entry in folder.iterdir())


def write_video(
    frames: Frames,
    path: str | Path,
    fps: float | Fraction,
    *,
    overwrite: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write frames as the kind of file that the path's suffix names; the same frames give the same bytes.

    Args:
        frames: uint8 [F, H, W, 3], RGB. For mp4 and webm odd sizes gain one repeated row or column.
        path: ends in .mp4 (H.264), .webm (VP9), .gif or .webp, or has no suffix for a folder of PNG frames.
        fps: frames a second.
        overwrite: replace an existing file.
        metadata: such as title and comment; all of it is kept by mp4, webm and the first PNG frame, these two by gif.

    Raises:
        OutputError: if the path cannot be written, before any work.
        ResourceError: if the disk is full.
        EncodingError: if the frames cannot be encoded.
    """
    path = check_output(path, overwrite)
    frames, rate = _checked(frames), _rate(fps)
    encode = {".mp4": _encode_mp4, ".webm": _encode_webm, ".gif": _encode_gif, ".webp": _encode_webp, "": _encode_folder}
    with atomic(path, overwrite) as part:
        try:
            encode[path.suffix.lower()](frames, part, rate, dict(metadata or {}))
        except ValueError as error:
            raise EncodingError(f"{str(path)!r} could not be written: {reason(error)}.") from error
    return path


def read_frames(path: str | Path) -> NDArray[np.uint8]:
    """Read back a video that :func:`write_video` wrote, as uint8 [F, H, W, 3], RGB.

    Raises:
        EncodingError: if there is none, or it cannot be decoded.
    """
    path = Path(path)
    try:
        if path.is_dir():
            return np.stack([_pixels(frame) for frame in sorted(path.glob("frame_*.png"))])
        return _decode_pil(path) if path.suffix.lower() in (".gif", ".webp") else _decode_av(path)
    except (OSError, ValueError) as error:
        raise EncodingError(f"{str(path)!r} cannot be read as a video: {reason(error)}.") from error


def read_metadata(path: str | Path) -> dict[str, str]:
    """What a video file says of itself, by lower-case names; empty for kinds that say nothing.

    Raises:
        EncodingError: if it cannot be read.
    """
    import av

    path = Path(path)
    if path.suffix.lower() not in (".mp4", ".webm"):
        return {}
    try:
        with av.open(f"file:{path}") as container:
            return {name.lower(): value for name, value in container.metadata.items()}
    except (OSError, ValueError) as error:
        raise EncodingError(f"{str(path)!r} cannot be read as a video: {reason(error)}.") from error


def _decode_av(path: Path) -> NDArray[np.uint8]:
    import av

    with av.open(f"file:{path}") as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def _decode_pil(path: Path) -> NDArray[np.uint8]:
    from PIL import Image, ImageSequence

    with Image.open(path) as image:
        return np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)])


def _pixels(path: Path) -> NDArray[np.uint8]:
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def write_image(
    image: NDArray[np.uint8] | Image.Image,
    path: str | Path,
    *,
    overwrite: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write one picture (uint8 [H, W, 3] RGB, or a PIL image) as png, jpg or webp; only png keeps metadata.

    Raises:
        OutputError: if the path cannot be written.
        ResourceError: if the disk is full.
        EncodingError: if the picture cannot be encoded.
    """
    from PIL import Image

    path = check_output(path, overwrite, IMAGE_SUFFIXES)
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    with atomic(path, overwrite) as part:
        if path.suffix.lower() == ".png":
            picture.save(part, "PNG", pnginfo=_png_text(metadata or {}))
        else:
            picture.convert("RGB").save(part, {".webp": "WEBP"}.get(path.suffix.lower(), "JPEG"), quality=90)
    return path


_F = TypeVar("_F", bound=Frames)


def _checked(frames: _F) -> _F:
    if frames.dtype != np.uint8 or len(frames.shape) != 4 or frames.shape[3] != 3 or 0 in frames.shape:
        raise EncodingError(f"frames must be uint8 of shape [F, H, W, 3], not {frames.dtype} of shape {list(frames.shape)}.")
    return frames


def _rate(fps: float | Fraction) -> Fraction:
    """Frames a second as a fraction that containers can hold; television's, such as 23.976, are 24000/1001."""
    if not math.isfinite(fps) or not 0.01 <= fps <= 1000:
        raise EncodingError(f"{float(fps):g} frames a second cannot be written: choose 0.01..1000.")
    television = Fraction(1000 * round(float(fps) * 1.001), 1001)
    return television if abs(float(fps) - float(television)) < 0.0005 else Fraction(fps).limit_denominator(1001)


class _Codec(NamedTuple):
    """What tells one FFmpeg output from another."""

    format: str
    container: dict[str, str]
    encoder: str
    options: dict[str, str]


_H264 = _Codec("mp4", {"movflags": "+faststart", "fflags": "+bitexact"}, "libx264", {"crf": "17", "preset": "medium"})
_VP9 = _Codec("webm", {"fflags": "+bitexact"}, "libvpx-vp9", {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4"})


def _encode_mp4(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str]) -> None:
    _encode_av(frames, part, rate, metadata, _H264)


def _encode_webm(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str]) -> None:
    _encode_av(frames, part, rate, metadata, _VP9)


def _encode_av(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str], codec: _Codec) -> None:
    """H.264 or VP9 in 4:2:0, tagged as BT.709 so that every player shows the same colours."""
    import av
    from av.codec.context import Flags
    from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

    # The "file:" prefix keeps FFmpeg from reading a colon in the name as a protocol.
    with av.open(f"file:{part}", "w", format=codec.format, options=codec.container) as container:
        container.metadata.update(metadata)
        stream = container.add_stream(codec.encoder, rate=rate, options=codec.options)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = (side + side % 2 for side in frames.shape[1:3])
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.thread_count = _THREADS
        context.flags |= Flags.bitexact
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for index in range(len(frames)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(_even(frames[index])), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _even(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Height and width made even by repeating the last row or column, as 4:2:0 needs."""
    h, w, _ = frame.shape
    return np.pad(frame, ((0, h % 2), (0, w % 2), (0, 0)), mode="edge") if h % 2 or w % 2 else frame


def _encode_gif(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str]) -> None:
    """One palette for all frames and no dither: no flicker, small files, and fast."""
    from PIL import Image

    step = max(1, math.ceil(_GIF_SHORTEST * rate / 1000))
    kept = range(0, len(frames), step)
    palette = Image.fromarray(_palette_sample(frames, kept)).quantize(256, method=Image.Quantize.MEDIANCUT)
    painted = (Image.fromarray(frames[k]).quantize(palette=palette, dither=Image.Dither.NONE) for k in kept)
    comment = "\n".join(metadata[name] for name in ("title", "comment") if name in metadata).encode()[:10_000]
    durations = _durations(len(kept), rate / step, _GIF_TICK)
    next(painted).save(
        part, "GIF", save_all=True, append_images=painted, duration=durations, loop=0, comment=comment, optimize=False
    )


def _palette_sample(frames: Frames, kept: Sequence[int]) -> NDArray[np.uint8]:
    """About a quarter of a million pixels from all over the kept frames, as one picture [1, N, 3]."""
    _, h, w, _ = frames.shape
    stride = max(1, len(kept) * h * w // 250_000)
    parts = [frames[k].reshape(-1, 3)[-n * h * w % stride :: stride].copy() for n, k in enumerate(kept)]
    return np.concatenate(parts)[None]


def _encode_webp(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str]) -> None:
    durations = _durations(len(frames), rate, 1)
    _reel(frames).save(part, "WEBP", save_all=True, duration=durations, loop=0, quality=90, method=4)


def _reel(frames: Frames) -> Image.Image:
    """A picture of many frames as Pillow reads them from animations: it holds the one that it was last told to seek."""
    from PIL import Image

    _, h, w, _ = frames.shape
    reel: Any = Image.new("RGB", (w, h))
    reel.n_frames = len(frames)
    reel.seek = lambda k: reel.paste(Image.fromarray(frames[k]))
    reel.seek(0)
    picture: Image.Image = reel
    return picture


def _durations(count: int, rate: Fraction, tick: int) -> list[int]:
    """Milliseconds of each frame in whole ticks, rounded so that the total stays true."""
    ends = [round(1000 * k / rate / tick) * tick for k in range(count + 1)]
    return [max(after - before, tick) for before, after in pairwise(ends)]


def _encode_folder(frames: Frames, part: Path, rate: Fraction, metadata: dict[str, str]) -> None:
    from PIL import Image

    part.mkdir()
    for index in range(len(frames)):
        text = _png_text({**metadata, "fps": str(rate)} if index == 0 else {})
        Image.fromarray(frames[index]).save(part / f"frame_{index:04d}.png", pnginfo=text)


def _png_text(metadata: Mapping[str, str]) -> PngInfo:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, value in metadata.items():
        info.add_itxt(key, value)
    return info
