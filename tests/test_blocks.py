"""Blocks of examples: nothing is lost; and their work on several cores: order, errors, interrupts, BLAS's settings."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.optimize  # noqa: F401, SciPy brings a BLAS of its own
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib
import nnlib.blocks
import nnlib.model
from nnlib.blocks import BLOCK_SIZE, all_cores, compact, cut, in_blocks, slices, usable_cores
from nnlib.model import sum_over_blocks


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


def on_cores(function, n_rows, n_threads=None):
    with all_cores(n_threads) as map_blocks:
        return list(map_blocks(function, slices(n_rows)))


@pytest.mark.parametrize("n_threads", [None, 1, 2, 5])
@pytest.mark.parametrize(
    "n_rows", [0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE + 500]
)
def test_blocks_cover_all_rows_once_in_order(n_rows, n_threads):
    blocks = on_cores(lambda rows: rows, n_rows, n_threads)
    assert rows_of(blocks) == list(range(n_rows))
    assert len(blocks) == -(-n_rows // BLOCK_SIZE)
    assert all(0 < rows.stop - rows.start <= BLOCK_SIZE for rows in blocks)


def test_results_come_in_order_though_later_blocks_end_first():
    ended = []
    last_ended = threading.Event()

    def first_block_ends_last(rows):
        if rows.start == 0:
            assert last_ended.wait(timeout=60)
        ended.append(rows.start)
        if rows.start == 2 * BLOCK_SIZE:
            last_ended.set()
        return rows.start

    assert on_cores(first_block_ends_last, 3 * BLOCK_SIZE, 2) == [0, BLOCK_SIZE, 2 * BLOCK_SIZE]
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
        together.wait(timeout=60)  # breaks unless n_threads blocks run at the same time
        time.sleep(0.01)
        with lock:
            running -= 1

    on_cores(work, 6 * BLOCK_SIZE, n_threads)
    assert most == n_threads


def test_one_pool_serves_all_calls():
    with all_cores(2) as map_blocks:
        workers = {t for _ in range(5) for t in map_blocks(lambda _: threading.current_thread(), range(8))}
        assert len(workers) <= 2
    assert not any(worker.is_alive() for worker in workers)


def test_the_rows_of_an_array_go_through_a_function_block_by_block():
    X = np.random.default_rng(0).random((2 * BLOCK_SIZE + 7, 3))
    seen = []
    result = in_blocks(lambda rows: seen.append(len(rows)) or rows.sum(axis=1), X)
    np.testing.assert_array_equal(result, X.sum(axis=1))
    assert sorted(seen) == [7, BLOCK_SIZE, BLOCK_SIZE]


def test_one_block_runs_in_the_callers_thread_with_one_of_blas(two_blas_threads):
    seen = on_cores(lambda rows: (threading.current_thread(), blas_threads()), BLOCK_SIZE, 2)
    assert seen == [(threading.current_thread(), [1] * len(two_blas_threads))]
    assert blas_threads() == two_blas_threads


def test_blas_has_one_thread_during_several_blocks_and_its_own_number_afterwards(two_blas_threads):
    assert on_cores(lambda rows: blas_threads(), 3 * BLOCK_SIZE + 500, 2) == [[1] * len(two_blas_threads)] * 4
    assert blas_threads() == two_blas_threads


@pytest.mark.parametrize("error", [RuntimeError("in a block"), KeyboardInterrupt("in a block")], ids=repr)
@pytest.mark.parametrize("bad_block", [0, 2])
def test_an_error_in_a_block_reaches_the_caller_and_leaves_nothing_behind(two_blas_threads, bad_block, error):
    n_threads_before = threading.active_count()

    def fail(rows):
        if rows.start == bad_block * BLOCK_SIZE:
            raise error

    with pytest.raises(type(error), match="in a block"):
        on_cores(fail, 3 * BLOCK_SIZE + 500, 2)
    assert blas_threads() == two_blas_threads
    assert threading.active_count() == n_threads_before


def test_blas_is_restored_when_summing_up_the_blocks_is_interrupted(two_blas_threads, monkeypatch):
    class Interrupts:
        def __radd__(self, other):
            raise KeyboardInterrupt

    monkeypatch.setattr(nnlib.model, "backpropagate", lambda *arguments: (Interrupts(), [0.0]))
    X = [[0.5]] * (3 * BLOCK_SIZE)
    # The name keeps the traceback alive, as a notebook does with the last error.
    with pytest.raises(KeyboardInterrupt) as last_error:
        nnlib.cost_and_gradient([0.0, 0.0], (1, 1), X, [0] * len(X))
    assert blas_threads() == two_blas_threads
    assert last_error.traceback


# ---- from any thread, and from several at once


def in_another_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_blas_is_held_to_one_thread_also_from_another_thread_than_the_first(two_blas_threads):
    on_cores(lambda rows: rows, 2 * BLOCK_SIZE)  # the main thread was first to ask
    assert (
        in_another_thread(lambda: on_cores(lambda rows: blas_threads(), 2 * BLOCK_SIZE))
        == [[1] * len(two_blas_threads)] * 2
    )
    assert blas_threads() == two_blas_threads
    on_cores(lambda rows: rows, 2 * BLOCK_SIZE)
    assert blas_threads() == two_blas_threads


def test_blas_is_restored_after_calls_that_overlap(two_blas_threads):
    # As when one thread trains while another predicts: the first to begin is the first to end.
    first_is_in, second_is_in, first_is_out = threading.Event(), threading.Event(), threading.Event()
    seen = []

    def first():
        with all_cores():
            first_is_in.set()
            assert second_is_in.wait(timeout=60)
        first_is_out.set()

    def second():
        assert first_is_in.wait(timeout=60)
        with all_cores():
            second_is_in.set()
            assert first_is_out.wait(timeout=60)
            seen.append(blas_threads())  # it still needs its limit

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert seen == [[1] * len(two_blas_threads)]
    assert blas_threads() == two_blas_threads


def test_trainings_in_other_threads_and_in_four_at_once_give_the_same_bits(two_blas_threads):
    rng = np.random.default_rng(0)
    X, y = rng.random((3 * BLOCK_SIZE + 500, 80), dtype=np.float32), rng.integers(0, 10, 3 * BLOCK_SIZE + 500)

    def train():
        result = nnlib.train(X, y, layer_sizes=(80, 60, 10), max_iter=4, seed=0, progress=False)
        return nnlib.pack(result.thetas).tobytes()

    expected = train()
    assert in_another_thread(train) == expected
    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(train) for _ in range(4)]] == [expected] * 4
    assert blas_threads() == two_blas_threads


# ---- interrupts


@pytest.fixture
def sigint():
    """Give a function that interrupts this process, and check that afterwards an interrupt does what it did before."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_next_call_of_the_map(sigint, two_blas_threads):
    steps = []
    with pytest.raises(KeyboardInterrupt), all_cores(2) as map_blocks:
        sigint()
        steps.append("still here")
        map_blocks(steps.append, ["never"])
    assert steps == ["still here"]
    assert blas_threads() == two_blas_threads


def test_an_interrupt_waits_for_the_end(sigint, two_blas_threads):
    steps = []
    with pytest.raises(KeyboardInterrupt), all_cores(2):
        sigint()
        steps.append("still here")
    assert steps == ["still here"]
    assert blas_threads() == two_blas_threads


def test_a_second_interrupt_does_not_wait(sigint):
    steps = []
    with pytest.raises(KeyboardInterrupt), all_cores(2):
        sigint()
        steps.append("still here")
        sigint()
        steps.append("never")
    assert steps == ["still here"]


def test_an_error_is_not_hidden_by_an_interrupt(sigint):
    with pytest.raises(ZeroDivisionError), all_cores(2):
        sigint()
        raise ZeroDivisionError


def test_who_ignores_interrupts_is_not_interrupted():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with all_cores(2) as map_blocks:
            signal.raise_signal(signal.SIGINT)
            assert list(map_blocks(len, ["ab", "c"])) == [2, 1]
    finally:
        assert signal.signal(signal.SIGINT, before) is signal.SIG_IGN


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
        on_cores(lambda rows: rows, n_rows, n_threads)


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


# ---- blocks of examples: nothing is lost, and what is left out could not have mattered


def sparse_examples(m, n_in=12, n_classes=3, seed=0, dtype=np.float64):
    """Make examples of which each class leaves other inputs at 0, and the first input is 0 in all."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, m)
    touched = rng.random((n_classes, n_in)) < 0.6
    touched[:, 0] = False
    X = rng.normal(size=(m, n_in)) * touched[y] * (rng.random((m, n_in)) < 0.5)
    return X.astype(dtype), y


def compact_cost_and_gradient(params, layer_sizes, X, y, lam, n_threads=None):
    """Do as `train` does."""
    with all_cores(n_threads) as map_blocks:
        return sum_over_blocks(params, layer_sizes, compact(X, y, map_blocks), lam, map_blocks)


def written_out(blocks, n_in):
    """Write the blocks' examples out again: a bias of 1, all inputs, and the class behind them."""
    rows = []
    for block in blocks:
        full = np.zeros((len(block.X), 1 + n_in))
        full[:, block.columns] = np.column_stack([np.ones(len(block.X)), block.X])
        rows.append(np.column_stack([full, block.y]))
    return np.concatenate(rows)


@settings(max_examples=60)
@given(
    m=st.sampled_from([1, 2, 30, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE + 7]),
    n_in=st.integers(1, 6),
    n_classes=st.integers(1, 4),
    seed=st.integers(0, 999),
)
def test_every_example_is_in_one_block(m, n_in, n_classes, seed):
    X, y = sparse_examples(m, n_in, n_classes, seed)
    originals = np.column_stack([np.ones(m), X, y])
    np.testing.assert_array_equal(written_out(cut(X, y), n_in), originals)
    blocks = compact(X, y)
    found = written_out(blocks, n_in)
    np.testing.assert_array_equal(found[np.lexsort(found.T)], originals[np.lexsort(originals.T)])
    assert [len(block.X) for block in blocks] == [len(block.X) for block in cut(X, y)]
    assert all(block.X.flags.c_contiguous for block in blocks)


def test_examples_with_a_rare_input_are_put_together():
    rng = np.random.default_rng(0)
    X = np.zeros((4 * BLOCK_SIZE, 7))
    X[:, [6, 3]] = 1
    with_rare = rng.permutation(len(X))[:BLOCK_SIZE]
    X[with_rare, np.array([0, 1, 2, 4])[np.arange(BLOCK_SIZE) % 4]] = -1  # input 5 is blank in all
    blocks = compact(X, np.arange(len(X)))
    assert [block.columns.tolist() for block in blocks] == [[0, 1, 2, 3, 4, 5, 7]] + [[0, 4, 7]] * 3
    np.testing.assert_array_equal(np.sort(blocks[0].y), np.sort(with_rare))


def test_nearly_half_of_mnist_is_left_out_whatever_its_order(mnist):
    for order in (slice(None), np.random.default_rng(0).permutation(len(mnist.X_train))):
        X, y = mnist.X_train[order], mnist.y_train[order]
        assert sum(block.X.size for block in compact(X, y)) < 0.54 * X.size


def test_cutting_copies_nothing():
    X, y = sparse_examples(2 * BLOCK_SIZE)
    assert all(np.shares_memory(block.X, X) and np.shares_memory(block.y, y) for block in cut(X, y))


def test_neither_changes_its_arguments():
    X, y = sparse_examples(50)
    before = X.copy(), y.copy()
    for blocks in (cut(X, y), compact(X, y)):
        sum_over_blocks(np.zeros(13 * 3), (12, 3), blocks, 0.1)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize("layer_sizes", [(12, 3), (12, 5, 3), (12, 5, 4, 3)], ids=["0", "1", "2"])
@pytest.mark.parametrize("m", [7, 3 * BLOCK_SIZE + 500])
@pytest.mark.parametrize(("dtype", "precision"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_cost_and_gradient_of_compact_blocks_are_those_of_all_columns(layer_sizes, m, dtype, precision):
    X, y = sparse_examples(m, dtype=dtype)
    params = nnlib.pack(nnlib.init_thetas(layer_sizes, epsilon=1.0, seed=1))
    cost, gradient = compact_cost_and_gradient(params, layer_sizes, X, y, 0.3)
    expected_cost, expected = nnlib.cost_and_gradient(params, layer_sizes, X.astype(np.float64), y, 0.3)
    assert cost == pytest.approx(expected_cost, rel=precision)
    assert np.linalg.norm(gradient - expected) < precision * np.linalg.norm(expected)
    assert np.linalg.norm(expected) > 0


def test_the_gradient_on_mnist_is_that_of_float64_on_all_pixels(mnist):
    params = nnlib.pack(nnlib.load_network().thetas)  # trained: the slopes nearly cancel
    rows = np.random.default_rng(0).permutation(60000)[:10000]
    X, y = mnist.X_train[rows], mnist.y_train[rows]
    expected_cost, expected = nnlib.cost_and_gradient(params, (784, 100, 10), X.astype(np.float64), y, 0.1)
    for dtype, precision in ((np.float32, 1e-4), (np.float64, 1e-12)):
        cost, gradient = compact_cost_and_gradient(params, (784, 100, 10), X.astype(dtype), y, 0.1)
        assert cost == pytest.approx(expected_cost, rel=precision)
        assert np.linalg.norm(gradient - expected) < precision * np.linalg.norm(expected)


def test_images_without_any_ink_leave_the_bias_and_the_price_on_weights():
    y = np.array([0, 1, 1])
    params = nnlib.pack(nnlib.init_thetas((4, 2), seed=0))
    cost, gradient = compact_cost_and_gradient(params, (4, 2), np.zeros((3, 4)), y, 0.6)
    theta, slopes = params.reshape(2, 5), gradient.reshape(2, 5)
    a = 1 / (1 + np.exp(-theta[:, 0]))
    share = np.array([1 / 3, 2 / 3])  # of each class
    np.testing.assert_allclose(slopes[:, 0], a - share, rtol=1e-12)
    np.testing.assert_allclose(slopes[:, 1:], 0.6 / 3 * theta[:, 1:], rtol=1e-12)
    assert cost == pytest.approx(
        -np.sum(share * np.log(a) + (1 - share) * np.log(1 - a)) + 0.1 * np.sum(theta[:, 1:] ** 2)
    )


def test_the_same_to_the_last_bit_for_any_number_of_threads():
    X, y = sparse_examples(5 * BLOCK_SIZE, dtype=np.float32)
    params = nnlib.pack(nnlib.init_thetas((12, 5, 3), seed=0))
    cost, gradient = compact_cost_and_gradient(params, (12, 5, 3), X, y, 0.1, n_threads=1)
    for n_threads in (2, 3, None):
        other_cost, other = compact_cost_and_gradient(params, (12, 5, 3), X, y, 0.1, n_threads=n_threads)
        assert other_cost == cost
        np.testing.assert_array_equal(other, gradient)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_training_names_the_place_of_what_is_not_finite(value):
    X, y = sparse_examples(2 * BLOCK_SIZE)
    X[1500, 0] = value  # a column that is blank otherwise
    with pytest.raises(ValueError, match=r"^X holds 1 value that is NaN or infinite, at index \(1500, 0\)"):
        nnlib.train(X, y, layer_sizes=(12, 3), max_iter=3, seed=0, progress=False)
