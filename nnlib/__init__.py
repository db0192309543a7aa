"""A neural network in plain NumPy that learns to read handwritten digits.

X is (m, 784), one image per row, pixel values in [0, 1]; y is (m,) of integer digits. A network is a
list of `thetas`, one array (n_out, 1 + n_in) for each layer, bias in column 0.

Data flows one way: data -> parameters -> model -> training -> network -> metrics, plots.
"""

from . import ctrl_c  # noqa: F401 (first: it decides what Ctrl-C does while the others are imported)
from .data import load_mnist
from .drawing import recognise, strokes_to_image
from .environment import check_environment
from .examples import Example, load_examples, load_pens, save_examples
from .gradcheck import check_gradient, numerical_gradient
from .model import cost_and_gradient, forward, predict, predict_scores
from .network import Network, load_network, load_thetas, save_thetas
from .paper import read_page, read_sheet
from .parameters import init_thetas, pack, unpack
from .reading import recognise_number, split_digits
from .teaching import teach
from .training import TrainResult, train

__version__ = "0.1.0"

__all__ = [
    "Example",
    "Network",
    "TrainResult",
    "check_environment",
    "check_gradient",
    "cost_and_gradient",
    "forward",
    "init_thetas",
    "load_examples",
    "load_mnist",
    "load_network",
    "load_pens",
    "load_thetas",
    "numerical_gradient",
    "pack",
    "predict",
    "predict_scores",
    "read_page",
    "read_sheet",
    "recognise",
    "recognise_number",
    "save_examples",
    "save_thetas",
    "split_digits",
    "strokes_to_image",
    "teach",
    "train",
    "unpack",
]
