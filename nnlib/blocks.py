"""The examples in blocks, and a map that works on several at once: the only module that starts threads."""

import functools
import math
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import threadpoolctl

from . import checks

CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
BLOCK_SIZE = 1000  # rows; the hidden activations of a block then fit in a core's own cache


class Block(NamedTuple):
    """Some examples.

    Attributes
    ----------
    X : ndarray (rows, k)
        Their inputs; inputs that are 0 in all of these examples may be left out.
    y : ndarray (rows,) of integers
        Their classes.
    columns : ndarray (1 + k,) of integers, or slice
        The columns of the first theta that belong to the bias and to these inputs.
    """

    X: np.ndarray
    y: np.ndarray
    columns: np.ndarray | slice


def slices(n_rows):
    """Return consecutive slices of at most BLOCK_SIZE rows that cover 0 … n_rows - 1."""
    return [slice(start, min(start + BLOCK_SIZE, n_rows)) for start in range(0, n_rows, BLOCK_SIZE)]


def cut(X, y):
    """Return the examples as a list of blocks, in the same order and with all their inputs; nothing is copied."""
    return [Block(X[rows], y[rows], slice(None)) for rows in slices(len(X))]


def compact(X, y, map_blocks=map):
    """Return the examples as a list of blocks that leave out most of the inputs that are 0 in the whole block.

    An input of 0 adds nothing to a sum, whatever its weight, and the slope of the example's cost along that weight
    is 0. Many pixels are inked in only a few images. Put the pixels in order, the rarest first. An image that inks
    number 300, but none before it, can do without the pixels 0 to 299. Sort the images by this number; then each
    block can do without the pixels that its first image does not need. In MNIST, a block keeps half of the pixels on
    average.

    Parameters
    ----------
    X : ndarray (m, n_in)
    y : ndarray (m,) of integers
    map_blocks : callable
        Python's `map`, or the one that `all_cores` yields.

    Returns
    -------
    list of Block
        All examples, in a different order: a copy, half the size of X for MNIST.
    """
    parts = slices(len(X))

    def count_inked(rows):
        return (X[rows] != 0).sum(axis=0, dtype=np.int32)

    rarest_first = np.argsort(sum(map_blocks(count_inked, parts)), kind="stable")

    def count_spared(rows):
        """Return how many of the rarest inputs each image can do without."""
        inked = (X[rows] != 0).take(rarest_first, axis=1)
        return inked.argmax(axis=1)  # the index of the first True; 0 for a blank image, which then keeps all inputs

    n_spared = np.concatenate(list(map_blocks(count_spared, parts)))
    order = np.argsort(n_spared, kind="stable")

    def make_block(rows):
        chosen = order[rows]
        inputs = np.sort(rarest_first[n_spared[chosen[0]] :])
        return Block(X[chosen].take(inputs, axis=1), y[chosen], np.append(0, 1 + inputs))

    return list(map_blocks(make_block, parts))


@contextmanager
def all_cores(n_threads=None):
    """Yield a `map` that works on several blocks at once, for as long as the `with` lasts.

    The results come in the order of the blocks, whatever the number of threads. So a sum over them is the same to
    the last bit on one core and on many. SciPy's ``workers=`` takes a `map` in the same way. A `map` that
    sends the blocks to other machines can take the place of this one, if it can send a nested function, as Dask's can.

    An interrupt (Ctrl-C) waits until the next call of the `map`, or until the `with` ends: in between, it could leave
    a thread running, or BLAS limited to one thread. A second interrupt does not wait.

    Parameters
    ----------
    n_threads : int or None
        None means the cores that this process may use.

    Yields
    ------
    callable
        Takes a function and a list of blocks (or of slices, or arrays), as Python's `map` does. The function must not
        write to anything shared. NumPy's heavy operations let other threads run meanwhile.
    """
    n_threads = usable_cores() if n_threads is None else checks.count(n_threads, "n_threads")
    with _HeldInterrupts() as interrupts, _one_blas_thread(), ThreadPoolExecutor(n_threads) as pool:

        def map_blocks(function, blocks):
            interrupts.raise_if_any()
            if len(blocks) < 2:  # starting a thread would cost more than it saves
                return map(function, blocks)
            if len(blocks) <= n_threads:  # this thread would only wait for the others: let it take one, too
                others = [pool.submit(function, block) for block in blocks[1:]]
                return [function(blocks[0]), *(other.result() for other in others)]
            return pool.map(function, blocks)

        yield map_blocks


def in_blocks(function, X, n_threads=None):
    """Return ``function(X)``, computed block by block on all cores; each row's result must depend on that row alone."""
    with all_cores(n_threads) as map_blocks:
        return np.concatenate(list(map_blocks(function, [X[rows] for rows in slices(len(X))])))


def usable_cores():
    """Return the number of cores that this process may use, not the number that the machine has."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        cores = os.process_cpu_count() or 1
    elif hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, _quota())


@functools.cache
def _quota():
    """Return how many cores a container's quota of processor time amounts to, rounded up; infinity without a quota.

    Linux (cgroup v2) states the microseconds granted in each period, and its length: "50000 100000" is half a core.
    """
    try:
        granted, period = CPU_MAX.read_text().split()
        return max(1, math.ceil(int(granted) / int(period)))
    except (OSError, ValueError):  # no such file, or "max 100000"
        return math.inf


class _HeldInterrupts:
    """A context manager that notes a first Ctrl-C, and obeys it where it can do no harm: at the end, or when asked.

    Python raises KeyboardInterrupt in the main thread only; in other threads there is nothing to hold. Nor is
    there inside another of these contexts, which holds interrupts already.
    """

    def __enter__(self):
        self.noted, self.before = False, None
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            # Inside another of these contexts, the handler is the method `_note` of that one.
            is_held = isinstance(getattr(handler, "__self__", None), _HeldInterrupts)
            if callable(handler) and not is_held:
                self.before = handler
                signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, error_type, error, traceback):
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
        if error is None:  # otherwise that error ends the work anyway
            self.raise_if_any()

    def _note(self, number, frame):
        if self.noted:
            self.before(number, frame)
        self.noted = True

    def raise_if_any(self):
        """Obey an interrupt that was noted: raise KeyboardInterrupt, unless the program handles it differently."""
        if self.noted:
            self.noted = False
            self.before(signal.SIGINT, None)


_lock = threading.Lock()
_n_inside, _limits = 0, None


@contextmanager
def _one_blas_thread():
    """Hold BLAS, the library that does NumPy's matrix products, to one thread for each of ours.

    By default it starts as many as there are cores. With one of ours on each core, they would only compete. The limit
    holds for the whole process, where several threads may train at once. So the first to enter sets it, and the last
    to leave lifts it.
    """
    global _n_inside, _limits
    with _lock:
        if _n_inside == 0:
            _limits = _from_any_thread(lambda: threadpoolctl.get_cached_controller().limit(limits=1, user_api="blas"))
        _n_inside += 1
    try:
        yield
    finally:
        with _lock:
            _n_inside -= 1
            if _n_inside == 0:
                _from_any_thread(_limits.restore_original_limits)


def _from_any_thread(change_limits):
    """Call a function that changes BLAS's limits.

    threadpoolctl obeys the first thread that changes them, and silently ignores all others until it is told to forget
    that one.
    """
    threadpoolctl.OpenBLASController.clear_controlling_thread(force=True)
    result = change_limits()
    threadpoolctl.OpenBLASController.clear_controlling_thread(force=True)
    return result
