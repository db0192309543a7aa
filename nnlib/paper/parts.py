"""From marks to parts: what hangs together is one part; pieces of a broken digit are joined."""

from typing import NamedTuple

import numpy as np
import scipy

SMALLEST = 8  # pixels; smaller marks are specks
CLOSE_UP = 0.3  # of the picture's shorter side: the edge may cut into something so high, but does not make it
MOST_PARTS = 2000  # a page has some hundred digits
BROKEN = 1.0  # of the stroke's width: strokes that end closer to each other are one
APART = 0.2  # of a digit's height: pieces that are closer may belong together
TALLEST = 1.35  # of a digit's height, for a digit joined from pieces
ABOVE = 0.5  # of the narrower one's width that must lie above or below the other
PIECE = 0.15, 0.45  # of a digit's height: what is smaller is a speck, and what is higher a digit of its own


class Part(NamedTuple):
    """Marks that belong together: their box, in pixels, which of its pixels (h, w) they are, and if they may go on."""

    left: int
    top: int
    right: int
    bottom: int
    shape: np.ndarray
    is_at_edge: bool  # of the picture, the paper or a shadow: the edge may be all there is

    @property
    def width(self):
        """In pixels."""
        return self.right - self.left

    @property
    def height(self):
        """In pixels."""
        return self.bottom - self.top


def parts_of(marks):
    """Return the parts of marks (h, w): those that hang together, or would with a gap of a stroke's width closed."""
    gap = round(BROKEN * _typical_width(marks))
    joined = scipy.ndimage.maximum_filter(marks, 1 + gap)
    labels, _ = scipy.ndimage.label(joined, np.ones((3, 3)))
    labels *= marks
    result = []
    for i, place in enumerate(scipy.ndimage.find_objects(labels), start=1):
        if place is None or max(s.stop - s.start for s in place) < SMALLEST:
            continue
        rows, columns = place
        is_inside = rows.start and columns.start and rows.stop < len(marks) and columns.stop < marks.shape[1]
        is_at_edge = not is_inside and rows.stop - rows.start < CLOSE_UP * min(marks.shape)
        result.append(Part(columns.start, rows.start, columns.stop, rows.stop, labels[place] == i, is_at_edge))
    return sorted(result, key=lambda part: -part.height)[:MOST_PARTS]


def _typical_width(marks):
    """Return how wide strokes are, in pixels: marks over the length of their outline, twice."""
    outline = marks & ~scipy.ndimage.minimum_filter(marks, 3)
    return 2 * marks.sum() / max(1, outline.sum())


def join_pieces(parts, height):
    """Return parts, with pieces that lie close to each other joined to digits of about this height."""
    parts = sorted(parts, key=lambda part: part.height)
    result = []
    while parts:
        piece = parts.pop(0)
        near = [i for i, other in enumerate(parts) if _is_one(piece, other, height)]
        if not near:
            result.append(piece)
            continue
        nearest = min(near, key=lambda i: _gap(piece, parts[i]))
        parts.append(join(piece, parts.pop(nearest)))
        parts.sort(key=lambda part: part.height)
    return result


def _is_one(a, b, height):
    """Return whether two parts, the smaller first, are pieces of one digit.

    Both together are no larger than a digit, and close to each other; and one lies above the other, or one is too
    small for a digit of its own.
    """
    wide = max(a.right, b.right) - min(a.left, b.left)
    high = max(a.bottom, b.bottom) - min(a.top, b.top)
    if max(wide, high) > TALLEST * height or _gap(a, b) > APART * height:
        return False
    above = min(a.right, b.right) - max(a.left, b.left) >= ABOVE * min(a.width, b.width)
    return above or (PIECE[0] * height <= max(a.height, a.width) and a.height <= PIECE[1] * height)


def _gap(a, b):
    """Return how far apart the boxes of two parts are, across or down; below 0 where they overlap."""
    across = max(a.left, b.left) - min(a.right, b.right)
    return max(across, max(a.top, b.top) - min(a.bottom, b.bottom))


def join(a, b):
    """Return two parts as one."""
    left, top = min(a.left, b.left), min(a.top, b.top)
    right, bottom = max(a.right, b.right), max(a.bottom, b.bottom)
    shape = np.zeros((bottom - top, right - left), bool)
    for part in (a, b):
        shape[part.top - top : part.bottom - top, part.left - left : part.right - left] |= part.shape
    return Part(left, top, right, bottom, shape, a.is_at_edge or b.is_at_edge)
