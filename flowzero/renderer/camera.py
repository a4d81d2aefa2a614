"""The camera: which point of the background each point of a frame shows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from flowzero.dss import FrameBackground


def source(motion: FrameBackground, width: float, height: float) -> NDArray[np.float64]:
    """The 2 x 3 matrix that maps a point of the frame to one of the background: the motion undone around the frame's centre.

    Args:
        motion: what has added up since the first frame, in which every point shows itself.
        width: of the frame, in the unit that points are given in.
        height: likewise.
    """
    turn = math.radians(-motion.angle)
    cos, sin = math.cos(turn) / motion.scale, math.sin(turn) / motion.scale
    dx, dy = motion.dx * width, motion.dy * width
    cx, cy = width / 2, height / 2
    return np.array([[cos, -sin, cx - cos * (cx + dx) + sin * (cy + dy)], [sin, cos, cy - sin * (cx + dx) - cos * (cy + dy)]])
