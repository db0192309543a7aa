"""From pen strokes to a digit."""

import functools

import numpy as np

from .drawing import strokes_to_image
from .network import check_network
from .weights import load_network


def recognise(strokes, network=None):
    """Read a drawn digit.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        The points of each stroke as x, y; y grows down; any unit, size and position.
    network : Network or None
        None takes the network that ships with the project.

    Returns
    -------
    digit : int
        The output with the highest score.
    scores : ndarray (10,)
        Each output's activation in [0, 1]. They need not add up to 1.

    Raises
    ------
    ValueError, TypeError
        If there is no ink, the points are not finite numbers in pairs, or `network` is no Network.
    """
    image = strokes_to_image(strokes)
    network = shipped_network() if network is None else check_network(network)
    scores = network.predict_scores(image.reshape(1, -1))[0]
    return int(np.argmax(scores)), scores


@functools.cache
def shipped_network():
    """Return the network that ships with the project; it is read from its file once."""
    return load_network()
