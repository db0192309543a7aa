"""Answers to exercise 03 as learners write them: right ones, and wrong ones with the cause that must be recognised."""

import numpy as np

import nnlib


def ones_by_loop(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    for i, label in enumerate(y):
        Y[i, label] = 1
    return Y


def ones_by_identity(y, n_classes):
    return np.eye(n_classes)[y]


def ones_by_indexing(y, n_classes):
    Y = np.zeros((y.size, n_classes), dtype=int)
    Y[np.arange(y.size), y] = 1
    return Y


def ones_transposed(y, n_classes):
    return np.array([y == k for k in range(n_classes)]).astype(float)


def ones_too_far_left(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[np.arange(len(y)), y - 1] = 1
    return Y


def ones_too_far_left_from_one(y, n_classes):
    return (y[:, None] == np.arange(1, n_classes + 1)).astype(float)


def ones_too_far_right(y, n_classes):
    return np.eye(n_classes)[y + 1]


def ones_for_the_labels_there_are(y, n_classes):
    return np.eye(max(y) + 1)[y]


def ones_in_every_row(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[:, y] = 1
    return Y


def zeros_for_ones(y, n_classes):
    return (y[:, None] != np.arange(n_classes)) * 1.0


def ones_of_true_and_false(y, n_classes):
    return y[:, None] == np.arange(n_classes)


def ones_as_lists(y, n_classes):
    return [[1.0 if k == label else 0.0 for k in range(n_classes)] for label in y]


def ones_compared_flat(y, n_classes):
    return (y == np.arange(n_classes)).astype(float)


def ones_without_return(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[np.arange(len(y)), y] = 1


def softplus_by_logaddexp(z):
    return np.logaddexp(0, z)


def softplus_of_two_cases(z):
    result = np.empty(z.shape)
    large = z > 0
    result[large] = z[large] + np.log(1 + np.exp(-z[large]))
    result[~large] = np.log1p(np.exp(z[~large]))
    return result


def softplus_with_warning(z):
    return np.where(z > 30, z, np.log1p(np.exp(z)))


def softplus_cut_off(z):
    return np.where(z > 5, z, np.log1p(np.exp(np.minimum(z, 5))))


def softplus_overflowing(z):
    return np.log1p(np.exp(z))


def softplus_without_the_large_part(z):
    return np.log(1 + np.exp(-abs(z)))


def softplus_with_z_always(z):
    return z + np.log(1 + np.exp(-abs(z)))


def softplus_turned(z):
    return np.logaddexp(0, -z)


def only_the_large_part(z):
    return z * (z > 0)


def softplus_with_if(z):
    if z > 0:
        return z + np.log1p(np.exp(-z))
    return np.log1p(np.exp(z))


def softplus_clipped_in_place(z):
    z[z > 500] = 500
    return np.log1p(np.exp(z))


def softplus_clipped(z):
    return np.log1p(np.exp(np.minimum(z, 500)))


def entropy_by_logarithms(z, Y):
    A = 1 / (1 + np.exp(-z))
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / z.shape[0]


def entropy_by_loop(z, Y):
    total = 0.0
    for outputs, truths in zip(z, Y, strict=True):
        for output, truth in zip(outputs, truths, strict=True):
            total += np.logaddexp(0, -output) if truth else np.logaddexp(0, output)
    return total / len(Y)


def entropy_by_one_formula(z, Y):
    return (np.logaddexp(0, z) - Y * z).sum(axis=1).mean()


def entropy_clipped(z, Y):
    A = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / len(z)


def entropy_of_chosen_logarithms(z, Y):
    A = 1 / (1 + np.exp(-z))
    return -np.log(np.where(Y == 1, A, 1 - A)).sum() / len(z)


def entropy_with_a_little_added(z, Y):
    A = 1 / (1 + np.exp(-z))
    return np.mean(np.sum(-Y * np.log(A + 1e-8) - (1 - Y) * np.log(1 - A + 1e-8), axis=1))


def entropy_averaged_twice(z, Y):
    return np.mean(np.logaddexp(0, z) - Y * z)


def entropy_summed(z, Y):
    return np.sum(np.logaddexp(0, z) - Y * z)


def entropy_of_yes(z, Y):
    A = 1 / (1 + np.exp(-z))
    return -np.sum(Y * np.log(A)) / len(z)


def entropy_exchanged(z, Y):
    return np.sum(np.where(Y == 1, np.logaddexp(0, z), np.logaddexp(0, -z))) / len(z)


def entropy_below_zero(z, Y):
    A = 1 / (1 + np.exp(-z))
    return np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / len(z)


def entropy_of_each_example(z, Y):
    return (np.logaddexp(0, z) - Y * z).sum(axis=1)


def entropy_of_each_output(z, Y):
    return (np.logaddexp(0, z) - Y * z).mean(axis=0)


def entropy_by_outputs(z, Y):
    return (np.logaddexp(0, z) - Y * z).sum() / len(z[0])


def entropy_in_place(z, Y):
    z[Y == 1] *= -1
    return np.sum(np.logaddexp(0, z)) / len(z)


def entropy_without_return(z, Y):
    print(entropy_by_one_formula(z, Y))


def price_by_loop(thetas, lam, m):
    total = 0
    for theta in thetas:
        for row in theta:
            total += sum(w**2 for w in row[1:])
    return lam * total / 2 / m


def price_by_product(thetas, lam, m):
    weights = np.concatenate([theta[:, 1:].ravel() for theta in thetas])
    return 0.5 * lam / m * weights @ weights


def price_with_biases(thetas, lam, m):
    return lam / (2 * m) * sum((theta**2).sum() for theta in thetas)


def price_without_the_first_row(thetas, lam, m):
    return lam / (2 * m) * sum((theta[1:] ** 2).sum() for theta in thetas)


def price_doubled(thetas, lam, m):
    return price_by_loop(thetas, lam, m) * 2


def price_without_m(thetas, lam, m):
    return lam / 2 * sum((theta[:, 1:] ** 2).sum() for theta in thetas)


def price_without_brackets(thetas, lam, m):
    return sum((theta[:, 1:] ** 2).sum() for theta in thetas) * lam / 2 * m


def price_of_the_first(thetas, lam, m):
    total = 0
    for theta in thetas:
        total += np.sum(theta[:, 1:] ** 2)
        return lam / (2 * m) * total


def price_of_exactly_two(thetas, lam, m):
    first, second = thetas
    return lam / (2 * m) * (np.sum(first[:, 1:] ** 2) + np.sum(second[:, 1:] ** 2))


def price_of_two_by_number(thetas, lam, m):
    return lam / (2 * m) * (np.sum(thetas[0][:, 1:] ** 2) + np.sum(thetas[1][:, 1:] ** 2))


def price_not_squared(thetas, lam, m):
    return lam / (2 * m) * sum(theta[:, 1:].sum() for theta in thetas)


def price_squared_too_late(thetas, lam, m):
    return lam / (2 * m) * sum(theta[:, 1:].sum() ** 2 for theta in thetas)


def price_in_place(thetas, lam, m):
    total = 0
    for theta in thetas:
        theta[:, 0] = 0
        total += np.sum(theta**2)
    return lam * total / (2 * m)


def price_of_the_list(thetas, lam, m):
    return lam / (2 * m) * np.sum(thetas[:, 1:] ** 2)


def last_z(thetas, X):
    a = X
    for theta in thetas:
        z = a @ theta[:, 1:].T + theta[:, 0]
        a = 1 / (1 + np.exp(-z))
    return z


def cost_in_steps(thetas, X, y, lam):
    z = last_z(thetas, X)
    Y = np.eye(z.shape[1])[y]
    return entropy_by_one_formula(z, Y) + price_by_product(thetas, lam, len(y))


def cost_by_loop(thetas, X, y, lam):
    total = 0.0
    for x, label in zip(X, y, strict=True):
        z = last_z(thetas, x[None, :])[0]
        total += sum(np.logaddexp(0, -z[k] if k == label else z[k]) for k in range(len(z)))
    for theta in thetas:
        total += lam / 2 * np.linalg.norm(theta[:, 1:]) ** 2
    return total / len(X)


def cost_unregularised(thetas, X, y, lam):
    z = last_z(thetas, X)
    return entropy_by_one_formula(z, ones_by_loop(y, z.shape[1]))


def cost_by_the_number_of_inputs(thetas, X, y, lam):
    return cost_unregularised(thetas, X, y, lam) + price_by_loop(thetas, lam, X.shape[1])


def cost_taken_away(thetas, X, y, lam):
    return cost_unregularised(thetas, X, y, lam) - price_by_loop(thetas, lam, len(X))


def cost_of_activations(thetas, X, y, lam):
    A = 1 / (1 + np.exp(-last_z(thetas, X)))
    return entropy_by_one_formula(A, np.eye(A.shape[1])[y]) + price_by_loop(thetas, lam, len(X))


def cost_with_biases(thetas, X, y, lam):
    return cost_unregularised(thetas, X, y, lam) + price_with_biases(thetas, lam, len(X))


def cost_of_ten_classes(thetas, X, y, lam):
    return entropy_by_one_formula(last_z(thetas, X), np.eye(10)[y]) + price_by_loop(thetas, lam, len(X))


def cost_of_labels(thetas, X, y, lam):
    return entropy_by_one_formula(last_z(thetas, X), y) + price_by_loop(thetas, lam, len(X))


def cost_of_the_labels_there_are(thetas, X, y, lam):
    z = last_z(thetas, X)
    Y = np.eye(y.max() + 1)[y]
    return entropy_by_one_formula(z, Y) + price_by_loop(thetas, lam, len(X))


def cost_by_logarithms(thetas, X, y, lam):
    z = last_z(thetas, X)
    return entropy_by_logarithms(z, np.eye(z.shape[1])[y]) + price_by_loop(thetas, lam, len(X))


def cost_of_two_layers(thetas, X, y, lam):
    first, second = thetas
    return cost_in_steps([first, second], X, y, lam)


def cost_of_the_library(thetas, X, y, lam):
    sizes = [thetas[0].shape[1] - 1, *(len(theta) for theta in thetas)]
    return nnlib.cost_and_gradient(nnlib.pack(thetas), sizes, X, y, lam)[0]


def cost_in_two_parts(thetas, X, y, lam):
    return cost_unregularised(thetas, X, y, lam), price_by_loop(thetas, lam, len(X))


def cost_with_misspelled_name(thetas, X, y, lam):
    return cost_unregularised(thetas, X, y, lam) + price_by_loop(theta, lam, len(X))  # noqa: F821


RIGHT = {
    "one_hot": [ones_by_loop, ones_by_identity, ones_by_indexing],
    "softplus": [softplus_by_logaddexp, softplus_of_two_cases, softplus_with_warning],
    "cross_entropy": [entropy_by_loop, entropy_by_one_formula],
    "regularisation": [price_by_loop, price_by_product],
    "cost": [cost_in_steps, cost_by_loop],
}
WRONG = {
    "one_hot": [
        (ones_transposed, "transposed"),
        (ones_too_far_left, "too far to the left"),
        (ones_too_far_left_from_one, "too far to the left"),
        (ones_too_far_right, "too far to the right"),
        (ones_for_the_labels_there_are, "as many columns as there happen"),
        (ones_in_every_row, "writes into every row"),
        (zeros_for_ones, "exchanged"),
        (ones_of_true_and_false, r"True and False; expected numbers.*`\.astype\(float\)`"),
        (ones_as_lists, "It is a list; expected an array"),
        (ones_compared_flat, "shapes do not fit|Its shape is"),
        (ones_without_return, "`return` missing"),
    ],
    "softplus": [
        (softplus_overflowing, "overflows"),
        (softplus_without_the_large_part, "pulled out is missing"),
        (softplus_with_z_always, "Right for z > 0 only"),
        (softplus_turned, "sign is turned"),
        (only_the_large_part, "logarithm is missing"),
        (softplus_with_if, "truth value"),
        (softplus_clipped_in_place, "argument number 1 in place"),
        (softplus_clipped, "not in this one"),
        (softplus_cut_off, "not in this one"),
    ],
    "cross_entropy": [
        (entropy_by_logarithms, r"It takes the logarithm of a\. .* NaN or infinity.*softplus"),
        (entropy_of_chosen_logarithms, r"It takes the logarithm of a\. .* NaN or infinity.*softplus"),
        (entropy_clipped, "number that is kept from 0.*stops costing"),
        (entropy_with_a_little_added, "number that is kept from 0.*stops costing"),
        (entropy_averaged_twice, "averaged over the outputs, too"),
        (entropy_summed, "1/m is missing"),
        (entropy_of_yes, "Only the outputs whose truth is yes"),
        (entropy_exchanged, "Yes and no are exchanged"),
        (entropy_below_zero, "sign is turned"),
        (entropy_of_each_example, "cost of each example"),
        (entropy_of_each_output, r"each \*output\*"),
        (entropy_by_outputs, "divided by the number of outputs"),
        (entropy_in_place, "argument number 1 in place"),
        (entropy_without_return, "`return` missing"),
    ],
    "regularisation": [
        (price_with_biases, "on the biases, too"),
        (price_without_the_first_row, r"\*row\* 0"),
        (price_doubled, "2 is missing"),
        (price_without_m, "1/m is missing"),
        (price_without_brackets, "Brackets are missing"),
        (price_of_the_first, "Only the first theta"),
        (price_of_exactly_two, "exactly two thetas"),
        (price_of_two_by_number, "exactly two thetas"),
        (price_not_squared, "not squared"),
        (price_squared_too_late, "The sum is squared"),
        (price_in_place, "argument number 1 in place"),
        (price_of_the_list, "TypeError: list indices"),
    ],
    "cost": [
        (cost_unregularised, "regularisation is missing"),
        (cost_by_the_number_of_inputs, "number of examples, `len"),
        (cost_taken_away, "is subtracted"),
        (cost_of_activations, "activations are taken for z"),
        (cost_with_biases, "on the biases, too"),
        (cost_of_ten_classes, "ten classes, always"),
        (cost_of_labels, "not one-hot yet"),
        (cost_of_the_labels_there_are, "as many classes as there happen to be labels"),
        (cost_by_logarithms, "takes the logarithm of a"),
        (cost_of_two_layers, "exactly two thetas"),
        (cost_of_the_library, "calls the library's `cost_and_gradient`"),
        (cost_in_two_parts, "add them"),
        (cost_with_misspelled_name, "NameError.*spelled"),
    ],
}
