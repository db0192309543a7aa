"""From a file, a Pillow image or an array to an upright picture of a size to work on."""

import os
import warnings
from typing import NamedTuple

import numpy as np

from .. import checks
from ..files import in_short

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
SHORTEST_SIDE = 400  # of a picture to work on: a smaller one is enlarged, so that nobody need think of tiny ones
MOST_PIXELS = 50_000_000  # of a picture; a phone's has 12 million, and 50 million at most in everyday use


class Picture(NamedTuple):
    """An upright picture: `rgb` (h, w, 3) of uint8, reduced or enlarged by `scale`, and its `size` before that."""

    rgb: np.ndarray
    scale: float
    size: tuple


def load_picture(picture, longest):
    """Return a `Picture` of what `read_page` takes; errors as there.

    If its longer side has more pixels than `longest`, it is reduced; a tiny one is enlarged.
    """
    from PIL import Image

    if isinstance(picture, Image.Image):
        _check_size(picture, "picture")
        return _prepared(picture, longest)
    if isinstance(picture, str | os.PathLike):
        path = checks.path(picture, "picture")
        if not os.path.isfile(path):
            raise FileNotFoundError(f"There is no file {path}; expected a picture, such as photo.jpg.")
        return load_file(path, path, longest)
    image = _image_of(picture)
    _check_size(image, "picture")
    return _prepared(image, longest)


def load_file(file, name, longest):
    """Return a `Picture` as `load_picture` does, of a path or an open file. An error calls it `name`."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, and about sizes, which are checked below
            with Image.open(file, formats=FORMATS) as image:
                size = _check_size(image, name)
                # A JPEG can be decoded at a half or a quarter of its size, which saves most of the time.
                image.draft("RGB", (longest, longest))
                return _prepared(image, longest, size)
    except Image.DecompressionBombError:
        raise ValueError(f"{name} declares far too many pixels; expected {MOST_PIXELS:,} at most.") from None
    except Image.UnidentifiedImageError:
        raise ValueError(
            f"{name} is no picture that can be read; expected JPEG, PNG, TIFF, BMP, GIF or WebP. A phone's .heic file "
            "can be shared or exported as JPEG."
        ) from None
    except _SizeError:
        raise
    except Exception as error:  # a damaged file can break Pillow in many ways
        raise ValueError(f"{name} cannot be read as a picture; it is damaged ({in_short(error)}).") from None


class _SizeError(ValueError):
    """A picture with too many pixels, or with none."""


def _check_size(image, name):
    """Return the size of a Pillow image. It is known before anything is decoded."""
    if min(image.size) < 1 or image.width * image.height > MOST_PIXELS:
        raise _SizeError(
            f"{name} has {image.width:,} x {image.height:,} pixels; expected some, and {MOST_PIXELS:,} at most."
        )
    return image.size


def _image_of(array):
    """Return an array of grey (h, w) or colour (h, w, 3 or 4) as a Pillow image."""
    from PIL import Image

    if not hasattr(array, "__len__"):
        raise TypeError(f"picture is {checks.shown(array)}; expected a file, a Pillow image or an array.")
    array = checks.dense(array, "picture")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)) or array.size == 0:
        raise ValueError(f"picture has shape {array.shape}; expected (height, width), or (height, width, 3) in colour.")
    if array.dtype == bool:
        array = array.astype(np.float32)
    if array.dtype.kind == "f":
        checks.finite(array, "picture")
        if array.min() < 0 or array.max() > 1:
            raise ValueError(
                f"picture holds values from {array.min():.4g} to {array.max():.4g}; expected 0 to 1, or uint8."
            )
        array = np.rint(np.multiply(array, 255, dtype=np.float32, casting="same_kind")).astype(np.uint8)
    if array.dtype != np.uint8:
        raise TypeError(f"picture has dtype {array.dtype}; expected uint8, or floats from 0 to 1.")
    return Image.fromarray(array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array)


def _prepared(image, longest, size=None):
    """Return a Pillow image as a `Picture`: in colour, of a size to work on, and upright."""
    from PIL import Image

    image.load()
    if size is None or image.format == "TIFF":  # which Pillow turns upright as it loads it
        size = image.size
    scale = min(longest / max(size), max(1, SHORTEST_SIDE / min(size)))
    reduced = [max(1, round(scale * length)) for length in size]
    image, turn = _in_colour(image), _turn(image)
    image = image.resize(reduced, Image.Resampling.BICUBIC, reducing_gap=2.0)
    if image.mode == "RGBA":  # paper that is transparent is white
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if turn is not None:
        image = image.transpose(turn)
        size = size[::-1] if turn >= Image.Transpose.ROTATE_90 and turn != Image.Transpose.ROTATE_180 else size
    return Picture(np.asarray(image), scale, size)


def _in_colour(image):
    """Return a Pillow image of any mode as RGB or, where it may be transparent, RGBA."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):  # more than 8 bits; what is white is not said
        values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
        values -= values.min()
        values *= 255 / max(values.max(), np.finfo(np.float32).tiny)
        return Image.fromarray(values.astype(np.uint8)).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _turn(image):
    """Return how a Pillow image is turned upright, or None: phones note how they were held."""
    from PIL import Image

    turns = Image.Transpose
    known = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }
    try:
        return known.get(image.getexif().get(274))
    except Exception:  # damaged metadata; the picture itself may be whole
        return None
