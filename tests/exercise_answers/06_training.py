"""Answers to exercise 06, as learners might write them."""

import numpy as np
from scipy.optimize import fmin_l_bfgs_b, minimize

import nnlib

# --- split


def split_by_shuffling(n, n_validation, rng):
    rows = np.arange(n)
    rng.shuffle(rows)
    return rows[:-n_validation], rows[-n_validation:]


def split_by_choice(n, n_validation, rng):
    validation = rng.choice(n, size=n_validation, replace=False)
    return [np.setdiff1d(np.arange(n), validation), np.sort(validation)]


def split_by_sorting(n, n_validation, rng):
    order = np.argsort(rng.random(n))
    return order[n_validation:], order[:n_validation]


def split_into_lists(n, n_validation, rng):
    order = list(range(n))
    rng.shuffle(order)
    return order[n_validation:], order[:n_validation]


def split_into_floats(n, n_validation, rng):
    rows = np.zeros(n)
    for i, row in enumerate(rng.permutation(n)):
        rows[i] = row
    return rows[n_validation:], rows[:n_validation]


def split_at_a_random_place(n, n_validation, rng):
    rows = np.roll(np.arange(n), rng.integers(n))
    return rows[n_validation:], rows[:n_validation]


def split_each_kth(n, n_validation, rng):
    rows = np.argsort((np.arange(n) * n_validation + rng.integers(n)) % n)
    return rows[n_validation:], rows[:n_validation]


def split_shuffled_in_place(n, n_validation, rng):
    """Shuffle only after the cut."""
    return rng.permutation(np.arange(n_validation, n)), rng.permutation(n_validation)


def split_a_third(n, n_validation, rng):
    rows = rng.permutation(n)
    return rows[n // 3 :], rows[: n // 3]


def split_the_end_at_random(n, n_validation, rng):
    validation = n // 2 + rng.permutation(n - n // 2)[:n_validation]
    return np.setdiff1d(np.arange(n), validation), validation


def split_exchanged(n, n_validation, rng):
    rows = rng.permutation(n)
    return rows[:n_validation], rows[n_validation:]


def split_not_shuffled(n, n_validation, rng):
    return np.arange(n - n_validation), np.arange(n - n_validation, n)


def split_with_repeats(n, n_validation, rng):
    return rng.integers(n, size=n - n_validation), rng.integers(n, size=n_validation)


def split_drawn_twice(n, n_validation, rng):
    return rng.permutation(n)[n_validation:], rng.permutation(n)[:n_validation]


def split_with_another_generator(n, n_validation, rng):
    rows = np.random.default_rng().permutation(n)
    return rows[n_validation:], rows[:n_validation]


def split_with_a_fixed_seed(n, n_validation, rng):
    rows = np.random.default_rng(0).permutation(n)
    return rows[n_validation:], rows[:n_validation]


def split_by_mask(n, n_validation, rng):
    chosen = np.isin(np.arange(n), rng.permutation(n)[:n_validation])
    return ~chosen, chosen


def split_not_returned(n, n_validation, rng):
    rows = rng.permutation(n)
    training, validation = rows[n_validation:], rows[:n_validation]  # noqa: F841


# --- gradient_descent


def descend(f, params, rate, n_steps):
    costs = np.zeros(n_steps)
    p = params
    for step in range(n_steps):
        costs[step], slope = f(p)
        p = p - slope * rate
    return p, costs


def descend_in_a_copy(f, params, rate, n_steps):
    p, costs = np.array(params), []
    while len(costs) < n_steps:
        J, g = f(p)
        p -= rate * g
        costs += [J]
    return [p, costs]


def descend_in_place(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        J, g = f(params)
        costs.append(J)
        params -= rate * g
    return params, costs


def climb(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        J, g = f(params)
        costs.append(J)
        params = params + rate * g
    return params, costs


def descend_without_rate(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        J, g = f(params)
        costs.append(J)
        params = params - g
    return params, costs


def descend_return_in_loop(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        J, g = f(params)
        costs.append(J)
        params = params - rate * g
        return params, costs


def descend_cost_afterwards(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        params = params - rate * f(params)[1]
        costs.append(f(params)[0])
    return params, costs


def descend_one_cost_more(f, params, rate, n_steps):
    costs = [f(params)[0]]
    for _ in range(n_steps):
        params = params - rate * f(params)[1]
        costs.append(f(params)[0])
    return params, costs


def descend_costs_first(f, params, rate, n_steps):
    params, costs = descend(f, params, rate, n_steps)
    return costs, params


def descend_last_cost(f, params, rate, n_steps):
    for _ in range(n_steps):
        J, g = f(params)
        params = params - rate * g
    return params, J


def descend_with_the_pair(f, params, rate, n_steps):
    costs = []
    for _ in range(n_steps):
        gradient = f(params)
        costs.append(gradient[0])
        params = params - rate * gradient
    return params, costs


# --- train_network


def train_with(method):
    def train(X, y, start, lam, max_iter):
        sizes = (start[0].shape[1] - 1, *[len(theta) for theta in start])

        def cost(params):
            return nnlib.cost_and_gradient(params, sizes, X, y, lam)

        flat = np.concatenate([theta.ravel() for theta in start])
        found = minimize(cost, flat, jac=True, method=method, options={"maxiter": max_iter})
        return nnlib.unpack(found.x, sizes)

    return train


def train_with_the_older_function(X, y, start, lam, max_iter):
    sizes = [start[0].shape[1] - 1] + [theta.shape[0] for theta in start]
    x, _, _ = fmin_l_bfgs_b(nnlib.cost_and_gradient, nnlib.pack(start), args=(sizes, X, y, lam), maxiter=max_iter)
    ends = np.cumsum([theta.size for theta in start])[:-1]
    return tuple(part.reshape(theta.shape) for part, theta in zip(np.split(x, ends), start, strict=True))


def minimised(X, y, start, lam, **options):
    sizes = (start[0].shape[1] - 1, *[len(theta) for theta in start])
    params = nnlib.pack(start)
    return sizes, minimize(
        nnlib.cost_and_gradient, params, (sizes, X, y, lam), jac=True, method="L-BFGS-B", options=options
    )


def sizes_in(start):
    return (start[0].shape[1] - 1, *[len(theta) for theta in start])


def train_from_its_own_start(X, y, start, lam, max_iter):
    return train_with("L-BFGS-B")(X, y, nnlib.init_thetas(sizes_in(start), seed=0), lam, max_iter)


def train_from_zeros(X, y, start, lam, max_iter):
    return train_with("L-BFGS-B")(X, y, [0.0 * theta for theta in start], lam, max_iter)


def train_by_the_library(X, y, start, lam, max_iter):
    return nnlib.train(X, y, thetas=start, layer_sizes=sizes_in(start), lam=lam, max_iter=max_iter).thetas


def train_two_thetas(X, y, start, lam, max_iter):
    sizes = (X.shape[1], len(start[0]), len(start[1]))
    found = minimize(nnlib.cost_and_gradient, nnlib.pack(start), (sizes, X, y, lam), jac=True, method="L-BFGS-B",
                     options={"maxiter": max_iter})  # fmt: skip
    return nnlib.unpack(found.x, sizes)


def train_first_theta(X, y, start, lam, max_iter):
    return [train_with("L-BFGS-B")(X, y, start, lam, max_iter)[0], *start[1:]]


def train_classes_of_y(X, y, start, lam, max_iter):
    sizes = (*sizes_in(start)[:-1], y.max() + 1)
    found = minimize(nnlib.cost_and_gradient, nnlib.pack(start), (sizes, X, y, lam), jac=True, method="L-BFGS-B",
                     options={"maxiter": max_iter})  # fmt: skip
    return nnlib.unpack(found.x, sizes)


def train_downhill(rate):
    def train(X, y, start, lam, max_iter):
        params = nnlib.pack(start)
        for _ in range(max_iter):
            params = params - rate * nnlib.cost_and_gradient(params, sizes_in(start), X, y, lam)[1]
        return nnlib.unpack(params, sizes_in(start))

    return train


def train_lambda_written_in(X, y, start, lam, max_iter):
    return train_with("L-BFGS-B")(X, y, start, 0.1, max_iter)


def train_without_arguments(X, y, start, lam, max_iter):
    found = minimize(nnlib.cost_and_gradient, nnlib.pack(start), jac=True, method="L-BFGS-B",
                     options={"maxiter": max_iter})  # fmt: skip
    return nnlib.unpack(found.x, sizes_in(start))


def train_cost_alone(X, y, start, lam, max_iter):
    def f(p):
        J, _ = nnlib.cost_and_gradient(p, sizes_in(start), X, y, lam)
        return J

    found = minimize(f, nnlib.pack(start), jac=True, method="L-BFGS-B", options={"maxiter": max_iter})
    return nnlib.unpack(found.x, sizes_in(start))


def train_into_lists(X, y, start, lam, max_iter):
    return [theta.tolist() for theta in train_with("L-BFGS-B")(X, y, start, lam, max_iter)]


def train_in_place(X, y, start, lam, max_iter):
    trained = train_with("L-BFGS-B")(X, y, start, lam, max_iter)
    for theta, new in zip(start, trained, strict=True):
        theta[:] = new
    return start


def train_in_float32(X, y, start, lam, max_iter):
    return [theta.astype(np.float32) for theta in train_with("L-BFGS-B")(X, y, start, lam, max_iter)]


def train_result(X, y, start, lam, max_iter):
    return minimised(X, y, start, lam, maxiter=max_iter)[1]


def train_flat(X, y, start, lam, max_iter):
    return minimised(X, y, start, lam, maxiter=max_iter)[1].x


def train_without_end(X, y, start, lam, max_iter):
    sizes, found = minimised(X, y, start, lam)
    return nnlib.unpack(found.x, sizes)


def train_without_lambda(X, y, start, lam, max_iter):
    sizes, found = minimised(X, y, start, 0.0, maxiter=max_iter)
    return nnlib.unpack(found.x, sizes)


def train_on_a_few(X, y, start, lam, max_iter):
    sizes, found = minimised(X[:20], y[:20], start, lam, maxiter=max_iter)
    return nnlib.unpack(found.x, sizes)


def train_three_iterations(X, y, start, lam, max_iter):
    sizes, found = minimised(X, y, start, lam, maxiter=3)
    return nnlib.unpack(found.x, sizes)


def train_start_returned(X, y, start, lam, max_iter):
    sizes, _ = minimised(X, y, start, lam, maxiter=max_iter)
    return nnlib.unpack(nnlib.pack(start), sizes)


def train_not_returned(X, y, start, lam, max_iter):
    sizes, found = minimised(X, y, start, lam, maxiter=max_iter)
    nnlib.unpack(found.x, sizes)


def train_without_jac(X, y, start, lam, max_iter):
    sizes = (start[0].shape[1] - 1, *[len(theta) for theta in start])
    found = minimize(lambda p: nnlib.cost_and_gradient(p, sizes, X, y, lam), nnlib.pack(start), method="L-BFGS-B")
    return nnlib.unpack(found.x, sizes)


def train_list_as_start(X, y, start, lam, max_iter):
    sizes = (start[0].shape[1] - 1, *[len(theta) for theta in start])
    found = minimize(lambda p: nnlib.cost_and_gradient(p, sizes, X, y, lam), start, jac=True)
    return nnlib.unpack(found.x, sizes)


# --- learning_curve


def predicted(thetas, a):
    for theta in thetas:
        a = 1 / (1 + np.exp(-(np.c_[np.ones(len(a)), a] @ theta.T)))
    return a.argmax(axis=1)


def curve(numbers, X, y, X_val, y_val, fit):
    training, validation = np.zeros(len(numbers)), np.zeros(len(numbers))
    for i, n in enumerate(numbers):
        network = fit(X[:n], y[:n])
        training[i] = (predicted(network, X[:n]) == y[:n]).mean()
        validation[i] = (predicted(network, X_val) == y_val).mean()
    return training, validation


def curve_by_list(numbers, X, y, X_val, y_val, fit):
    networks = [fit(X[0:n, :], y[0:n]) for n in numbers]
    training = [sum(predicted(t, X[:n]) == y[:n]) / n for t, n in zip(networks, numbers, strict=True)]
    return [training, [np.mean(nnlib.predict(t, X_val) == y_val) for t in networks]]


def curve_with(rows_to_fit=lambda n: slice(n), rows_to_measure=lambda n: slice(n), scale=1):
    def function(numbers, X, y, X_val, y_val, fit):
        training, validation = [], []
        for n in numbers:
            network = fit(X[rows_to_fit(n)], y[rows_to_fit(n)])
            rows = rows_to_measure(n)
            training.append(scale * np.mean(predicted(network, X[rows]) == y[rows]))
            validation.append(scale * np.mean(predicted(network, X_val) == y_val))
        return training, validation

    return function


def curve_fitted_once(numbers, X, y, X_val, y_val, fit):
    network = fit(X, y)
    training = [np.mean(predicted(network, X[:n]) == y[:n]) for n in numbers]
    return training, [np.mean(predicted(network, X_val) == y_val) for _ in numbers]


def curve_sorted(numbers, X, y, X_val, y_val, fit):
    return curve(sorted(numbers), X, y, X_val, y_val, fit)


def curve_of_three(numbers, X, y, X_val, y_val, fit):
    first, second, third = numbers
    return curve([first, second, third], X, y, X_val, y_val, fit)


def curve_of_next_rows(numbers, X, y, X_val, y_val, fit):
    networks = [fit(X[:n], y[:n]) for n in numbers]
    training = [np.mean(predicted(t, X[n : 2 * n]) == y[n : 2 * n]) for t, n in zip(networks, numbers, strict=True)]
    return training, [np.mean(predicted(t, X_val) == y_val) for t in networks]


def curve_validated_on_n(numbers, X, y, X_val, y_val, fit):
    networks = [fit(X[:n], y[:n]) for n in numbers]
    training = [np.mean(predicted(t, X[:n]) == y[:n]) for t, n in zip(networks, numbers, strict=True)]
    return training, [np.mean(predicted(t, X_val[:n]) == y_val[:n]) for t, n in zip(networks, numbers, strict=True)]


def curve_labels_not_cut(numbers, X, y, X_val, y_val, fit):
    networks = [fit(X[:n], y) for n in numbers]
    return networks, networks


def curve_exchanged(numbers, X, y, X_val, y_val, fit):
    training, validation = curve(numbers, X, y, X_val, y_val, fit)
    return validation, training


def curve_of_errors(numbers, X, y, X_val, y_val, fit):
    training, validation = curve(numbers, X, y, X_val, y_val, fit)
    return 1 - training, 1 - validation


def curve_of_pairs(numbers, X, y, X_val, y_val, fit):
    result = []
    for n in numbers:
        training, validation = curve([n], X, y, X_val, y_val, fit)
        result.append((training[0], validation[0]))
    return result


def curve_of_training_twice(numbers, X, y, X_val, y_val, fit):
    training, validation = [], []
    for n in numbers:
        network = fit(X[:n], y[:n])
        training.append(np.mean(predicted(network, X[:n]) == y[:n]))
        validation.append(np.mean(predicted(network, X[:n]) == y[:n]))
    return training, validation


def curve_not_returned(numbers, X, y, X_val, y_val, fit):
    curve(numbers, X, y, X_val, y_val, fit)


# --- best_lambda


def best_by_loop(lams, on_training, on_validation):
    best, highest = None, -1
    for lam, value in zip(lams, on_validation, strict=True):
        if value > highest:
            best, highest = lam, value
    return best


def best_by_index(lams, on_training, on_validation):
    return lams[on_validation.index(max(on_validation))]


def best_by_sorting(lams, on_training, on_validation):
    return np.array(lams)[np.argsort(on_validation)[-1]]


def best_on_training(lams, on_training, on_validation):
    return lams[on_training.index(max(on_training))]


def best_place(lams, on_training, on_validation):
    return np.argmax(on_validation)


def best_value(lams, on_training, on_validation):
    return np.max(on_validation)


def best_lowest(lams, on_training, on_validation):
    return lams[np.argmin(on_validation)]


def best_gap(lams, on_training, on_validation):
    return lams[np.argmin(np.abs(np.array(on_training) - np.array(on_validation)))]


def best_in_float32(lams, on_training, on_validation):
    return np.array(lams, dtype=np.float32)[np.argmax(on_validation)]


def best_sum(lams, on_training, on_validation):
    return lams[np.argmax(np.array(on_training) + np.array(on_validation))]


def best_in_the_middle(lams, on_training, on_validation):
    return lams[1]


def best_as_array(lams, on_training, on_validation):
    return np.array(lams)[np.array(on_validation) == max(on_validation)]


def best_sorted_in_place(lams, on_training, on_validation):
    highest = max(on_validation)
    place = on_validation.index(highest)
    on_validation.sort()
    return lams[place]


def best_with_arrays(lams, on_training, on_validation):
    return lams[on_validation.argmax()]


def best_not_returned(lams, on_training, on_validation):
    print(lams[np.argmax(on_validation)])


RIGHT = {
    "split": [split_by_shuffling, split_by_choice, split_by_sorting],
    "gradient_descent": [descend, descend_in_a_copy],
    "train_network": [
        train_with("L-BFGS-B"),
        train_with("CG"),
        train_with("BFGS"),
        train_with_the_older_function,
        train_in_float32,
    ],
    "learning_curve": [curve, curve_by_list],
    "best_lambda": [best_by_loop, best_by_index, best_by_sorting],
}
WRONG = {
    "split": [
        (split_exchanged, "exchanged"),
        (split_not_shuffled, "one piece of the file"),
        (split_with_repeats, "there twice|in both sets"),
        (split_drawn_twice, "in both sets"),
        (split_with_another_generator, "Draw from `rng`"),
        (split_with_a_fixed_seed, "not drawn from `rng`"),
        (split_by_mask, "True and False"),
        (split_not_returned, "`return` missing"),
        (split_into_lists, "a list; expected an array"),
        (split_into_floats, "float64; expected whole numbers"),
        (split_at_a_random_place, "one piece of the file"),
        (split_each_kth, "not spread over"),
        (split_shuffled_in_place, "one piece of the file"),
        (split_a_third, "sizes are wrong"),
        (split_the_end_at_random, "not spread over"),
    ],
    "gradient_descent": [
        (descend_in_place, "number 2 in place"),
        (climb, "climbs"),
        (descend_without_rate, "rate is missing"),
        (descend_return_in_loop, "inside the loop"),
        (descend_cost_afterwards, "after. each step"),
        (descend_one_cost_more, "one cost too many"),
        (descend_costs_first, "exchanged"),
        (descend_last_cost, "Only the last cost"),
        (descend_with_the_pair, "raises (TypeError|ValueError)"),
    ],
    "train_network": [
        (train_result, "whole result"),
        (train_flat, "flat params"),
        (train_without_end, "does not stop"),
        (train_without_lambda, "oes λ reach the cost"),
        (train_on_a_few, "X, y and λ all passed on"),
        (train_three_iterations, "does not stop"),
        (train_start_returned, "nothing was learned"),
        (train_not_returned, "`return` missing"),
        (train_without_jac, "`jac=True` says"),
        (train_without_arguments, "Pass on the sizes, X, y and λ"),
        (train_cost_alone, "gives the cost alone"),
        (train_list_as_start, "starts from a flat vector"),
        (train_from_its_own_start, "far from `start`"),
        (train_from_zeros, "Does it begin there|start`, X, y and λ"),
        (train_by_the_library, "library's `train`"),
        (train_two_thetas, "raises"),
        (train_first_theta, "first iteration|not as low"),
        (train_classes_of_y, "raises"),
        (train_downhill(0.1), "not as low as it can be"),
        (train_lambda_written_in, "does λ reach|Does λ reach"),
        (train_into_lists, "a list; expected an array"),
        (train_in_place, "in place"),
    ],
    "learning_curve": [
        (curve_with(rows_to_measure=lambda n: slice(None)), "measured on all rows"),
        (curve_with(lambda n: slice(None), lambda n: slice(None)), "fits on all rows"),
        (curve_with(scale=100), "100 times"),
        (curve_fitted_once, "fits on all rows"),
        (curve_labels_not_cut, "raises ValueError"),
        (curve_exchanged, "exchanged"),
        (curve_of_errors, "errors, 1 − accuracy"),
        (curve_of_pairs, "a pair for each m"),
        (curve_sorted, "order of `numbers`"),
        (curve_of_three, "ValueError"),
        (curve_of_next_rows, "learned from"),
        (curve_validated_on_n, "whole validation set"),
        (curve_of_training_twice, "Both lists are the training accuracy"),
        (curve_not_returned, "`return` missing"),
    ],
    "best_lambda": [
        (best_on_training, "training accuracy"),
        (best_place, "place of the best λ"),
        (best_value, "best accuracy"),
        (best_lowest, "lowest"),
        (best_gap, "smallest gap"),
        (best_in_float32, "float32 has rounded"),
        (best_sum, "chooses by both"),
        (best_in_the_middle, "in [0-9]+ of 6 cases|differs"),
        (best_as_array, "shape is"),
        (best_sorted_in_place, "in place"),
        (best_with_arrays, "AttributeError"),
        (best_not_returned, "`return` missing"),
    ],
}
