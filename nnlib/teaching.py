"""A network learns one person's handwriting from a few of their digits, drawn or on paper."""

import functools
import math

import numpy as np

from . import checks
from .data import N_TRAIN, some_training_digits
from .drawing import BOX, FIELD, centre_of_mass, strokes_to_image, variation, vary
from .examples import check_strokes_or_image, is_image, load_pens
from .minibatch import train_minibatch
from .network import Network, check_network
from .nondigits import nondigits
from .preparation import prepare
from .training import train

VARIATIONS = 40  # of each drawing, itself included
# So that the network does not forget them: MNIST digits, other people's pen digits, and what is no digit.
MNIST_DIGITS, PEN_DIGITS, NONDIGITS = 8_000, 2_000, 1_000
YES, NO = 0.8, 0.1  # see `doubts`
ITERATIONS_FOR_AN_EPOCH, RATE = 4, 1e-3  # of Adam: half the rate of a network's own training
LAM = 2.0  # for 60,000 examples; scaled down for fewer, to be as strong as in the network's own training


def teach(network, strokes_list, labels, *, max_iter=12, seed=0):
    """Adapt a network to one person's handwriting.

    It runs a few more iterations of L-BFGS-B, from the network's own weights, on variations of the drawings: a little
    wider, narrower, slanted, turned or bent; on some digits of MNIST and of the pen digits; and on some drawings that
    are no digits. With its own drawings alone, the network would learn them by heart and forget the rest. A network of
    rectified units goes on with small steps of Adam instead, as it was trained.

    Parameters
    ----------
    network : Network
        Left as it is.
    strokes_list : list of list of ndarray (k, 2), or of ndarray (28, 28)
        The drawings, each as for `strokes_to_image`; or images of digits on paper, such as `read_sheet` gives them:
        the `strokes` of an example are either. Three of each digit are a good start.
    labels : sequence of int
        Their digits.
    max_iter : int
        The maximum number of iterations. With more of them, the network forgets more of the rest. Rectified units
        take a quarter as many epochs.
    seed : int or None
        Seed for the variations, for the choice of MNIST digits and for Adam's order of them.

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
        check_strokes_or_image(strokes, f"strokes_list[{i}]")
        for i, strokes in enumerate(checks.items(strokes_list, "strokes_list"))
    ]
    if not drawings:
        raise ValueError("strokes_list is empty; expected at least one drawing.")
    labels = checks.labels(labels, 10, len(drawings), "labels")
    rng = checks.generator(seed)

    own = drawings + [
        vary_image(ink, rng) if is_image(ink) else vary(ink, rng) for _ in range(VARIATIONS - 1) for ink in drawings
    ]
    X_others, y_others = _other_drawings()
    X_mnist, y_mnist = some_training_digits(rng.permutation(N_TRAIN)[:MNIST_DIGITS])
    X = prepare(np.concatenate([X_mnist, X_others, _as_images(own)]), network.preparation)
    y = np.concatenate([y_mnist, y_others, np.tile(labels, VARIATIONS)])

    thetas = _train_on(network, X, y, max_iter, rng)
    settings = network.settings | {"taught": len(drawings)}
    return Network(thetas, network.preparation, settings, network.activation)


def _train_on(network, X, y, max_iter, rng):
    """Return the thetas of a network after some more training, of the kind that suits it."""
    shared = {"thetas": network.thetas, "activation": network.activation, "progress": False}
    if network.activation == "sigmoid":
        lam = LAM * len(X) / N_TRAIN
        return train(X, y, lam=lam, max_iter=max_iter, **shared).thetas
    # L-BFGS-B would take longer for a large network, and forget more: it walks far from where Adam had stopped.
    epochs = math.ceil(checks.count(max_iter, "max_iter") / ITERATIONS_FOR_AN_EPOCH)
    return train_minibatch(X, y, epochs=epochs, learning_rate=RATE, seed=rng, **shared).thetas


def doubts(network, strokes_list, labels):
    """Return which labels the network strongly disagrees with: slips of the hand, mostly, or a hand new to it.

    It does where it gives another digit a score of 0.8 or more, and the label's own digit less than 0.1.

    Parameters
    ----------
    network : Network
        Reads the drawings.
    strokes_list : list of list of ndarray (k, 2), or of ndarray (28, 28)
        The drawings, or images, as for `teach`.
    labels : sequence of int
        Their digits.

    Returns
    -------
    dict
        From the index of a drawing to what the network reads instead, (digit, score).

    Notes
    -----
    On the pen digits of 30 writers, each read by a network that had seen none of the writer's, these two numbers doubt
    0.2 % of the right labels, and 96 % of labels that were drawn at random from the nine wrong ones.
    """
    if not strokes_list:
        return {}
    scores = network.predict_scores(_as_images(strokes_list))
    best = scores.argmax(axis=1)
    return {
        i: (int(best[i]), float(row[best[i]]))
        for i, (row, label) in enumerate(zip(scores, labels, strict=True))
        if row[best[i]] >= YES and row[label] < NO
    }


@functools.cache
def _other_drawings():
    """Return images and labels of pen digits, and of drawings that are no digits: -1. They are drawn only once."""
    rng = np.random.default_rng(0)
    pens = load_pens()
    chosen = [pens[i] for i in rng.permutation(len(pens))[:PEN_DIGITS]]
    digits = [vary(example.strokes, rng) for example in chosen]
    labels = [example.label for example in chosen] + [-1] * NONDIGITS
    return _as_images(digits + nondigits(NONDIGITS, pens, seed=rng)), np.array(labels)


def _as_images(drawings):
    """Return drawings, which may be images already, as images (m, 784) of float32."""
    images = [ink if is_image(ink) else strokes_to_image(ink) for ink in drawings]
    return np.array(images, dtype=np.float32).reshape(-1, FIELD**2)


def vary_image(image, rng):
    """Return an image as the same hand might have written it another time: as `drawing.vary` does with strokes.

    Parameters
    ----------
    image : ndarray (28, 28)
        Ink from 0 to 1.
    rng : numpy.random.Generator
        Decides how it varies.

    Returns
    -------
    ndarray (28, 28)
        The ink's longer side is 20 pixels, and its centre of mass is in the middle, as in MNIST.
    """
    from scipy import ndimage  # here, since it takes longer to import than the rest of nnlib

    matrix, bend = variation(rng)
    middle = centre_of_mass(image)
    y, x = np.nonzero(image > 0.5 * image.max())
    matrix = matrix * BOX / (np.ptp((np.column_stack([x, y]) @ matrix), axis=0).max() + 1)
    places = np.stack(np.meshgrid(*[np.arange(FIELD) - (FIELD - 1) / 2] * 2), axis=-1).reshape(-1, 2) / BOX
    sources = middle + BOX * bend(places) @ np.linalg.inv(matrix)
    varied = ndimage.map_coordinates(image, sources.T[::-1], order=1)
    return varied.reshape(FIELD, FIELD)
