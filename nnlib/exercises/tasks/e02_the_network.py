"""Exercise 02: the network."""

from itertools import pairwise

import numpy as np

from ... import forward, init_thetas
from ...model import propagate, sigmoid
from ...parameters import theta_shapes
from ..exercise import Exercise

exercise = Exercise({"sigmoid": 2, "random_thetas": 2, "layer": 2, "propagate": 3, "n_parameters": 1})


def of_any_shape(rng, scale):
    """Return an array of one, two or three axes."""
    return rng.normal(scale=scale, size=((5,), (3, 4), (2, 3, 2))[rng.integers(3)])


exercise.add(
    sigmoid,
    examples=[(np.array([0.0, 2.0, -2.0]),), (np.array([[1000.0, -700.0]]),)],
    draw=lambda rng: (of_any_shape(rng, 3),),
    hints=[
        "Write σ(z) = 1 / (1 + e⁻ᶻ) with NumPy's exponential, which works on whole arrays.",
        "Mind the brackets and the sign: the whole of `1 + np.exp(-z)` is below the fraction line.",
        "Without overflow: (1 + tanh(z/2)) / 2. In NumPy, `0.5 * np.tanh(0.5 * z) + 0.5`.",
    ],
    mistakes={
        "The sign in the exponent is turned: this falls from 1 to 0. "
        "It must be e to the power of *minus* z.": lambda z: 1 / (1 + np.exp(z)),
        "Brackets are missing: `1 / 1 + np.exp(-z)` divides first, then adds.": lambda z: 1 / 1 + np.exp(-z),
        "For z = 1000 it gives NaN: e¹⁰⁰⁰ fits in no float, and infinity over infinity is no number. "
        "1 / (1 + e⁻ᶻ) is the same, and does not ask for it.": lambda z: np.exp(z) / (1 + np.exp(z)),
        "This is tanh, which goes from −1 to 1. The sigmoid is (1 + tanh(z/2)) / 2.": np.tanh,
        "It is too steep: the argument of tanh must be z / 2, not z.": lambda z: 0.5 * np.tanh(z) + 0.5,
        "This is the *slope* of the sigmoid, a (1 − a). Return a itself.": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    },
)


def _shapes(thetas):
    return [np.shape(theta) for theta in thetas]


def _each(test):
    """Return a predicate that asks the same of every theta."""
    return lambda result, layer_sizes, epsilon, rng: all(test(np.asarray(theta), epsilon) for theta in result)


def _each_large(test):
    """Return a predicate as `_each` does; of a few numbers it asks nothing, for chance has too much say in them."""
    return _each(lambda theta, epsilon: theta.size < 1000 or test(theta, epsilon))


def _evenly(theta, epsilon):
    """Return whether about a quarter of the numbers is in each quarter of the interval: to within six deviations."""
    counts = np.histogram(theta, bins=4, range=(-epsilon, epsilon))[0]
    return np.all(np.abs(counts / theta.size - 0.25) < 6 * np.sqrt(0.25 * 0.75 / theta.size))


def _sizes(rng):
    sizes = rng.integers(35, 60, size=int(rng.integers(2, 6))).tolist()
    return tuple(sizes), float(rng.uniform(0.3, 2)), np.random.default_rng(int(rng.integers(100, 1000)))


@exercise.task(
    examples=[
        ((3, 4, 2), 0.15, np.random.default_rng(0)),
        ((3, 2), 0.5, np.random.default_rng(1)),
        ((6, 5, 4, 3, 2), 0.5, np.random.default_rng(2)),
    ],
    draw=_sizes,
    random=True,
    library=(init_thetas,),
    hints=[
        "One array for each pair of neighbouring layers: `zip(layer_sizes[:-1], layer_sizes[1:])`.",
        "Its shape is `(n_out, 1 + n_in)`. Column 0 is for the biases.",
        "`rng.uniform(-epsilon, epsilon, (n_out, 1 + n_in))` for each pair, in a list.",
    ],
    must_hold={
        "It must return a list of arrays, one theta for each pair of neighbouring layers. "
        "Is the `return` missing?": lambda result, layer_sizes, epsilon, rng: isinstance(result, (list, tuple)),
        "A network of k layers of units has k − 1 thetas: one between each two. "
        "Return them as a list.": lambda result, layer_sizes, epsilon, rng: len(result) == len(layer_sizes) - 1,
        "The shapes must "
        "be `(n_out, 1 + n_in)` for each pair of neighbouring layers.": lambda result, layer_sizes, epsilon, rng: (
            _shapes(result) == theta_shapes(layer_sizes)
        ),
        "All numbers of a theta are equal. Then all units of a layer stay equal for ever; they must be random.": _each(
            lambda theta, epsilon: np.ptp(theta) > 0
        ),
        "The numbers are not drawn one by one: some columns are zero, or the same numbers recur.": _each_large(
            lambda theta, epsilon: np.any(theta[:, 0]) and len(np.unique(theta)) > 90
        ),
        "No number is negative: the interval is [−ε, ε], not [0, ε].": _each_large(
            lambda theta, epsilon: theta.min() < 0
        ),
        "Some numbers lie outside [−ε, ε]. `rng.uniform(-epsilon, epsilon, …)` keeps to the interval; "
        "`rng.normal` has no limits.": _each(lambda theta, epsilon: np.abs(theta).max() <= epsilon),
        "All numbers are small. They must fill the interval [−ε, ε].": _each(
            lambda theta, epsilon: np.abs(theta).max() > 0.3 * epsilon
        ),
        "The numbers do not fill the interval [−ε, ε]: it reaches from −ε to ε, and is 2 ε wide.": _each_large(
            lambda theta, epsilon: theta.min() < -0.9 * epsilon and theta.max() > 0.9 * epsilon
        ),
        "The numbers are not spread evenly over [−ε, ε]: some parts of it have too many. "
        "`rng.uniform(-epsilon, epsilon, …)` draws them evenly.": _each_large(_evenly),
    },
    looks_like={
        "The thetas are transposed: each row is a unit of the next layer, "
        "so the shape begins with n_out.": lambda result, layer_sizes, epsilon, rng: (
            _shapes(result)
            in (
                [(n_in, n_out) for n_in, n_out in pairwise(layer_sizes)],
                [(1 + n_in, n_out) for n_in, n_out in pairwise(layer_sizes)],
            )
        ),
        "The bias column is forgotten: each theta has `1 + n_in` columns.": lambda result, layer_sizes, epsilon, rng: (
            _shapes(result) == [(n_out, n_in) for n_in, n_out in pairwise(layer_sizes)]
        ),
    },
)
def random_thetas(layer_sizes, epsilon, rng):
    return init_thetas(layer_sizes, epsilon=epsilon, seed=rng)


def random_network(rng, n_layers=None):
    """Return thetas of odd sizes, no two the same, and inputs for them: a transposed product then fits nowhere."""
    sizes = rng.permutation(np.arange(2, 9))[: (n_layers or int(rng.integers(1, 4))) + 1].tolist()
    return init_thetas(sizes, epsilon=2.0, seed=rng), rng.normal(size=(11, sizes[0]))


def _one_layer(rng):
    (theta,), a = random_network(rng, 1)
    return theta, a


def weighted_input(theta, a):
    """Return z, what goes into a layer's sigmoid."""
    return a @ theta[:, 1:].T + theta[:, 0]


_THETA = np.array([[0.0, 1.0, -0.5], [1.0, 0.0, -0.5], [0.5, 2.0, 1.0]])


@exercise.task(
    examples=[(_THETA, np.array([[1.0, 2.0]]))],
    draw=_one_layer,
    large=lambda rng: (rng.normal(size=(100, 785)), rng.random((2000, 784))),
    hints=[
        "The weights are `theta[:, 1:]`, the biases `theta[:, 0]`.",
        "`a` is (m, n_in) and the weights are (n_out, n_in). Which of the two must be transposed for the product?",
        "z = `a @ theta[:, 1:].T + theta[:, 0]`; return the sigmoid of it.",
    ],
    mistakes={
        "The biases are forgotten: add `theta[:, 0]`.": lambda theta, a: sigmoid(a @ theta[:, 1:].T),
        "This is z. Send it through the sigmoid.": weighted_input,
        "The *last* column is taken for the biases. They are in column 0.": lambda theta, a: sigmoid(
            a @ theta[:, :-1].T + theta[:, -1]
        ),
        "The biases are added after the sigmoid. They belong to z, inside it.": lambda theta, a: (
            sigmoid(a @ theta[:, 1:].T) + theta[:, 0]
        ),
        "It is transposed: return one example in each row, (m, n_out).": lambda theta, a: layer(theta, a).T,
        "The shapes do not fit: theta has the bias column still in it. The weights are the other columns, "
        "`theta[:, 1:]`.": lambda theta, a: a @ theta.T,
        "The shapes do not fit: the weights are (n_out, n_in), and the product needs them as (n_in, n_out). "
        "Transpose them, `theta[:, 1:].T`.": lambda theta, a: a @ theta[:, 1:],
    },
)
def layer(theta, a):
    return sigmoid(weighted_input(theta, a))


def _without_sigmoid(thetas, X):
    values = [X]
    for theta in thetas:
        values.append(weighted_input(theta, values[-1]))
    return values


exercise.add(
    forward,
    name="propagate",
    examples=[
        ([_THETA, np.array([[-1.0, 1.0, 1.0, 0.0]])], np.array([[1.0, 2.0]])),
        ([_THETA, np.array([[-1.0, 1.0, 1.0, 0.0]]), np.array([[0.5, -1.0], [0.0, 2.0]])], np.array([[1.0, 2.0]])),
        ([_THETA], np.array([[1.0, 2.0]])),
        random_network(np.random.default_rng(1), 5),
    ],
    draw=random_network,
    library=(propagate,),
    hints=[
        "Start the list with `X`. Then, for each theta, append the layer that follows from the last one.",
        "`activations[-1]` is the last activation so far. `layer(theta, …)` gives the next.",
        "`activations = [X]`; `for theta in thetas:` append `layer(theta, activations[-1])`; return the list.",
    ],
    mistakes={
        "The input is missing: the list must begin with X itself, the activations of layer 0.": lambda thetas, X: (
            forward(thetas, X)[1:]
        ),
        "This is the last layer alone. "
        "Return the list of all layers: backpropagation will need them.": lambda thetas, X: forward(thetas, X)[-1],
        "The values are never sent through the sigmoid: each activation is the sigmoid of its z.": _without_sigmoid,
        "It stops after two layers. Loop over `thetas`, however many there are.": lambda thetas, X: forward(
            thetas[:2], X
        ),
        "It stops after the first layer. Is the `return` inside the loop?": lambda thetas, X: forward(thetas[:1], X),
        "The shapes do not fit: every layer is given X. "
        "Give it what came out of the layer before, `activations[-1]`.": [
            lambda thetas, X: [X, *(layer(theta, X) for theta in thetas)],
            lambda thetas, X: [X, *(sigmoid(np.column_stack([np.ones(len(X)), X]) @ theta.T) for theta in thetas)],
        ],
        "The thetas are taken in reverse. The first one follows the input.": lambda thetas, X: forward(thetas[::-1], X),
    },
)


@exercise.task(
    examples=[((784, 100, 10),), ((2, 3),), ((6, 5, 4, 3, 2),)],
    draw=lambda rng: (tuple(rng.integers(1, 50, size=int(rng.integers(2, 6))).tolist()),),
    hints=[
        "Each unit has a weight for each unit of the layer before, and one bias.",
        "Between layers of n_in and n_out units there are `n_out * (1 + n_in)` numbers.",
        "Add that up over the pairs `zip(layer_sizes[:-1], layer_sizes[1:])`.",
    ],
    mistakes={
        "The biases are forgotten: each unit has one more number.": lambda layer_sizes: sum(
            a * b for a, b in pairwise(layer_sizes)
        ),
        "One too many: only the layer that sends has an extra 1, for the biases. The "
        "layer that receives has none.": lambda layer_sizes: sum((a + 1) * (b + 1) for a, b in pairwise(layer_sizes)),
        "The biases are counted at the wrong end: each unit that *receives* has one, "
        "not each unit that sends.": lambda layer_sizes: sum(a * (b + 1) for a, b in pairwise(layer_sizes)),
        "It counts one bias for a whole layer. Each unit has one of its own.": lambda layer_sizes: sum(
            a * b + 1 for a, b in pairwise(layer_sizes)
        ),
        "This is one number for each theta. Add them up.": lambda layer_sizes: [
            b * (1 + a) for a, b in pairwise(layer_sizes)
        ],
        "These are the units. Count the weights between them, and the biases.": sum,
        "Only the first theta is counted. Add up all of them.": lambda layer_sizes: (
            (1 + layer_sizes[0]) * layer_sizes[1]
        ),
    },
)
def n_parameters(layer_sizes):
    return sum(rows * columns for rows, columns in theta_shapes(layer_sizes))


exercise.question(
    "02-shape",
    "What is the shape of the second theta of a 784-50-30-10 network?",
    ["(50, 30)", "(30, 50)", "(30, 51)"],
    right=2,
    wrong=[
        "Each *row* is a unit that receives. How many units receive from the first hidden layer?",
        "Those are the weights alone. What else does each unit have?",
    ],
    why="Thirty units, each with a weight for each of the 50 units before, and one bias.",
)

exercise.question(
    "02-order",
    "What happens to the outputs of the network?",
    ["Nothing, apart from rounding", "They change a little", "The network guesses at random"],
    right=0,
    wrong=[
        "Follow one hidden unit: which of its weights, in or out, has changed?",
        "It would if only one of the two thetas were changed. But both were, in the same way.",
    ],
    why="Each hidden unit keeps its own weights, in and out. An output adds up the same numbers, in a different order.",
)

exercise.question(
    "02-split",
    "How does the number of parameters change?",
    ["It stays about the same", "It falls to about half", "It nearly doubles"],
    right=1,
    wrong=[
        "Count the weights that leave the 784 pixels, before and after.",
        "There is one more theta, but a small one. How large are 784 · 50 and 50 · 50?",
    ],
    why="Nearly all parameters lie between the 784 pixels and the first hidden layer, which now has half the units.",
)
