"""Damage good files at random, and load them: networks, drawings, digits and pictures.

    python tests/fuzz/damaged_files.py --rounds 10000
    python tests/fuzz/damaged_files.py npz --rounds 10000

A damaged file must give one clear ValueError, or what was saved: never other numbers, another error, more than 1 GB of
memory, more than 10 seconds or the end of the process. A picture may give any page, as its pixels may be damaged; the
error names its file. Prints how the rounds ended, and the seed of each fault; exits
with 1 where there was one.
"""

import argparse
import collections
import faulthandler
import io
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import scipy.io
from PIL import Image

import nnlib
from nnlib import data

SECONDS, KILOBYTES = 10, 1_000_000


def damage(content, rng):
    """Return the bytes of a file, damaged in one of the ways in which files are damaged, or by intent."""
    content = bytearray(content)
    first, last = sorted(rng.integers(0, len(content) + 1, 2))
    last = min(last, first + 64)
    line_ends = [place for place, byte in enumerate(content) if byte == ord("\n")] or [0]
    match rng.integers(0, 9):
        case 0:  # bits change
            for place in rng.integers(0, len(content), rng.integers(1, 4)):
                content[place] ^= 1 << rng.integers(0, 8)
        case 1:  # bytes change
            for place in rng.integers(0, len(content), rng.integers(1, 4)):
                content[place] = rng.integers(0, 256)
        case 2:  # the end is missing
            del content[first:]
        case 3:  # the end is missing, from the end of a line
            del content[rng.choice(line_ends) + 1 :]
        case 4:  # something within is missing
            del content[first:last]
        case 5:  # something stands there twice
            content[first:first] = content[first:last]
        case 6:  # zeros, as after the power has failed
            content[first:last] = bytes(last - first)
        case 7:  # a line begins with another character
            content.insert(rng.choice(line_ends) + 1, ord(rng.choice(list("#% 1-\n"))))
        case 8:  # something is inserted
            content[first:first] = rng.bytes(rng.integers(1, 20))
    return bytes(content)


def some_thetas(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 7)), rng.normal(size=(3, 5))]


def same_network(network):
    saved = some_thetas(0)
    return [theta.tobytes() for theta in network.thetas] == [theta.tobytes() for theta in saved] and (
        network.preparation,
        network.settings,
    ) in (("none", {}), ("deskew", {"lam": 0.1}))


class Npz:
    """Networks in .npz files."""

    def __init__(self, folder):
        self.path = folder / "network.npz"
        nnlib.save_thetas(self.path, some_thetas(0), preparation="deskew", settings={"lam": 0.1})
        compressed = self.path.read_bytes()
        with np.load(self.path) as arrays:
            np.savez(self.path, **arrays)
        self.contents = [compressed, self.path.read_bytes()]

    def load(self, rng):
        self.path.write_bytes(damage(self.contents[rng.integers(0, 2)], rng))
        return same_network(nnlib.load_network(self.path))


class Text:
    """Networks as text."""

    def __init__(self, folder):
        nnlib.network.PATIENCE = 0  # nobody is going to finish what is damaged
        self.folder = folder / "text"
        self.contents = {}
        for seed in (1, 0):
            nnlib.save_thetas(self.folder, some_thetas(seed))
            self.contents[seed] = {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def load(self, rng):
        files = dict(self.contents[0])
        name = rng.choice(sorted(files))
        if rng.random() < 0.1:
            files[name] = self.contents[1][name]
        else:
            files[name] = damage(files[name], rng)
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        return same_network(nnlib.load_network(self.folder))


class Json:
    """Labelled drawings."""

    def __init__(self, folder):
        self.path = folder / "drawings.json"
        nnlib.save_examples(self.path, [example._replace(writer="Åsa") for example in nnlib.load_examples()][:3])
        self.content = self.path.read_bytes()
        self.saved = self.as_lists()

    def as_lists(self):
        return [([stroke.tolist() for stroke in e.strokes], e.label, e.writer) for e in nnlib.load_examples(self.path)]

    def load(self, rng):
        self.path.write_bytes(damage(self.content, rng))
        return self.as_lists() == self.saved


class Mat:
    """The MNIST digits, but only 50 of them: the whole file takes half a second to load."""

    def __init__(self, folder):
        self.path = folder / "mnist.mat"
        rng = np.random.default_rng(0)
        self.X, self.y = rng.integers(0, 256, (50, 6), np.uint8), np.arange(50) % 10
        data.N_TRAIN, data.N_TEST, data.N_PIXELS = 40, 10, 6
        data.CLASS_COUNTS = {"training": (4,) * 10, "test": (1,) * 10}
        parts = {"training": slice(0, 40), "test": slice(40, None)}
        data.FINGERPRINTS = {part: data.fingerprint(self.X[rows], self.y[rows]) for part, rows in parts.items()}
        self.contents = []
        for compress in (False, True):
            for dtype in (np.uint8, np.float64):
                buffer = io.BytesIO()
                variables = {"data": self.X.T.astype(dtype), "label": self.y[np.newaxis].astype(float)}
                scipy.io.savemat(buffer, variables, do_compression=compress)
                self.contents.append(buffer.getvalue())

    def load(self, rng):
        self.path.write_bytes(damage(self.contents[rng.integers(0, len(self.contents))], rng))
        X_train, y_train, X_test, y_test = nnlib.load_mnist(self.path, dtype=np.float64)
        X, y = np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])
        return np.array_equal(X, self.X / 255) and np.array_equal(y, self.y)


class Picture:
    """Photographs: files of all formats, kinds of pixels and sizes; and in one of ten, a size that is not theirs."""

    good_outcome = "a page"

    def __init__(self, folder):
        self.folder, self.contents = folder, []
        digit = Image.fromarray(
            np.rint(255 * (1 - nnlib.strokes_to_image(nnlib.load_examples()[3].strokes))).astype("u1")
        )
        large = Image.new("L", (300, 200), "white")
        large.paste(digit.resize((84, 84)), (60, 50))
        for image in (digit, large, Image.new("L", (1, 1)), Image.new("L", (3000, 1), "white")):
            for mode, formats in KINDS.items():
                changed = image.convert("I").point(lambda value: 257 * value) if mode == "I;16" else image.convert(mode)
                self.contents += [self._saved(changed.convert(mode), kind) for kind in formats]
            self.contents += [
                self._saved(image.convert("RGB"), kind, frames=2) for kind in ("GIF", "PNG", "TIFF", "WEBP")
            ]
        self.contents.append(("jpg", self._saved(large, "JPEG", exif=True)[1]))

    @staticmethod
    def _saved(image, kind, *, frames=1, exif=False):
        buffer, options = io.BytesIO(), {}
        if frames > 1:
            options = {"save_all": True, "append_images": [image.transpose(Image.Transpose.ROTATE_180)]}
        if exif:
            image.getexif()[274] = 6
            options = {"exif": image.getexif()}
        image.save(buffer, kind, **options)
        return kind.lower(), buffer.getvalue()

    def load(self, rng):
        suffix, content = self.contents[rng.integers(0, len(self.contents))]
        if rng.random() < 0.1:
            content = with_size(content, *rng.choice([0, 1, 7, 7000, 12_000, 65_535, 2**31 - 1], 2))
        if rng.random() < 0.9:
            content = damage(content, rng)
        path = self.folder / f"photo.{suffix}"
        path.write_bytes(content)
        try:
            return isinstance(nnlib.read_page(path), nnlib.paper.Page)
        except ValueError as error:
            assert path.name in str(error), str(error)
            raise


# The kinds of pixels, and the formats that hold them.
KINDS = {
    "1": ["PNG", "TIFF", "BMP"],
    "L": ["PNG", "JPEG", "TIFF", "BMP", "GIF", "PPM"],
    "LA": ["PNG", "TIFF"],
    "P": ["PNG", "GIF", "BMP"],
    "RGB": ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "PPM"],
    "RGBA": ["PNG", "TIFF", "WEBP"],
    "CMYK": ["JPEG", "TIFF"],
    "YCbCr": ["JPEG", "TIFF"],
    "I;16": ["PNG", "TIFF"],
    "F": ["TIFF"],
}


def with_size(content, width, height):
    """Return the bytes of a PNG, JPEG, BMP or GIF that declare another size; those of others as they are."""
    content = bytearray(content)
    if content[:4] == b"\x89PNG":
        content[16:24] = struct.pack(">II", width, height)
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    elif content[:2] == b"\xff\xd8" and (place := max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2"))) > 0:
        content[place + 5 : place + 9] = struct.pack(">HH", height % 65_536, width % 65_536)
    elif content[:2] == b"BM":
        content[18:26] = struct.pack("<II", width, height)
    elif content[:3] == b"GIF":
        content[6:10] = struct.pack("<HH", width % 65_536, height % 65_536)
    return bytes(content)


READERS = {"npz": Npz, "text": Text, "json": Json, "mat": Mat, "picture": Picture}


def one_round(reader, rng):
    """Return how loading a damaged file ended, and whether that is a fault."""
    started = time.perf_counter()
    try:
        good = getattr(reader, "good_outcome", "what was saved")
        outcome, is_fault = (good, False) if reader.load(rng) else ("OTHER NUMBERS", True)
    except ValueError as error:
        clear = str(error).count("\n") == 0 and len(str(error)) < 1000
        outcome, is_fault = ("a clear ValueError", False) if clear else (f"UNCLEAR: {str(error)[:200]!r}", True)
    except Exception as error:
        outcome, is_fault = f"ANOTHER ERROR: {error!r:.200}", True
    if time.perf_counter() - started > SECONDS:
        outcome, is_fault = f"MORE THAN {SECONDS} SECONDS", True
    return outcome, is_fault


def peak_memory():
    """Return the most memory that this process has taken, in kB, as Linux knows it."""
    # Not getrusage: what it says includes the process that started this one.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])


def main(arguments=None):
    """Damage and load as often as asked; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", choices=[*READERS, []], metavar="READER", help=", ".join(READERS))
    parser.add_argument("--rounds", type=int, default=1000, help="for each reader (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first round (%(default)s)")
    options = parser.parse_args(arguments)
    faulthandler.enable()
    n_faults = 0
    for name in options.readers or READERS:
        outcomes = collections.Counter()
        with tempfile.TemporaryDirectory() as folder:
            reader = READERS[name](Path(folder))
            for seed in range(options.seed, options.seed + options.rounds):
                outcome, is_fault = one_round(reader, np.random.default_rng(seed))
                outcomes[outcome] += 1
                n_faults += is_fault
                if is_fault:
                    print(f"{name}: seed {seed}: {outcome}")
        for outcome, count in outcomes.most_common():
            print(f"{name}: {count:6} {outcome}")
    print(f"peak memory: {peak_memory() / 1000:.0f} MB")
    return int(n_faults > 0 or peak_memory() > KILOBYTES)


if __name__ == "__main__":
    sys.exit(main())
