"""Examples in blocks, as `model` works through them; and blocks without the columns that cost time and give nothing."""

from typing import NamedTuple

import numpy as np

from .blocks import map_blocks, slices


class Block(NamedTuple):
    """Some examples.

    Attributes
    ----------
    X : ndarray (rows, k)
        Their first k inputs; the others are 0 in all of them.
    y : ndarray (rows,) of integers
        Their classes.
    """

    X: np.ndarray
    y: np.ndarray


def cut(X, y):
    """Return the examples as a list of blocks, in their order, with all inputs; nothing is copied."""
    return [Block(X[rows], y[rows]) for rows in slices(len(X))]


def compact(X, y):
    """Return the examples as a list of blocks in which most columns that are blank are left out.

    An input of 0 adds nothing to a sum, whatever its weight, and an example's cost has no slope along that weight.
    Many pixels are inked in a few images only. Put the inputs in order, the commonest first, and then the
    examples: those that get along with few inputs first. In MNIST, a block then needs half of the
    inputs on average, and its products take half the time. It is a copy, of half the size of X.

    Parameters
    ----------
    X : ndarray (m, n_in)
    y : ndarray (m,) of integers

    Returns
    -------
    blocks : list of Block
        All examples, in another order, with their inputs in another order.
    order : ndarray (n_in,) of integers
        That of the inputs: the first column of a block's X is input ``order[0]``.
    """
    counts = sum(map_blocks(lambda rows: np.count_nonzero(X[rows], axis=0), slices(len(X))))
    order = np.argsort(-counts, kind="stable")

    def reach(rows):
        """Return how many inputs, in that order, each example needs to have all that are not 0."""
        rarest_first = (X[rows] != 0).take(order[::-1], axis=1)
        return len(order) - rarest_first.argmax(axis=1)  # the first that is True; a blank example counts as needing all

    reaches = np.concatenate(list(map_blocks(reach, slices(len(X)))))
    by_reach = np.argsort(reaches, kind="stable")

    def block(rows):
        chosen = by_reach[rows]
        return Block(X[chosen].take(order[: reaches[chosen].max()], axis=1), y[chosen])

    return list(map_blocks(block, slices(len(X)))), order


def with_inputs_in_order(thetas, order):
    """Return a network for inputs in another order: what was input ``order[i]`` is then input i."""
    return [thetas[0].take(np.concatenate(([0], 1 + order)), axis=1), *thetas[1:]]


def with_inputs_as_before(thetas, order):
    """Return the network that `with_inputs_in_order` was given."""
    return with_inputs_in_order(thetas, np.argsort(order))
