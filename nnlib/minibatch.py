"""Training in small steps: each step looks at a few examples only, and Adam decides how far it goes."""

import math

import numpy as np

from . import checks
from .blocks import Block, all_cores
from .model import backpropagate, check_for_overflow
from .parameters import join, sizes_of, split
from .training import (
    Recorder,
    TrainResult,
    check_callback,
    check_validation,
    first_thetas,
    progress_bar,
    warn_of_large_values,
)

BETA_1, BETA_2, TINY = 0.9, 0.999, 1e-8  # as in Adam's paper
WARM_UP = 0.05  # of all steps: until then the rate grows from 0
PART = 128  # examples that one thread works on; so the sums do not depend on the number of threads
AT_ONCE = 20  # batches that are taken out of X, and varied, at once


class Adam:
    """Steps by two running means: of the gradient, which gives the direction, and of its square, which gives the scale.

    Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1; the weight decay is apart from
    the gradient, as Loshchilov and Hutter propose (ICLR 2019).

    Parameters
    ----------
    params : ndarray (n_params,)
        Changed in place by `step`.
    decayed : ndarray (n_params,)
        1 for the parameters that decay, the weights, and 0 for the biases.
    """

    def __init__(self, params, decayed):
        self.params, self.decayed = params, decayed
        self.mean, self.mean_square = np.zeros_like(params), np.zeros_like(params)
        self.change, self.scale = np.empty_like(params), np.empty_like(params)  # room to work in
        self.n_steps = 0

    def step(self, gradient, rate, weight_decay):
        """Move the parameters by one step."""
        self.n_steps += 1
        change, scale = self.change, self.scale
        # Step by step into arrays that are there already: that takes half as long as `mean += 0.1 * (gradient - mean)`.
        np.subtract(gradient, self.mean, out=change)
        change *= 1 - BETA_1
        self.mean += change
        np.multiply(gradient, gradient, out=change)
        change -= self.mean_square
        change *= 1 - BETA_2
        self.mean_square += change
        # The means begin at 0 and are too small at first, by factors that are known.
        np.sqrt(self.mean_square, out=scale)
        scale *= 1 / math.sqrt(1 - BETA_2**self.n_steps)
        scale += TINY
        if weight_decay:
            self.params *= 1 - rate * weight_decay * self.decayed
        np.multiply(self.mean, rate / (1 - BETA_1**self.n_steps), out=change)
        change /= scale
        self.params -= change


def learning_rate_at(step, n_steps, highest):
    """Return the rate of a step: it grows evenly to `highest`, and then falls like half a wave of the cosine, to 0.

    Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017.
    """
    n_warm = max(1, round(WARM_UP * n_steps))
    if step < n_warm:
        return highest * (step + 1) / n_warm
    return highest * 0.5 * (1 + math.cos(math.pi * (step - n_warm) / max(1, n_steps - n_warm)))


def train_minibatch(
    X,
    y,
    *,
    layer_sizes=(784, 100, 10),
    epochs=10,
    batch_size=256,
    learning_rate=0.002,
    weight_decay=0.0,
    augment=None,
    validation=None,
    thetas=None,
    epsilon=0.15,
    activation="relu",
    seed=None,
    progress=True,
    callback=None,
    thetas_callback=None,
    n_threads=None,
):
    """Train a network with Adam, in steps that look at a few examples each.

    The interrupt button (or Ctrl-C) stops the training and returns the best network so far.

    Parameters
    ----------
    X : ndarray (m, n_in) of float32 or float64
        Training images, one per row, pixel values in [0, 1]. The work is done in this dtype.
    y : ndarray (m,) of integers
        Their digits; or -1 for an image that is none of these.
    layer_sizes : sequence of int
        Units in each layer, inputs first.
    epochs : int
        How often each example is looked at.
    batch_size : int
        Examples for one step.
    learning_rate : float
        The highest rate: it is reached after a twentieth of the steps, and then falls to 0.
    weight_decay : float
        How much of each weight is taken away at a step, as a multiple of the rate; 0 or above. Biases do not decay.
    augment : callable or None
        Called with some images (m, n_in) and a random generator; returns images to train on in their place, such as
        `nnlib.augment` does. So the network sees no image twice.
    validation, thetas, epsilon
        As for `train`.
    activation : {"relu", "sigmoid"}
        Of the hidden units. Rectified linear units learn faster, as their slope does not fade.
    seed, progress, callback, thetas_callback, n_threads
        As for `train`; an iteration is an epoch here. The same seed gives the same network, for any number of threads.

    Returns
    -------
    TrainResult
        `thetas` are those after the epoch with the lowest cost. The costs, in `history` too, are means over the steps
        of an epoch, while the network was changing; `n_iterations` is the number of epochs, and `n_evaluations` that
        of the steps.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.
    """
    epochs, batch_size = checks.count(epochs, "epochs"), checks.count(batch_size, "batch_size")
    learning_rate = checks.positive(learning_rate, "learning_rate")
    weight_decay = checks.not_negative(weight_decay, "weight_decay")
    rng = checks.generator(seed)
    thetas = first_thetas(thetas, layer_sizes, epsilon, rng, activation)
    layer_sizes = sizes_of(thetas)
    X = checks.images(X, layer_sizes[0])
    y = checks.labels(y, layer_sizes[-1], len(X), lowest=-1)
    warn_of_large_values(X)
    if validation is not None:
        validation = check_validation(validation, layer_sizes)
    for function, name, argument in [(callback, "callback", "history"), (thetas_callback, "thetas_callback", "thetas")]:
        check_callback(function, name, argument)
    check_callback(augment, "augment", "images and a generator")

    recorder = Recorder(layer_sizes, activation, validation, callback, thetas_callback, n_threads)
    walk = _Walk(thetas, X, y, batch_size, augment, rng, recorder)
    message = f"Stopped after {epochs} epochs, as asked for."
    try:
        with all_cores(n_threads) as map_blocks, progress_bar(epochs, progress, "epoch") as bar:
            recorder.bar = bar
            n_steps = epochs * math.ceil(len(X) / batch_size)
            for _ in range(epochs):
                walk.epoch(lambda step: learning_rate_at(step, n_steps, learning_rate), weight_decay, map_blocks)
    except StopIteration:
        message = f"Stopped after {recorder.n_iterations} epochs: the callback raised StopIteration."
    except KeyboardInterrupt:
        message = f"Interrupted after {recorder.n_iterations} epochs; this is the best network so far."
    if recorder.best_params is None:  # stopped within the first epoch
        recorder.best_cost, recorder.best_params = walk.mean_cost(), walk.adam.params.copy()
    return TrainResult(
        thetas=split(recorder.best_params.astype(np.float64), layer_sizes),
        cost=recorder.best_cost,
        n_iterations=recorder.n_iterations,
        n_evaluations=walk.adam.n_steps,
        seconds=recorder.elapsed(),
        history=recorder.history,
        message=message,
    )


class _Walk:
    """The way down: batch after batch, in a new random order each epoch."""

    def __init__(self, thetas, X, y, batch_size, augment, rng, recorder):
        self.X, self.y, self.batch_size, self.augment, self.rng = X, y, batch_size, augment, rng
        self.recorder, self.layer_sizes = recorder, sizes_of(thetas)
        is_weight = join([np.broadcast_to(np.arange(theta.shape[1]) > 0, theta.shape) for theta in thetas])
        self.adam = Adam(join(thetas).astype(X.dtype), is_weight.astype(X.dtype))
        self.thetas = split(self.adam.params, self.layer_sizes)  # views: they follow each step
        self.cost, self.n_seen = 0.0, 0

    def epoch(self, rate_at, weight_decay, map_blocks):
        """Look at every example once."""
        self.cost, self.n_seen = 0.0, 0
        for X, y, rows in self._batches():
            gradient = self._gradient(X, y, rows, map_blocks)
            self.adam.step(gradient, rate_at(self.adam.n_steps), weight_decay)
        cost = self.mean_cost()
        check_for_overflow(cost, gradient, self.adam.params, self.X)
        self.recorder.note_evaluation(self.adam.params, cost, gradient)
        self.recorder.note_iteration(self.adam.params, cost)

    def mean_cost(self):
        """Return the mean cost of the examples of this epoch so far."""
        return self.cost / self.n_seen if self.n_seen else math.inf

    def _batches(self):
        """Yield images, labels, and which of them make a batch, in random order; several batches are varied at once."""
        order = self.rng.permutation(len(self.X))
        at_once = AT_ONCE * self.batch_size
        for some in (order[i : i + at_once] for i in range(0, len(order), at_once)):
            X, y, rows = self.X, self.y, some
            if self.augment is not None:
                X, y, rows = self._varied(X[some]), y[some], np.arange(len(some))
            for i in range(0, len(some), self.batch_size):
                yield X, y, rows[i : i + self.batch_size]

    def _varied(self, X):
        varied = checks.images(self.augment(X, self.rng), X.shape[1], "what augment returns")
        if len(varied) != len(X):
            raise ValueError(f"augment returns {len(varied)} images for {len(X)}; expected one for each.")
        return varied.astype(X.dtype, copy=False)

    def _gradient(self, X, y, rows, map_blocks):
        def of_part(part):
            # Taken out only here, the images are in this core's cache when they are multiplied. `take` lets the other
            # threads run meanwhile; X[part] would not.
            block = Block(X.take(part, axis=0), y[part], slice(None))
            cost, slopes = backpropagate(self.thetas, block, self.recorder.activation)
            return cost, join(slopes)

        results = list(map_blocks(of_part, [rows[i : i + PART] for i in range(0, len(rows), PART)]))
        self.cost += sum(cost for cost, _ in results)
        self.n_seen += len(rows)
        gradient, *others = [slopes for _, slopes in results]
        for other in others:  # in their order, so that the sum is the same on any number of threads
            gradient += other
        gradient /= len(rows)
        return gradient
