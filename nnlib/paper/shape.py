"""From the shape of a part, of any size and pen, to an image (28, 28) like those of MNIST."""

import numpy as np
import scipy

from ..drawing import BOX, FIELD

FINE = 4  # the shape is drawn that many times larger, and its pixels are then averaged
STROKE = 2.6  # pixels; the width of strokes in MNIST, as `stroke_width` measures it
MOST_THINNED = 0.25  # of a stroke's width, on each side: what is thinner must not break


def image_of(shape):
    """Return the image (28, 28) of a shape (h, w) of bool: its longer side 20 pixels, its strokes as wide as MNIST's.

    Strokes are widened or thinned by moving their outline, by its distance: a pencil's then look like a marker's.
    """
    thick = STROKE * FINE
    length = BOX * FINE
    shape = np.pad(shape, 1)
    once = _resized(shape, length / max(shape.shape))
    width = stroke_width(once)
    # The middle line of the strokes is `length - width` long, and is to be `length - thick`.
    factor = (length - thick) / max(length - width, 0.5 * length)
    fine = np.pad(_resized(shape, factor * length / max(shape.shape)), 2 * FINE)
    move = max((thick - factor * width) / 2, -MOST_THINNED * factor * width)
    distance = signed_distance(fine) + move
    return _centred(np.clip(0.5 + distance, 0, 1))


def stroke_width(shape):
    """Return how wide the strokes of a shape are, in pixels: four times a pixel's mean distance from the outline."""
    distances = scipy.ndimage.distance_transform_edt(np.pad(shape, 1))
    return 4 * (distances.sum() / max(1, shape.sum()) - 0.5)


def signed_distance(shape):
    """Return each pixel's distance from the outline of a shape, negative outside."""
    inside, outside = map(scipy.ndimage.distance_transform_edt, (shape, ~shape))
    return np.where(shape, inside - 0.5, 0.5 - outside)


def _resized(shape, factor):
    """Return a shape, scaled."""
    from PIL import Image

    size = [max(1, round(factor * length)) for length in shape.shape[::-1]]
    grey = Image.fromarray(shape.astype(np.uint8) * 255)
    return np.asarray(grey.resize(size, Image.Resampling.BICUBIC)) > 127


def _centred(fine):
    """Return the image of a fine one, with the centre of mass in the middle."""
    centre = np.array(scipy.ndimage.center_of_mass(fine)) + 0.5
    offset = np.round(FIELD * FINE / 2 - centre).astype(int)
    field = np.zeros((3 * FIELD * FINE,) * 2)  # with room around it, for what is far from its centre of mass
    top, left = offset + FIELD * FINE
    field[top : top + fine.shape[0], left : left + fine.shape[1]] = fine
    middle = slice(FIELD * FINE, 2 * FIELD * FINE)
    return field[middle, middle].reshape(FIELD, FINE, FIELD, FINE).mean(axis=(1, 3))
