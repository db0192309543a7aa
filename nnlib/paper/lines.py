"""Ruled and squared paper: its lines are found by their length, and their ink is taken away.

A line is thin, straight, and goes on where a digit's stroke has ended. The page may be turned: each column of pixels is
moved up or down until the lines are level. Nothing is interpolated, so that columns can be moved back exactly.
"""

import numpy as np
import scipy

MOST_TURNED = 0.25  # of lines, as rise over run: about 14 degrees
THICKEST = 0.008  # of the picture's shorter side
LONG = 0.4  # of the picture's side: over so much of it, most of a line must be there
COVER = 0.3  # of the picture's side: with less, nothing is a line
BLOCK = 8  # pixels along a line that are averaged
SOME = 40_000  # pixels are enough to find out how lines are turned


def without_lines(ink):
    """Return ink (h, w) without that of lines across the paper, level or upright, on a page that is turned a little."""
    for upright in (False, True):
        turned = ink.T if upright else ink
        slope = line_slope(turned)
        if slope is not None:
            shifts = np.round(slope * np.arange(turned.shape[1])).astype(int)
            level = _moved(turned, shifts)
            turned = _moved(np.maximum(level - 1.25 * line_ink(level), 0), -shifts)
            ink = turned.T if upright else turned
    return ink


def line_slope(ink):
    """Return the slope of lines that cross a picture from left to right, or None if there are none."""
    middle = np.median(ink)
    grain = 1.4826 * np.median(np.abs(ink - middle))
    thick = max(3, round(THICKEST * min(ink.shape)))
    y, x = np.nonzero(_thin(ink, thick) > max(0.04, 4 * grain))
    if not len(y):
        return None
    step = -(-len(y) // SOME)
    y, x = y[::step], x[::step]
    slopes = np.linspace(-MOST_TURNED, MOST_TURNED, 201)
    counts = [np.bincount(np.round(y - slope * x).astype(int) + ink.shape[1]) for slope in slopes]
    best = int(np.argmax([np.sum(count.astype(float) ** 2) for count in counts]))
    return float(slopes[best]) if counts[best].max() * step > COVER * ink.shape[1] else None


def line_ink(level):
    """Return the ink of level lines (h, w): what is there along a good part of the row, and thin."""
    height, width = level.shape
    thick = max(3, round(THICKEST * min(level.shape)))
    around = scipy.ndimage.maximum_filter1d(_thin(level, thick), 3, axis=0)  # lines are not quite straight
    blocks = -(-width // BLOCK)
    padded = np.pad(around, ((0, 0), (0, blocks * BLOCK - width)), mode="edge")
    means = padded.reshape(height, blocks, BLOCK).mean(axis=2)
    window = max(3, round(LONG * blocks))
    along = scipy.ndimage.percentile_filter(means, 25, (1, window), mode="nearest")
    return np.repeat(along, BLOCK, axis=1)[:, :width]


def _thin(ink, thick):
    """Return the ink of what is at most so thick from top to bottom."""
    return ink - scipy.ndimage.grey_opening(ink, (thick + 1, 1))


def _moved(picture, shifts):
    """Return a picture whose column x has moved up by ``shifts[x]``; what leaves it comes in at the other end."""
    rows = (np.arange(picture.shape[0])[:, np.newaxis] + shifts) % picture.shape[0]
    return np.take_along_axis(picture, rows, axis=0)
