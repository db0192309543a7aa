"""Answers to exercise 02 as learners write them: right ones, and wrong ones with the cause that must be recognised."""

import math
from itertools import pairwise

import numpy as np


def sigmoid_as_in_the_book(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_of_two_cases(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_one_by_one(z):
    result = np.empty(z.shape)
    for index, value in np.ndenumerate(z):
        result[index] = 1 / (1 + math.exp(-value))
    return result


def sigmoid_falling(z):
    e = np.exp(z)
    return 1 / (1 + e)


def sigmoid_without_brackets(z):
    return 1 / 1 + np.exp(-z)


def sigmoid_overflowing(z):
    return np.exp(z) / (1 + np.exp(z))


def sigmoid_as_list(z):
    return (1 / (1 + np.exp(-z))).tolist()


def hyperbolic_tangent(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def sigmoid_too_steep(z):
    return (1 + np.tanh(z)) / 2


def sigmoid_slope(z):
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


def sigmoid_of_single_numbers(z):
    return 1 / (1 + math.exp(-z))


def sigmoid_in_place(z):
    z *= -1
    return 1 / (1 + np.exp(z))


def sigmoid_without_return(z):
    a = 1 / (1 + np.exp(-z))  # noqa: F841


def sigmoid_with_forgotten_module(z):
    return 1 / (1 + numpy.exp(-z))  # noqa: F821


def thetas_by_loop(layer_sizes, epsilon, rng):
    thetas = []
    for i in range(1, len(layer_sizes)):
        shape = (layer_sizes[i], layer_sizes[i - 1] + 1)
        thetas.append(rng.uniform(low=-epsilon, high=epsilon, size=shape))
    return thetas


def thetas_by_scaling(layer_sizes, epsilon, rng):
    return [(2 * rng.random((n_out, n_in + 1)) - 1) * epsilon for n_in, n_out in pairwise(layer_sizes)]


def thetas_from(layer_sizes, draw):
    return [draw(n_in, n_out) for n_in, n_out in pairwise(layer_sizes)]


def thetas_transposed(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: rng.uniform(-epsilon, epsilon, (n_in + 1, n_out)))


def thetas_without_biases(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: rng.uniform(-epsilon, epsilon, (n_out, n_in)))


def thetas_with_a_bias_row(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: rng.uniform(-epsilon, epsilon, (1 + n_out, n_in)))


def thetas_of_zeros(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: np.zeros((n_out, 1 + n_in)))


def thetas_not_negative(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: rng.random((n_out, 1 + n_in)) * epsilon)


def thetas_normal(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: rng.normal(0, epsilon, (n_out, 1 + n_in)))


def thetas_of_half_the_width(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: (rng.random((n_out, 1 + n_in)) - 0.5) * epsilon)


def thetas_with_zero_biases(layer_sizes, epsilon, rng):
    thetas = thetas_by_loop(layer_sizes, epsilon, rng)
    for theta in thetas:
        theta[:, 0] = 0
    return thetas


def thetas_with_equal_units(layer_sizes, epsilon, rng):
    return thetas_from(layer_sizes, lambda n_in, n_out: np.tile(rng.uniform(-epsilon, epsilon, 1 + n_in), (n_out, 1)))


def thetas_of_the_first_pair(layer_sizes, epsilon, rng):
    for n_in, n_out in pairwise(layer_sizes):
        return [rng.uniform(-epsilon, epsilon, (n_out, 1 + n_in))]


def thetas_of_three_sizes(layer_sizes, epsilon, rng):
    n_in, n_hidden, n_out = layer_sizes
    return [rng.uniform(-epsilon, epsilon, (n_hidden, 1 + n_in)), rng.uniform(-epsilon, epsilon, (n_out, 1 + n_hidden))]


def thetas_of_the_first_three_sizes(layer_sizes, epsilon, rng):
    return thetas_by_loop(layer_sizes[:3], epsilon, rng)


def thetas_clipped(layer_sizes, epsilon, rng):
    return thetas_from(
        layer_sizes, lambda n_in, n_out: np.clip(rng.normal(0, epsilon / 2, (n_out, 1 + n_in)), -epsilon, epsilon)
    )


def thetas_of_the_usual_width(layer_sizes, epsilon, rng):
    return thetas_by_loop(layer_sizes, 0.15, rng)


def thetas_as_lists(layer_sizes, epsilon, rng):
    return [theta.tolist() for theta in thetas_by_loop(layer_sizes, epsilon, rng)]


def thetas_from_numpy(layer_sizes, epsilon, rng):
    return thetas_by_loop(layer_sizes, epsilon, np.random.default_rng())


def thetas_of_fixed_seed(layer_sizes, epsilon, rng):
    return thetas_by_loop(layer_sizes, epsilon, np.random.default_rng(0))


def thetas_without_return(layer_sizes, epsilon, rng):
    thetas = []
    for n_in, n_out in pairwise(layer_sizes):
        thetas.append(rng.uniform(-epsilon, epsilon, (n_out, 1 + n_in)))


def layer_with_ones(theta, a):
    with_ones = np.hstack([np.ones((len(a), 1)), a])
    return 1 / (1 + np.exp(-with_ones @ theta.T))


def layer_by_unit(theta, a):
    result = np.zeros((a.shape[0], theta.shape[0]))
    for k, row in enumerate(theta):
        result[:, k] = 1 / (1 + np.exp(-(row[0] + a.dot(row[1:]))))
    return result


def layer_without_biases(theta, a):
    return 1 / (1 + np.exp(-np.dot(a, theta[:, 1:].T)))


def layer_without_sigmoid(theta, a):
    return np.hstack([np.ones((len(a), 1)), a]) @ theta.T


def layer_with_ones_at_the_end(theta, a):
    return 1 / (1 + np.exp(-np.hstack([a, np.ones((len(a), 1))]) @ theta.T))


def layer_with_late_biases(theta, a):
    return 1 / (1 + np.exp(-a @ theta[:, 1:].T)) + theta[:, 0]


def layer_turned(theta, a):
    return 1 / (1 + np.exp(-(theta[:, 1:] @ a.T + theta[:, :1])))


def layer_not_turned(theta, a):
    return 1 / (1 + np.exp(-(a @ theta[:, 1:] + theta[:, 0])))


def layer_with_all_columns(theta, a):
    return 1 / (1 + np.exp(-(a @ theta.T)))


def layer_of_nested_lists(theta, a):
    return [[1 / (1 + math.exp(-(unit[0] + sum(unit[1:] * x)))) for unit in theta] for x in a]


def layer_by_dot_with_all_columns(theta, a):
    return 1 / (1 + np.exp(-np.dot(a, theta.T)))


def layer_in_place(theta, a):
    theta[:, 0] += 1
    return layer_by_unit(theta - np.eye(1, theta.shape[1]), a)


def layer_by_single_numbers(theta, a):
    result = []
    for example in a:
        row = []
        for unit in theta:
            z = unit[0]
            for j in range(len(example)):
                z += unit[j + 1] * example[j]
            row.append(1 / (1 + math.exp(-z)))
        result.append(row)
    return np.array(result)


def propagate_by_loop(thetas, X):
    activations = [X]
    for theta in thetas:
        z = activations[-1] @ theta[:, 1:].T + theta[:, 0]
        activations.append(1 / (1 + np.exp(-z)))
    return activations


def propagate_by_recursion(thetas, X):
    if len(thetas) == 0:
        return (X,)
    return (X, *propagate_by_recursion(thetas[1:], layer_with_ones(thetas[0], X)))


def propagate_without_input(thetas, X):
    activations, a = [], X
    for theta in thetas:
        a = layer_with_ones(theta, a)
        activations.append(a)
    return activations


def last_layer_only(thetas, X):
    a = X
    for theta in thetas:
        a = layer_with_ones(theta, a)
    return a


def propagate_with_early_return(thetas, X):
    activations = [X]
    for theta in thetas:
        activations.append(layer_with_ones(theta, activations[-1]))
        return activations


def propagate_two_layers(thetas, X):
    a1 = layer_with_ones(thetas[0], X)
    if len(thetas) == 1:
        return [X, a1]
    a2 = layer_with_ones(thetas[1], a1)
    return [X, a1, a2]


def propagate_reversed(thetas, X):
    return propagate_by_loop(list(reversed(thetas)), X)


def propagate_always_from_input(thetas, X):
    activations = [X]
    for theta in thetas:
        activations.append(layer_with_ones(theta, X))
    return activations


def propagate_without_sigmoid(thetas, X):
    activations = [X]
    for theta in thetas:
        activations.append(activations[-1] @ theta[:, 1:].T + theta[:, 0])
    return activations


def propagate_without_return(thetas, X):
    activations = [X]
    for theta in thetas:
        activations.append(layer_with_ones(theta, activations[-1]))


def propagate_emptying_the_list(thetas, X):
    activations = [X]
    while thetas:
        activations.append(layer_with_ones(thetas.pop(0), activations[-1]))
    return activations


def count_by_loop(layer_sizes):
    total = 0
    for i in range(len(layer_sizes) - 1):
        weights = layer_sizes[i] * layer_sizes[i + 1]
        biases = layer_sizes[i + 1]
        total += weights + biases
    return total


def count_by_product(layer_sizes):
    sizes = np.array(layer_sizes)
    return np.dot(sizes[:-1] + 1, sizes[1:])


def count_as_float(layer_sizes):
    return float(count_by_loop(layer_sizes))


def count_without_biases(layer_sizes):
    return np.dot(layer_sizes[:-1], layer_sizes[1:])


def count_one_too_many(layer_sizes):
    sizes = np.array(layer_sizes) + 1
    return int((sizes[:-1] * sizes[1:]).sum())


def count_biases_of_senders(layer_sizes):
    return count_without_biases(layer_sizes) + sum(layer_sizes[:-1])


def count_one_bias_a_layer(layer_sizes):
    return count_without_biases(layer_sizes) + len(layer_sizes) - 1


def count_units(layer_sizes):
    total = 0
    for size in layer_sizes:
        total += size
    return total


def count_with_early_return(layer_sizes):
    total = 0
    for n_in, n_out in pairwise(layer_sizes):
        total += n_out * (1 + n_in)
        return total


def count_past_the_end(layer_sizes):
    return sum(layer_sizes[i + 1] * (1 + layer_sizes[i]) for i in range(len(layer_sizes)))


def count_of_each_layer(layer_sizes):
    return [n_out * (1 + n_in) for n_in, n_out in pairwise(layer_sizes)]


RIGHT = {
    "sigmoid": [sigmoid_as_in_the_book, sigmoid_of_two_cases, sigmoid_one_by_one],
    "random_thetas": [thetas_by_loop, thetas_by_scaling],
    "layer": [layer_with_ones, layer_by_unit],
    "propagate": [propagate_by_loop, propagate_by_recursion],
    "n_parameters": [count_by_loop, count_by_product],
}
WRONG = {
    "sigmoid": [
        (sigmoid_falling, "sign in the exponent"),
        (sigmoid_without_brackets, "Brackets are missing"),
        (sigmoid_overflowing, "For z = 1000 it gives NaN"),
        (sigmoid_as_list, "It is a list; expected an array"),
        (hyperbolic_tangent, "This is tanh"),
        (sigmoid_too_steep, "too steep"),
        (sigmoid_slope, r"\*slope\*"),
        (sigmoid_of_single_numbers, "Functions of `math`"),
        (sigmoid_in_place, "argument number 1 in place"),
        (sigmoid_without_return, "`return` missing"),
        (sigmoid_with_forgotten_module, "NameError.*spelled"),
    ],
    "random_thetas": [
        (thetas_transposed, "transposed"),
        (thetas_without_biases, "bias column is forgotten"),
        (thetas_with_a_bias_row, "shapes must be"),
        (thetas_of_zeros, "All numbers of a theta are equal"),
        (thetas_not_negative, "No number is negative"),
        (thetas_normal, "lie outside"),
        (thetas_of_half_the_width, "do not fill the interval"),
        (thetas_with_zero_biases, "some columns are zero"),
        (thetas_with_equal_units, "same numbers recur"),
        (thetas_of_the_first_pair, "k − 1 thetas"),
        (thetas_of_three_sizes, r"values to unpack.*Exactly 3 are taken.*loop over them"),
        (thetas_of_the_first_three_sizes, "k − 1 thetas"),
        (thetas_clipped, "not spread evenly"),
        (thetas_of_the_usual_width, "All numbers are small|do not fill the interval"),
        (thetas_as_lists, "Entry 0 of the result is a list; expected an array"),
        (thetas_from_numpy, "Draw from `rng`"),
        (thetas_of_fixed_seed, "not drawn from `rng`"),
        (thetas_without_return, "`return` missing"),
    ],
    "layer": [
        (layer_without_biases, "biases are forgotten"),
        (layer_without_sigmoid, "This is z"),
        (layer_with_ones_at_the_end, r"\*last\* column"),
        (layer_with_late_biases, "after the sigmoid"),
        (layer_turned, "transposed"),
        (layer_not_turned, "shapes do not fit.*Transpose them"),
        (layer_with_all_columns, "bias column still in it"),
        (layer_of_nested_lists, "It is a list; expected an array"),
        (layer_by_dot_with_all_columns, "bias column still in it"),
        (layer_in_place, "argument number 1 in place"),
        (layer_by_single_numbers, "far too slow"),
    ],
    "propagate": [
        (propagate_without_input, "The input is missing"),
        (last_layer_only, "last layer alone"),
        (propagate_with_early_return, "after the first layer"),
        (propagate_two_layers, "after two layers"),
        (propagate_always_from_input, "shapes do not fit: every layer is given X"),
        (propagate_reversed, "shapes do not fit|in reverse"),
        (propagate_without_sigmoid, "never sent through the sigmoid"),
        (propagate_without_return, "`return` missing"),
        (propagate_emptying_the_list, "argument number 1 in place"),
    ],
    "n_parameters": [
        (count_as_float, r"It is a float.*`int\(…\)`"),
        (count_without_biases, "biases are forgotten"),
        (count_one_too_many, "One too many"),
        (count_biases_of_senders, "wrong end"),
        (count_one_bias_a_layer, "one bias for a whole layer"),
        (count_units, "These are the units"),
        (count_with_early_return, "Only the first theta"),
        (count_past_the_end, "IndexError"),
        (count_of_each_layer, "for each theta"),
    ],
}
