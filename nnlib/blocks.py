"""Do one piece of work for each block of rows, on all cores: the only place that knows of threads."""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import ThreadpoolController

from . import checks

BLOCK_SIZE = 1000  # rows; the hidden activations of a block then fit in a core's own cache


def map_blocks(function, n_rows, *, n_threads=None):
    """Yield ``function(rows)`` for consecutive slices of rows that cover 0 … n_rows - 1, in order.

    The blocks, and the order of the results, do not depend on the number of threads. So a sum over
    them is the same to the last bit on one core and on many. A cluster could take this function's place.

    Parameters
    ----------
    function : callable
        Takes a slice; must not write to anything shared. NumPy's heavy operations let other threads
        run meanwhile.
    n_rows : int
        The number of rows.
    n_threads : int or None
        None takes the cores that this process may use.
    """
    blocks = [slice(start, min(start + BLOCK_SIZE, n_rows)) for start in range(0, n_rows, BLOCK_SIZE)]
    if len(blocks) == 1:
        yield function(blocks[0])
        return
    n_threads = usable_cores() if n_threads is None else checks.count(n_threads, "n_threads")
    # Each of our threads calls BLAS; its own threads on top of ours would fight for the same cores.
    with _blas().limit(limits=1, user_api="blas"), ThreadPoolExecutor(n_threads) as pool:
        yield from pool.map(function, blocks)


def usable_cores():
    """Return the number of cores that this process may use, not those that the machine has."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def _blas():
    """Return the handle to the BLAS libraries in this process; finding them takes milliseconds, so once."""
    return ThreadpoolController()
