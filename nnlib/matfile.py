"""Reads what MNIST needs from MAT-files of version 5: arrays of real numbers (MathWorks, "MAT-File Format", 2017).

SciPy's reader can do far more, but a single damaged byte can crash it, and the kernel with it.
"""

import io
import math
import struct
import zlib
from functools import partial

import numpy as np

HEADER_LENGTH = 128  # bytes: text, then the version and the order of bytes
MATRIX, COMPRESSED = 14, 15  # the kinds of elements that a file consists of
NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
FULL = range(6, 16)  # the classes of full arrays of numbers; others are cells, structures, text, sparse arrays
COMPLEX = 0x800
MOST_VARIABLES, LONGEST_NAME = 100, 63


def variables(file):
    """Yield the name and the shape of each variable in an opened MAT-file, and a function that reads its numbers.

    Nothing is read, and no memory taken, that has not been asked for: look at the shape first. The function works
    until the next variable is asked for; it returns an array of the type in which the file stores the numbers.
    Raises ValueError, EOFError or zlib.error if the file is damaged or holds something else.
    """
    header = file.read(HEADER_LENGTH)
    order = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}.get(header[124:])
    if order is None:
        raise ValueError("it does not begin as one of version 5 does")
    place = HEADER_LENGTH
    for _ in range(MOST_VARIABLES):
        file.seek(place)
        if not file.read(1):
            return
        file.seek(place)
        kind, n_bytes = struct.unpack(order + "II", _exactly(file, 8))
        place += 8 + n_bytes
        stream = file
        if kind == COMPRESSED:
            stream = io.BufferedReader(_Inflated(file))
            kind, _ = struct.unpack(order + "II", _exactly(stream, 8))
        if kind != MATRIX:
            raise ValueError(f"it holds an element of the unknown type {kind}")
        yield _variable(stream, order)
    raise ValueError(f"it holds more than {MOST_VARIABLES} variables")


def _variable(stream, order):
    """Return the name and the shape of a variable, and the function that reads its numbers."""
    flags, *_ = np.frombuffer(_small(stream, order, 8), order + "u4").tolist()
    shape = tuple(np.frombuffer(_small(stream, order, 128), order + "i4").tolist())
    name = _small(stream, order, LONGEST_NAME).decode("ascii")
    return name, shape, partial(_read_numbers, stream, order, flags, shape, name)


def _read_numbers(stream, order, flags, shape, name):
    if flags & 0xFF not in FULL or flags & COMPLEX:
        raise ValueError(f"its {name} is not a full array of real numbers")
    kind, n_bytes, within = _tag(stream, order)
    if kind not in NUMBERS:
        raise ValueError(f"its {name} is stored as the unknown type {kind}")
    dtype = np.dtype(order + NUMBERS[kind])
    if within is not None:
        return np.frombuffer(within, dtype).reshape(shape, order="F")
    numbers = np.empty(math.prod(shape), dtype)
    if stream.readinto(numbers) != n_bytes:
        raise EOFError("it ends too early")
    stream.read(8)  # padding; and at the end of compressed data, zlib compares its checksum
    return numbers.reshape(shape, order="F")


def _tag(stream, order):
    """Return the type of a part of a variable, its length in bytes and, where it is that short, the part itself."""
    start = _exactly(stream, 8)
    kind, n_bytes = struct.unpack(order + "II", start)
    if kind < 0x10000:
        return kind, n_bytes, None
    n_bytes, kind = divmod(kind, 0x10000)
    if n_bytes > 4:
        raise ValueError(f"{n_bytes} bytes are said to stand in 4")
    return kind, n_bytes, start[4 : 4 + n_bytes]


def _small(stream, order, longest):
    """Return a part of a variable that is no longer than `longest` bytes."""
    _, n_bytes, within = _tag(stream, order)
    if within is not None:
        return within
    if n_bytes > longest:
        raise ValueError(f"a part of {n_bytes} bytes was found; expected {longest} at most")
    return _exactly(stream, n_bytes + -n_bytes % 8)[:n_bytes]  # padded to a multiple of 8


def _exactly(stream, n_bytes):
    content = stream.read(n_bytes)
    if len(content) != n_bytes:
        raise EOFError("it ends too early")
    return content


class _Inflated(io.RawIOBase):
    """What stands in a file in compressed form, from where it is read now."""

    def __init__(self, file):
        self.file, self.inflate, self.waiting = file, zlib.decompressobj(), b""

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.inflate.eof:
            content = self.waiting or self.file.read(1 << 16)
            inflated = self.inflate.decompress(content, len(buffer))
            self.waiting = self.inflate.unconsumed_tail
            buffer[: len(inflated)] = inflated
            if inflated:
                return len(inflated)
            if not content:
                raise EOFError("it ends too early")
        return 0
