"""The benchmarks measure what they say: programs that compute the same, numbers that stand as described."""

import numpy as np
import pytest
from loading import ROOT, load

import nnlib

pytestmark = pytest.mark.slow


def test_all_contenders_compute_the_same_cost_and_gradient(mnist):
    benchmark = load(ROOT / "tests" / "benchmarks" / "bench_training.py")
    rows = np.random.default_rng(0).permutation(60000)[:1500]
    X, y = mnist.X_train[rows], mnist.y_train[rows]
    params = nnlib.pack(nnlib.init_thetas(benchmark.SIZES, seed=0))
    contenders = {name: make(X, y, benchmark.SIZES, params) for name, make in benchmark.EVALUATIONS.items()}
    assert {benchmark.NNLIB, benchmark.SKLEARN, benchmark.PUBLISHED} <= set(contenders)
    benchmark.check_that_all_compute_the_same(contenders)
    seconds = benchmark.measure(contenders, 1)
    assert all(len(times) == 1 for times in seconds.values())


def test_the_numbers_to_read_stand_as_described():
    benchmark = load(ROOT / "tests" / "benchmarks" / "read_numbers.py")
    rng = np.random.default_rng(0)
    chosen = benchmark.some(nnlib.load_examples(), 3, rng)
    for gaps in ((0.1, 0.6), (-0.2, 0)):
        digits = benchmark.side_by_side([example.strokes for example in chosen], gaps, rng)
        points_of = [np.concatenate(digit) for digit in digits]
        heights = [np.ptp(points[:, 1]) for points in points_of]
        assert all(0.7 <= height <= 1.4 for height in heights)
        for i in (1, 2):
            gap = (points_of[i][:, 0].min() - points_of[i - 1][:, 0].max()) / max(heights[i - 1 : i + 1])
            assert gaps[0] - 1e-9 <= gap <= gaps[1] + 1e-9


def test_numbers_are_measured(monkeypatch, capsys):
    benchmark = load(ROOT / "tests" / "benchmarks" / "read_numbers.py")
    monkeypatch.setattr("sys.argv", ["read_numbers.py", "--drawings", "--numbers", "20", "--gaps", "0.3", "0.6"])
    benchmark.main()
    rows = [line.split(" | ")[:4] for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [[f"| {n}", count, "100.00%", "100.00%"] for n, count in ((1, "10"), (2, "20"), (3, "20"))]
    assert not benchmark.same([[np.zeros((1, 2))]], [[np.ones((1, 2))]])
    assert not benchmark.same([[np.zeros((1, 2))] * 2], [[np.zeros((1, 2))]] * 2)
