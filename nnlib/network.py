"""A trained network, kept together with the preparation of its inputs; and its files."""

import functools
import hashlib
import io
import json
import math
import os
import re
import time
import zipfile
from dataclasses import dataclass, field

import numpy as np

from . import checks
from .data import DATA_FOLDER
from .files import check_writable, in_short, write_atomically
from .model import output_z, sigmoid
from .parameters import sizes_of
from .preparation import PREPARATIONS, check_name, prepare

NETWORK_PATH = DATA_FOLDER / "network.npz"
FURTHER_PATH = DATA_FOLDER / "network-further.npz"  # the one of lesson 10
MOST_IN_A_FILE = 10_000_000  # 80 MB; a small file can claim to hold far more
MOST_LOST = 1e-3  # of a layer's length, by rounding: float16 keeps three digits, but not of numbers below 6e-5
PATIENCE = 1  # second, for another program to finish writing text files
TEXT_HEADER = "nnlib network, layer {} of {}, {} x {} numbers, checksum of all layers: {}"
TEXT_HEADER_PATTERN = "# " + TEXT_HEADER.format(r"\d+", r"(\d+)", r"\d+", r"\d+", r"(\w+)")


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A trained network together with the preparation of its inputs.

    Attributes
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer, of finite numbers.
    preparation : str
        What is done to images before the network sees them; the methods `predict` and `predict_scores` do it.
    settings : dict
        How the network was made, for people to read.
    activation : str
        What the hidden units do: "sigmoid" or "relu".

    Raises
    ------
    ValueError, TypeError
        If an attribute is not as above.
    """

    thetas: list
    preparation: str = "none"
    settings: dict = field(default_factory=dict)
    activation: str = "sigmoid"

    def __post_init__(self):
        object.__setattr__(self, "thetas", checks.thetas(self.thetas))
        check_name(self.preparation)
        checks.activation(self.activation)
        if not isinstance(self.settings, dict):
            raise TypeError(f"settings is a {type(self.settings).__name__}; expected a dict.")

    def __repr__(self):
        sizes = "-".join(map(str, self.layer_sizes))
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        hidden = "" if self.activation == "sigmoid" else f", hidden units {self.activation!r}"
        return f"Network {sizes}{hidden}, preparation {self.preparation!r}" + (
            f",\n  made with {settings}" if settings else ""
        )

    @property
    def layer_sizes(self):
        """Units in each layer, inputs first."""
        return sizes_of(self.thetas)

    def prepare(self, X):
        """Return the images X (m, 784) as the network sees them."""
        return prepare(checks.images(X, self.layer_sizes[0]), self.preparation)

    def predict(self, X):
        """Return the digits (m,) that the network reads in the images X (m, 784)."""
        return self._output_z(X).argmax(axis=1)

    def predict_scores(self, X):
        """Return the output activations (m, 10) for the images X (m, 784): the one way from images to scores."""
        return sigmoid(self._output_z(X))

    def _output_z(self, X):
        return output_z(self.thetas, self.prepare(X), activation=self.activation)


def check_network(network):
    """Return `network`, or the shipped one for None; raise TypeError for anything else."""
    if network is None:
        return shipped_network()
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network, such as load_network() returns.")
    return network


@functools.cache
def shipped_network():
    """Return the network that ships with the project; its file is read only once."""
    return load_network()


def save_thetas(path, thetas, *, preparation="none", settings=None, activation="sigmoid", dtype=None):
    """Save a network: to a ``.npz`` file, or to a folder as plain text.

    Parameters
    ----------
    path : str or path-like
        A name that ends in ``.npz``, or a folder (created if it does not exist) for ``Theta1.txt``,
        ``Theta2.txt`` and so on, as ``np.savetxt(..., delimiter=' ')`` writes them. Their first line is a
        comment, which `np.loadtxt` skips; it holds a checksum, by which `load_thetas` knows damaged numbers and
        files of different networks.
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer, of finite numbers.
    preparation : str
        The preparation of its inputs. Only a ``.npz`` file keeps it, so text files allow only "none".
    settings : dict or None
        How the network was made, in values that JSON can hold; only a ``.npz`` file keeps it.
    activation : {"sigmoid", "relu"}
        Of the hidden units. Only a ``.npz`` file keeps it, so text files allow only "sigmoid".
    dtype : numpy.float16, numpy.float32, numpy.float64 or None
        Of the numbers in a ``.npz`` file. float16 keeps three digits of each: enough to read with, in about a quarter
        of the space that float64 takes. None leaves the numbers as they are, and is what text files allow.

    Raises
    ------
    ValueError, TypeError, OSError
        If an argument is not as above, the numbers are too large or too small for `dtype`, or the files cannot be
        written. Files that were there before stay as they were.
    """
    settings = {} if settings is None else settings
    if not isinstance(settings, dict):
        raise TypeError(f"settings is {checks.shown(settings)}; expected a dict or None.")
    thetas = checks.thetas(thetas)
    path = _check_target(path, sizes_of(thetas), preparation, activation)
    if dtype is not None:
        thetas = _rounded(thetas, dtype, path)
    if path.suffix == ".npz":
        arrays = {f"theta{i}": theta for i, theta in enumerate(thetas, start=1)}
        try:
            about = {"preparation": preparation, "settings": settings, "layer_sizes": sizes_of(thetas)}
            about = json.dumps(about | {"activation": activation})
        except (TypeError, ValueError):  # ValueError: a whole number with thousands of digits
            raise TypeError(f"settings is {checks.shown(settings)}; expected values that JSON can hold.") from None
        write_atomically({path: lambda file: np.savez_compressed(file, about=np.array(about), **arrays)})
        return

    path.mkdir(parents=True, exist_ok=True)
    files = zip(_text_files(path, len(thetas)), thetas, _text_headers(thetas), strict=True)
    write_atomically(
        {
            file: lambda opened, theta=theta, header=header: np.savetxt(opened, theta, delimiter=" ", header=header)
            for file, theta, header in files
        }
    )


def check_saving(path, layer_sizes, preparation="none", activation="sigmoid"):
    """Raise what `save_thetas` would raise for such a network: the place is tried, and left as it was."""
    path = _check_target(path, layer_sizes, preparation, activation)
    check_writable([path] if path.suffix == ".npz" else _text_files(path, len(layer_sizes) - 1))


def _check_target(path, layer_sizes, preparation, activation):
    """Return the path to save a network of such layers to, checked."""
    path = checks.path(path)
    check_name(preparation)
    checks.activation(activation)
    _check_size(checks.n_params(layer_sizes))
    if path.suffix == ".npz":
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {path.parent} for {path.name}.")
        return path
    if path.suffix and not path.is_dir():
        raise ValueError(f"path is {path}; expected a name that ends in .npz, or a folder for the text files.")
    if preparation != "none":
        raise ValueError(f"preparation is {preparation!r}, which text files cannot keep; save to a .npz file instead.")
    if activation != "sigmoid":
        raise ValueError(f"activation is {activation!r}, which text files cannot keep; save to a .npz file instead.")
    stale = path / f"Theta{len(layer_sizes)}.txt"
    if stale.exists():
        raise ValueError(f"{stale} is there already, from a deeper network; delete it or choose another folder.")
    return path


def _rounded(thetas, dtype, path):
    """Return the thetas in the dtype of a file, which must be able to hold their numbers."""
    if path.suffix != ".npz":
        raise ValueError(f"dtype is {checks.shown(dtype)}, which text files cannot keep; save to a .npz file instead.")
    names = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
    name = getattr(dtype, "__name__", str(dtype))  # of np.float16, np.dtype(np.float16) and "float16": all the same
    if name not in names:
        raise TypeError(f"dtype is {checks.shown(dtype)}; expected numpy.{', numpy.'.join(names)} or None.")
    with np.errstate(over="ignore"):
        rounded = [theta.astype(names[name]) for theta in thetas]
        for i, (theta, kept) in enumerate(zip(thetas, rounded, strict=True)):
            theta = theta.astype(np.float64)
            largest = np.abs(theta).max()
            if not np.isfinite(kept).all():
                most = np.finfo(kept.dtype).max
                raise ValueError(
                    f"thetas[{i}] reaches {largest:.6g}; {name} holds {most:.6g} at most. Save without dtype."
                )
            if np.linalg.norm(kept - theta) > MOST_LOST * np.linalg.norm(theta):
                raise ValueError(
                    f"thetas[{i}] holds numbers that are too small for {name}, which would lose them: the largest is "
                    f"{largest:.3g}. Save without dtype."
                )
    return rounded


def _text_files(folder, n_layers):
    return [folder / f"Theta{i}.txt" for i in range(1, n_layers + 1)]


def _check_size(n_parameters):
    if n_parameters > MOST_IN_A_FILE:
        raise ValueError(f"the network has {n_parameters:,} parameters; expected {MOST_IN_A_FILE:,} at most in a file")


def load_thetas(path):
    """Load the thetas that `save_thetas` wrote.

    Parameters
    ----------
    path : str or path-like
        A ``.npz`` file, or the folder with ``Theta1.txt``, ``Theta2.txt`` and so on.

    Returns
    -------
    list of ndarray of float64
        One array (n_out, 1 + n_in) for each layer.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged or holds something else.
    """
    return load_network(path).thetas


def load_network(path=None):
    """Load a trained network with the preparation of its inputs.

    Parameters
    ----------
    path : str, path-like or None
        As for `load_thetas`. None means the network that ships with the project.

    Returns
    -------
    Network

    Raises
    ------
    FileNotFoundError, ValueError
        As for `load_thetas`.
    """
    path = NETWORK_PATH if path is None else checks.path(path)
    if not os.path.exists(path):  # which, unlike Path.exists, is also False for a name that is too long
        raise FileNotFoundError(f"There is no {path}; expected a .npz file or a folder with Theta1.txt, Theta2.txt.")
    try:
        network = _load_text(path) if path.is_dir() else _load_npz(path)
    except Exception as error:  # a damaged file can break zipfile, zlib, NumPy and json in many ways
        raise ValueError(
            f"{path} cannot be read as a network ({in_short(error)}). Save the network again, or train a new one."
        ) from None
    return network


def _load_npz(path):
    if not zipfile.is_zipfile(path):
        raise ValueError("it is neither a .npz file nor a folder with Theta1.txt, Theta2.txt")
    with zipfile.ZipFile(path) as archive:
        found = [name.removesuffix(".npy") for name in archive.namelist()]
        names = [f"theta{i}" for i in range(1, len(found))]
        if not names or sorted(found) != sorted([*names, "about"]):
            raise ValueError(f"it holds {', '.join(found) or 'nothing'}; expected about, theta1, theta2 …")
        # What the file claims about its sizes comes first: a few bytes can stand for gigabytes.
        _check_size(sum(entry.file_size for entry in archive.infolist()) // 8)
        about = json.loads(str(_read_array(archive, "about")))
        arrays = [_read_array(archive, name) for name in names]
    _check_size(sum(array.size for array in arrays))  # of small numbers, more fit into as many bytes
    thetas = checks.thetas([array.astype(np.float64) if array.dtype.str[1:] == "f2" else array for array in arrays])
    if not isinstance(about, dict) or about.get("preparation") not in list(PREPARATIONS):
        raise ValueError(f"its about is {about!r}; expected a preparation, one of {', '.join(PREPARATIONS)}")
    if list(sizes_of(thetas)) != about.get("layer_sizes", list(sizes_of(thetas))):
        raise ValueError(f"it holds layers of {sizes_of(thetas)} units; expected {about['layer_sizes']}")
    # Files from before there were other activations name none.
    activation = checks.activation(about.get("activation", "sigmoid"))
    return Network([theta.astype(np.float64) for theta in thetas], about["preparation"], about["settings"], activation)


def _read_array(archive, name):
    """Return an array of a .npz file, whose declared size must be that of its entry."""
    content = io.BytesIO(archive.read(f"{name}.npy"))
    version = np.lib.format.read_magic(content)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(content)
    if content.tell() + math.prod(shape) * dtype.itemsize != len(content.getbuffer()):
        raise ValueError(f"its {name} claims to be of shape {shape}, which does not fit its size")
    content.seek(0)
    return np.lib.format.read_array(content, allow_pickle=False)


class _MixedError(ValueError):
    """Text files of different networks."""


def _load_text(folder):
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return _read_text(folder)
        except _MixedError:  # another program may just be exchanging the files
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _read_text(folder):
    contents = _text_contents(folder)
    names = ", ".join(contents)
    headers = [_comment(content).decode("latin-1").strip() for content in contents.values()]
    # The number of layers and the checksum are those of the whole network, the same in every file.
    matches = [re.fullmatch(TEXT_HEADER_PATTERN, header) for header in headers]
    claims = {match.groups() if match else None for match in matches}
    has_headers = claims != {None}  # other programs write none
    if has_headers and (len(claims) > 1 or matches[0][1] != str(len(contents))):
        raise _MixedError(f"{names} do not belong to the same network, or a first line is damaged")
    for name, content in contents.items():
        if not re.search(rb"(?m)^\s*[^#\s]", content):
            raise ValueError(f"{name} is empty")
    network = Network([np.loadtxt(io.BytesIO(content), ndmin=2, delimiter=" ") for content in contents.values()])
    if has_headers and headers != [f"# {header}" for header in _text_headers(network.thetas)]:
        raise ValueError(f"the numbers in {names} are not those that were saved: their checksum differs")
    return network


def _text_contents(folder):
    """Return the text files as ``{name: bytes}``; they must not hold too many numbers."""
    paths = []
    while (path := folder / f"Theta{len(paths) + 1}.txt").is_file():
        paths.append(path)
    if not paths:
        raise ValueError("there is no Theta1.txt in it")
    if sum(path.stat().st_size for path in paths) > 30 * MOST_IN_A_FILE:  # np.savetxt takes 26 bytes at most
        raise ValueError(f"its files are too large; expected {MOST_IN_A_FILE:,} numbers at most")
    contents = {path.name: path.read_bytes() for path in paths}
    n_numbers = 0
    for content in contents.values():
        start = len(_comment(content))
        n_numbers += content.count(b" ", start) + content.count(b"\n", start)
    _check_size(n_numbers)
    return contents


def _comment(content):
    """Return the first line of a text file, if it is a comment."""
    return content[: content.find(b"\n") + 1] if content.startswith(b"#") else b""


def _text_headers(thetas):
    """Return the first line of each text file."""
    # The checksum is one of the numbers, not of how they are written: line ends may change on the way.
    digest = hashlib.sha256(b"".join(theta.astype("<f8").tobytes() for theta in thetas)).hexdigest()[:16]
    return [TEXT_HEADER.format(i, len(thetas), *theta.shape, digest) for i, theta in enumerate(thetas, start=1)]
