"""How fast the training is, compared with the two matrix products that it cannot do without, and with other programs.

    python tests/benchmarks/bench_training.py [--folder FOLDER]

Takes about ten minutes; run nothing else meanwhile. Needs the [test] extra; PyTorch (2.13.0, CPU) is measured if
it is installed. Prints tables, and writes training.json and training.png to the folder (this file's, if none is
named). Absolute times depend on the machine and the minute: the evaluations are therefore made in turn, in a new
order each round, and the ratios of their medians are what counts.
"""

import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import numpy as np
import threadpoolctl
from tqdm import tqdm

import nnlib
from nnlib import model, training
from nnlib.blocks import all_cores, compact, slices, usable_cores
from nnlib.files import write_atomically
from nnlib.plots import new_figure

LAM, SIZES = 0.1, (784, 100, 10)
ROUNDS, GROWTH_ROUNDS, ITERATIONS = 30, 7, 20
# Threads of PyTorch and of BLAS go on spinning for milliseconds after their work: the next one must not pay for it.
PAUSE = 0.1
PRODUCTS, WHOLE, NNLIB, PLAIN = "the two products", "the two products, whole arrays", "nnlib", "nnlib, all columns"
TORCH, SKLEARN, PUBLISHED = "PyTorch", "scikit-learn", "published formulas"
HAS_TORCH = importlib.util.find_spec("torch") is not None


# ---- one evaluation of cost and gradient, for each: a function of X, y, layer sizes and parameters that returns a
# ---- function without arguments, which returns the cost and the gradient (in an order of its own)


def two_products(X, y, layer_sizes, params):
    """Multiply X by the weights and delta by X, in blocks on all cores as nnlib does, and nothing else."""
    weights, delta = product_operands(X, layer_sizes, params)

    def multiply(rows):
        return X[rows] @ weights.T, delta[rows].T @ X[rows]

    def run():
        with all_cores() as map_blocks:
            for _ in map_blocks(multiply, slices(len(X))):
                pass

    return run


def two_whole_products(X, y, layer_sizes, params):
    """Multiply the same arrays as NumPy does by default."""
    weights, delta = product_operands(X, layer_sizes, params)
    return lambda: (X @ weights.T, delta.T @ X)[:0]


def product_operands(X, layer_sizes, params):
    """Return weights (n_units, n_in) in the memory order that is fastest, and some deltas (m, n_units)."""
    weights = np.asfortranarray(nnlib.unpack(params, layer_sizes)[0][:, 1:].astype(X.dtype))
    return weights, np.random.default_rng(0).normal(size=(len(X), layer_sizes[1])).astype(X.dtype)


def nnlib_as_train(X, y, layer_sizes, params):
    """Evaluate as `train` does: its blocks are made once, before the first evaluation."""
    blocks = compact(X, y)

    def run():
        with all_cores() as map_blocks:
            return model.sum_over_blocks(params, layer_sizes, blocks, LAM, map_blocks)

    return run


def nnlib_all_columns(X, y, layer_sizes, params):
    """Evaluate as a caller of `cost_and_gradient` does."""
    return lambda: nnlib.cost_and_gradient(params, layer_sizes, X, y, LAM)


class Torch:
    """The same network in PyTorch, on NumPy's own memory."""

    def __init__(self, X, y, layer_sizes, params):
        import torch

        torch.set_num_threads(usable_cores())
        self.torch, self.X, self.Y = torch, torch.from_numpy(X), torch.from_numpy(np.eye(10, dtype=X.dtype)[y])
        thetas = nnlib.unpack(params.astype(X.dtype), layer_sizes)
        self.weights = [torch.tensor(theta[:, 1:].copy(), requires_grad=True) for theta in thetas]
        self.biases = [torch.tensor(theta[:, 0].copy(), requires_grad=True) for theta in thetas]

    def cost(self):
        """Compute the cost, and leave the gradient in the parameters."""
        functional, a = self.torch.nn.functional, self.X
        for weights, bias in zip(self.weights, self.biases, strict=True):
            z = functional.linear(a, weights, bias)
            a = self.torch.sigmoid(z) if weights is not self.weights[-1] else None
            weights.grad = bias.grad = None
        J = functional.binary_cross_entropy_with_logits(z, self.Y, reduction="sum") / len(self.X)
        J = J + LAM / (2 * len(self.X)) * sum((weights**2).sum() for weights in self.weights)
        J.backward()
        return J

    def __call__(self):
        J = self.cost().item()
        return J, np.concatenate([p.grad.numpy().ravel() for p in self.weights + self.biases])


def scikit_learn(X, y, layer_sizes, params):
    """Evaluate scikit-learn's own loss and gradient, with everything that its `fit` passes to the optimiser."""
    with mock.patch("scipy.optimize.minimize", side_effect=CalledError) as minimize, suppress(CalledError):
        scikit_learn_network(layer_sizes, 1).fit(X, np.eye(10, dtype=int)[y])
    (function, x0), options = minimize.call_args
    thetas = nnlib.unpack(params, layer_sizes)
    start = np.concatenate([theta[:, 1:].T.ravel() for theta in thetas] + [theta[:, 0] for theta in thetas])
    start = start.astype(x0.dtype)  # SciPy passes the parameters in the dtype of x0
    return lambda: function(start, *options["args"])


class CalledError(Exception):
    """Ends scikit-learn's `fit` where it calls the optimiser."""

    def __init__(self, *args, **kwargs):
        super().__init__()


def scikit_learn_network(layer_sizes, max_iter):
    """Return scikit-learn's network; a one-hot Y makes its outputs sigmoids with the same cost as ours."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        layer_sizes[1:-1], activation="logistic", solver="lbfgs", alpha=LAM, max_iter=max_iter, random_state=0, tol=0
    )


def published(X, y, layer_sizes, params):
    """Evaluate the published formulas plainly: in float64, with columns of ones, one-hot in a loop, sums of sums."""
    X, m = X.astype(np.float64), len(X)

    def cost_and_gradient(params=params):  # the optimiser passes its own
        theta1, theta2 = nnlib.unpack(params.copy(), layer_sizes)
        a1 = np.append(np.ones((m, 1)), X, axis=1)
        a2 = 1 / (1 + np.exp(-np.dot(a1, theta1.T)))
        a2 = np.append(np.ones((m, 1)), a2, axis=1)
        a3 = 1 / (1 + np.exp(-np.dot(a2, theta2.T)))
        Y = np.zeros((m, 10))
        for i in range(m):
            Y[i, int(y[i])] = 1
        J = 1 / m * sum(sum(-Y * np.log(a3) - (1 - Y) * np.log(1 - a3)))
        J += LAM / (2 * m) * (sum(sum(theta1[:, 1:] ** 2)) + sum(sum(theta2[:, 1:] ** 2)))
        delta3 = a3 - Y
        delta2 = (np.dot(delta3, theta2) * a2 * (1 - a2))[:, 1:]
        theta1[:, 0] = theta2[:, 0] = 0
        gradient1 = np.dot(delta2.T, a1) / m + LAM / m * theta1
        gradient2 = np.dot(delta3.T, a2) / m + LAM / m * theta2
        return J, np.concatenate([gradient1.ravel(), gradient2.ravel()])

    return cost_and_gradient


EVALUATIONS = {
    PRODUCTS: two_products,
    WHOLE: two_whole_products,
    NNLIB: nnlib_as_train,
    PLAIN: nnlib_all_columns,
    **({TORCH: Torch} if HAS_TORCH else {}),
    SKLEARN: scikit_learn,
    PUBLISHED: published,
}


def measure(functions, rounds, seed=0):
    """Return the seconds of each function in each round; every round goes through all of them in a new order."""
    seconds = {name: [] for name in functions}
    rng = np.random.default_rng(seed)
    for number in range(1 + rounds):
        for name in rng.permutation(list(functions)):
            time.sleep(PAUSE)
            start = time.perf_counter()
            functions[name]()
            if number > 0:  # the first round only warms up
                seconds[name].append(time.perf_counter() - start)
    return seconds


def check_that_all_compute_the_same(functions):
    """Compare costs and the gradients' lengths, which do not depend on the order of the parameters."""
    found = {name: run() for name, run in functions.items() if name not in (PRODUCTS, WHOLE)}
    J, gradient = found[PUBLISHED]
    for name, (other_J, other_gradient) in found.items():
        np.testing.assert_allclose(other_J, J, rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(np.linalg.norm(other_gradient), np.linalg.norm(gradient), rtol=1e-4, err_msg=name)


# ---- whole trainings: functions of X and y that return the cost and the number of evaluations


def train_nnlib(X, y):
    result = nnlib.train(X, y, lam=LAM, max_iter=ITERATIONS, seed=0, progress=False)
    return result.cost, result.n_evaluations


def train_torch(X, y):
    network = Torch(X, y, SIZES, nnlib.pack(nnlib.init_thetas(SIZES, seed=0)))
    optimizer = network.torch.optim.LBFGS(
        network.weights + network.biases,
        max_iter=ITERATIONS,
        max_eval=100 * ITERATIONS,
        history_size=10,
        line_search_fn="strong_wolfe",
        tolerance_change=0,
    )
    optimizer.step(network.cost)
    return network.cost().item(), optimizer.state[network.weights[0]]["func_evals"]


def train_scikit_learn(X, y):
    network = scikit_learn_network(SIZES, ITERATIONS)
    with mock.patch("warnings.warn"):  # that it has not converged
        network.fit(X, np.eye(10, dtype=int)[y])
    return network.loss_, None


def train_published(X, y):
    import scipy.optimize

    start = nnlib.pack(nnlib.init_thetas(SIZES, seed=0))
    result = scipy.optimize.minimize(
        published(X, y, SIZES, start), start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}
    )
    return result.fun, result.nfev


TRAININGS = {
    NNLIB: train_nnlib,
    **({TORCH: train_torch} if HAS_TORCH else {}),
    SKLEARN: train_scikit_learn,
    PUBLISHED: train_published,
}


def measure_trainings(X, y, rounds=5):
    """Return, for each program, the median seconds, the cost reached and the evaluations made."""
    results = {}
    functions = {name: lambda name=name: results.update({name: TRAININGS[name](X, y)}) for name in TRAININGS}
    seconds = measure(functions, rounds)
    return {
        name: {"seconds": median(seconds[name]), "cost": results[name][0], "evaluations": results[name][1]}
        for name in TRAININGS
    }


def what_train_adds(X, y, max_iter=70):
    """Return what `train` takes beyond its evaluations, as shares of them, with SciPy's own step apart."""
    from scipy.optimize import _lbfgsb_py

    evaluations, steps = [0.0], [0.0]
    start = time.perf_counter()
    with timed(training, "sum_over_blocks", evaluations), timed(_lbfgsb_py._lbfgsb, "setulb", steps):
        nnlib.train(X, y, lam=LAM, max_iter=max_iter, seed=0, progress=True)
    seconds = time.perf_counter() - start
    return {
        "SciPy's step": steps[0] / evaluations[0],
        "the rest": (seconds - evaluations[0] - steps[0]) / evaluations[0],
    }


@contextmanager
def timed(module, name, total):
    """Add up in total[0] the seconds spent in a function of a module."""
    function = getattr(module, name)

    def wrapped(*args, **kwargs):
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            total[0] += time.perf_counter() - start

    with mock.patch.object(module, name, wrapped):
        yield


# ---- growth, memory, small things


def measure_growth(X, y):
    """Return the median seconds of an evaluation against rows, hidden units and hidden layers."""
    names = [name for name in (PRODUCTS, NNLIB, TORCH) if name in EVALUATIONS]
    order = np.random.default_rng(0).permutation(len(X))  # so that fewer rows hold all digits too
    cases = {
        "rows": [(n, n, SIZES) for n in (10000, 20000, 30000, 40000, 50000, 60000)],
        "hidden units": [(n, 20000, (784, n, 10)) for n in (25, 50, 100, 200, 400, 800)],
        "hidden layers of 100": [(n, 20000, (784, *[100] * n, 10)) for n in (1, 2, 3, 4)],
    }
    growth = {}
    for kind, points in cases.items():
        growth[kind] = {"at": [value for value, _, _ in points], **{name: [] for name in names}}
        for _, rows, layer_sizes in tqdm(points, desc=kind):
            chosen = np.sort(order[:rows])
            params = nnlib.pack(nnlib.init_thetas(layer_sizes, seed=0))
            functions = {name: EVALUATIONS[name](X[chosen], y[chosen], layer_sizes, params) for name in names}
            for name, seconds in measure(functions, GROWTH_ROUNDS).items():
                growth[kind][name].append(median(seconds))
    return growth


def peak_memory():
    """Return the peak of resident memory, in MB, of a process that loads the digits and trains, or only loads."""
    commands = {
        "only loading": ["-c", "import nnlib; nnlib.load_mnist()"],
        **{name: [__file__, "--train", name] for name in TRAININGS},
        NNLIB: ["-m", "nnlib", "--max-iter", "3", "--quiet"],
    }
    peaks = {}
    for name, command in commands.items():
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"{name} failed in a process of its own.")
        peaks[name] = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return peaks


def small_things():
    """Return the median milliseconds of some short calls, in a process that has imported nothing else."""
    output = subprocess.run([sys.executable, "-c", SMALL_THINGS], capture_output=True, text=True, check=True).stdout
    return json.loads(output)


SMALL_THINGS = """
import time
start = time.perf_counter()
import nnlib
seconds = {"import nnlib": [time.perf_counter() - start]}
import json, statistics

def measure(name, rounds, function):
    seconds[name] = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        seconds[name].append(time.perf_counter() - start)

mnist, thetas = nnlib.load_mnist(), nnlib.load_network().thetas
measure("load_mnist", 5, nnlib.load_mnist)
measure("predict 1 image", 1000, lambda: nnlib.predict(thetas, mnist.X_test[:1]))
measure("predict 10,000 images", 50, lambda: nnlib.predict(thetas, mnist.X_test))
print(json.dumps({name: 1000 * statistics.median(values) for name, values in seconds.items()}))
"""


# ---- report


def median(values):
    return float(np.median(values))


def machine():
    """Return what the figures depend on."""
    blas = {pool["architecture"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"}
    packages = ("numpy", "scipy", "scikit-learn", *(("torch",) if HAS_TORCH else ()))
    return {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": usable_cores(),
        "BLAS kernels": sorted(kernel for kernel in blas if kernel),
        "Python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in packages},
    }


def processor():
    """Return the processor's name, if the system reveals it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def table(results):
    """Return the README's table: an evaluation, a training, and the memory it takes."""
    seconds, trainings, peaks = results["evaluation"], results["training"], results["peak memory, MB"]
    lines = [
        f"| | an evaluation, ms | ÷ the two products | ÷ nnlib | {ITERATIONS} iterations, s | peak memory, MB |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for name, value in seconds.items():
        trained = f"{trainings[name]['seconds']:.1f}" if name in trainings else ""
        peak = f"{peaks[name]:.0f}" if name in peaks else ""
        ratios = f"{value / seconds[PRODUCTS]:.2f} | {value / seconds[NNLIB]:.2f}"
        lines.append(f"| {name} | {1000 * value:.0f} | {ratios} | {trained} | {peak} |")
    return "\n".join(lines)


def draw(results):
    """Return a figure of the evaluations and of the growth."""
    figure, axes = new_figure(
        "Bars: the time of an evaluation, for each contender. Three curves: how it grows.",
        width=10, height=6.5, rows=2, columns=2,
        title="An evaluation of cost and gradient, beside others (above left), and how its time grows",
    )  # fmt: skip
    seconds = results["evaluation"]
    names = list(seconds)[::-1]
    bars = axes[0, 0].barh(names, [1000 * seconds[name] for name in names])
    axes[0, 0].bar_label(bars, fmt="%.0f", padding=3)
    axes[0, 0].set(xlabel="ms, 60,000 images, 784-100-10")
    axes[0, 0].margins(x=0.15)
    for ax, (kind, growth) in zip(axes.flat[1:], results["growth"].items(), strict=True):
        for name, marker in zip([name for name in growth if name != "at"], "so^", strict=False):
            ax.plot(growth["at"], 1000 * np.array(growth[name]), label=name, marker=marker)
        ax.set(xlabel=kind + ("" if kind == "rows" else " (20,000 rows)"), ylabel="ms", ylim=(0, None))
    axes[0, 1].legend(fontsize=9)
    axes[1, 1].set_xticks(results["growth"]["hidden layers of 100"]["at"])
    return figure


def main(folder):
    """Measure everything, print it, and write it to the folder."""
    # First, while this process is small: its memory counts towards the peak of each process that it starts.
    results = {"machine": machine(), "peak memory, MB": peak_memory(), "small things, ms": small_things()}
    mnist = nnlib.load_mnist()
    X, y = mnist.X_train, mnist.y_train
    params = nnlib.pack(nnlib.init_thetas(SIZES, seed=0))
    functions = {name: evaluation(X, y, SIZES, params) for name, evaluation in EVALUATIONS.items()}
    check_that_all_compute_the_same(functions)
    results["evaluation"] = {name: median(seconds) for name, seconds in measure(functions, ROUNDS).items()}
    results["what train adds"] = what_train_adds(X, y)
    results["training"] = measure_trainings(X, y)
    results["growth"] = measure_growth(X, y)
    print(json.dumps({name: part for name, part in results.items() if name != "growth"}, indent=2))
    print(table(results))
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    figure = draw(results)
    write_atomically(
        {
            folder / "training.json": lambda file: file.write(text.encode()),
            folder / "training.png": lambda file: figure.savefig(file, format="png", dpi=120),
        }
    )


def train_once(name):
    """Load and train for a few iterations: the process whose memory is measured."""
    global ITERATIONS
    ITERATIONS = 3
    mnist = nnlib.load_mnist()
    TRAININGS[name](mnist.X_train, mnist.y_train)


def parse():
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="for the results (%(default)s)")
    parser.add_argument("--train", choices=TRAININGS, help="only train, to measure the memory")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"--folder is {options.folder}; expected an existing folder")
    return options


if __name__ == "__main__":
    options = parse()
    if options.train:
        train_once(options.train)
    else:
        main(options.folder)
