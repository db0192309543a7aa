"""Answers to exercise 04, as learners might write them."""

from itertools import pairwise

import numpy as np

import nnlib


def squash(z):
    return 1 / (1 + np.exp(-z))


def cut(params, sizes):
    thetas, start = [], 0
    for n_in, n_out in pairwise(sizes):
        end = start + n_out * (n_in + 1)
        thetas.append(params[start:end].reshape(n_out, n_in + 1))
        start = end
    return thetas


def forward(thetas, X):
    layers = [X]
    for theta in thetas:
        layers.append(squash(np.c_[np.ones(len(X)), layers[-1]] @ theta.T))
    return layers


# --- central_differences


def differences_by_loop(f, params, h):
    gradient = np.zeros_like(params)
    for i in range(params.size):
        up, down = params.copy(), params.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


def differences_by_rows(f, params, h):
    steps = h * np.eye(len(params))
    return np.array([(f(params + step) - f(params - step)) / (h + h) for step in steps])


def differences_as_list(f, params, h):
    return list(differences_by_rows(f, params, h))


def differences_of_a_small_step(f, params, h):
    return differences_by_rows(f, params, 1e-5)


def differences_of_the_library(f, params, h):
    return nnlib.numerical_gradient(f, params, step=h)


def differences_there_and_back(f, params, h):
    p, slopes = np.array(params), []
    for i, value in enumerate(params):
        p[i] = value + h
        up = f(p)
        p[i] = value - h
        slopes.append((up - f(p)) / 2 / h)
        p[i] = value
    return np.array(slopes)


def differences_forward_only(f, params, h):
    slopes = np.empty(len(params))
    here = f(params)
    for i in range(len(params)):
        p = params.copy()
        p[i] += h
        slopes[i] = (f(p) - here) / h
    return slopes


def differences_without_brackets(f, params, h):
    slopes = np.empty(len(params))
    for i in range(len(params)):
        up, down = params.copy(), params.copy()
        up[i] += h
        down[i] -= h
        slopes[i] = (f(up) - f(down)) / 2 * h
    return slopes


def differences_by_h(f, params, h):
    return np.array([(f(params + e) - f(params - e)) / h for e in h * np.eye(len(params))])


def differences_copied_too_early(f, params, h):
    slopes, up, down = np.zeros(len(params)), params.copy(), params.copy()
    for i in range(len(params)):
        up[i] += h
        down[i] -= h
        slopes[i] = (f(up) - f(down)) / (2 * h)
    return slopes


def differences_not_copied(f, params, h):
    slopes = np.zeros(len(params))
    for i in range(len(params)):
        up = params
        up[i] += h
        down = params
        down[i] -= 2 * h
        slopes[i] = (f(up) - f(down)) / (2 * h)
    return slopes


def differences_of_all(f, params, h):
    return (f(params + h) - f(params - h)) / (2 * h)


def differences_not_returned(f, params, h):
    slopes = np.zeros(len(params))
    for i, e in enumerate(np.eye(len(params))):
        slopes[i] = (f(params + h * e) - f(params - h * e)) / (2 * h)


# --- theta_slopes


def slopes_with_ones(delta, a):
    return delta.T @ np.hstack([np.ones((a.shape[0], 1)), a]) / a.shape[0]


def slopes_by_example(delta, a):
    total = np.zeros((delta.shape[1], a.shape[1] + 1))
    for d, row in zip(delta, a, strict=True):
        total += np.outer(d, np.append(1, row))
    return total / len(delta)


def slopes_in_place(delta, a):
    slopes = np.empty((delta.shape[1], 1 + a.shape[1]))
    slopes[:, 0] = delta.mean(axis=0)
    slopes[:, 1:] = np.einsum("ij,ik->jk", delta, a) / len(a)
    return slopes


def slopes_number_by_number(delta, a):
    m, n_out = delta.shape
    slopes = np.zeros((n_out, 1 + a.shape[1]))
    for j in range(n_out):
        for i in range(m):
            slopes[j, 0] += delta[i, j] / m
            for k in range(a.shape[1]):
                slopes[j, k + 1] += delta[i, j] * a[i, k] / m
    return slopes


def slopes_other_way(delta, a):
    return np.c_[np.ones(len(a)), a].T @ delta / len(a)


def slopes_not_transposed(delta, a):
    return np.column_stack([delta.sum(axis=0), delta @ a]) / len(a)


def slopes_sum(delta, a):
    return delta.T @ np.c_[np.ones(len(a)), a]


def slopes_with_ones_in_front(delta, a):
    weights = delta.T @ a / len(a)
    return np.insert(weights, 0, 1, axis=1)


def slopes_dividing_delta(delta, a):
    delta /= len(a)
    return np.column_stack([delta.sum(axis=0), delta.T @ a])


# --- delta_before


def back_by_parts(delta, theta, a):
    without_bias = np.delete(theta, 0, axis=1)
    return np.dot(delta, without_bias) * (a - a**2)


def back_by_loop(delta, theta, a):
    result = np.zeros_like(a)
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            result[i, k] = np.sum(delta[i] * theta[:, k + 1]) * a[i, k] * (1 - a[i, k])
    return result


def back_with_bias(delta, theta, a):
    return delta @ theta * a * (1 - a)


def back_transposed(delta, theta, a):
    return delta @ theta[:, 1:].T * a * (1 - a)


def back_without_brackets(delta, theta, a):
    return delta @ theta[:, 1:] * a * 1 - a


def back_twice_squashed(delta, theta, a):
    s = squash(a)
    return delta @ theta[:, 1:] * s * (1 - s)


def back_in_place(delta, theta, a):
    a *= 1 - a
    return (delta @ theta[:, 1:]) * a


def back_minus(delta, theta, a):
    return delta.dot(theta[:, 1:]) * a * (a - 1)


def back_linear(delta, theta, a):
    return delta.dot(theta[:, 1:])


# --- cost_and_gradient


def cost_of(thetas, output, y, lam):
    m = len(y)
    Y = np.eye(output.shape[1])[y]
    J = -np.sum(Y * np.log(output) + (1 - Y) * np.log(1 - output)) / m
    for theta in thetas:
        J += lam / (2 * m) * np.sum(theta[:, 1:] ** 2)
    return J


def backprop(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    a = forward(thetas, X)
    m = X.shape[0]
    delta = a[-1] - np.eye(layer_sizes[-1])[y]
    gradients = [None] * len(thetas)
    for k in range(len(thetas) - 1, -1, -1):
        gradients[k] = delta.T @ np.c_[np.ones(m), a[k]] / m
        gradients[k][:, 1:] += lam * thetas[k][:, 1:] / m
        delta = (delta @ thetas[k][:, 1:]) * a[k] * (1 - a[k])
    return cost_of(thetas, a[-1], y, lam), np.concatenate([g.flatten() for g in gradients])


def backprop_by_example(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    m, total, J = len(X), np.zeros(len(params)), 0
    for x, label in zip(X, y, strict=True):
        a = forward(thetas, x[np.newaxis])
        delta, pieces = a[-1] - (np.arange(layer_sizes[-1]) == label), []
        J += cost_of(thetas, a[-1], np.array([label]), 0)
        for theta, before in zip(reversed(thetas), reversed(a[:-1]), strict=True):
            pieces.insert(0, np.outer(delta, np.append(1, before)).ravel())
            delta = delta @ theta[:, 1:] * before * (1 - before)
        total += np.concatenate(pieces)
    weights = np.concatenate([np.insert(t[:, 1:], 0, 0, axis=1).ravel() for t in thetas])
    return J / m + lam / (2 * m) * np.sum(weights**2), (total + lam * weights) / m


def backprop_with(
    *, first=lambda a, Y: a - Y, slope=lambda a: a * (1 - a), decay=lambda t: np.c_[0 * t[:, 0], t[:, 1:]], append=False
):
    def function(params, layer_sizes, X, y, lam):
        thetas, m, gradients = cut(params, layer_sizes), len(X), []
        a = forward(thetas, X)
        delta = first(a[-1], np.eye(layer_sizes[-1])[y])
        for k in reversed(range(len(thetas))):
            g = delta.T @ np.c_[np.ones(m), a[k]] / m + lam / m * decay(thetas[k])
            gradients.insert(len(gradients) if append else 0, g.ravel())
            delta = delta @ thetas[k][:, 1:] * slope(a[k])
        return cost_of(thetas, a[-1], y, lam), np.concatenate(gradients)

    return function


def backprop_zeroing_biases(params, layer_sizes, X, y, lam):
    J, gradient = backprop(params, layer_sizes, X, y, 0)
    thetas = cut(params, layer_sizes)
    for theta in thetas:
        theta[:, 0] = 0
    weights = np.concatenate([theta.ravel() for theta in thetas])
    return J + lam / 2 / len(X) * weights @ weights, gradient + lam / len(X) * weights


def backprop_by_differences(params, layer_sizes, X, y, lam):
    def cost(p):
        thetas = cut(p, layer_sizes)
        return cost_of(thetas, forward(thetas, X)[-1], y, lam)

    return cost(params), differences_by_loop(cost, params, 1e-4)


def backprop_of_two_layers(params, layer_sizes, X, y, lam):
    theta1, theta2 = cut(params, layer_sizes)
    J, gradient = backprop(params, layer_sizes, X, y, lam)
    return J, gradient[: theta1.size + theta2.size]


def backprop_from_z(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    a, m, gradients = forward(thetas, X), len(X), []
    z = a[-2] @ thetas[-1][:, 1:].T + thetas[-1][:, 0]
    delta = z - np.eye(layer_sizes[-1])[y]
    for k in reversed(range(len(thetas))):
        g = delta.T @ np.c_[np.ones(m), a[k]] / m + lam / m * np.c_[0 * thetas[k][:, 0], thetas[k][:, 1:]]
        gradients.insert(0, g.ravel())
        delta = delta @ thetas[k][:, 1:] * a[k] * (1 - a[k])
    return cost_of(thetas, a[-1], y, lam), np.concatenate(gradients)


def backprop_of_the_labels_there_are(params, layer_sizes, X, y, lam):
    return backprop_with(first=lambda a, Y: a - np.eye(y.max() + 1)[y])(params, layer_sizes, X, y, lam)


def backprop_exchanged(params, layer_sizes, X, y, lam):
    return backprop(params, layer_sizes, X, y, lam)[::-1]


def backprop_as_list(params, layer_sizes, X, y, lam):
    J, gradient = backprop(params, layer_sizes, X, y, lam)
    return J, gradient.tolist()


def backprop_gradient_only(params, layer_sizes, X, y, lam):
    return backprop(params, layer_sizes, X, y, lam)[1]


def backprop_not_packed(params, layer_sizes, X, y, lam):
    J, gradient = backprop(params, layer_sizes, X, y, lam)
    return J, cut(gradient, layer_sizes)


def backprop_with_a_typo(params, layer_sizes, X, y, lam):
    thetas = cut(params, layer_sizes)
    activations = forward(thetas, X)
    delta = activation[-1] - np.eye(layer_sizes[-1])[y]  # noqa: F821
    return delta, activations


def backprop_with_decayed_biases(params, layer_sizes, X, y, lam):
    J, gradient = backprop(params, layer_sizes, X, y, 0)
    return J + lam / 2 / len(X) * params @ params, gradient + lam / len(X) * params


RIGHT = {
    "central_differences": [differences_by_loop, differences_by_rows, differences_there_and_back],
    "theta_slopes": [slopes_with_ones, slopes_by_example, slopes_in_place],
    "delta_before": [back_by_parts, back_by_loop],
    "cost_and_gradient": [backprop, backprop_by_example],
}
WRONG = {
    "central_differences": [
        (differences_as_list, "It is a list; expected an array"),
        (differences_of_a_small_step, "Take the step `h`"),
        (differences_of_the_library, "calls the library's `numerical_gradient`"),
        (differences_forward_only, "forward difference"),
        (differences_without_brackets, "Brackets are missing"),
        (differences_by_h, "the distance is 2h"),
        (differences_copied_too_early, "steps add up"),
        (differences_not_copied, "in place"),
        (differences_of_all, "All parameters are moved at once"),
        (differences_not_returned, "`return` missing"),
    ],
    "theta_slopes": [
        (slopes_number_by_number, "far too slow"),
        (slopes_other_way, "transposed"),
        (slopes_not_transposed, "shapes do not fit|raises ValueError"),
        (slopes_sum, "1/m is missing"),
        (slopes_with_ones_in_front, "Column 0 is one"),
        (slopes_dividing_delta, "in place"),
    ],
    "delta_before": [
        (back_with_bias, "shapes do not fit.*bias column"),
        (back_transposed, "shapes do not fit: the weights are transposed"),
        (back_without_brackets, "Brackets are missing"),
        (back_twice_squashed, "activation already"),
        (back_in_place, "number 3 in place"),
        (back_minus, "sign is turned"),
        (back_linear, "slope of the sigmoid is missing"),
    ],
    "cost_and_gradient": [
        (backprop_with(append=True), "wrong order"),
        (backprop_with(first=lambda a, Y: Y - a), "wrong sign"),
        (backprop_with(first=lambda a, Y: (a - Y) * a * (1 - a)), "cancels"),
        (backprop_with(slope=lambda a: 1), "sigmoid's slope"),
        (backprop_with(decay=lambda t: t), "λ is on the biases"),
        (backprop_with(decay=lambda t: 0), "regularisation is missing in the gradient"),
        (backprop_with(decay=lambda t: 2 * np.c_[0 * t[:, 0], t[:, 1:]]), "twice too strong"),
        (backprop_with_decayed_biases, "biases are regularised, too"),
        (backprop_zeroing_biases, "in place"),
        (backprop_gradient_only, "expected a tuple"),
        (backprop_not_packed, "The gradient differs; the cost is right. It returns a list"),
        (backprop_exchanged, "exchanged: return the cost first, then the gradient"),
        (backprop_as_list, "The gradient is a list; expected an array"),
        (backprop_from_z, "taken from z"),
        (backprop_of_two_layers, "Exactly 2 are taken here"),
        (backprop_of_the_labels_there_are, "as many classes as there happen to be labels"),
        (backprop_by_differences, "far too slow: .*made of differences"),
        (backprop_with_a_typo, "NameError.*spelled"),
    ],
}
