"""A photograph or scan of paper, read: rows of digits, and what was left out."""

from typing import NamedTuple

import numpy as np

from ..network import check_network
from . import ink, light, lines, parts, rows, shape
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
    marks = ink.marks_of(lines.without_lines(density))
    digits, left_out = choose(parts.parts_of(marks), network)
    scale = lambda box: tuple(int(round(v / picture.scale)) for v in box)
    return Page([[d._replace(box=scale(d.box)) for d in row] for row in digits], [(scale(b), r) for b, r in left_out], picture.rgb, picture.size)


def read_parts(found, network):
    if not found:
        return [], np.zeros((0, 10))
    images = np.array([shape.image_of(part.shape) for part in found])
    return images, network.predict_scores(images.reshape(-1, 784))


def choose(found, network):
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
        if p.height < SMALL * height: left.append((p[:4], "too small")); continue
        if p.height > LARGE * height or p.width > WIDE * height: left.append((p[:4], "too large")); continue
        digits.append(Digit(p[:4], im, int(s.argmax()), s))
    result = []
    order = rows.rows_of([d.box for d in digits])
    n_sure = sum(d.scores.max() >= SURE for d in digits)
    if n_sure < 0.5 * len(digits):
        return [], left + [(d.box, "no digits on page") for d in digits]
    for row in order:
        row = [digits[i] for i in row]
        sure = [d for d in row if d.scores.max() >= SURE]
        plain = len(sure) >= 2 and len(sure) >= 0.5 * len(row)
        if len(sure) < 0.5 * len(row):
            left += [(d.box, "row of no digits") for d in row]
            continue
        result.append([])
        for d in row:
            if d.scores.max() >= (KNOWN if plain else SURE):
                result[-1].append(d)
            else:
                left.append((d.box, "no digit %.2f" % d.scores.max()))
    return [r for r in result if r], left


def weighted_median(values, weights):
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return values[order][np.searchsorted(total, total[-1] / 2)]
