"""Cut the boxes of a straightened sheet, and make of what was written in each an image like those of MNIST."""

import numpy as np
import scipy

from ..drawing import BOX, FIELD, PEN_WIDTH, centre_of_mass
from . import sheet
from .corners import PER_MM, darkness, to_pixels

THICKEST = 12.0  # millimetres; what is dark and wider than this is no ink
LEEWAY = 4.0  # millimetres that a box may lie beside its place, because the paper is not flat
NEARBY = 1.0  # millimetres within which the halves of its lines are looked for
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
            box, line = _cut_box(ink, sheet.box_corner(row, column))
            lines.append(line)
            image = digit_image(box)
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


def _cut_box(ink, place):
    """Return the ink of the box near a place (x, y), with `AROUND` millimetres more, and how dark its lines are.

    Paper bends, so the box may be moved, turned and slanted. Where its lines are is looked for twice: first within
    `LEEWAY`, for the lines as a whole; then close by, for both halves of each.
    """
    around = ink[_window(place - LEEWAY, sheet.BOX + 2 * LEEWAY)]
    beside = slice(round(LEEWAY * PER_MM), -round(LEEWAY * PER_MM))
    found = []
    for part in (around, around.T):
        # A line is there along nearly all of the box, and a digit's bar is not; it may slant by some pixels.
        thick = scipy.ndimage.maximum_filter1d(part[beside], 5, axis=1)
        found.append(_find_lines(np.percentile(thick, 30, axis=0), LEEWAY)[0])
    corner = place + found
    around = ink[_window(corner - NEARBY, sheet.BOX + 2 * NEARBY)]
    first, second = slice(round(2 * NEARBY * PER_MM), len(around) // 2), slice(len(around) // 2, None)
    second = slice(second.start, -first.start)
    found = [[_find_lines(part[half].mean(axis=0), NEARBY) for half in (first, second)] for part in (around, around.T)]
    moves = np.array(found)[..., 0]  # of x in the upper and the lower half, of y in the left and the right half
    places = (np.arange(round((sheet.BOX + 2 * AROUND) * PER_MM)) + 0.5) / PER_MM - AROUND
    share = (places - sheet.BOX / 4) / (sheet.BOX / 2)  # of the way from the middle of one half to that of the other
    start = np.round(to_pixels(corner)) - 0.5
    x = start[0] + PER_MM * (places + (moves[0, 0] + share * (moves[0, 1] - moves[0, 0]))[:, np.newaxis])
    y = start[1] + PER_MM * (places[:, np.newaxis] + moves[1, 0] + share * (moves[1, 1] - moves[1, 0]))
    return scipy.ndimage.map_coordinates(ink, [y, x], order=1), np.array(found)[..., 1].min()


def _find_lines(profile, leeway):
    """Return how far two lines, a box apart, lie beside their places; and how dark they are.

    A profile is the darkness across the lines, from `leeway` millimetres before the first to as many after the second.
    """
    profile = np.append(profile, 0)
    side, n_places = round(sheet.BOX * PER_MM), round(2 * leeway * PER_MM) + 1
    pairs = np.minimum(profile[:n_places], profile[side : side + n_places])  # both must be there: a digit has bars, too
    best = np.flatnonzero(pairs >= pairs.max() - 1e-6).mean()
    return best / PER_MM - leeway, pairs.max()


def digit_image(ink):
    """Return what is written in a box as an image (28, 28), or None if it is empty.

    Parameters
    ----------
    ink : ndarray
        The darkness of the box with its lines and `AROUND` millimetres more: 0 for paper, 1 for black.
    """
    smooth = _without_lines(scipy.ndimage.gaussian_filter(ink, 1))
    from_line = _from_line(len(ink))
    off_line = np.abs(from_line) > ON_LINE * PER_MM
    darkest = smooth[off_line & (from_line > 0)].max()
    if darkest < FAINTEST:
        return None
    mask = off_line & (smooth > EDGE * darkest)
    mask |= ~off_line & scipy.ndimage.binary_closing(mask, _disc(ON_LINE * PER_MM + 1))  # where it crosses a line
    mask = _within(mask, from_line / PER_MM)
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


def _within(mask, from_line):
    """Return a mask without specks, what a line has left beside it, and what belongs to the next box.

    Parameters
    ----------
    mask : ndarray of bool
    from_line : ndarray
        How many millimetres inside the box each pixel lies.
    """
    labels, n_labels = scipy.ndimage.label(mask, structure=np.ones((3, 3)))
    areas, areas_inside, areas_deep = (
        np.bincount(labels[from_line > depth], minlength=n_labels + 1) for depth in (-np.inf, ON_LINE, NEAR_LINE)
    )
    keep = (areas >= SPECK * PER_MM**2) & (areas_inside > areas / 2) & (areas_deep > 0)
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
    inside, outside = scipy.ndimage.distance_transform_edt(mask), scipy.ndimage.distance_transform_edt(~mask)
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
    near = scipy.ndimage.map_coordinates(distance, [y, x], order=1, mode="nearest")
    return np.clip(0.5 + wider - scale * near, 0, 1)
