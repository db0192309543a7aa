"""Drawings and images of digits with their labels, as a small JSON file that people can pass on."""

import base64
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from . import checks
from .data import DATA_FOLDER
from .drawing import FIELD, check_drawing, strokes_to_image
from .files import in_short, write_atomically

FORMAT = "nnlib drawings 1"
MOST_BYTES = 10_000_000  # about 5,000 drawings; what they hold takes up to 50 times as much memory
DRAWINGS_PATH = DATA_FOLDER / "drawings.json"
PENS_PATH = DATA_FOLDER / "pens.json.gz"
PNG_BEGINS = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + 2 * FIELD.to_bytes(4, "big")  # one of 28 x 28 pixels
MOST_PNG_BYTES = 4000  # one such takes up to about 900


class Example(NamedTuple):
    """A digit that somebody has drawn, or written on paper, and what it is.

    Attributes
    ----------
    strokes : list of ndarray (k, 2), or ndarray (28, 28)
        Of a drawing, the points of each stroke as x, y; y grows down; any unit. Of a digit on paper, in place of
        strokes, its image: ink from 0 to 1, white on black, as in MNIST.
    label : int
        The digit.
    writer : str
        Who drew it; may be empty.
    """

    strokes: list | np.ndarray
    label: int
    writer: str = ""

    @property
    def image(self):
        """The image (28, 28) of a digit on paper; None for a drawing."""
        return self.strokes if is_image(self.strokes) else None

    def to_image(self):
        """Return an image (28, 28) in [0, 1], whether it was drawn or written on paper."""
        return strokes_to_image(self.strokes) if self.image is None else self.image

    def __eq__(self, other):
        """Whether both are examples of the same drawing or image, digit and writer."""
        return (
            isinstance(other, Example)
            and (self.label, self.writer) == (other.label, other.writer)
            and is_image(self.strokes) == is_image(other.strokes)
            and len(self.strokes) == len(other.strokes)
            and all(map(np.array_equal, self.strokes, other.strokes))
        )

    def __ne__(self, other):  # a tuple has one of its own, which fails on arrays
        return not self == other


def is_image(strokes):
    """Whether it is an image in place of strokes: those are a list, or an array of three axes."""
    return isinstance(strokes, np.ndarray) and strokes.ndim == 2


def save_examples(path, examples):
    """Save labelled drawings and images as JSON.

    Parameters
    ----------
    path : str or path-like
        A name that ends in ``.json``. A file that was there before is replaced, at the end and in one go. The file
        holds a checksum; whoever edits it by hand removes that.
    examples : list of Example
        The drawings and images; tuples (strokes, label) or (strokes, label, writer) work too. An image is saved as a
        PNG, with 256 levels of grey.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above. A file that was there before stays as it was.
    """
    path = _check_target(path)
    content = as_bytes(examples)
    write_atomically({path: lambda file: file.write(content)})


def add_examples(path, examples, *, known=(), keep_others=True):
    """Save labelled drawings with the others that are in the file already.

    Two programs that add to a file at the same moment wait for each other, so that no drawing is lost.

    Parameters
    ----------
    path, examples
        As for `save_examples`; but a file that holds something else than drawings is not replaced.
    known : set of str
        The keys (see `drawing_key`) of drawings that the caller has had. Such a drawing in the file is no other one: it
        has been corrected or removed since, and does not stay.
    keep_others : bool
        Whether the others stay in the file.

    Returns
    -------
    list of Example
        The others that were in the file.
    """
    examples, others = _checked(examples), []
    known = set(known) | {drawing_key(example.strokes) for example in examples}

    def change(there):
        others.extend(example for example in there if drawing_key(example.strokes) not in known)
        return (others if keep_others else []) + examples

    change_examples(path, change)
    return others


def change_examples(path, change):
    """Replace the drawings in a file, or none where there is no file, by what ``change(drawings)`` makes of them."""
    path = _check_target(path)

    def write(file):
        file.write(as_bytes(change(load_examples(path) if path.exists() else [])))

    write_atomically({path: write})


def _check_target(path):
    path = checks.path(path)
    if path.suffix != ".json":
        raise ValueError(f"path is {path}; expected a name that ends in .json.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} for {path.name}.")
    return path


def as_bytes(examples):
    """Return the content of a file with these examples, one in each line, and a checksum of them."""
    records = [
        {"label": example.label, "writer": example.writer, **_as_fields(example.strokes)}
        for example in _checked(examples)
    ]
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    text = f'{{"format": "{FORMAT}", "checksum": "{_checksum(records)}", "examples": [\n{lines}\n]}}\n'.encode()
    if len(text) > MOST_BYTES:
        raise ValueError(f"{len(records)} drawings take {len(text):,} bytes; expected {MOST_BYTES:,} at most.")
    return text


def _as_fields(strokes):
    """Return what was written, as the file holds it: rounded strokes, or an image in place of them."""
    return {"image": to_png(strokes)} if is_image(strokes) else {"strokes": _rounded(strokes)}


def to_png(image):
    """Return an image, ink from 0 to 1, as a PNG in base64."""
    from PIL import Image  # here, as most programs save no images

    file = io.BytesIO()
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(file, format="PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _from_png(text, name):
    """Return the image (28, 28) that `to_png` wrote; its size is known before anything is decoded."""
    from PIL import Image

    try:
        content = base64.b64decode(text, validate=True)
        if not content.startswith(PNG_BEGINS):
            raise ValueError(f"expected a PNG of {FIELD} x {FIELD} pixels")
        if len(content) > MOST_PNG_BYTES:
            raise ValueError(f"it has {len(content):,} bytes; expected {MOST_PNG_BYTES:,} at most")
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.mode != "L":
                raise ValueError(f"its pixels are {image.mode}; expected 8 bits of grey")
            return np.asarray(image) / 255
    except Exception as error:  # a damaged PNG can break Pillow in many ways
        raise ValueError(f"the image of {name} cannot be read: {in_short(error)}") from None


def _checked(examples):
    if not isinstance(examples, Iterable):
        raise TypeError(f"examples is a {type(examples).__name__}; expected a list of labelled drawings.")
    return [check_example(example, f"examples[{i}]") for i, example in enumerate(examples)]


def _checksum(records):
    """Return a checksum of the records of a file, however they are laid out in it."""
    return f"{zlib.crc32(json.dumps(records, sort_keys=True).encode()):08x}"


def load_examples(path=None):
    """Load labelled drawings and images that `save_examples` wrote.

    Parameters
    ----------
    path : str, path-like or None
        None means the ten drawings, one of each digit, that ship with the project.

    Returns
    -------
    list of Example

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds something else.
    """
    return _load(DRAWINGS_PATH if path is None else checks.path(path))


def load_pens():
    """Load 7,494 digits that 30 people wrote on a tablet.

    They are the training part of *Pen-Based Recognition of Handwritten Digits* (E. Alpaydin and F. Alimoglu, UCI
    Machine Learning Repository, 1996, https://doi.org/10.24432/C5MG6K, CC BY 4.0).

    Returns
    -------
    list of Example
        Each with its strokes, its label and its writer, "w00" to "w43"; in a box of 500 x 500.

    Raises
    ------
    FileNotFoundError, ValueError
        As for `load_examples`.
    """
    return _load(PENS_PATH)


def _load(path):
    if not os.path.isfile(path):
        raise FileNotFoundError(f"There is no file {path}; expected drawings that the pad or save_examples saved.")
    try:
        content = _content(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be read as drawings ({in_short(error)}).") from None
    return from_bytes(content, path)


def from_bytes(content, name):
    """Return the labelled drawings in the content of a file. An error calls the file `name`."""
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES:,} bytes, which are too many")
        found = json.loads(_as_text(content))
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError(f'it does not say "format": "{FORMAT}"')
        if not isinstance(found.get("examples"), list):
            raise ValueError('it has no list of "examples"')
        if not set(found) <= {"format", "checksum", "examples"}:
            raise ValueError(f"it holds {', '.join(found)}; expected format, checksum and examples")
        if "checksum" in found and found["checksum"] != _checksum(found["examples"]):
            raise ValueError('its checksum differs: it is damaged; or, if you have edited it, remove its "checksum"')
        return [_from_record(record, f"example {i}") for i, record in enumerate(found["examples"], start=1)]
    except Exception as error:  # whatever the file holds, the message names it and says what is wrong
        raise ValueError(f"{name} cannot be read as drawings ({in_short(error)}).") from None


def _as_text(content):
    try:
        return content.decode("utf-8-sig")  # some editors put a byte order mark before the text
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None


def drawing_key(strokes):
    """Return what tells a drawing, or an image, from others, whatever its label: the same after saving and loading."""
    return json.dumps(_as_fields(strokes))


def _content(path):
    """Return the bytes of a file, which may be compressed; a few bytes can stand for gigabytes."""
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def not_among(examples, others):
    """Return those of `examples` that are not among `others`: new ones, or the same with a different label."""

    def identity(example):
        return example.label, drawing_key(example.strokes)

    known = set(map(identity, others))
    return [example for example in examples if identity(example) not in known]


def _rounded(strokes):
    """Return strokes as lists, with as many decimals as a drawing of their size needs."""
    extent = np.ptp(np.concatenate(strokes), axis=0).max()
    decimals = 4 - int(np.floor(np.log10(extent))) if extent > 1e-290 else 2
    # Python's own rounding never overflows, as that of NumPy does.
    return [[[round(coordinate, decimals) for coordinate in point] for point in stroke.tolist()] for stroke in strokes]


def _from_record(record, name):
    """Return the example that a record of the file describes."""
    if not isinstance(record, dict) or "label" not in record or len({"strokes", "image"} & set(record)) != 1:
        raise ValueError(f'{name} has no "label", or not one of "strokes" and "image"')
    strokes = _from_png(record["image"], name) if "image" in record else record["strokes"]
    return check_example((strokes, record["label"], record.get("writer", "")), name)


def check_example(example, name):
    """Return `example` as an `Example`, checked."""
    try:
        strokes, label, writer = Example(*example)
    except TypeError:
        raise TypeError(f"{name} is {example!r}; expected a pair (strokes, label).") from None
    if isinstance(label, bool) or not isinstance(label, (int, np.integer)) or not 0 <= label <= 9:
        raise ValueError(f"{name} has the label {label!r}; expected a digit from 0 to 9.")
    if not isinstance(writer, str):
        raise TypeError(f"{name} has the writer {writer!r}; expected text.")
    try:
        writer.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} has the writer {writer!r}, which holds half a character; expected text.") from None
    return Example(check_strokes_or_image(strokes, name), int(label), writer)


def check_strokes_or_image(strokes, name):
    """Return the strokes of a drawing as `check_drawing` does; or an image, checked."""
    return check_image(strokes, name) if is_image(strokes) else check_drawing(strokes, name)


def check_image(image, name):
    """Return an image as an array (28, 28) of floats in [0, 1] that has some ink."""
    image = checks.dense(image, name)
    if image.shape != (FIELD, FIELD):
        raise ValueError(f"{name} has shape {image.shape}; expected ({FIELD}, {FIELD}).")
    if image.dtype not in checks.FLOATS:
        raise TypeError(f"{name} has dtype {image.dtype}; expected floats from 0 to 1.")
    checks.finite(image, name)
    if image.min() < 0 or image.max() > 1:
        raise ValueError(f"{name} holds pixel values from {image.min():.4g} to {image.max():.4g}; expected 0 to 1.")
    if not image.any():
        raise ValueError(f"{name} is black: there is no ink.")
    return image
