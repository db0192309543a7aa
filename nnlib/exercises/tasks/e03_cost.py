"""Exercise 03: the cost."""

import numpy as np

from ... import cost_and_gradient, forward
from ...model import sigmoid, softplus
from ..exercise import Exercise
from .e02_the_network import of_any_shape, random_network, weighted_input

exercise = Exercise({"one_hot": 2, "softplus": 2, "cross_entropy": 2, "regularisation": 2, "cost": 2})


def _labels(rng):
    """Return labels of which the last class, at least, never occurs, and the number of classes."""
    n_classes = int(rng.integers(5, 12))
    return rng.integers(n_classes - 1, size=int(rng.integers(3, 15))), n_classes


@exercise.task(
    examples=[(np.array([3, 0, 1]), 5)],
    draw=_labels,
    hints=[
        "For each label, a row of zeros with a single 1, in the column of that label.",
        "Compare a *column* of labels with a *row* of all classes: `y[:, np.newaxis] == np.arange(n_classes)`.",
        "The comparison gives True and False; `.astype(float)` makes them 1 and 0. (A loop is fine, too.)",
    ],
    mistakes={
        "It is transposed: examples are rows, classes are columns.": lambda y, n: one_hot(y, n).T,
        "The 1 is a column too far to the left: the label 0 belongs in column 0.": [
            lambda y, n: one_hot(y - 1, n),
            lambda y, n: np.eye(n)[y - 1],  # here a label 0 wraps around to the last column
        ],
        "The 1 is a column too far to the right: the label 0 belongs in column 0.": lambda y, n: one_hot(y + 1, n),
        "It has as many columns as there happen to be labels. "
        "It must have n_classes, even if one never occurs.": lambda y, n: one_hot(y, int(y.max()) + 1),
        "All rows are the same, with the ones of all labels: `Y[:, y] = 1` writes into every row. Each row has "
        "its own column: `Y[np.arange(len(y)), y] = 1`.": lambda y, n: np.tile(one_hot(y, n).max(axis=0), (len(y), 1)),
        "Zeros and ones are exchanged.": lambda y, n: 1 - one_hot(y, n),
    },
)
def one_hot(y, n_classes):
    return (y[:, np.newaxis] == np.arange(n_classes)).astype(float)


def _naive_softplus(z):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(z))


exercise.add(
    softplus,
    examples=[
        (np.array([0.0, 1.0, -1.0]),),
        (np.array([-1000.0, 0.0, 1000.0]),),
        (np.array([[-4.0], [4.0], [6.0]]),),  # here the log still counts
    ],
    draw=lambda rng: (of_any_shape(rng, 10),),
    hints=[
        "log(1 + e¹⁰⁰⁰) is about 1000, but e¹⁰⁰⁰ fits in no float. Pull the larger of 1 and eᶻ out of the log.",
        "For z > 0, log(1 + eᶻ) = z + log(1 + e⁻ᶻ). For z ≤ 0, leave it. With |z| both are one formula.",
        "`np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))`. (`np.logaddexp(0, z)` does it, too.)",
    ],
    mistakes={
        "It overflows: for z = 1000 it asks for e¹⁰⁰⁰ and gives infinity. "
        "Pull the large part out of the log.": _naive_softplus,
        "The part that was pulled out is missing: add max(z, 0).": lambda z: np.log1p(np.exp(-np.abs(z))),
        "Right for z > 0 only. For z ≤ 0 nothing may be added: it is max(z, 0), not z.": lambda z: (
            z + np.log1p(np.exp(-np.abs(z)))
        ),
        "The sign is turned: this is log(1 + e⁻ᶻ).": lambda z: softplus(-z),
        "The logarithm is missing: near 0, softplus is not max(z, 0); at z = 0 it is log 2.": lambda z: np.maximum(
            z, 0
        ),
    },
)


def _outputs(rng):
    n, k = int(rng.integers(3, 20)), int(rng.integers(2, 7))
    return rng.normal(scale=2, size=(n, k)), one_hot(rng.integers(k, size=n), k)


def _yes_only(z, Y):
    return np.sum(np.where(Y == 1, softplus(-z), 0)) / len(z)


def _by_logarithms(z, Y, kept=lambda a: a):
    """Return the cross-entropy as the logarithm of a gives it; `kept` is what keeps a from 0 and 1, or not."""
    with np.errstate(all="ignore"):
        a = kept(sigmoid(z))
        return -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / len(z)


def _by_shifted_logarithms(z, Y, shift):
    a = sigmoid(z)
    return -np.sum(Y * np.log(a + shift) + (1 - Y) * np.log(1 - a + shift)) / len(z)


def _by_chosen_logarithms(z, Y):
    with np.errstate(all="ignore"):
        return -np.sum(np.log(np.where(Y == 1, sigmoid(z), 1 - sigmoid(z)))) / len(z)


SMALL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)  # what people keep logarithms from 0 with


def _clipped(small):
    return lambda z, Y: _by_logarithms(z, Y, lambda a: np.clip(a, small, 1 - small))


def _shifted(small):
    return lambda z, Y: _by_shifted_logarithms(z, Y, small)


@exercise.task(
    examples=[
        (np.array([[0.0, 2.0, -1.0], [1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])),
        (np.array([[1000.0, -1000.0], [0.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])),
    ],
    draw=_outputs,
    hints=[
        "Where the truth is yes (Y is 1), an output costs softplus(−z); where it is no, softplus(z).",
        "`np.where(Y == 1, -z, z)` turns the sign where the truth is yes. Then softplus, then one sum over all.",
        "Divide the sum by the number of *examples*, `len(z)`, not by the number of outputs.",
    ],
    mistakes={
        "It is averaged over the outputs, too. Sum over the outputs, and average over the examples only: "
        "`np.mean` over everything divides once too often.": lambda z, Y: cross_entropy(z, Y) / z.shape[1],
        "The 1/m is missing: divide the sum by the number of examples.": lambda z, Y: cross_entropy(z, Y) * len(z),
        "Only the outputs whose truth is yes are counted. "
        "Those whose truth is no cost something, too: the term (1 − Y) log(1 − A).": _yes_only,
        "Yes and no are exchanged: it is softplus(−z) where the truth is yes.": lambda z, Y: cross_entropy(-z, Y),
        "The sign is turned: a cost is above 0.": lambda z, Y: -cross_entropy(z, Y),
        "This is the cost of each example. Return one number, their mean.": lambda z, Y: np.sum(
            softplus(np.where(Y == 1, -z, z)), axis=1
        ),
        "This is the mean cost of each *output*. Return one number: add them up.": lambda z, Y: np.mean(
            softplus(np.where(Y == 1, -z, z)), axis=0
        ),
        "It is divided by the number of outputs. Divide by the number of examples, `len(z)`.": lambda z, Y: (
            cross_entropy(z, Y) * len(z) / z.shape[1]
        ),
        "It takes the logarithm of a. Where an output is very sure, a rounds to 0 or to 1, and log 0 is infinite: a "
        "trained network then costs NaN or infinity. Compute it from z, with your `softplus`.": [
            _by_logarithms,
            _by_chosen_logarithms,
        ],
        "It takes the logarithm of a number that is kept from 0. Then an output that is sure and wrong stops costing "
        "more, however wrong it is. Compute it from z, with your `softplus`.": [
            *map(_clipped, SMALL),
            *map(_shifted, SMALL),
        ],
    },
)
def cross_entropy(z, Y):
    return np.sum(softplus(np.where(Y == 1, -z, z))) / len(z)


def _weights(rng, n_layers=None):
    return random_network(rng, n_layers)[0], float(rng.uniform(0.5, 3)), int(rng.integers(5, 50))


def _squares(thetas, first_column):
    return sum(np.sum(theta[:, first_column:] ** 2) for theta in thetas)


def _exactly_two(thetas):
    first, second = thetas
    return first, second


@exercise.task(
    examples=[
        ([np.array([[1.0, 2.0, 3.0]]), np.array([[4.0, -1.0], [0.0, 1.0]])], 2.0, 10),
        ([np.array([[8.0, 1.0, 3.0]])], 2.0, 10),
        _weights(np.random.default_rng(1), 4),
    ],
    draw=_weights,
    hints=[
        "Add up the squares of the weights, over all thetas. The biases, column 0, are left out.",
        "`np.sum(theta[:, 1:] ** 2)` for each theta.",
        "Then times `lam / (2 * m)`.",
    ],
    mistakes={
        "λ is on the biases, too. Leave column 0 out: `theta[:, 1:]`.": lambda thetas, lam, m: (
            lam / (2 * m) * _squares(thetas, 0)
        ),
        "It leaves out *row* 0, a unit, in place of column 0, the biases: `theta[:, 1:]`.": lambda thetas, lam, m: (
            lam / (2 * m) * sum(np.sum(theta[1:] ** 2) for theta in thetas)
        ),
        "The 2 is missing: λ / (2 m).": lambda thetas, lam, m: lam / m * _squares(thetas, 1),
        "The 1/m is missing: λ / (2 m).": lambda thetas, lam, m: lam / 2 * _squares(thetas, 1),
        "Brackets are missing: `lam / 2 * m` divides by 2 and *multiplies* by m. "
        "Write `lam / (2 * m)`.": lambda thetas, lam, m: lam / 2 * m * _squares(thetas, 1),
        "Only the first theta is counted. Add up all of them.": lambda thetas, lam, m: (
            lam / (2 * m) * _squares(thetas[:1], 1)
        ),
        "It takes exactly two thetas. A network may have any number: loop over `thetas`.": [
            lambda thetas, lam, m: lam / (2 * m) * _squares(thetas[:2], 1),
            lambda thetas, lam, m: lam / (2 * m) * _squares([thetas[0], thetas[1]], 1),
            lambda thetas, lam, m: lam / (2 * m) * _squares(_exactly_two(thetas), 1),
        ],
        "The weights are not squared.": lambda thetas, lam, m: (
            lam / (2 * m) * sum(np.sum(theta[:, 1:]) for theta in thetas)
        ),
        "The sum is squared. Square each weight, then add up.": lambda thetas, lam, m: (
            lam / (2 * m) * sum(np.sum(theta[:, 1:]) ** 2 for theta in thetas)
        ),
    },
)
def regularisation(thetas, lam, m):
    return lam / (2 * m) * _squares(thetas, 1)


def _network(rng, n_layers=None, n_missing=0):
    """Return the arguments of `cost` for a small network; the last classes, `n_missing` of them, never occur."""
    thetas, X = random_network(rng, n_layers)
    return thetas, X, rng.integers(len(thetas[-1]) - n_missing, size=len(X)), float(rng.uniform(0.5, 3))


def _with_classes(n_classes):
    """Return a wrong `cost`, with the number of classes that `n_classes(y)` says."""
    return lambda thetas, X, y, lam: (
        cross_entropy(weighted_input(thetas[-1], forward(thetas, X)[-2]), one_hot(y, n_classes(y)))
        + regularisation(thetas, lam, len(X))
    )


def _cost_with(entropy):
    """Return a wrong `cost`, with another cross-entropy."""
    return lambda thetas, X, y, lam: (
        entropy(weighted_input(thetas[-1], forward(thetas, X)[-2]), one_hot(y, len(thetas[-1])))
        + regularisation(thetas, lam, len(X))
    )


@exercise.task(
    examples=[
        (
            [np.array([[0.4, 1, -2], [-1.1, 0.5, 1]]), np.array([[-0.9, 2, -3]])],
            np.array([[2.0, 0.5]]),
            np.array([0]),
            0.0,
        ),
        _network(np.random.default_rng(1), 3, n_missing=1),
        (
            [np.array([[0.0, 10.0], [0.0, -10.0], [0.0, 0.0], [0.0, 0.0]])],
            np.array([[100.0], [0.0]]),
            np.array([1, 0]),
            1.0,
        ),
    ],
    draw=_network,
    library=(cost_and_gradient,),
    hints=[
        "`propagate(thetas, X)` gives the activations and the z of the last layer. You need its z.",
        "The number of classes is the number of outputs, `z.shape[1]`.",
        "`cross_entropy(z, one_hot(y, z.shape[1])) + regularisation(thetas, lam, len(X))`.",
    ],
    mistakes={
        "The regularisation is missing: λ has no effect.": lambda thetas, X, y, lam: cost(thetas, X, y, 0.0),
        "λ is on the biases, too. `regularisation` leaves them out.": lambda thetas, X, y, lam: (
            cost(thetas, X, y, 0.0) + lam / (2 * len(X)) * _squares(thetas, 0)
        ),
        "These are the two parts of the cost. Return one number: add them.": lambda thetas, X, y, lam: (
            cost(thetas, X, y, 0.0),
            regularisation(thetas, lam, len(X)),
        ),
        "The m of the regularisation is the number of examples, "
        "`len(X)`, not the number of inputs.": lambda thetas, X, y, lam: (
            cost(thetas, X, y, 0.0) + lam / 2 * _squares(thetas, 1) / X.shape[1]
        ),
        "The regularisation is subtracted. It is a price: add it.": lambda thetas, X, y, lam: (
            cost(thetas, X, y, 0.0) - regularisation(thetas, lam, len(X))
        ),
        "The activations are taken for z. "
        "softplus wants z, what goes *into* the last sigmoid.": lambda thetas, X, y, lam: (
            cross_entropy(forward(thetas, X)[-1], one_hot(y, len(thetas[-1]))) + regularisation(thetas, lam, len(X))
        ),
        "It has as many classes as there happen to be labels. There is one for each output, `z.shape[1]`, even if it "
        "never occurs.": [_with_classes(lambda y: y.max() + 1), _with_classes(lambda y: len(np.unique(y)))],
        "It has ten classes, always. There is one for each output, `z.shape[1]`.": _with_classes(lambda y: 10),
        "The labels are not one-hot yet: `one_hot(y, z.shape[1])`.": lambda thetas, X, y, lam: (
            cross_entropy(weighted_input(thetas[-1], forward(thetas, X)[-2]), y) + regularisation(thetas, lam, len(X))
        ),
        "It takes the logarithm of a. Where an output is very sure, a rounds to 0 or to 1, and log 0 is infinite, or "
        "cut off. Use your `cross_entropy`, with z.": [
            _cost_with(_by_logarithms),
            _cost_with(_by_chosen_logarithms),
            *(_cost_with(entropy(small)) for small in SMALL for entropy in (_clipped, _shifted)),
        ],
        "It takes exactly two thetas. A network may have any number: loop over `thetas`.": [
            lambda thetas, X, y, lam: cost(_exactly_two(thetas), X, y, lam),
            lambda thetas, X, y, lam: cost(thetas, X, y, 0.0) + regularisation(_exactly_two(thetas), lam, len(X)),
        ],
    },
)
def cost(thetas, X, y, lam):
    z = weighted_input(thetas[-1], forward(thetas, X)[-2])
    return cross_entropy(z, one_hot(y, z.shape[1])) + regularisation(thetas, lam, len(X))


exercise.question(
    "03-columns",
    "What do you get when you add up the rows of the one-hot test labels, with sum(axis=0)?",
    ["Ten ones", "How often each digit occurs among the test digits", "The 10,000 labels"],
    right=1,
    wrong=[
        "Each *row* adds up to one. But `axis=0` adds up the rows: what is in a column?",
        "Adding up the rows leaves one row. How many numbers does it have?",
    ],
    why="A column holds a 1 for each example of its class, so its sum counts them. Each row has a single 1: "
    "sum(axis=1) gives nothing but ones.",
)

exercise.question(
    "03-double",
    "Every z of the trained network is doubled. The guesses stay the same. What happens to the cost on the "
    "test digits?",
    ["It stays the same", "It falls", "It rises"],
    right=2,
    wrong=[
        "The cost is not about guesses only: it also asks how sure they are.",
        "It falls for the digits that are read rightly. How much can they still gain, and what do the others pay?",
    ],
    why="Doubling makes each answer more certain. The right ones gain little: they cost almost nothing already. "
    "The few wrong ones pay in proportion to how certain they are: about twice as much.",
)

exercise.question(
    "03-price",
    "In the trained network (λ = 3, 60,000 images), which part of the cost is the larger one?",
    ["The fit to the training images", "The price of the weights", "They are equal: that is where training stops"],
    right=1,
    wrong=[
        "It reads nearly all training images rightly, and surely. What does such an image cost?",
        "Training stops where the *sum* gets no smaller. Must its two parts be equal there?",
    ],
    why="Training makes the sum small, and does not care which part it comes from. It stops where the two parts "
    "change at the same rate in opposite directions, not where they are equal. Here the price is larger.",
)
