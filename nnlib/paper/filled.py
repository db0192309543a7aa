"""A sheet on which somebody has written: from a photograph or a scan to labelled examples."""

import os
from pathlib import Path

from .. import checks
from ..examples import Example
from .corners import find_corners, straighten
from .cutting import cut_boxes
from .light import grey_of
from .picture import load_picture

LONGEST_SIDE = 3000  # pixels of a picture to work on: 10 a millimetre


def read_sheet(picture, writer=None):
    """Read the digits that somebody wrote on a printed sheet (``python -m nnlib sheet digits.pdf``).

    The four corner marks are found, the page is straightened, and its boxes are cut. A page that stands upside down or
    on its side is turned.

    Parameters
    ----------
    picture : str, path-like, PIL.Image.Image or ndarray
        A photograph or a scan of one sheet: a file, an image, or an array (height, width) or (height, width, 3) of
        uint8, or of floats from 0 to 1.
    writer : str or None
        Whose sheet it is: one writer a page. None means the name of the file, without its ending; without a file, "".

    Returns
    -------
    list of Example
        The digits row by row, each with its image, its label (that of its row) and the writer. Empty boxes are left
        out.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        If there is no such file; it is no picture; or it shows no sheet, a part of one, or a blurred one.
    """
    if writer is None:
        writer = Path(picture).stem if isinstance(picture, str | os.PathLike) else ""
    elif not isinstance(writer, str):
        raise TypeError(f"writer is {checks.shown(writer)}; expected text.")
    grey = grey_of(load_picture(picture, LONGEST_SIDE).rgb)
    name = f"{os.fspath(picture)}: " if isinstance(picture, str | os.PathLike) else ""
    try:
        images = cut_boxes(straighten(grey, find_corners(grey)))
    except ValueError as error:
        raise ValueError(f"{name}{error}") from None
    return [Example(image, row, writer) for (row, _), image in images.items()]
