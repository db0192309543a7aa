"""From a file, a Pillow image or an array to a grey picture, upright."""

import os
import warnings

import numpy as np
from PIL import Image, ImageOps

from .. import checks
from ..files import in_short

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
MOST_PIXELS = 50_000_000
SHORTEST_SIDE = 8  # pixels; in a smaller picture there is nothing to find
LONGEST_SIDE = 3000  # pixels; what is larger is made smaller, which saves time and memory


def load(picture):
    """Return a picture as an array (height, width) of float32, from 0, black, to 1, white; turned as its EXIF says.

    Parameters
    ----------
    picture : str, path-like, PIL.Image.Image or ndarray
        A file, an image, or an array (height, width) or (height, width, 3 or 4) of uint8, or of floats from 0 to 1.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        If there is no such file, or it is no picture of a usable size; the message names the file.
    """
    if isinstance(picture, Image.Image):
        return _grey(picture, "picture")
    if isinstance(picture, str | os.PathLike):
        return _from_file(checks.path(picture, "picture"))
    return _grey(_from_array(picture), "picture")


def _from_file(path):
    if not os.path.isfile(path):
        raise FileNotFoundError(f"There is no file {path}; expected a picture, such as photo.jpg.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of large sizes, which are checked below
            with Image.open(path, formats=FORMATS) as image:
                return _grey(image, str(path))
    except Image.UnidentifiedImageError:
        raise ValueError(f"{path} is no picture that can be read; expected JPEG, PNG, TIFF or the like.") from None
    except _UnusableError as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # a damaged file can break Pillow in many ways
        raise ValueError(f"{path} cannot be read as a picture ({in_short(error)}).") from None


class _UnusableError(ValueError):
    """A picture of an unusable size; the message names it."""


def _from_array(array):
    if not hasattr(array, "__len__"):
        raise TypeError(f"picture is {checks.shown(array)}; expected a file, a Pillow image or an array.")
    array = checks.dense(array, "picture")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"picture has shape {array.shape}; expected (height, width) or (height, width, 3).")
    if array.dtype.kind == "f":
        checks.finite(array, "picture")
        if array.size and not (array.min() >= 0 and array.max() <= 1):
            raise ValueError(
                f"picture holds values from {array.min():.4g} to {array.max():.4g}; expected floats from 0 to 1, or "
                "uint8."
            )
        array = np.round(array * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise TypeError(f"picture has dtype {array.dtype}; expected uint8, or floats from 0 to 1.")
    if array.size == 0:
        raise ValueError(f"picture has shape {array.shape}; expected at least one pixel.")
    return Image.fromarray(np.ascontiguousarray(array))


def _grey(image, name):
    """Return a Pillow image as an array; nothing is decoded before its size is known."""
    width, height = image.size
    if width * height > MOST_PIXELS or min(image.size) < SHORTEST_SIDE:
        raise _UnusableError(
            f"{name} has {width:,} x {height:,} pixels; expected sides of {SHORTEST_SIDE} or more, and "
            f"{MOST_PIXELS:,} pixels at most."
        )
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.has_transparency_data:  # paper is white where there is nothing
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("L")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX, reducing_gap=None)
    return np.asarray(image, dtype=np.float32) / 255
