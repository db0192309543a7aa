"""Answers to exercise 01 as learners write them: right ones, and wrong ones with the cause that must be recognised."""

import numpy as np


def rows_one_by_one(pixels):
    rows = []
    for column in range(pixels.shape[1]):
        rows.append([float(value) / 255.0 for value in pixels[:, column]])
    return np.array(rows, dtype=np.float32)


def rows_by_swapping(pixels):
    return np.swapaxes(pixels, 0, 1) / np.float32(255)


def rows_by_reshape(pixels):
    n_pixels, n = pixels.shape
    return pixels.reshape(n, n_pixels).astype("float32") / 255


def rows_not_scaled(pixels):
    X = pixels.transpose()
    return X.astype(np.float32)


def rows_scaled_too_early(pixels):
    X = (pixels / 255).astype(np.uint8)
    return X.T


def rows_by_256(pixels):
    return np.transpose(pixels).astype(float) / 256


def still_columns(pixels):
    pixels = pixels.astype(np.float32)
    return pixels / 255


def rows_divided_in_place(pixels):
    X = pixels.T
    X /= 255
    return X


def rows_by_brightest(pixels):
    X = pixels.T.astype(float)
    return X / X.max()


def rows_as_lists(pixels):
    return [[value / 255 for value in image] for image in pixels.T.tolist()]


def rows_without_return(pixels):
    X = pixels.T.astype(np.float32) / 255  # noqa: F841


def rows_with_brightness_raised(pixels):
    pixels[pixels > 200] = 255
    return pixels.T / 255


def sample_by_choice(X, y, n, rng):
    chosen = rng.choice(len(X), size=n, replace=False)
    return X[chosen], y[chosen]


def sample_by_shuffling(X, y, n, rng):
    order = np.arange(len(y))
    rng.shuffle(order)
    images = np.array([X[i] for i in order[:n]])
    labels = np.array([y[i] for i in order[:n]])
    return images, labels


def sample_by_sorting(X, y, n, rng):
    order = np.argsort(rng.random(len(X)))
    return np.take(X, order[-n:], axis=0), np.take(y, order[-n:])


def sample_first(X, y, n, rng):
    return X[:n], y[:n]


def sample_first_shuffled(X, y, n, rng):
    rows = rng.permutation(n)
    return X[rows], y[rows]


def sample_block(X, y, n, rng):
    start = rng.integers(len(X) - n)
    return X[start : start + n], y[start : start + n]


def sample_block_around(X, y, n, rng):
    rows = rng.permutation((rng.integers(len(X)) + np.arange(n)) % len(X))
    return X[rows], y[rows]


def sample_every_second(X, y, n, rng):
    rows = (rng.integers(2) + 2 * rng.permutation(n)) % len(X)
    return X[rows], y[rows]


def sample_from_one_half(X, y, n, rng):
    rows = rng.permutation(len(X) // 2)[:n]
    return X[rows], y[rows]


def sample_as_lists(X, y, n, rng):
    rows = rng.permutation(len(X))[:n]
    return [X[i] for i in rows], [y[i] for i in rows]


def sample_as_a_list_of_two(X, y, n, rng):
    rows = rng.permutation(len(X))[:n]
    return [X[rows], y[rows]]


def sample_separately(X, y, n, rng):
    return rng.permutation(X)[:n], rng.permutation(y)[:n]


def sample_with_repeats(X, y, n, rng):
    rows = rng.integers(0, len(X), n)
    return X[rows], y[rows]


def sample_images_only(X, y, n, rng):
    return X[rng.permutation(len(X))[:n]]


def sample_all(X, y, n, rng):
    rows = rng.permutation(len(X))
    return X[rows], y[rows]


def sample_from_numpy(X, y, n, rng):
    rows = np.random.permutation(len(X))[:n]  # noqa: NPY002
    return X[rows], y[rows]


def sample_with_own_seed(X, y, n, rng):
    rng = np.random.default_rng(42)
    rows = rng.permutation(len(X))[:n]
    return X[rows], y[rows]


def sample_in_place(X, y, n, rng):
    rng.shuffle(X)
    return X[:n], y[:n]


def sample_without_return(X, y, n, rng):
    rows = rng.permutation(len(X))[:n]
    X[rows], y[rows]


def means_by_counting(X, y):
    sums, counts = np.zeros((10, X.shape[1])), np.zeros(10)
    for image, label in zip(X, y, strict=True):
        sums[label] += image
        counts[label] += 1
    return sums / counts[:, None]


def means_by_product(X, y):
    members = (np.arange(10)[:, None] == y).astype(float)
    return members @ X / members.sum(axis=1, keepdims=True)


def means_as_list(X, y):
    return [X[y == d].mean(axis=0) for d in range(10)]


def means_of_those_there_are(X, y):
    return np.array([X[y == d].mean(axis=0) for d in np.unique(y)])


def means_up_to_the_largest(X, y):
    return np.stack([np.mean(X[y == d], axis=0) for d in range(max(y) + 1)])


def means_with_zeros_for_none(X, y):
    means = np.zeros((10, X.shape[1]))
    for d in np.unique(y):
        means[d] = X[y == d].mean(axis=0)
    return means


def means_summed(X, y):
    means = np.zeros((10, X.shape[1]))
    for i in range(len(X)):
        means[y[i]] += X[i]
    return means


def means_over_everything(X, y):
    return np.array([np.mean(X[y == d]) for d in range(10)])


def means_filled_with_one_number(X, y):
    means = np.zeros((10, X.shape[1]))
    for d in range(10):
        means[d] = X[y == d].mean()
    return means


def means_of_each_image(X, y):
    means = []
    for d in range(10):
        means.append(np.mean(X[y == d], axis=1))
    return means


def means_by_all(X, y):
    return np.stack([np.sum(X[y == d], axis=0) / X.shape[0] for d in range(10)])


def means_of_a_tenth(X, y):
    return np.stack([np.sum(X[y == d], axis=0) / (len(X) / 10) for d in range(10)])


def first_of_each(X, y):
    return X[[list(y).index(d) for d in range(10)]]


def means_misspelled(X, y):
    return np.array([X[labels == d].mean(axis=0) for d in range(10)])  # noqa: F821


def nearest_by_loop(X, means):
    answers = []
    for x in X:
        distances = np.sqrt(((x - means) ** 2).sum(axis=1))
        answers.append(int(distances.argmin()))
    return np.array(answers)


def nearest_as_list(X, means):
    return nearest_by_loop(X, means).tolist()


def nearest_in_zeros(X, means):
    answers = np.zeros(len(X))
    for i, x in enumerate(X):
        answers[i] = np.argmin(((x - means) ** 2).sum(axis=1))
    return answers


def nearest_by_broadcasting(X, means):
    differences = X[:, None, :] - means[None, :, :]
    return np.linalg.norm(differences, axis=-1).argmin(axis=-1)


def nearest_by_column(X, means):
    columns = [np.einsum("ij,ij->i", X - m, X - m) for m in means]
    return np.argmin(np.column_stack(columns), axis=1)


def farthest(X, means):
    return np.array([np.argmax(np.sum((means - x) ** 2, axis=1)) for x in X])


def nearest_by_product_only(X, means):
    return (X @ means.T).argmax(axis=1)


def nearest_without_the_two(X, means):
    scores = X @ means.T - (means**2).sum(axis=1)
    return scores.argmax(axis=1)


def nearest_over_images(X, means):
    distances = np.array([np.sum((means - x) ** 2, axis=1) for x in X])
    return distances.argmin(axis=0)


def nearest_not_squared(X, means):
    return np.array([np.argmin(np.sum(means - x, axis=1)) for x in X])


def nearest_not_squared_other_way(X, means):
    return np.array([np.argmin(np.sum(x - means, axis=1)) for x in X])


def nearest_squared_too_late(X, means):
    return np.array([np.argmin(np.sum(x - means, axis=1) ** 2) for x in X])


def nearest_by_absolute_differences(X, means):
    return np.array([np.argmin(np.abs(means - x).sum(axis=1)) for x in X])


def smallest_distance(X, means):
    return np.array([np.min(((means - x) ** 2).sum(axis=1)) for x in X])


def nearest_with_unfitting_shapes(X, means):
    return np.argmin(np.sum((X - means) ** 2, axis=1))


def nearest_by_single_numbers(X, means):
    answers = []
    for i in range(len(X)):
        best, best_distance = 0, float("inf")
        for k in range(len(means)):
            distance = 0.0
            for j in range(X.shape[1]):
                distance += (X[i, j] - means[k, j]) ** 2
            if distance < best_distance:
                best, best_distance = k, distance
        answers.append(best)
    return np.array(answers)


def share_by_loop(y_true, y_pred):
    right = 0
    for a, b in zip(y_true, y_pred, strict=True):
        if a == b:
            right += 1
    return right / len(y_true)


def share_of_the_rest(y_true, y_pred):
    return 1 - np.count_nonzero(y_true - y_pred) / y_true.size


def number_of_right_ones(y_true, y_pred):
    return len([1 for a, b in zip(y_true, y_pred, strict=True) if a == b])


def share_in_percent(y_true, y_pred):
    return (y_true == y_pred).sum() / len(y_true) * 100


def share_of_wrong_ones(y_true, y_pred):
    return np.count_nonzero(y_true != y_pred) / len(y_true)


def share_rounded_down(y_true, y_pred):
    return sum(y_true == y_pred) // len(y_pred)


def each_right_or_wrong(y_true, y_pred):
    return np.equal(y_true, y_pred)


def share_without_return(y_true, y_pred):
    print(np.mean(y_true == y_pred))


RIGHT = {
    "to_rows": [rows_one_by_one, rows_by_swapping],
    "random_sample": [sample_by_choice, sample_by_shuffling, sample_by_sorting, sample_as_a_list_of_two],
    "mean_digits": [means_by_counting, means_by_product, means_with_zeros_for_none],
    "nearest_mean": [nearest_by_loop, nearest_by_broadcasting, nearest_by_column],
    "accuracy": [share_by_loop, share_of_the_rest],
}
WRONG = {
    "to_rows": [
        (rows_by_reshape, "cuts them into other rows"),
        (rows_not_scaled, "still go from 0 to 255"),
        (rows_scaled_too_early, "rounds down to whole numbers"),
        (rows_by_256, "255, not 256"),
        (still_columns, "still columns"),
        (rows_divided_in_place, "Cannot cast"),
        (rows_by_brightest, "largest pixel of these images"),
        (rows_as_lists, r"It is a list; expected an array.*`np\.array"),
        (rows_without_return, "`return` missing"),
        (rows_with_brightness_raised, "argument number 1 in place"),
    ],
    "random_sample": [
        (sample_first, "first n rows"),
        (sample_first_shuffled, "first n rows, in a different order"),
        (sample_block, "neighbouring rows"),
        (sample_block_around, "neighbouring rows"),
        (sample_every_second, "evenly spaced|Some part of the file"),
        (sample_from_one_half, "Some part of the file"),
        (sample_as_lists, "first result is a list; expected an array"),
        (sample_separately, "no longer belong together"),
        (sample_with_repeats, "twice"),
        (sample_images_only, "must return a pair"),
        (sample_all, "The shapes must be"),
        (sample_from_numpy, r"Draw from `rng`, not from `np\.random`"),
        (sample_with_own_seed, "not drawn from `rng`"),
        (sample_in_place, "argument number 1 in place"),
        (sample_without_return, "`return` missing"),
    ],
    "mean_digits": [
        (means_as_list, r"It is a list; expected an array.*`np\.array"),
        (means_of_those_there_are, "only for the digits that occur"),
        (means_up_to_the_largest, "ends at the largest digit"),
        (means_summed, "sums, not means"),
        (means_over_everything, "one number for each digit"),
        (means_filled_with_one_number, "All pixels of a mean are the same"),
        (means_of_each_image, r"one number for each \*image\*"),
        (means_by_all, "number of all images"),
        (means_of_a_tenth, "equally often"),
        (first_of_each, "first image of each digit"),
        (means_misspelled, "NameError.*spelled"),
    ],
    "nearest_mean": [
        (nearest_as_list, "It is a list; expected an array"),
        (nearest_in_zeros, r"of type float64; expected whole numbers.*`\.astype\(int\)`"),
        (farthest, "farthest"),
        (nearest_by_product_only, r"\|μ\|² is missing"),
        (nearest_without_the_two, "The 2 is missing"),
        (nearest_over_images, "the axis is wrong"),
        (nearest_not_squared, "not squared"),
        (nearest_not_squared_other_way, "not squared"),
        (nearest_squared_too_late, "added up before they are squared"),
        (nearest_by_absolute_differences, "absolute differences"),
        (smallest_distance, "smallest distance"),
        (nearest_with_unfitting_shapes, "shapes do not fit|Its shape is|one number"),
        (nearest_by_single_numbers, "far too slow"),
    ],
    "accuracy": [
        (number_of_right_ones, r"\*number\* of right answers"),
        (share_in_percent, "in percent"),
        (share_of_wrong_ones, "error rate"),
        (share_rounded_down, "rounds down"),
        (each_right_or_wrong, "for each example whether it is right"),
        (share_without_return, "`return` missing"),
    ],
}
