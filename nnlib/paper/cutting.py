"""Cut the boxes of a straightened sheet, and make of what was written in each an image like those of MNIST."""

import numpy as np
from scipy import ndimage

from ..drawing import BOX, FIELD, PEN_WIDTH, centre_of_mass
from . import sheet
from .corners import PER_MM, darkness, to_pixels

THICKEST = 12.0  # millimetres; what is dark and wider than this is no ink
LEEWAY = 2.0  # millimetres that a box may lie beside its place, because the paper is not flat
INSET = 0.7  # millimetres from the middle of a box's line to what is cut out
FAINTEST_LINE = 0.25  # of a printed box; fainter ones are blurred
FAINTEST, EDGE = 0.15, 0.4  # the ink's darkness, of black; and that of its edge, of the darkest ink
SPECK = 0.4  # square millimetres; anything smaller is dirt


def cut_boxes(page):
    """Return what is written in the boxes of a page.

    Parameters
    ----------
    page : ndarray
        As `corners.straighten` returns it.

    Returns
    -------
    dict of (row, column) to ndarray (28, 28)
        White ink on black, from 0 to 1; without the empty boxes.

    Raises
    ------
    ValueError
        If the boxes cannot be seen.
    """
    ink = darkness(page, window=int(THICKEST * PER_MM))
    ink /= np.median([ink[_window(corner - 1, 2)].max() for corner in sheet.CORNERS])
    images, lines = {}, []
    for row in range(sheet.ROWS):
        for column in range(sheet.COLUMNS):
            corner, darkest = _find_box(ink, sheet.box_corner(row, column))
            lines.append(darkest)
            image = digit_image(ink[_window(corner + INSET, sheet.BOX - 2 * INSET)])
            if image is not None:
                images[row, column] = image
    if np.median(lines) < FAINTEST_LINE:
        raise ValueError("it is too blurred: the lines of the boxes can hardly be seen. Hold the camera still.")
    return images


def _window(corner, side):
    """Return the slices of a square of the page, given its top left corner and its side in millimetres."""
    left, top = np.round(to_pixels(np.asarray(corner))).astype(int)
    pixels = round(side * PER_MM)
    return slice(top, top + pixels), slice(left, left + pixels)


def _find_box(ink, corner):
    """Return the corner of the box that lies near `corner`, and how dark its lines are."""
    around = ink[_window(corner - LEEWAY, sheet.BOX + 2 * LEEWAY)]
    middle = slice(round(2 * LEEWAY * PER_MM), -round(2 * LEEWAY * PER_MM))
    side, n_places = round(sheet.BOX * PER_MM), round(2 * LEEWAY * PER_MM) + 1
    offsets, darkest = [], []
    for profile in (around[middle].mean(axis=0), around[:, middle].mean(axis=1)):  # along x, along y
        profile = np.append(profile, 0)
        pairs = profile[:n_places] + profile[side : side + n_places]  # of lines that are as far apart as a box's
        offsets.append(np.argmax(pairs) / PER_MM - LEEWAY)
        darkest.append(pairs.max() / 2)
    return corner + offsets, min(darkest)


def digit_image(ink):
    """Return what is written in a box as an image (28, 28), or None if it is empty.

    Parameters
    ----------
    ink : ndarray
        The darkness of the box without its lines: 0 for paper, 1 for black.
    """
    smooth = ndimage.gaussian_filter(ink, 1)
    if smooth.max() < FAINTEST:
        return None
    mask = _without_specks(smooth > EDGE * smooth.max())
    return draw_mask(mask) if mask.any() else None


def _without_specks(mask):
    """Return a mask without what is too small for ink, and without what a line of the box has left at the border."""
    labels, _ = ndimage.label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel())
    for i, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        thin_rows, thin_columns = (part.stop - part.start <= SPECK * PER_MM for part in (rows, columns))
        at_border_rows = rows.start == 0 or rows.stop == len(mask)
        at_border_columns = columns.start == 0 or columns.stop == mask.shape[1]
        is_line = (thin_rows and at_border_rows) or (thin_columns and at_border_columns)
        if areas[i] < SPECK * PER_MM**2 or is_line:
            mask[labels == i] = False
    return mask


def draw_mask(mask):
    """Return ink as an image like those of MNIST: its longer side 20 pixels, its centre of mass in the middle.

    A thin pen is made as wide as that of `nnlib.strokes_to_image`; a wide one stays as it is.

    Parameters
    ----------
    mask : ndarray of bool
        Where there is ink.

    Returns
    -------
    ndarray (28, 28)
        Ink from 0 to 1, in steps of 1/255.
    """
    mask = np.pad(mask, 10)  # more than a stroke is made wider on each side
    inside, outside = ndimage.distance_transform_edt(mask), ndimage.distance_transform_edt(~mask)
    distance = np.where(mask, 0.5 - inside, outside - 0.5)  # to the ink's edge, in pixels of the mask
    # In a stroke of n pixels, the mean distance from its outside is about (n + 2) / 4.
    width = max(1.0, 4 * inside[mask].mean() - 2)
    y, x = np.nonzero(mask)
    longer = max(np.ptp(x), np.ptp(y)) + 1
    scale, wider = BOX / longer, 0.0
    if scale * width < PEN_WIDTH:
        scale = (BOX - PEN_WIDTH) / max(longer - width, 1.0)
        wider = (PEN_WIDTH - scale * width) / 2
    middle = np.array([x.min() + x.max(), y.min() + y.max()]) / 2
    image = _draw(distance, middle, scale, wider)
    middle = middle + (centre_of_mass(image) - (FIELD - 1) / 2) / scale
    return np.round(255 * _draw(distance, middle, scale, wider)) / 255


def _draw(distance, middle, scale, wider):
    """Return the image (28, 28) of a field of distances around `middle`, with strokes made wider on each side."""
    places = (np.arange(FIELD) - (FIELD - 1) / 2) / scale
    y, x = np.meshgrid(places + middle[1], places + middle[0], indexing="ij")
    near = ndimage.map_coordinates(distance, [y, x], order=1, mode="nearest")
    return np.clip(0.5 + wider - scale * near, 0, 1)
