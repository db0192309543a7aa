"""Examples in blocks, as `model` works through them; and blocks without the columns that cost time and give nothing."""

from typing import NamedTuple

import numpy as np

from .blocks import map_blocks, slices


class Block(NamedTuple):
    """Some examples, and the columns of the first theta that they meet.

    Attributes
    ----------
    X : ndarray (rows, k)
        Their inputs, without some that are 0 in all of them.
    y : ndarray (rows,) of integers
        Their classes.
    columns : ndarray (1 + k,) of integers, or slice
        The bias's column, 0, and those of the k inputs.
    """

    X: np.ndarray
    y: np.ndarray
    columns: np.ndarray | slice


def cut(X, y):
    """Return the examples as a list of blocks, in their order, with all columns; nothing is copied."""
    return [Block(X[rows], y[rows], slice(None)) for rows in slices(len(X))]


def compact(X, y):
    """Return the examples as a list of blocks, in another order, each without its blank columns.

    An input of 0 adds nothing to a sum, whatever its weight, and the cost has no slope along that weight.
    Many pixels are inked in a few images only. With these images together, most blocks of MNIST leave
    half of the pixels blank, and the products of a block take half the time. It is a copy, of half the size of X.
    """
    order = _by_rarest_input(X)

    def without_blank_columns(rows):
        chosen = X[order[rows]]
        inked = np.flatnonzero(chosen.any(axis=0))
        return Block(chosen.take(inked, axis=1), y[order[rows]], np.concatenate(([0], 1 + inked)))

    return list(map_blocks(without_blank_columns, slices(len(X))))


def _by_rarest_input(X):
    """Return the order of the examples in which the rarest input that an example has, of all that are not 0, grows."""
    blocks = slices(len(X))
    counts = sum(map_blocks(lambda rows: np.count_nonzero(X[rows], axis=0), blocks))
    rarest_first = np.argsort(counts, kind="stable")
    ranks = map_blocks(lambda rows: (X[rows].take(rarest_first, axis=1) != 0).argmax(axis=1), blocks)
    return np.argsort(np.concatenate(list(ranks)), kind="stable")
