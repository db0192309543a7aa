"""Exercise 03: the cost."""

import numpy as np

from ... import model
from ..task import Mistake, Task
from .layers import random_network


def one_hot(y, n_classes):
    return (y[:, np.newaxis] == np.arange(n_classes)).astype(float)


def cross_entropy(z, Y):
    return np.sum(model.softplus(np.where(Y == 1, -z, z))) / len(z)


def regularisation(thetas, lam, m):
    return lam / (2 * m) * sum(np.sum(theta[:, 1:] ** 2) for theta in thetas)


def cost(thetas, X, y, lam):
    z = model.propagate(thetas, X)[1]
    return cross_entropy(z, one_hot(y, z.shape[1])) + regularisation(thetas, lam, len(X))


def _outputs(rng):
    n, k = int(rng.integers(3, 20)), int(rng.integers(2, 7))
    return rng.normal(scale=2, size=(n, k)), one_hot(rng.integers(k, size=n), k)


def _weights(rng):
    return random_network(rng, 2)[0], float(rng.uniform(0.5, 3)), int(rng.integers(5, 50))


def _network(rng):
    thetas, X = random_network(rng)
    return thetas, X, rng.integers(len(thetas[-1]), size=len(X)), float(rng.uniform(0.5, 3))


def _naive_softplus(z):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(z))


def _yes_only(z, Y):
    return np.sum(np.where(Y == 1, model.softplus(-z), 0)) / len(z)


def _squares(thetas, first_column):
    return sum(np.sum(theta[:, first_column:] ** 2) for theta in thetas)


_Z = np.array([[0.0, 2.0, -1.0], [1.0, 0.0, 0.0]])
_Y = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
_THETAS = [np.array([[1.0, 2.0, 3.0]]), np.array([[4.0, -1.0], [0.0, 1.0]])]

TASKS = (
    Task(
        "one_hot",
        one_hot,
        examples=((np.array([3, 0, 1]), 5),),
        draw=lambda rng: (rng.integers(7, size=int(rng.integers(3, 12))), 8),
        hints=(
            "For each label, a row of zeros with a single 1, in the column of that label.",
            "Compare a *column* of labels with a *row* of all classes: `y[:, np.newaxis] == np.arange(n_classes)`.",
            "The comparison gives True and False; `.astype(float)` makes them 1 and 0. (A loop is right, too.)",
        ),
        mistakes=(
            Mistake(
                lambda y, n: one_hot(y, n).T,
                "It is transposed: examples are rows, classes are columns.",
            ),
            Mistake(
                lambda y, n: one_hot(y - 1, n),
                "The 1 is a column too far to the left: the label 0 belongs in column 0.",
            ),
            Mistake(
                lambda y, n: np.eye(n)[y - 1],  # here a label 0 wraps around to the last column
                "The 1 is a column too far to the left: the label 0 belongs in column 0.",
            ),
            Mistake(
                lambda y, n: one_hot(y + 1, n),
                "The 1 is a column too far to the right: the label 0 belongs in column 0.",
            ),
            Mistake(
                lambda y, n: one_hot(y, int(y.max()) + 1),
                "It has as many columns as there happen to be labels. It must have n_classes, though one never comes.",
            ),
            Mistake(
                lambda y, n: np.tile(one_hot(y, n).max(axis=0), (len(y), 1)),
                "All rows are the same, with the ones of all labels: `Y[:, y] = 1` writes into every row. "
                "Each row has its own column: `Y[np.arange(len(y)), y] = 1`.",
            ),
            Mistake(lambda y, n: 1 - one_hot(y, n), "Zeros and ones are exchanged."),
        ),
    ),
    Task(
        "softplus",
        model.softplus,
        examples=((np.array([0.0, 1.0, -1.0]),), (np.array([-1000.0, 0.0, 1000.0]),)),
        draw=lambda rng: (rng.normal(scale=10, size=(3, 3)),),
        hints=(
            "log(1 + e¹⁰⁰⁰) is about 1000, but e¹⁰⁰⁰ fits in no float. Pull the large part out, as lesson 03 does.",
            "For z > 0, log(1 + eᶻ) = z + log(1 + e⁻ᶻ). For z ≤ 0, leave it. With |z| both are one formula.",
            "`np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))`. (`np.logaddexp(0, z)` does it, too.)",
        ),
        mistakes=(
            Mistake(
                _naive_softplus,
                "It overflows: for z = 1000 it asks for e¹⁰⁰⁰ and gives infinity. Pull the large part out of the log.",
            ),
            Mistake(
                lambda z: np.log1p(np.exp(-np.abs(z))),
                "The part that was pulled out is missing: add max(z, 0).",
            ),
            Mistake(
                lambda z: z + np.log1p(np.exp(-np.abs(z))),
                "Right for z > 0 only. For z ≤ 0 nothing may be added: it is max(z, 0), not z.",
            ),
            Mistake(
                lambda z: model.softplus(-z),
                "The sign is turned: this is log(1 + e⁻ᶻ).",
            ),
            Mistake(
                lambda z: np.maximum(z, 0),
                "The logarithm is missing: near 0, softplus is not max(z, 0), but log 2 at z = 0.",
            ),
        ),
    ),
    Task(
        "cross_entropy",
        cross_entropy,
        examples=((_Z, _Y),),
        draw=_outputs,
        hints=(
            "Where the truth is yes (Y is 1), an output costs softplus(−z); where it is no, softplus(z).",
            "`np.where(Y == 1, -z, z)` turns the sign where the truth is yes. Then softplus, then one sum over all.",
            "Divide the sum by the number of *examples*, `len(z)`, not by the number of outputs.",
        ),
        mistakes=(
            Mistake(
                lambda z, Y: cross_entropy(z, Y) / z.shape[1],
                "It is averaged over the outputs, too. Sum over the outputs, and average over the examples only: "
                "`np.mean` over everything divides once too often.",
            ),
            Mistake(
                lambda z, Y: cross_entropy(z, Y) * len(z),
                "The 1/m is missing: divide the sum by the number of examples.",
            ),
            Mistake(
                _yes_only,
                "Only the outputs whose truth is yes are counted. Those whose truth is no cost something, too: "
                "the term (1 − Y) log(1 − A).",
            ),
            Mistake(
                lambda z, Y: cross_entropy(-z, Y),
                "Yes and no are exchanged: it is softplus(−z) where the truth is yes.",
            ),
            Mistake(lambda z, Y: -cross_entropy(z, Y), "The sign is turned: a cost is above 0."),
            Mistake(
                lambda z, Y: np.sum(model.softplus(np.where(Y == 1, -z, z)), axis=1),
                "This is the cost of each example. Wanted is one number, their mean.",
            ),
            Mistake(
                lambda z, Y: np.mean(model.softplus(np.where(Y == 1, -z, z)), axis=0),
                "This is the mean cost of each *output*. Wanted is one number: add them up.",
            ),
            Mistake(
                lambda z, Y: cross_entropy(z, Y) * len(z) / z.shape[1],
                "It is divided by the number of outputs. Divide by the number of examples, `len(z)`.",
            ),
        ),
    ),
    Task(
        "regularisation",
        regularisation,
        examples=((_THETAS, 2.0, 10),),
        draw=_weights,
        hints=(
            "Add up the squares of the weights, over all thetas. The biases, column 0, are left out.",
            "`np.sum(theta[:, 1:] ** 2)` for each theta.",
            "Then times `lam / (2 * m)`.",
        ),
        mistakes=(
            Mistake(
                lambda thetas, lam, m: lam / (2 * m) * _squares(thetas, 0),
                "λ is on the biases, too. Leave column 0 out: `theta[:, 1:]`.",
            ),
            Mistake(
                lambda thetas, lam, m: lam / (2 * m) * sum(np.sum(theta[1:] ** 2) for theta in thetas),
                "It leaves out *row* 0, a unit, in place of column 0, the biases: `theta[:, 1:]`.",
            ),
            Mistake(
                lambda thetas, lam, m: lam / m * _squares(thetas, 1),
                "The 2 is missing: λ / (2 m).",
            ),
            Mistake(
                lambda thetas, lam, m: lam / 2 * _squares(thetas, 1),
                "The 1/m is missing: λ / (2 m).",
            ),
            Mistake(
                lambda thetas, lam, m: lam / 2 * m * _squares(thetas, 1),
                "Brackets are missing: `lam / 2 * m` divides by 2 and *multiplies* by m. Write `lam / (2 * m)`.",
            ),
            Mistake(
                lambda thetas, lam, m: lam / (2 * m) * _squares(thetas[:1], 1),
                "Only the first theta is counted. Add up all of them.",
            ),
            Mistake(
                lambda thetas, lam, m: lam / (2 * m) * sum(np.sum(theta[:, 1:]) for theta in thetas),
                "The weights are not squared.",
            ),
            Mistake(
                lambda thetas, lam, m: lam / (2 * m) * sum(np.sum(theta[:, 1:]) ** 2 for theta in thetas),
                "The sum is squared. Square each weight, then add up.",
            ),
        ),
    ),
    Task(
        "cost",
        cost,
        examples=(
            (
                [np.array([[0, 1, -0.5], [1, 0, -0.5]]), np.array([[-1.0, 1, 1]])],
                np.array([[1.0, 2.0]]),
                np.array([0]),
                0.0,
            ),
        ),
        draw=_network,
        hints=(
            "`propagate(thetas, X)` gives the activations and the z of the last layer. You need its z.",
            "The number of classes is the number of outputs, `z.shape[1]`.",
            "`cross_entropy(z, one_hot(y, z.shape[1])) + regularisation(thetas, lam, len(X))`.",
        ),
        mistakes=(
            Mistake(
                lambda thetas, X, y, lam: cost(thetas, X, y, 0.0),
                "The regularisation is missing: λ has no effect.",
            ),
            Mistake(
                lambda thetas, X, y, lam: cost(thetas, X, y, 0.0) + lam / (2 * len(X)) * _squares(thetas, 0),
                "λ is on the biases, too. `regularisation` leaves them out.",
            ),
            Mistake(
                lambda thetas, X, y, lam: (cost(thetas, X, y, 0.0), regularisation(thetas, lam, len(X))),
                "These are the two parts of the cost. Wanted is one number: add them.",
            ),
            Mistake(
                lambda thetas, X, y, lam: cost(thetas, X, y, 0.0) + lam / 2 * _squares(thetas, 1) / X.shape[1],
                "The m of the regularisation is the number of examples, `len(X)`, not the number of inputs.",
            ),
            Mistake(
                lambda thetas, X, y, lam: cost(thetas, X, y, 0.0) - regularisation(thetas, lam, len(X)),
                "The regularisation is taken away. It is a price: add it.",
            ),
            Mistake(
                lambda thetas, X, y, lam: (
                    cross_entropy(model.propagate(thetas, X)[0][-1], one_hot(y, len(thetas[-1])))
                    + regularisation(thetas, lam, len(X))
                ),
                "The activations are taken for z. softplus wants z, what goes *into* the last sigmoid.",
            ),
        ),
    ),
)
