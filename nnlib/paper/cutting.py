"""Cut the boxes of a straightened sheet, and make of what was written in each an image like those of MNIST."""

import numpy as np
from scipy import ndimage

from ..drawing import BOX, FIELD, PEN_WIDTH, centre_of_mass
from . import sheet
from .corners import PER_MM, darkness, to_pixels

THICKEST = 12.0  # millimetres; what is dark and wider than this is no ink
LEEWAY = 5.0  # millimetres that a box may lie beside its place, because the paper is not flat
AROUND = 1.3  # millimetres around a box that are cut out with it: some digits reach over the lines
NEAR_LINE, ON_LINE = 1.5, 0.5  # millimetres from the middle of a line: where it darkens the paper; where it is black
FAINTEST_LINE, COVERED = 0.25, 0.1  # darkness of the boxes' lines: if most are fainter, or one is
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
            corner, line = _find_box(ink, sheet.box_corner(row, column))
            lines.append(line)
            image = digit_image(ink[_window(corner - AROUND, sheet.BOX + 2 * AROUND)])
            if image is not None:
                images[row, column] = image
    if np.median(lines) < FAINTEST_LINE:
        raise ValueError("it is too blurred: the lines of the boxes can hardly be seen. Hold the camera still.")
    if n_covered := np.count_nonzero(np.array(lines) < COVERED):
        raise ValueError(f"{n_covered} of its {len(lines)} boxes cannot be seen: covered, in shadow or cut off.")
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
        The darkness of the box with its lines and `AROUND` millimetres more: 0 for paper, 1 for black.
    """
    smooth = _without_lines(ndimage.gaussian_filter(ink, 1))
    from_line = _from_line(len(ink))
    off_line = np.abs(from_line) > ON_LINE * PER_MM
    darkest = smooth[off_line & (from_line > 0)].max()
    if darkest < FAINTEST:
        return None
    mask = off_line & (smooth > EDGE * darkest)
    mask |= ~off_line & ndimage.binary_closing(mask, _disc(ON_LINE * PER_MM + 1))  # where it crosses a line
    mask = _within(mask, from_line > 0)
    return draw_mask(mask) if mask.any() else None


def _from_line(n_pixels):
    """Return how far inside the box each pixel lies, from the middle of the nearest line; negative outside."""
    places = np.arange(n_pixels)
    inside = np.minimum(places, n_pixels - 1 - places) - AROUND * PER_MM
    return np.minimum(*np.meshgrid(inside, inside))


def _disc(radius):
    places = np.arange(-int(radius), int(radius) + 1)
    return np.hypot(*np.meshgrid(places, places)) <= radius


def _without_lines(ink):
    """Return a box without the darkness of its lines and, where they are blurred, of what is near them.

    It is the same all along a line, while what was written covers a part of the line only.
    """
    ink = ink - np.median(ink)
    places = np.arange(len(ink))
    inside = np.minimum(places, len(ink) - 1 - places) - AROUND * PER_MM
    near, along = np.flatnonzero(np.abs(inside) < NEAR_LINE * PER_MM), inside > 0
    for part in (ink, ink.T):
        part[np.ix_(near, along)] -= np.percentile(part[np.ix_(near, along)], 20, axis=1, keepdims=True)
    return ink


def _within(mask, inside):
    """Return a mask without specks, and without what belongs to the box next to it: most of that lies outside."""
    labels, n_labels = ndimage.label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel(), minlength=n_labels + 1)
    areas_inside = np.bincount(labels[inside], minlength=n_labels + 1)
    keep = (areas >= SPECK * PER_MM**2) & (areas_inside > areas / 2)
    keep[0] = False
    return keep[labels]


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
