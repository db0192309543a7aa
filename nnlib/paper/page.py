"""A photograph or scan of paper, read: rows of digits, and what was left out."""

from typing import NamedTuple

import numpy as np

from ..network import check_network
from . import ink, light, parts, rows, shape
from .picture import load_picture

SURE, KNOWN = 0.5, 0.1
SMALL, LARGE, WIDE = 0.45, 1.9, 2.0


class Digit(NamedTuple):
    """A digit."""

    box: tuple
    image: np.ndarray
    digit: int
    scores: np.ndarray


class Page(NamedTuple):
    rows: list
    left_out: list
    picture: np.ndarray
    size: tuple

    @property
    def text(self):
        return "\n".join("".join(str(digit.digit) for digit in row) for row in self.rows)


def read_page(picture, network=None):
    network = check_network(network)
    picture = load_picture(picture)
    grey = light.grey_of(picture.rgb)
    if light.is_dark_paper(grey):
        grey = 1 - grey
    density = light.ink_of(grey, light.paper_of(grey))
    marks = ink.marks_of(density)
    found = parts.parts_of(marks)
    digits, left_out = choose(found, marks.shape, network)
    order = rows.rows_of([d.box for d in digits])
    scaled = [d._replace(box=tuple(int(round(v / picture.scale)) for v in d.box)) for d in digits]
    return Page([[scaled[i] for i in row] for row in order], left_out, picture.rgb, picture.size)


def read_parts(found, network):
    if not found:
        return [], np.zeros((0, 10))
    images = np.array([shape.image_of(part.shape) for part in found])
    return images, network.predict_scores(images.reshape(-1, 784))


def choose(found, size, network):
    images, scores = read_parts(found, network)
    if not found:
        return [], []
    heights = np.array([p.height for p in found])
    sure = scores.max(1) >= SURE
    height = weighted_median(heights[sure], heights[sure]) if sure.any() else heights.max()
    found = parts.join_pieces(found, height)
    images, scores = read_parts(found, network)
    digits, left = [], []
    for p, im, s in zip(found, images, scores, strict=True):
        best = s.max()
        if p.height < SMALL * height: left.append((p[:4], "too small")); continue
        if p.height > LARGE * height or p.width > WIDE * height: left.append((p[:4], "too large")); continue
        if best < SURE: left.append((p[:4], "no digit %.2f" % best)); continue
        digits.append(Digit(p[:4], im, int(s.argmax()), s))
    return digits, left


def weighted_median(values, weights):
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return values[order][np.searchsorted(total, total[-1] / 2)]
