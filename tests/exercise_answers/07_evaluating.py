"""Answers to exercise 07, as learners write them."""

import numpy as np

from nnlib.metrics import confusion_matrix as library_matrix


def confusion_loop(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes), dtype=int)
    for i in range(len(y_true)):
        C[y_true[i]][y_pred[i]] += 1
    return C


def confusion_bincount(y_true, y_pred, n_classes):
    return np.bincount(y_true * n_classes + y_pred, minlength=n_classes**2).reshape(n_classes, n_classes)


def confusion_one_hot(y_true, y_pred, n_classes):
    return np.eye(n_classes, dtype=int)[y_true].T @ np.eye(n_classes, dtype=int)[y_pred]


def confusion_histogram(y_true, y_pred, n_classes):
    edges = np.arange(n_classes + 1)
    return np.histogram2d(y_true, y_pred, bins=(edges, edges))[0].astype(np.int32)


def confusion_of_floats(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes))
    np.add.at(C, (y_true, y_pred), 1)
    return C


def confusion_of_bytes(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes), dtype=np.uint8)
    np.add.at(C, (y_true, y_pred), 1)
    return C


def confusion_of_lists(y_true, y_pred, n_classes):
    return [[int(sum((y_true == t) & (y_pred == p))) for p in range(n_classes)] for t in range(n_classes)]


def confusion_by_unique(y_true, y_pred, n_classes):
    classes = np.unique([y_true, y_pred])
    return np.array([[np.sum((y_true == t) & (y_pred == p)) for p in classes] for t in classes])


def confusion_of_ten(y_true, y_pred, n_classes):
    return confusion_loop(y_true, y_pred, 10)


def confusion_of_the_library(y_true, y_pred, n_classes):
    return library_matrix(y_true, y_pred, n_classes)


def confusion_swapped(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes))
    for t, p in zip(y_true, y_pred, strict=True):
        C[p, t] += 1
    return C


def confusion_fancy(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes), dtype=int)
    C[y_true, y_pred] += 1
    return C


def confusion_mistakes_only(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        if t != p:
            C[t, p] += 1
    return C


def confusion_shares(y_true, y_pred, n_classes):
    C = np.array([[np.mean((y_true == t) & (y_pred == p)) for p in range(n_classes)] for t in range(n_classes)])
    return C


def confusion_of_rows(y_true, y_pred, n_classes):
    C = confusion_loop(y_true, y_pred, n_classes).astype(float)
    return C / C.sum(axis=1, keepdims=True)


def confusion_of_those_that_occur(y_true, y_pred, n_classes):
    n = max(max(y_true), max(y_pred)) + 1
    return confusion_loop(y_true, y_pred, n)


def confusion_without_return(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes))
    np.add.at(C, (y_true, y_pred), 1)


def confusion_misspelled(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes))
    for t, p in zip(y_true, y_predicted, strict=True):  # noqa: F821
        C[t, p] += 1
    return C


def precision_loop(C):
    values = []
    for k in range(len(C)):
        called = sum(C[i, k] for i in range(len(C)))
        values.append(C[k, k] / called if called else 0)
    return np.array(values)


def precision_list(C):
    return list(precision_loop(C))


def precision_with_out_forgotten(C):
    return np.divide(np.diag(C), C.sum(axis=0), where=C.sum(axis=0) > 0)


def precision_of_three(C):
    return np.array([C[k, k] / max(C[:, k].sum(), 1) for k in range(3)])


def precision_one_for_never(C):
    called = C.sum(axis=0)
    return np.where(called == 0, 1, np.diag(C) / np.maximum(called, 1))


def precision_nan_to_num(C):
    return np.nan_to_num(C.diagonal() / C.sum(0))


def precision_where(C):
    called = C.sum(axis=0)
    return np.where(called == 0, 0, np.diag(C) / np.maximum(called, 1))


def precision_in_place(C):
    n_called = C.sum(axis=0)
    n_called[n_called == 0] = 1
    right = np.diag(C).copy()
    C[:] = 0
    return right / n_called


def recall_loop(C):
    values = np.zeros(C.shape[0])
    for k, row in enumerate(C):
        if row.sum() > 0:
            values[k] = row[k] / row.sum()
    return values


def f1_loop(precision, recall):
    return np.array([2 * p * r / (p + r) if p + r > 0 else 0.0 for p, r in zip(precision, recall, strict=True)])


def f1_where(precision, recall):
    total = precision + recall
    return 2 * precision * recall / np.where(total == 0, 1, total)


def f1_if(precision, recall):
    if precision + recall == 0:
        return 0
    return 2 * precision * recall / (precision + recall)


def f1_without_return(precision, recall):
    np.nan_to_num(2 * precision * recall / (precision + recall))


def pair_loop(C):
    best, pair = -1, None
    for i in range(len(C)):
        for j in range(len(C)):
            if i != j and C[i, j] > best:
                best, pair = C[i, j], (i, j)
    return pair


def pair_copy(C):
    M = C.copy()
    np.fill_diagonal(M, 0)
    return np.unravel_index(np.argmax(M), M.shape)


def pair_divmod(C):
    return np.array(divmod(np.argmax(C - np.diag(np.diag(C))), C.shape[1]))


def pair_in_place(C):
    np.fill_diagonal(C, 0)
    return np.unravel_index(np.argmax(C), C.shape)


def pair_predicted_first(C):
    i, j = pair_copy(C)
    return j, i


def pair_of_floats(C):
    return tuple(map(float, pair_copy(C)))


def pair_by_row(C):
    shares = C / C.sum(axis=1)[:, None]
    return pair_copy(shares)


def pair_above(C):
    return np.unravel_index(np.argmax(np.triu(C, 1)), C.shape)


def pair_both_directions(C):
    M = C + C.T
    np.fill_diagonal(M, 0)
    return np.unravel_index(np.argmax(M), M.shape)


def pair_flat(C):
    M = C.copy()
    np.fill_diagonal(M, 0)
    return np.argmax(M)


def pair_count(C):
    return max(C[i, j] for i in range(len(C)) for j in range(len(C)) if i != j)


def silent_mask(thetas, j):
    keep = np.ones(thetas[1].shape[1])
    keep[j + 1] = 0
    return thetas[0], thetas[1] * keep


def silent_loop(thetas, j):
    new = [np.array(theta) for theta in thetas]
    for row in new[1]:
        row[j + 1] = 0
    return new


def silent_in_place(thetas, j):
    thetas[1][:, j + 1] = 0
    return thetas


def silent_in_a_copied_list(thetas, j):
    new = thetas.copy()
    new[1][:, j + 1] = 0
    return new


def silent_bias_forgotten(thetas, j):
    theta2 = thetas[1].copy()
    theta2[:, j] = 0
    return [thetas[0], theta2]


def silent_inputs(thetas, j):
    theta1 = thetas[0].copy()
    theta1[j] = 0.0
    return [theta1, thetas[1]]


def silent_both(thetas, j):
    theta1, theta2 = thetas[0].copy(), thetas[1].copy()
    theta1[j, :] = 0
    theta2[:, j + 1] = 0
    return [theta1, theta2]


def silent_second_only(thetas, j):
    theta2 = thetas[1].copy()
    theta2[:, j + 1] = 0
    return theta2


def silent_last(thetas, j):
    theta2 = thetas[1].copy()
    theta2[:, -1] = 0
    return [thetas[0], theta2]


def silent_unit_one(thetas, j):
    theta2 = thetas[1].copy()
    theta2[:, 2] = 0
    return [thetas[0], theta2]


def silent_lists(thetas, j):
    return [theta.tolist() for theta in silent_loop(thetas, j)]


def silent_row(thetas, j):
    theta2 = thetas[1].copy()
    theta2[j + 1, :] = 0
    return [thetas[0], theta2]


def silent_deleted(thetas, j):
    rows = [i for i in range(len(thetas[0])) if i != j]
    return [thetas[0][rows], np.delete(thetas[1], j + 1, 1)]


RIGHT = {
    "confusion_matrix": [confusion_loop, confusion_bincount, confusion_one_hot, confusion_histogram],
    "precision": [precision_loop, precision_nan_to_num, precision_where],
    "recall": [recall_loop, lambda C: np.array([C[k, k] / max(sum(C[k]), 1) for k in range(len(C))], np.float32)],
    "f1": [f1_loop, f1_where, lambda p, r: 2 / (1 / p + 1 / r)],
    "worst_pair": [pair_loop, pair_copy, pair_divmod],
    "without_unit": [silent_mask, silent_loop],
}
WRONG = {
    "confusion_matrix": [
        (confusion_of_floats, "float64; expected whole numbers"),
        (confusion_of_bytes, "Eight bits"),
        (confusion_of_lists, "a list; expected an array"),
        (confusion_by_unique, "does not occur has no row and no column"),
        (confusion_of_ten, "shape is \\(10, 10\\)"),
        (confusion_of_the_library, "library's `confusion_matrix`"),
        (confusion_swapped, "Rows and columns are exchanged"),
        (confusion_fancy, "at most once"),
        (confusion_mistakes_only, "diagonal is missing"),
        (confusion_shares, "These are shares"),
        (confusion_of_rows, "shares of each row"),
        (confusion_of_those_that_occur, "does not occur"),
        (confusion_without_return, "returns nothing"),
        (confusion_misspelled, "NameError.*spelled"),
    ],
    "precision": [
        (recall_loop, "This is the recall"),
        (lambda C: np.diag(C) / np.sum(C, axis=0), "never predicted it gives NaN"),
        (lambda C: np.diag(C) / np.sum(C), "number of all examples"),
        (lambda C: np.diag(C).sum() / np.sum(C), "This is the accuracy"),
        (precision_in_place, "in place"),
        (precision_list, "a list; expected an array"),
        (precision_with_out_forgotten, "other places open"),
        (precision_of_three, "shape is \\(3,\\)"),
        (precision_one_for_never, "is 0 by convention"),
    ],
    "recall": [
        (precision_nan_to_num, "This is the precision"),
        (lambda C: C.diagonal() / C.sum(1), "no examples it gives NaN"),
        (lambda C: np.diag(C) / len(C), "number of classes"),
        (lambda C: 1 - recall_loop(C), "share that was missed"),
        (lambda C: recall_loop(C).tolist(), "a list; expected an array"),
    ],
    "f1": [
        (lambda p, r: (p + r) / 2, "plain mean"),
        (lambda p, r: 2 * (p * r) / (p + r), "it gives NaN"),
        (lambda p, r: np.nan_to_num(p * r / (p + r)), "2 is missing"),
        (lambda p, r: (p * r) ** 0.5, "geometric mean"),
        (lambda p, r: 2 * p * r, "not divided"),
        (lambda p, r: np.nan_to_num(2 * p * r / p + r), "Brackets are missing"),
        (lambda p, r: 2 * p * r / p + r, "Brackets are missing"),
        (lambda p, r: f1_loop(p, r).tolist(), "a list; expected an array"),
        (f1_if, "ValueError.*truth value"),
        (f1_without_return, "returns nothing"),
    ],
    "worst_pair": [
        (lambda C: np.unravel_index(np.argmax(C), C.shape), "on the diagonal"),
        (pair_in_place, "in place"),
        (pair_predicted_first, "exchanged"),
        (pair_both_directions, "Both directions"),
        (pair_flat, "flat array"),
        (pair_of_floats, "whole numbers"),
        (pair_by_row, "share of its row"),
        (pair_above, "above the diagonal"),
        (pair_count, "how often"),
    ],
    "without_unit": [
        (silent_in_place, "in place"),
        (silent_in_a_copied_list, "in place"),
        (silent_bias_forgotten, "column 0 holds the biases"),
        (silent_inputs, "weights \\*into\\* the unit"),
        (silent_last, "the last unit"),
        (silent_unit_one, "The second theta differs|IndexError"),
        (silent_lists, "a list; expected an array"),
        (silent_both, "into the unit are 0, too"),
        (silent_second_only, "whole network"),
        (silent_row, "IndexError"),
        (silent_deleted, "keep the shapes"),
    ],
}
