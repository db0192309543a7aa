"""Make ``mnist-original.mat`` from the four files of the MNIST database.

    python data/build_mnist.py FOLDER      the four IDX files are in FOLDER (plain or .gz)
    python data/build_mnist.py             fetch them first (needs the internet and ``pip install pooch``)

The same four files give the same bytes: the images are sorted by digit (stably) inside the first
60,000 and inside the last 10,000, and the time that SciPy writes into the header is replaced.
"""

import argparse
import gzip
import hashlib
import io
import os
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import scipy.io

FILES = {  # name: SHA-256 of the uncompressed file
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
HEADER = b"MATLAB 5.0 MAT-file, the MNIST database of handwritten digits, made by data/build_mnist.py"
HEADER_LENGTH = 116  # bytes of free text at the start of a MAT-file, version 5


def checked(name, content):
    """Return `content`, the uncompressed file `name`, or stop if it is not the original."""
    found = hashlib.sha256(content).hexdigest()
    if found != FILES[name]:
        twin = next((n for n, digest in FILES.items() if digest == found), None)
        raise SystemExit(
            f"{name} is not the file of the MNIST database.\n"
            f"  expected SHA-256 {FILES[name]}\n  found    SHA-256 {found} ({len(content):,} bytes)\n"
            + (f"This is the content of {twin}: the files were swapped." if twin else "Fetch it again.")
        )
    return content


def read_local(folder, name):
    """Return the uncompressed bytes of one of the four files, from FOLDER/name or FOLDER/name.gz."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            try:
                content = path.read_bytes()
                return checked(name, gzip.decompress(content) if path.suffix == ".gz" else content)
            except (EOFError, OSError, zlib.error) as error:
                raise SystemExit(f"{path} cannot be read ({error}). Fetch it again.") from None
    raise SystemExit(f"There is no {name} (nor {name}.gz) in {folder.resolve()}: put the four IDX files there.")


def fetch(name):
    """Return the uncompressed bytes of one of the four files, from the first mirror that has it."""
    try:
        import pooch
    except ImportError:
        raise SystemExit("Fetching needs pooch: pip install pooch. Or name a folder with the four files.") from None
    failures = []
    for mirror in MIRRORS:
        try:
            with tempfile.TemporaryDirectory() as folder:  # not pooch's own cache, which would keep a bad file
                path = pooch.retrieve(f"{mirror}{name}.gz", known_hash=None, fname=f"{name}.gz", path=folder)
                return checked(name, gzip.decompress(Path(path).read_bytes()))
        except (Exception, SystemExit) as error:  # whatever goes wrong: try the next mirror, then report all failures
            failures.append(f"  {mirror}: {error}")
    raise SystemExit(f"{name} could not be fetched:\n" + "\n".join(failures))


def parse_images(content):
    """Return an IDX image file as an array (n, 784) of uint8: 16 bytes of header, then the pixels by row."""
    return np.frombuffer(content, np.uint8, offset=16).reshape(-1, 784)


def parse_labels(content):
    """Return an IDX label file as an array (n,) of uint8: 8 bytes of header, then a byte for each label."""
    return np.frombuffer(content, np.uint8, offset=8)


def build(contents):
    """Return the bytes of ``mnist-original.mat``, given the four files as ``{name: bytes}``."""
    images, labels = [], []
    for half in ("train", "t10k"):
        half_labels = parse_labels(contents[f"{half}-labels-idx1-ubyte"])
        order = np.argsort(half_labels, kind="stable")
        labels.append(half_labels[order])
        images.append(parse_images(contents[f"{half}-images-idx3-ubyte"])[order])
    variables = {
        "data": np.concatenate(images).T,  # (784, 70000): one image per column, as in every file of this name
        "label": np.concatenate(labels).astype(np.float64)[np.newaxis, :],  # (1, 70000)
    }
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, variables, do_compression=True)
    return HEADER.ljust(HEADER_LENGTH) + buffer.getvalue()[HEADER_LENGTH:]


def main(arguments=None):
    """Build the file, as the command line says."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="where the four IDX files are; without it, fetch them")
    parser.add_argument("--output", type=Path, default=here / "mnist-original.mat", help="default: %(default)s")
    options = parser.parse_args(arguments)
    contents = {name: read_local(options.folder, name) if options.folder else fetch(name) for name in FILES}
    mat = build(contents)
    temporary = options.output.with_suffix(".tmp")
    temporary.write_bytes(mat)
    os.replace(temporary, options.output)
    print(f"{options.output}: {len(mat):,} bytes, SHA-256 {hashlib.sha256(mat).hexdigest()}")


if __name__ == "__main__":
    sys.exit(main())
