"""How good are the predictions? The usual measures of the field."""

from typing import NamedTuple

import numpy as np

from . import checks

MOST_CLASSES = 5000  # whose confusion matrix takes 200 MB


def accuracy(y_true, y_pred):
    """Return the share of examples that are predicted correctly, in [0, 1].

    Parameters
    ----------
    y_true, y_pred : ndarray (m,) of integers
        The labels, and what was predicted.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    return float(np.mean(y_true == y_pred))


def confusion_matrix(y_true, y_pred, n_classes=10):
    """Count how often each class was predicted as each class.

    Parameters
    ----------
    y_true, y_pred : ndarray (m,) of integers
        The labels, and what was predicted, 0 … n_classes - 1.
    n_classes : int
        How many classes there are.

    Returns
    -------
    ndarray (n_classes, n_classes) of int
        Row: the true class; column: the predicted one. The diagonal counts what was right.
    """
    n_classes = checks.count(n_classes, "n_classes", MOST_CLASSES)
    y_true, y_pred = _pair(y_true, y_pred, n_classes)
    pairs = y_true.astype(np.int64) * n_classes + y_pred.astype(np.int64)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


class ClassReport(NamedTuple):
    """Precision, recall and F1 of each class, and their plain means over the classes ("macro")."""

    precision: np.ndarray  # (n_classes,)
    recall: np.ndarray  # (n_classes,)
    f1: np.ndarray  # (n_classes,)
    macro_precision: float
    macro_recall: float
    macro_f1: float

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__  # a tuple's == fails on arrays


def class_report(y_true, y_pred, n_classes=10):
    """Compute precision, recall and F1 for each class.

    Of the examples that were called a 3, what share are 3s? That is the precision of class 3. Of the
    examples that are 3s, what share was called a 3? That is its recall. F1 is the harmonic mean of the
    two. A share of nothing (for a class that is never predicted, or never occurs) is 0.

    Parameters
    ----------
    y_true, y_pred, n_classes
        As for `confusion_matrix`.

    Returns
    -------
    ClassReport
    """
    matrix = confusion_matrix(y_true, y_pred, n_classes)
    right = np.diag(matrix)
    n_predicted, n_true = matrix.sum(axis=0), matrix.sum(axis=1)
    precision, recall = _share(right, n_predicted), _share(right, n_true)
    f1 = _share(2 * right, n_predicted + n_true)
    means = (float(figure.mean()) for figure in (precision, recall, f1))
    return ClassReport(precision, recall, f1, *means)


def _share(part, whole):
    """Return part / whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _pair(y_true, y_pred, n_classes=None):
    """Return both label arrays, checked."""
    y_true = checks.labels(y_true, n_classes, name="y_true")
    return y_true, checks.labels(y_pred, n_classes, len(y_true), name="y_pred")
