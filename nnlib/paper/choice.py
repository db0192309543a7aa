"""Which parts are digits: their sizes decide first, then their rows, then what the network says of them."""

from typing import NamedTuple

import numpy as np

from ..reading import SURE
from .parts import Part, join_pieces
from .rows import rows_of
from .shape import image_of

POSSIBLE = 0.02  # among plain digits, a part is one too unless even its best score is below this
LOW, HIGH, WIDE = 0.45, 1.9, 2.6  # in heights of the page's digits: what is outside is none
SPECK = 0.2  # in the same heights: what is smaller is dirt, and not worth a word
MANY = 3  # so many things that look like digits stand in a row by no chance
MOSTLY = 0.5  # so much of a row, or of a page, must look like digits


class Read(NamedTuple):
    """A part as the network sees it."""

    part: Part
    image: np.ndarray
    scores: np.ndarray

    @property
    def is_sure(self):
        """Whether it looks like a digit: from a score of 0.5 on."""
        return self.scores.max() >= SURE


def choose_digits(parts, network):
    """Return the digits among parts, in rows, and what was left out.

    Parameters
    ----------
    parts : list of Part
    network : Network

    Returns
    -------
    rows : list of list of Read
    left_out : list of (Part, str)
        With the reason.
    """
    reads = read_parts(parts, network)
    height = digit_height(reads)
    pieces = join_pieces(parts, height)
    known = {id(read.part): read for read in reads}
    joined = iter(read_parts([part for part in pieces if id(part) not in known], network))
    reads = [known.get(id(part)) or next(joined) for part in pieces]

    fitting, left_out = [], []
    for read in reads:
        reason = misfit(read.part, height)
        if reason is None:
            fitting.append(read)
        elif max(read.part.width, read.part.height) > SPECK * height:
            left_out.append((read.part, reason))
    if sum(read.is_sure for read in fitting) < MOSTLY * len(fitting):
        return [], left_out + [(read.part, "most of the page looks like no digits") for read in fitting]
    rows = []
    for order in rows_of([read.part[:4] for read in fitting]):
        digits, others = choose_in_row([fitting[i] for i in order])
        rows += [digits] if digits else []
        left_out += others
    return rows, left_out


def read_parts(parts, network):
    """Return a `Read` for each part."""
    if not parts:
        return []
    images = np.array([image_of(part.shape) for part in parts])
    return list(map(Read, parts, images, network.predict_scores(images.reshape(len(parts), -1))))


def digit_height(reads):
    """Return how high the page's digits are: as high as what looks like one, the higher the more it counts."""
    heights = np.sort([read.part.height for read in reads if read.is_sure])
    if not len(heights):
        return max((read.part.height for read in reads), default=0)
    total = np.cumsum(heights)
    return heights[np.searchsorted(total, total[-1] / 2)]


def misfit(part, height):
    """Return why a part is no digit of about this height, or None."""
    if part.height < LOW * height:
        return "too small"
    if part.height > HIGH * height or part.width > WIDE * height:
        return "too large"
    return None


def choose_in_row(row):
    """Return the digits of a row, and what is left out of it, with the reasons.

    Among digits, where a digit would stand, a part must look very unlike one to be none; alone, it must look like one.
    What an edge, of the picture, the paper or a shadow, makes look like one hardly ever has company.
    """
    n_sure = sum(read.is_sure for read in row)
    if n_sure < MANY and all(read.part.is_at_edge for read in row):
        return [], [(read.part, "touches the edge") for read in row]
    if n_sure < MOSTLY * len(row):
        return [], [(read.part, "most of its row looks like no digits") for read in row]
    limit = POSSIBLE if n_sure >= 2 else SURE
    digits = [read for read in row if read.scores.max() >= limit]
    return digits, [(read.part, "looks like no digit") for read in row if read.scores.max() < limit]
