"""A photograph or scan of paper, read: rows of digits, and what was left out."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..network import check_network
from .choice import choose_digits
from .ink import marks_of
from .light import grey_of, ink_of, is_at_step, is_dark_paper, paper_of
from .lines import without_lines
from .parts import parts_of
from .picture import load_picture

FAR_MORE = 1.5  # times: between the strokes of one digit, paper can look like another digit
LONGEST_SIDE = 1600  # pixels to work on: digits of 7 mm on a page of A4 are 38 pixels high


class Digit(NamedTuple):
    """A digit that was read on a page.

    Attributes
    ----------
    box : tuple of int
        Where it stands: left, top, right and bottom, in pixels of the upright picture.
    image : ndarray (28, 28)
        What the network saw: ink from 0 to 1.
    digit : int
        The output with the highest score.
    scores : ndarray (10,)
        Each output's activation in [0, 1].
    """

    box: tuple
    image: np.ndarray
    digit: int
    scores: np.ndarray


@dataclass(frozen=True)
class Page:
    """What `read_page` read.

    Attributes
    ----------
    rows : list of list of Digit
        Rows from top to bottom, and the digits of each from left to right.
    left_out : list of (box, reason)
        What stands on the page too and was not taken for a digit; the box is as in `Digit`, the reason is a phrase.
    picture : ndarray (h, w, 3) of uint8
        The picture that was read, upright; a large one is reduced, a tiny one enlarged.
    size : tuple of int
        Width and height of the upright picture in its own pixels, which the boxes count.
    """

    rows: list
    left_out: list
    picture: np.ndarray
    size: tuple

    @property
    def text(self):
        """The digits as a string, with a line for each row."""
        return "\n".join("".join(str(digit.digit) for digit in row) for row in self.rows)


def read_page(picture, network=None):
    """Read the digits on a photograph or scan of paper.

    Digits stand apart from each other, in rows. Paper and ink may have any colour, as long as they differ in
    brightness; the page may be squared or ruled, lie in a shadow and be turned by up to 10 degrees.

    Parameters
    ----------
    picture : str, path-like, PIL.Image.Image or ndarray
        The name of a file (JPEG, PNG, TIFF, BMP, GIF or WebP), a Pillow image, or an array (height, width) of grey or
        (height, width, 3) of colours: uint8, or floats in [0, 1]. At most 50 million pixels.
    network : Network or None
        None means the network that ships with the project.

    Returns
    -------
    Page
        Its `rows` hold the digits, its `text` says them, and `left_out` names what looks like none. A page without
        digits has no rows.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError, TypeError
        If the file is damaged, no picture or too large, or an argument is not as above.
    """
    network = check_network(network)
    picture = load_picture(picture, LONGEST_SIDE)
    grey = grey_of(picture.rgb)
    if is_dark_paper(grey):
        grey = 1 - grey
    rows, left_out = read_grey(grey, network)
    # A desk around the paper can make bright paper look like ink: the other way round then reads like far more.
    other_rows, other_left_out = read_grey(1 - grey, network)
    if sure_height(other_rows) > FAR_MORE * sure_height(rows):
        rows, left_out = other_rows, other_left_out

    def box(part):
        return tuple(round(place / picture.scale) for place in part[:4])

    return Page(
        [[Digit(box(read.part), read.image, int(np.argmax(read.scores)), read.scores) for read in row] for row in rows],
        [(box(part), reason) for part, reason in left_out],
        picture.rgb,
        picture.size,
    )


def read_grey(grey, network):
    """Read the digits on a page (h, w) that is brighter than its ink; return what `choose_digits` does."""
    paper = paper_of(grey)
    parts = parts_of(marks_of(without_lines(ink_of(grey, paper))))
    parts = [part._replace(is_at_edge=part.is_at_edge or is_at_step(paper, part[:4])) for part in parts]
    return choose_digits(parts, network)


def sure_height(rows):
    """Return how high all digits are that look like one, together."""
    return sum(read.part.height for row in rows for read in row if read.is_sure)
