"""A trained network, kept together with the preparation of its inputs; and its files."""

import functools
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import checks
from .data import DATA_FOLDER
from .files import write_atomically
from .model import output_z, sigmoid
from .parameters import sizes_of
from .preparation import PREPARATIONS, check_name, prepare

NETWORK_PATH = DATA_FOLDER / "network.npz"


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

    Raises
    ------
    ValueError, TypeError
        If an attribute is not as above.
    """

    thetas: list
    preparation: str = "none"
    settings: dict = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "thetas", checks.thetas(self.thetas))
        check_name(self.preparation)
        if not isinstance(self.settings, dict):
            raise TypeError(f"settings is a {type(self.settings).__name__}; expected a dict.")

    def __repr__(self):
        sizes = "-".join(map(str, self.layer_sizes))
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"Network {sizes}, preparation {self.preparation!r}" + (f",\n  made with {settings}" if settings else "")

    @property
    def layer_sizes(self):
        """Units in each layer, inputs first."""
        return sizes_of(self.thetas)

    def prepare(self, X):
        """Return the images X (n, 784) as the network sees them."""
        return prepare(checks.images(X, self.layer_sizes[0]), self.preparation)

    def predict(self, X):
        """Return the digits (n,) that the network reads in the images X (n, 784)."""
        return output_z(self.thetas, self.prepare(X)).argmax(axis=1)

    def predict_scores(self, X):
        """Return the output activations (n, 10) for the images X (n, 784): the one way from images to scores."""
        return sigmoid(output_z(self.thetas, self.prepare(X)))


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


def save_thetas(path, thetas, *, preparation="none", settings=None):
    """Save a network: to a ``.npz`` file, or to a folder as plain text.

    Parameters
    ----------
    path : str or path-like
        A name that ends in ``.npz``, or a folder (created if it does not exist) for ``Theta1.txt``,
        ``Theta2.txt`` and so on, as ``np.savetxt(..., delimiter=' ')`` writes them.
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer, of finite numbers.
    preparation : str
        The preparation of its inputs. Only a ``.npz`` file keeps it, so text files allow only "none".
    settings : dict or None
        How the network was made, in values that JSON can hold; only a ``.npz`` file keeps it.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above. Files that were there before stay as they were.
    """
    path, settings = Path(path), settings or {}
    thetas = checks.thetas(thetas)
    check_name(preparation)
    if path.suffix == ".npz":
        arrays = {f"theta{i}": theta for i, theta in enumerate(thetas, start=1)}
        try:
            about = json.dumps({"preparation": preparation, "settings": settings, "layer_sizes": sizes_of(thetas)})
        except TypeError as error:
            raise TypeError(f"settings is {settings!r}; expected values that JSON can hold: {error}.") from None
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {path.parent} for {path.name}.")
        write_atomically({path: lambda file: np.savez_compressed(file, about=np.array(about), **arrays)})
        return
    if path.suffix and not path.is_dir():
        raise ValueError(f"path is {path}; expected a name that ends in .npz, or a folder for the text files.")
    if preparation != "none":
        raise ValueError(f"preparation is {preparation!r}, which text files cannot keep; save to a .npz file instead.")
    stale = path / f"Theta{len(thetas) + 1}.txt"
    if stale.exists():
        raise ValueError(f"{stale} is there already, from a deeper network; delete it or choose another folder.")
    path.mkdir(parents=True, exist_ok=True)
    write_atomically(
        {
            path / f"Theta{i}.txt": lambda file, theta=theta: np.savetxt(file, theta, delimiter=" ")
            for i, theta in enumerate(thetas, start=1)
        }
    )


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
    path = Path(NETWORK_PATH if path is None else path)
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}; expected a .npz file or a folder with Theta1.txt, Theta2.txt.")
    try:
        network = _load_text(path) if path.is_dir() else _load_npz(path)
    except Exception as error:  # a damaged file can break zipfile, zlib, NumPy and json in many ways
        raise ValueError(
            f"{path} cannot be read as a network ({error}). Save the network again, or train a new one."
        ) from None
    return network


def _load_npz(path):
    if not zipfile.is_zipfile(path):
        raise ValueError("it is neither a .npz file nor a folder with Theta1.txt, Theta2.txt")
    with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
        names = [f"theta{i}" for i in range(1, len(file.files))]
        if not names or sorted(file.files) != sorted([*names, "about"]):
            raise ValueError(f"it holds {', '.join(file.files) or 'nothing'}; expected about, theta1, theta2 …")
        about = json.loads(str(file["about"]))
        thetas = checks.thetas([file[name] for name in names])
    if not isinstance(about, dict) or about.get("preparation") not in list(PREPARATIONS):
        raise ValueError(f"its about is {about!r}; expected a preparation, one of {', '.join(PREPARATIONS)}")
    if list(sizes_of(thetas)) != about.get("layer_sizes", list(sizes_of(thetas))):
        raise ValueError(f"it holds layers of {sizes_of(thetas)} units; expected {about['layer_sizes']}")
    return Network([theta.astype(np.float64) for theta in thetas], about["preparation"], about["settings"])


def _load_text(folder):
    paths = []
    while (path := folder / f"Theta{len(paths) + 1}.txt").is_file():
        paths.append(path)
    if not paths:
        raise ValueError("there is no Theta1.txt in it")
    for path in paths:
        if not path.read_bytes().strip():
            raise ValueError(f"{path.name} is empty")
    return Network([np.loadtxt(path, ndmin=2, delimiter=" ") for path in paths])
