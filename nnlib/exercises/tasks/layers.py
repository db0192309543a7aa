"""Exercise 02: the network."""

from itertools import pairwise

import numpy as np

from ... import model, parameters
from ..task import Mistake, Rule, Task


def random_thetas(layer_sizes, epsilon, rng):
    return parameters.init_thetas(layer_sizes, epsilon=epsilon, seed=rng)


def layer(theta, a):
    return model.sigmoid(a @ theta[:, 1:].T + theta[:, 0])


def propagate(thetas, X):
    return model.propagate(thetas, X)[0]


def n_parameters(layer_sizes):
    return sum(rows * columns for rows, columns in parameters.theta_shapes(layer_sizes))


def random_network(rng, n_layers=None):
    """Return thetas of odd sizes, no two the same, and inputs for them: a transposed product then fits nowhere."""
    sizes = rng.permutation(np.arange(2, 9))[: (n_layers or int(rng.integers(1, 4))) + 1].tolist()
    return parameters.init_thetas(sizes, epsilon=2.0, seed=rng), rng.normal(size=(11, sizes[0]))


def _one_layer(rng):
    (theta,), a = random_network(rng, 1)
    return theta, a


def _all(test):
    """Return a rule's test that asks the same of every theta."""
    return lambda result, layer_sizes, epsilon, rng: all(test(np.asarray(theta), epsilon) for theta in result)


def _fills_interval(theta, epsilon):
    """Return whether the numbers come near both ends; of a few numbers, that they are not all tiny."""
    if theta.size < 100:
        return np.abs(theta).max() > 0.3 * epsilon
    return theta.min() < -0.9 * epsilon and theta.max() > 0.9 * epsilon


def _up_to(n_layers):
    def function(thetas, X):
        return propagate(thetas[:n_layers], X)

    return function


def _without_sigmoid(thetas, X):
    values = [X]
    for theta in thetas:
        values.append(values[-1] @ theta[:, 1:].T + theta[:, 0])
    return values


_s = model.sigmoid
_THETA = np.array([[0.0, 1.0, -0.5], [1.0, 0.0, -0.5], [0.5, 2.0, 1.0]])

TASKS = (
    Task(
        "sigmoid",
        model.sigmoid,
        examples=((np.array([0.0, 2.0, -2.0]),),),
        draw=lambda rng: (rng.normal(scale=3, size=(3, 4)),),
        hints=(
            "Write σ(z) = 1 / (1 + e⁻ᶻ) with NumPy's exponential, which works on whole arrays.",
            "Mind the brackets and the sign: the whole of `1 + np.exp(-z)` is below the fraction line.",
            "Without overflow: (1 + tanh(z/2)) / 2. In NumPy, `0.5 * np.tanh(0.5 * z) + 0.5`.",
        ),
        mistakes=(
            Mistake(
                lambda z: 1 / (1 + np.exp(z)),
                "The sign in the exponent is turned: this falls from 1 to 0. It must be e to the power of *minus* z.",
            ),
            Mistake(
                lambda z: 1 / 1 + np.exp(-z),
                "Brackets are missing: `1 / 1 + np.exp(-z)` divides first and adds then.",
            ),
            Mistake(np.tanh, "This is tanh, which goes from −1 to 1. The sigmoid is (1 + tanh(z/2)) / 2."),
            Mistake(
                lambda z: 0.5 * np.tanh(z) + 0.5,
                "It is too steep: the argument of tanh must be z / 2, not z.",
            ),
            Mistake(
                lambda z: _s(z) * (1 - _s(z)),
                "This is the *slope* of the sigmoid, a (1 − a). Wanted is a itself.",
            ),
        ),
    ),
    Task(
        "random_thetas",
        random_thetas,
        examples=(((3, 4, 2), 0.15, np.random.default_rng(0)),),
        draw=lambda rng: (
            (40, 30, 20),
            float(rng.uniform(0.1, 2)),
            np.random.default_rng(int(rng.integers(100, 1000))),
        ),
        random=True,
        hints=(
            "One array for each pair of neighbouring layers: `zip(layer_sizes[:-1], layer_sizes[1:])`.",
            "Its shape is `(n_out, 1 + n_in)`. Column 0 is for the biases.",
            "`rng.uniform(-epsilon, epsilon, (n_out, 1 + n_in))` for each pair, in a list.",
        ),
        rules=(
            Rule(
                lambda result, layer_sizes, epsilon, rng: isinstance(result, (list, tuple)),
                "It must return a list of arrays, one theta for each two neighbouring layers. Is the `return` missing?",
            ),
            Rule(
                lambda result, layer_sizes, epsilon, rng: len(result) == len(layer_sizes) - 1,
                "A network of k layers of units has k − 1 thetas: one between each two. Return them as a list.",
            ),
            Rule(
                lambda result, layer_sizes, epsilon, rng: (
                    [np.shape(theta) for theta in result] != [(n_in, n_out) for n_in, n_out in pairwise(layer_sizes)]
                    and [np.shape(theta) for theta in result]
                    != [(1 + n_in, n_out) for n_in, n_out in pairwise(layer_sizes)]
                ),
                "The thetas are transposed: each row is a unit of the next layer, so the shape begins with n_out.",
            ),
            Rule(
                lambda result, layer_sizes, epsilon, rng: (
                    [np.shape(theta) for theta in result] != [(n_out, n_in) for n_in, n_out in pairwise(layer_sizes)]
                ),
                "The bias column is forgotten: each theta has `1 + n_in` columns.",
            ),
            Rule(
                lambda result, layer_sizes, epsilon, rng: (
                    [np.shape(theta) for theta in result] == parameters.theta_shapes(layer_sizes)
                ),
                "The shapes must be `(n_out, 1 + n_in)` for each pair of neighbouring layers.",
            ),
            Rule(
                _all(lambda theta, epsilon: np.ptp(theta) > 0),
                "All numbers of a theta are equal. Then all units of a layer stay equal for ever; they must be random.",
            ),
            Rule(
                _all(lambda theta, epsilon: theta.size < 100 or (np.any(theta[:, 0]) and len(np.unique(theta)) > 90)),
                "The numbers are not drawn one by one: some columns are zero, or the same numbers recur.",
            ),
            Rule(
                _all(lambda theta, epsilon: theta.size < 100 or theta.min() < 0),
                "No number is negative: the interval is [−ε, ε], not [0, ε].",
            ),
            Rule(
                _all(lambda theta, epsilon: np.abs(theta).max() <= epsilon),
                "Some numbers lie outside of [−ε, ε]. `rng.uniform(-epsilon, epsilon, …)` keeps to the interval; "
                "`rng.normal` has no limits.",
            ),
            Rule(
                _all(_fills_interval),
                "The numbers do not fill the interval [−ε, ε]: it reaches from −ε to ε, and is 2 ε wide.",
            ),
        ),
    ),
    Task(
        "layer",
        layer,
        examples=((_THETA, np.array([[1.0, 2.0]])),),
        draw=_one_layer,
        large=lambda rng: (rng.normal(size=(100, 785)), rng.random((2000, 784))),
        hints=(
            "The weights are `theta[:, 1:]`, the biases `theta[:, 0]`.",
            "`a` is (n, n_in) and the weights are (n_out, n_in). Which of the two must be transposed for the product?",
            "z = `a @ theta[:, 1:].T + theta[:, 0]`; return the sigmoid of it.",
        ),
        mistakes=(
            Mistake(
                lambda theta, a: _s(a @ theta[:, 1:].T),
                "The biases are forgotten: add `theta[:, 0]`.",
            ),
            Mistake(
                lambda theta, a: a @ theta[:, 1:].T + theta[:, 0],
                "This is z. Send it through the sigmoid.",
            ),
            Mistake(
                lambda theta, a: _s(a @ theta[:, :-1].T + theta[:, -1]),
                "The *last* column is taken for the biases. They are in column 0.",
            ),
            Mistake(
                lambda theta, a: _s(a @ theta[:, 1:].T) + theta[:, 0],
                "The biases are added after the sigmoid. They belong to z, inside of it.",
            ),
            Mistake(
                lambda theta, a: _s(a @ theta[:, 1:].T + theta[:, 0]).T,
                "It is transposed: return one example a row, (n, n_out).",
            ),
        ),
    ),
    Task(
        "propagate",
        propagate,
        examples=(
            ([_THETA, np.array([[-1.0, 1.0, 1.0, 0.0]])], np.array([[1.0, 2.0]])),
            ([_THETA, np.array([[-1.0, 1.0, 1.0, 0.0]]), np.array([[0.5, -1.0], [0.0, 2.0]])], np.array([[1.0, 2.0]])),
        ),
        draw=random_network,
        hints=(
            "Start the list with `X`. Then, for each theta, append the layer that follows from the last one.",
            "`activations[-1]` is the last activation so far. `layer(theta, …)` gives the next.",
            "`activations = [X]`; `for theta in thetas:` append `layer(theta, activations[-1])`; return the list.",
        ),
        mistakes=(
            Mistake(
                lambda thetas, X: propagate(thetas, X)[1:],
                "The input is missing: the list must begin with X itself, the activations of layer 0.",
            ),
            Mistake(
                lambda thetas, X: propagate(thetas, X)[-1],
                "This is the last layer alone. Wanted is the list of all layers: backpropagation will need them.",
            ),
            Mistake(
                _without_sigmoid,
                "The values are never sent through the sigmoid: each activation is the sigmoid of its z.",
            ),
            Mistake(_up_to(2), "It stops after two layers. Loop over `thetas`, however many there are."),
            Mistake(_up_to(1), "It stops after the first layer. Is the `return` inside of the loop?"),
        ),
    ),
    Task(
        "n_parameters",
        n_parameters,
        examples=(((784, 100, 10),), ((2, 3),)),
        draw=lambda rng: (tuple(rng.integers(1, 50, size=int(rng.integers(2, 6))).tolist()),),
        hints=(
            "Each unit has a weight for each unit of the layer before, and one bias.",
            "Between layers of n_in and n_out units there are `n_out * (1 + n_in)` numbers.",
            "Add that up over the pairs `zip(layer_sizes[:-1], layer_sizes[1:])`.",
        ),
        mistakes=(
            Mistake(
                lambda layer_sizes: sum(a * b for a, b in pairwise(layer_sizes)),
                "The biases are forgotten: each unit has one more number.",
            ),
            Mistake(
                lambda layer_sizes: sum((a + 1) * (b + 1) for a, b in pairwise(layer_sizes)),
                "One too many: only the layer that sends has a 1 beside it, for the biases. The other has not.",
            ),
            Mistake(
                lambda layer_sizes: sum(a * (b + 1) for a, b in pairwise(layer_sizes)),
                "The biases are counted at the wrong end: each unit that *receives* has one, not each unit that sends.",
            ),
            Mistake(
                lambda layer_sizes: sum(a * b + 1 for a, b in pairwise(layer_sizes)),
                "It counts one bias for a whole layer. Each unit has its own.",
            ),
            Mistake(
                lambda layer_sizes: [b * (1 + a) for a, b in pairwise(layer_sizes)],
                "This is one number for each theta. Add them up.",
            ),
            Mistake(sum, "These are the units. Wanted are the numbers on the ways between them, and the biases."),
            Mistake(
                lambda layer_sizes: (1 + layer_sizes[0]) * layer_sizes[1],
                "Only the first theta is counted. Add up all of them.",
            ),
        ),
    ),
)
