"""Blocks of rows on several cores: order, errors, and what is left of the BLAS settings afterwards."""

import os
import subprocess
import sys
import threading
import time

import pytest
import threadpoolctl

import nnlib.blocks
import nnlib.model
from nnlib.blocks import BLOCK_SIZE, map_blocks, slices, usable_cores


def blas_threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture
def two_blas_threads():
    """Set a limit other than 1, also on a machine with one core; and undo whatever a test leaves behind."""
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        assert before
        assert set(before) == {2}
        yield before


def rows_of(blocks):
    return [row for rows in blocks for row in range(rows.start, rows.stop)]


@pytest.mark.parametrize("n_threads", [None, 1, 2, 5])
@pytest.mark.parametrize(
    "n_rows", [0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE + 500]
)
def test_blocks_cover_all_rows_once_in_order(n_rows, n_threads):
    blocks = list(map_blocks(lambda rows: rows, slices(n_rows), n_threads=n_threads))
    assert rows_of(blocks) == list(range(n_rows))
    assert len(blocks) == -(-n_rows // BLOCK_SIZE)
    assert all(0 < rows.stop - rows.start <= BLOCK_SIZE for rows in blocks)


def test_results_come_in_order_though_later_blocks_end_first():
    ended = []
    last_ended = threading.Event()

    def first_block_ends_last(rows):
        if rows.start == 0:
            assert last_ended.wait(timeout=10)
        ended.append(rows.start)
        if rows.start == 2 * BLOCK_SIZE:
            last_ended.set()
        return rows.start

    starts = list(map_blocks(first_block_ends_last, slices(3 * BLOCK_SIZE), n_threads=2))
    assert starts == [0, BLOCK_SIZE, 2 * BLOCK_SIZE]
    assert ended == [BLOCK_SIZE, 2 * BLOCK_SIZE, 0]


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_as_many_blocks_at_once_as_threads_were_asked_for(n_threads):
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(n_threads)

    def work(rows):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=10)  # breaks unless n_threads blocks run at the same time
        time.sleep(0.01)
        with lock:
            running -= 1

    list(map_blocks(work, slices(6 * BLOCK_SIZE), n_threads=n_threads))
    assert most == n_threads


def test_one_block_runs_in_the_callers_thread_with_one_of_blas(two_blas_threads):
    seen = list(map_blocks(lambda rows: (threading.current_thread(), blas_threads()), slices(BLOCK_SIZE), n_threads=2))
    assert seen == [(threading.current_thread(), [1] * len(two_blas_threads))]
    assert blas_threads() == two_blas_threads


def test_blas_has_one_thread_during_several_blocks_and_its_own_number_afterwards(two_blas_threads):
    during = list(map_blocks(lambda rows: blas_threads(), slices(3 * BLOCK_SIZE + 500), n_threads=2))
    assert during == [[1] * len(two_blas_threads)] * 4
    assert blas_threads() == two_blas_threads


@pytest.mark.parametrize("error", [RuntimeError("in a block"), KeyboardInterrupt("in a block")], ids=repr)
@pytest.mark.parametrize("bad_block", [0, 2])
def test_an_error_in_a_block_reaches_the_caller_and_leaves_nothing_behind(two_blas_threads, bad_block, error):
    n_threads_before = threading.active_count()

    def fail(rows):
        if rows.start == bad_block * BLOCK_SIZE:
            raise error

    with pytest.raises(type(error), match="in a block"):
        list(map_blocks(fail, slices(3 * BLOCK_SIZE + 500), n_threads=2))
    assert blas_threads() == two_blas_threads
    assert threading.active_count() == n_threads_before


def test_blas_is_restored_when_the_caller_stops_half_way(two_blas_threads):
    blocks = map_blocks(lambda rows: rows, slices(3 * BLOCK_SIZE), n_threads=2)
    next(blocks)
    blocks.close()
    assert blas_threads() == two_blas_threads


def test_blas_is_restored_when_summing_up_the_blocks_is_interrupted(two_blas_threads, monkeypatch):
    class Interrupts:
        def __truediv__(self, other):
            raise KeyboardInterrupt

    monkeypatch.setattr(nnlib.model, "block_cost_and_gradient", lambda *arguments: (Interrupts(), 0.0))
    X = [[0.5]] * (3 * BLOCK_SIZE)
    # The name keeps the traceback alive, as a notebook does with the last error.
    with pytest.raises(KeyboardInterrupt) as last_error:
        nnlib.cost_and_gradient([0.0, 0.0], (1, 1), X, [0] * len(X))
    assert blas_threads() == two_blas_threads
    assert last_error.traceback


def test_blas_is_restored_after_calls_that_overlap(two_blas_threads):
    # As when one thread trains while another predicts: the first to begin is the first to end.
    first = map_blocks(lambda rows: rows, slices(2 * BLOCK_SIZE), n_threads=2)
    second = map_blocks(lambda rows: rows, slices(2 * BLOCK_SIZE), n_threads=2)
    next(first)
    next(second)
    assert len(list(first)) == 1
    assert blas_threads() == [1] * len(two_blas_threads)  # the second still needs its limit
    assert len(list(second)) == 1
    assert blas_threads() == two_blas_threads


def test_a_blas_that_is_loaded_later_is_limited_too():
    # In a fresh process: the prediction comes before SciPy's own BLAS, the training after it.
    code = """
import numpy as np, nnlib, threadpoolctl
X, y = np.ones((20, 3)), np.arange(20) % 2
nnlib.predict(nnlib.init_thetas((3, 2), seed=0), X)
import scipy.linalg
with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
    seen = []
    def look(history):
        pools = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
        seen.append((len(pools), {pool["num_threads"] for pool in pools}))
    nnlib.train(X, y, layer_sizes=(3, 2), max_iter=1, seed=0, progress=False, callback=look)
print(seen)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (answer.stdout.strip(), answer.stderr) in [("[(2, {1})]", ""), ("[(1, {1})]", "")]  # SciPy's may be NumPy's


@pytest.mark.parametrize("n_rows", [BLOCK_SIZE, 2 * BLOCK_SIZE], ids=["one block", "two blocks"])
@pytest.mark.parametrize("n_threads", [0, -1, 1.5, "2"])
def test_a_bad_number_of_threads_is_refused(n_threads, n_rows):
    with pytest.raises((ValueError, TypeError), match="n_threads"):
        list(map_blocks(lambda rows: rows, slices(n_rows), n_threads=n_threads))


def test_usable_cores_is_at_least_one_and_no_more_than_there_are():
    assert 1 <= usable_cores() <= os.cpu_count()


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("50000 100000\n", 1),
        ("100000 100000\n", 1),
        ("150000 100000\n", 2),
        ("max 100000\n", None),
        ("", None),
        (None, None),
    ],
)
def test_usable_cores_are_no_more_than_a_container_grants(text, cores, tmp_path, monkeypatch):
    path = tmp_path / "cpu.max"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(nnlib.blocks, "CPU_MAX", path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8, raising=False)
    nnlib.blocks._quota.cache_clear()
    try:
        assert usable_cores() == (cores or 8)
    finally:
        nnlib.blocks._quota.cache_clear()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to a core")
def test_usable_cores_counts_only_the_cores_this_process_may_use():
    # In a process of its own: to be bound to one core would slow all later tests.
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]);"
        "from nnlib.blocks import usable_cores; print(usable_cores())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (answer.stdout.strip(), answer.stderr) == ("1", "")
