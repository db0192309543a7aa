"""Answers to exercise 05: the programs repaired, half repaired, and repaired in the wrong place."""

from itertools import pairwise

import numpy as np

import nnlib
from nnlib import cost_and_gradient as the_librarys_own


def squash(z):
    return 1 / (1 + np.exp(-z))


def cut(params, sizes):
    thetas, rest = [], params
    for n_in, n_out in pairwise(sizes):
        theta, rest = np.split(rest, [n_out * (n_in + 1)])
        thetas.append(theta.reshape(n_out, n_in + 1))
    return thetas


def weights_of(theta):
    return np.insert(theta[:, 1:], 0, 0, axis=1)


def program(
    params,
    layer_sizes,
    X,
    y,
    lam,
    *,
    decay=lambda theta, lam, m: lam / m * weights_of(theta),
    slope=lambda a: a * (1 - a),
    bias=lambda delta: delta.mean(axis=0),
    weights=lambda delta, a: delta.T @ a / len(a),
    front=True,
):
    thetas, m = cut(params, layer_sizes), len(X)
    a = [X]
    for theta in thetas:
        a.append(squash(a[-1] @ theta[:, 1:].T + theta[:, 0]))
    Y = y[:, None] == np.arange(layer_sizes[-1])
    J = -np.sum(np.log(np.where(Y, a[-1], 1 - a[-1]))) / m
    J += lam / (2 * m) * sum(np.sum(theta[:, 1:] ** 2) for theta in thetas)
    delta, gradients = a[-1] - Y, []
    for k in reversed(range(len(thetas))):
        g = np.column_stack([bias(delta), weights(delta, a[k])]) + decay(thetas[k], lam, m)
        if front:
            gradients.insert(0, g)
        else:
            gradients.append(g)
        delta = delta @ thetas[k][:, 1:] * slope(a[k])
    return J, np.concatenate([g.ravel() for g in gradients])


def with_(**parts):
    def repaired(params, layer_sizes, X, y, lam):
        return program(params, layer_sizes, X, y, lam, **parts)

    return repaired


def whole_program(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    m, layers = len(X), [np.c_[np.ones(len(X)), X]]
    for theta in thetas:
        layers.append(np.c_[np.ones(m), squash(layers[-1] @ theta.T)])
    output, Y = layers[-1][:, 1:], np.eye(layer_sizes[-1])[y]
    J = -(Y * np.log(output) + (1 - Y) * np.log(1 - output)).sum() / m
    delta, flat = output - Y, np.zeros(0)
    for theta, a in zip(thetas[::-1], layers[-2::-1], strict=True):
        slopes = delta.T @ a / m
        slopes[:, 1:] = slopes[:, 1:] + lam / m * theta[:, 1:]
        J = J + lam / 2 / m * (theta[:, 1:] ** 2).sum()
        flat = np.append(slopes.ravel(), flat)
        delta = ((delta @ theta) * a * (1 - a))[:, 1:]
    return J, flat


def decayed_in_place(params, layer_sizes, X, y, lam):
    J, gradient = program(params, layer_sizes, X, y, 0)
    thetas = cut(params, layer_sizes)
    for theta in thetas:
        theta[:, 0] = 0
    squares = sum(np.sum(theta**2) for theta in thetas)
    return J + lam / 2 / len(X) * squares, gradient + lam / len(X) * np.concatenate([t.ravel() for t in thetas])


def cost_made_to_fit(params, layer_sizes, X, y, lam):
    return program(params, layer_sizes, X, y, 0)


def nothing_returned(params, layer_sizes, X, y, lam):
    J, gradient = program(params, layer_sizes, X, y, lam)
    print(J, gradient.shape)


def slope_of_z_without_z(params, layer_sizes, X, y, lam):
    return program(params, layer_sizes, X, y, lam, slope=lambda a: squash(z) * (1 - squash(z)))  # noqa: F821


def list_turned_too_late(params, layer_sizes, X, y, lam):
    J, gradient = program(params, layer_sizes, X, y, lam)
    return J, gradient[::-1]


def layers_not_joined(params, layer_sizes, X, y, lam):
    J, gradient = program(params, layer_sizes, X, y, lam)
    return J, cut(gradient, layer_sizes)


def called_library(params, layer_sizes, X, y, lam):
    return nnlib.cost_and_gradient(params, layer_sizes, X, y, lam)


def imported_library(params, layer_sizes, X, y, lam):
    J, gradient = the_librarys_own(params, layer_sizes, X, y, lam=lam)
    return J, gradient.copy()


def differences_by_the_library(params, layer_sizes, X, y, lam):
    def cost(p):
        return program(p, layer_sizes, X, y, lam)[0]

    return cost(params), nnlib.numerical_gradient(cost, params)


def differences_by_hand(params, layer_sizes, X, y, lam):
    gradient = np.zeros(len(params))
    for i in range(len(params)):
        step = np.zeros(len(params))
        step[i] = 1e-5
        costs = [program(p, layer_sizes, X, y, lam)[0] for p in (params + step, params - step)]
        gradient[i] = (costs[0] - costs[1]) / 2e-5
    return program(params, layer_sizes, X, y, lam)[0], gradient


def gradient_as_list(params, layer_sizes, X, y, lam):
    J, gradient = program(params, layer_sizes, X, y, lam)
    return J, list(gradient)


def two_thetas_only(params, layer_sizes, X, y, lam):
    n_in, n_hidden, n_out = layer_sizes
    return program(params, (n_in, n_hidden, n_out), X, y, lam)


def classes_that_occur(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    a = [X]
    for theta in thetas:
        a.append(squash(a[-1] @ theta[:, 1:].T + theta[:, 0]))
    delta = a[-1] - np.eye(y.max() + 1)[y]
    return program(params, layer_sizes, X, y, lam)[0], delta


def in_float32(params, layer_sizes, X, y, lam):
    return program(params.astype(np.float32), layer_sizes, X.astype(np.float32), y, lam)


def exchanged(params, layer_sizes, X, y, lam):
    return program(params, layer_sizes, X, y, lam)[::-1]


UNREPAIRED = "The fault is still there"

RIGHT = {f"repaired_{i}": [with_(), whole_program, in_float32] for i in range(1, 6)}
WRONG = {
    "repaired_1": [
        (with_(decay=lambda theta, lam, m: 0), UNREPAIRED + ".*all weights wrong"),
        (with_(decay=lambda theta, lam, m: lam / m * theta), "λ is on the biases"),
        (with_(decay=lambda theta, lam, m: 2 * lam / m * weights_of(theta)), "twice too strong"),
        (cost_made_to_fit, "regularisation is missing"),
        (decayed_in_place, "in place"),
    ],
    "repaired_2": [
        (with_(slope=lambda a: squash(a) * (1 - squash(a))), UNREPAIRED + ".*one layer back"),
        (with_(slope=lambda a: 1), "sigmoid's slope"),
        (with_(slope=lambda a: a), "Half of the sigmoid's slope"),
        (slope_of_z_without_z, "NameError"),
    ],
    "repaired_3": [
        (with_(decay=lambda theta, lam, m: lam / (2 * m) * weights_of(theta)), UNREPAIRED + ".*How strong"),
        (with_(decay=lambda theta, lam, m: lam / m * theta), "λ is on the biases"),
        (with_(decay=lambda theta, lam, m: 2 * lam / m * weights_of(theta)), "twice too strong"),
        (with_(decay=lambda theta, lam, m: lam * weights_of(theta)), "λ is not divided by m"),
    ],
    "repaired_4": [
        (with_(bias=lambda delta: delta.mean(axis=0) / len(delta)), UNREPAIRED + ".*all biases too small"),
        (with_(bias=lambda delta: delta.sum(axis=0)), "biases.*1/m"),
        (
            with_(bias=lambda delta: delta.sum(axis=0), weights=lambda delta, a: delta.T @ a),
            "1/m is missing in the slopes of the data",
        ),
        (with_(bias=lambda delta: delta.mean(axis=1)), "raises ValueError"),
        (nothing_returned, "`return` missing"),
    ],
    "repaired_5": [
        (with_(front=False), UNREPAIRED + ".*wrong places"),
        (list_turned_too_late, "reversed"),
        (layers_not_joined, "not joined"),
    ],
}
NO_REPAIR = [
    (nnlib.cost_and_gradient, "library's `cost_and_gradient`"),
    (called_library, "library's `cost_and_gradient`"),
    (imported_library, "library's `cost_and_gradient`"),
    (differences_by_the_library, "library.s `numerical_gradient`"),
    (differences_by_hand, "far too slow.*made of differences"),
    (gradient_as_list, "The gradient is a list; expected an array"),
    (two_thetas_only, "ValueError"),
    (classes_that_occur, "ValueError"),
    (exchanged, "exchanged: return the cost first"),
]
WRONG = {name: pairs + NO_REPAIR for name, pairs in WRONG.items()}
