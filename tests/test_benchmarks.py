"""The benchmark of training compares programs that compute the same."""

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
