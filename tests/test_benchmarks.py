"""The benchmarks measure what they say: programs that compute the same, numbers that stand as described."""

import json

import numpy as np
import pytest
from loading import ROOT, load

import nnlib
from nnlib.data import DATA_FOLDER

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


class FewDigits:
    """MNIST's, so few that training takes a moment."""

    def __init__(self, mnist):
        rows, tests = np.arange(0, 60000, 40), np.arange(0, 10000, 20)
        self.X_train, self.y_train = mnist.X_train[rows], mnist.y_train[rows]
        self.X_test, self.y_test = mnist.X_test[tests], mnist.y_test[tests]


def test_digits_are_moved_by_whole_pixels():
    further = load(ROOT / "tests" / "benchmarks" / "further.py")
    images = np.random.default_rng(0).random((200, 784), np.float32)
    found = further.moved(images, np.random.default_rng(1)).reshape(-1, 28, 28)
    ways = set()
    for image, result in zip(images.reshape(-1, 28, 28), found, strict=True):
        fits = [
            (down, right)
            for down in range(-6, 7)
            for right in range(-6, 7)
            if np.array_equal(result, shifted(image, down, right))
        ]
        assert len(fits) == 1
        ways.update(fits)
    assert {down for down, _ in ways} == {right for _, right in ways} == set(range(-6, 7))


def shifted(image, down, right):
    result = np.roll(image, (down, right), (0, 1))
    rows, columns = np.arange(28) - down, np.arange(28) - right
    result[(rows < 0) | (rows > 27)] = 0
    result[:, (columns < 0) | (columns > 27)] = 0
    return result


def test_studies_are_done_once_and_save_what_they_measured(monkeypatch, tmp_path, mnist, capsys):
    further = load(ROOT / "tests" / "benchmarks" / "further.py")
    few = FewDigits(mnist)
    recipe = further.Recipe(further.LARGE, varied="augmented", epochs=2)

    def final(digits):
        return few.X_train, few.y_train, {"test": (few.X_test, few.y_test)}

    monkeypatch.setattr(further, "STUDIES", {"final": (final, (0, 1), further.named(recipe))})
    further.main(tmp_path, ["final"])
    text = (tmp_path / "further.json").read_text()
    (found,) = json.loads(text)["final"].values()
    assert len(found["seconds"]) == len(found["test"]) == 2
    network = nnlib.load_network(tmp_path / further.NAME)
    assert network.layer_sizes == further.LARGE and network.activation == "relu"
    on_test = np.mean(network.predict(few.X_test) == few.y_test)
    assert abs(on_test - found["test"][0]) <= 1 / len(few.y_test)  # it is saved in half precision
    monkeypatch.setattr(further, "train", None)  # what is there is not trained again
    further.main(tmp_path, ["final"])
    assert (tmp_path / "further.json").read_text() == text
    assert capsys.readouterr().out.count("784-500-300-10, relu, augmented: test") == 2


def test_the_race_is_run_by_programs_that_learn(monkeypatch, tmp_path, mnist, capsys):
    monkeypatch.syspath_prepend(ROOT / "tests" / "benchmarks")
    benchmark = load(ROOT / "tests" / "benchmarks" / "bench_minibatch.py")
    monkeypatch.setattr(benchmark, "BAR", 0.5)
    monkeypatch.setattr(benchmark, "__file__", str(tmp_path / "bench_minibatch.py"))
    monkeypatch.setattr(nnlib, "load_mnist", lambda: FewDigits(mnist))
    monkeypatch.setattr(benchmark, "measure_augment", lambda mnist, rounds: {})
    benchmark.main(tmp_path, 1)
    race = json.loads((tmp_path / "race.json").read_text())["race"]
    assert {benchmark.LBFGS, benchmark.ADAM, benchmark.SKLEARN} <= set(race)
    for found in race.values():
        assert len(found["seconds"]) == len(found["test_accuracy"]) > 1
        assert np.all(np.diff(found["seconds"]) > 0)
        assert np.min(np.abs(found["seconds_to_bar"] - np.array(found["seconds"]))) < 0.001  # they are rounded
        assert found["at_the_end"] > 0.75
    assert len(race[benchmark.ADAM]["seconds"]) == benchmark.EPOCHS
    assert (tmp_path / "minibatch.png").stat().st_size > 10_000
    assert "of the test digits after" in capsys.readouterr().out


def test_the_shipped_results_are_those_of_the_shipped_network(mnist):
    results = json.loads((DATA_FOLDER / "further.json").read_text())
    small, large = (results["final"][f"{sizes}, relu, augmented"] for sizes in ("784-100-10", "784-500-300-10"))
    assert len(large["test"]) == 3 and min(large["test"]) >= 0.9935 and max(large["seconds"]) < 600
    assert len(small["test"]) == 3 and min(small["test"]) >= 0.987 and max(small["seconds"]) < 600
    network = nnlib.load_network(DATA_FOLDER / "network-further.npz")
    assert abs(np.mean(network.predict(mnist.X_test) == mnist.y_test) - large["test"][0]) <= 0.0002
    assert (DATA_FOLDER / "network-further.npz").stat().st_size < 1.5e6
