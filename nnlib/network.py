"""A trained network together with the preparation of its inputs, so that the two cannot part."""

from dataclasses import dataclass, field

from .init import sizes_of
from .prediction import predict, predict_scores
from .preparation import prepare


@dataclass(frozen=True)
class Network:
    """A trained network together with the preparation of its inputs.

    Attributes
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer.
    preparation : str
        What is done to images before the network sees them; `predict` and `predict_scores` here do it.
    settings : dict
        How the network was made, for people to read.
    """

    thetas: list
    preparation: str = "none"
    settings: dict = field(default_factory=dict)

    @property
    def layer_sizes(self):
        """Units in each layer, inputs first."""
        return sizes_of(self.thetas)

    def prepare(self, X):
        """Return the images X (n, 784) as the network sees them."""
        return prepare(X, self.preparation)

    def predict(self, X):
        """Return the digits (n,) that the network reads in the images X (n, 784)."""
        return predict(self.thetas, self.prepare(X))

    def predict_scores(self, X):
        """Return the output activations (n, 10) for the images X (n, 784)."""
        return predict_scores(self.thetas, self.prepare(X))


def check_network(network):
    """Return a network; anything else raises TypeError."""
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network, such as load_network() gives.")
    return network
