"""Do one piece of work for each block of rows, on all cores: the only place that knows of threads."""

import functools
import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import ThreadpoolController

from . import checks

CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
BLOCK_SIZE = 1000  # rows; the hidden activations of a block then fit in a core's own cache


def slices(n_rows):
    """Return consecutive slices of at most BLOCK_SIZE rows that cover 0 … n_rows - 1."""
    return [slice(start, min(start + BLOCK_SIZE, n_rows)) for start in range(0, n_rows, BLOCK_SIZE)]


def map_blocks(function, blocks, *, n_threads=None):
    """Yield ``function(block)`` for each of the blocks, in their order.

    The order of the results does not depend on the number of threads. So a sum over them is the same
    to the last bit on one core and on many. This is the seam for a cluster: a function that sends each
    block's work to another machine, and yields the results in order, can take this one's place.

    Parameters
    ----------
    function : callable
        Takes a block; must not write to anything shared. NumPy's heavy operations let other threads
        run meanwhile.
    blocks : list
        What the function takes: slices of rows, or blocks of examples.
    n_threads : int or None
        None takes the cores that this process may use.
    """
    n_threads = usable_cores() if n_threads is None else checks.count(n_threads, "n_threads")
    with one_blas_thread():
        if len(blocks) == 1:
            yield function(blocks[0])
        else:
            with ThreadPoolExecutor(n_threads) as pool:
                yield from pool.map(function, blocks)


def usable_cores():
    """Return the number of cores that this process may use, not those that the machine has."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        cores = os.process_cpu_count() or 1
    elif hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, _quota())


@functools.cache
def _quota():
    """Return the number of cores that the processor time granted to a container is worth; infinity where there is none.

    Linux (cgroup v2) grants so many microseconds in each period of so many: "50000 100000" is half a core.
    """
    try:
        granted, period = CPU_MAX.read_text().split()
        return max(1, math.ceil(int(granted) / int(period)))
    except (OSError, ValueError):  # no such file, or "max 100000"
        return math.inf


_lock = threading.Lock()
_users, _limiter = 0, None


@contextmanager
def one_blas_thread():
    """Hold BLAS to one thread for each of ours: more would fight for the same cores, ours and other programs'.

    The limit is one for the whole process. So the first who comes sets it, and the last who goes lifts it.
    """
    global _users, _limiter
    with _lock:
        if _users == 0:
            _limiter = _blas(len(sys.modules)).limit(limits=1, user_api="blas")
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limiter.restore_original_limits()


@functools.lru_cache(maxsize=1)
def _blas(n_modules):
    """Return the handle to the BLAS libraries in this process.

    Finding them takes milliseconds. So they are looked for again only where modules were imported since: SciPy
    brings a BLAS of its own, whose idle threads would go on spinning on the cores that ours need.
    """
    return ThreadpoolController()
