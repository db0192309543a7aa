"""Mechanical mutants of the worked solutions: what the checks must refuse, and what they must accept.

    python tests/mutants.py                 the table of all tasks, with 25 draws of the random cases each
    python tests/mutants.py layer cost      that of these tasks

Every task is tried with changes of its solution that need no thought: an operator exchanged, a number one larger, a
loop over part of a list, an argument ignored, a result as a list or with one added. Whether such a mutant is wrong
is decided without the check, by comparing it with the solution on many inputs, among them some of `PROBES` that
the check does not draw. A mutant that is wrong must be refused in every draw, one that makes no difference must be
accepted in every draw. A new task needs nothing here, though a probe of its own makes the table sharper.
"""

import ast
import copy
import functools
import re
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from loading import ROOT

from nnlib.exercises.calling import call
from nnlib.exercises.judging import cases_of, judge
from nnlib.exercises.tasks import EXERCISES, TASKS
from nnlib.exercises.verdict import RIGHT

SOURCES = ROOT / "notebooks" / "source" / "exercises"
N_PROBES = 6  # seeds whose cases are tried in search of a difference, besides PROBES
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "zeros": "ones",
    "log1p": "log",
    "abs": "negative",
    "maximum": "minimum",
    "insert": "append",
}
LOOPS = ("list({})[:1]", "list({})[:2]", "list({})[:3]", "list({})[:-1]", "list({})[1:]", "list({})[::-1]")


def _networks(*layers):
    rng = np.random.default_rng(len(layers))
    return [[rng.normal(size=(n_out, 1 + n_in)) for n_in, n_out in pairwise(sizes)] for sizes in layers]


def _probes():
    """Return inputs, by task, that are unlike those that are drawn: more layers, larger numbers, other sizes."""
    rng = np.random.default_rng(0)
    one, five = _networks((3, 4), (5, 2, 3, 4, 3, 6))
    large = [np.array([[0.0, 50.0], [0.0, -50.0], [0.0, 3.0]])]
    y = np.array([0, 2, 2, 0])

    def flat(thetas):
        return np.concatenate([theta.ravel() for theta in thetas]), (thetas[0].shape[1] - 1, *map(len, thetas))

    return {
        "to_rows": [(np.array([[1, 2, 3], [7, 9, 11]], dtype=np.uint8),)],
        "mean_digits": [(rng.random((3, 2)), np.array([4, 4, 2])), (rng.random((2, 3)), np.array([9, 9]))],
        "nearest_mean": [(rng.random((5, 3)), rng.random((14, 3))), (-rng.random((5, 3)), rng.random((2, 3)))],
        "accuracy": [(np.array([9, 8]), np.array([8, 9])), (np.arange(30), np.arange(30))],
        "sigmoid": [(np.array([[800.0, -30.0]]),), (np.zeros((2, 1, 2)),)],
        "layer": [(one[0], rng.normal(size=(1, 3))), (10 * one[0], rng.normal(size=(2, 3)))],
        "propagate": [(one, rng.normal(size=(2, 3))), (five, rng.normal(size=(4, 5)))],
        "n_parameters": [((7, 6, 5, 4, 3, 2),), ((1, 1),)],
        "one_hot": [(np.array([0]), 1), (np.array([11, 3]), 12)],
        "softplus": [(np.array([[700.0, -700.0, 2.0]]),)],
        "cross_entropy": [(np.array([[900.0, -2.0, 1.0]]), np.array([[0.0, 0.0, 1.0]]))],
        "regularisation": [(one, 1.5, 7), (five, 0.5, 3)],
        "cost": [
            (one, rng.normal(size=(4, 3)), y, 0.7),
            (five, rng.normal(size=(4, 5)), y, 0.7),
            (large, np.array([[-20.0], [3.0]]), np.array([0, 1]), 1.0),
        ],
        "theta_slopes": [(rng.normal(size=(3, 1)), rng.normal(size=(3, 1)))],
        "delta_before": [(rng.normal(size=(2, 4)), rng.normal(size=(4, 2)), rng.random((2, 1)))],
        "cost_and_gradient": [
            (*flat(one), rng.normal(size=(4, 3)), y, 0.7),
            (*flat(five), rng.normal(size=(4, 5)), y, 0.7),
        ],
        "momentum_step": [(rng.normal(size=9), rng.normal(size=9), rng.normal(size=9), 2.0, 0.0)],
        "adam_step": [
            (np.zeros(9), np.zeros(9), np.zeros(9), 100 * rng.normal(size=9), 1, 0.001),
            (rng.normal(size=2), rng.normal(size=2), np.array([4.0, 9.0]), rng.normal(size=2), 1000, 1.0),
        ],
        "softmax": [(np.array([[5000.0, 5001.0]]),), (rng.normal(size=(12, 2)),)],
        "dropout": [(rng.normal(size=(20, 3)), rng.random((20, 3)), 0.9)],
        "turn": [(rng.random((28, 28)), 12.0), (np.eye(28), -0.01)],
        "confusion_matrix": [(np.zeros(300, dtype=int), np.zeros(300, dtype=int), 2)],
        "fit_box": [(rng.normal(size=(4, 2)), 7.0), (np.array([[1.0, 2.0], [1.0, 2.0]]), 30.0)],
    }


PROBES = _probes()


@dataclass(frozen=True)
class Mutant:
    """A function made of a solution, and what was done to it."""

    words: str
    function: object


def solutions():
    """Return the worked solution of each task: its syntax tree, and the names that it may use."""
    found = {}
    for path in sorted(SOURCES.glob("*.md")):
        names = {}
        for cell in re.findall(r"^```\{code-cell\}.*?\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S):
            for node in ast.parse(re.sub(r"\A---\n.*?---\n", "", cell, flags=re.S)).body:
                if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)):
                    exec(compile(ast.Module([node], []), str(path), "exec"), names)
                if isinstance(node, ast.FunctionDef) and node.name in TASKS:
                    found[node.name] = node, names
    return found


def compiled(tree, names):
    """Return the function of a syntax tree."""
    own = dict(names)
    exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), "mutant", "exec"), own)
    return own[tree.name]


def mutants(name):
    """Yield the mutants of a task's solution."""
    tree, names = SOLUTIONS[name]
    for words, changed in _changed_trees(tree):
        yield Mutant(words, compiled(changed, names))
    solution = compiled(tree, names)
    first = cases_of(replace(TASKS[name], large=None), 0)[0]
    parameters = [argument.arg for argument in tree.args.args]
    for i, parameter in enumerate(parameters):
        for words, change in ARGUMENTS.items():
            yield Mutant(f"{parameter}: {words}", _with_argument(solution, i, change, first[i]))
    for words, change in RESULTS.items():
        if words == SLIGHTLY_OFF and many_are_right(name):
            continue  # among random numbers, nobody could tell
        yield Mutant(f"result: {words}", _with_result(solution, change))


def _changed_trees(tree):
    """Yield copies of a tree, each with one change, and the words for it."""
    for i, node in enumerate(ast.walk(tree)):
        for words, change in _changes(node):
            copied = copy.deepcopy(tree)
            twin = next(other for j, other in enumerate(ast.walk(copied)) if j == i)
            change(twin)
            yield f"line {getattr(node, 'lineno', tree.lineno) - tree.lineno}: {words}", copied


def _changes(node):
    """Yield what can be done to a node: words, and a function that does it to the node's copy."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield f"{node.value} → {node.value + 1}", lambda n: setattr(n, "value", n.value + 1)
        if node.value == 1:
            yield "1 → 0", lambda n: setattr(n, "value", 0)
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        other = OPERATORS[type(node.op)]
        yield f"{type(node.op).__name__} → {other.__name__}", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        other = OPERATORS[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} → {other.__name__}", lambda n: setattr(n, "ops", [other(), *n.ops[1:]])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus left out", lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield f"{node.attr} → {NAMES[node.attr]}", lambda n: setattr(n, "attr", NAMES[n.attr])
    if isinstance(node, (ast.For, ast.comprehension)):
        for form in LOOPS:
            yield f"loop over {form.format('…')}", lambda n, form=form: setattr(n, "iter", _around(form, n.iter))
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield "axis exchanged", lambda n: setattr(n, "value", ast.Constant(1 - n.value.value))
    if isinstance(node, ast.Call) and ast.unparse(node) == "range(10)":
        yield "range(10) → np.unique(y)", lambda n: vars(n).update(vars(ast.parse("np.unique(y)", mode="eval").body))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield "results exchanged", lambda n: n.value.elts.reverse()
    if isinstance(node, ast.If):
        yield "condition turned", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    for field in ("body", "orelse"):
        for k, line in enumerate(getattr(node, field, []) if not isinstance(node, (ast.Lambda, ast.IfExp)) else []):
            if isinstance(line, (ast.AugAssign, ast.Expr)) and not isinstance(getattr(line, "value", 0), ast.Constant):
                yield (
                    f"without `{ast.unparse(line)}`",
                    lambda n, field=field, k=k: getattr(n, field).__setitem__(k, ast.Pass()),
                )


def _around(form, expression):
    """Return an expression with a form around it: `list({})[:1]`."""
    return ast.parse(form.format(f"({ast.unparse(expression)})"), mode="eval").body


def _mapped(change, value):
    """Return a value with a change of its arrays, also those in lists."""
    if isinstance(value, np.ndarray):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(_mapped(change, item) for item in value)
    return value


def _emptied(value):
    """Change a value in place."""
    if isinstance(value, np.ndarray):
        value[...] = 0
    elif isinstance(value, (list, dict)):
        value.clear()


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def _floats(dtype):
    return lambda array: array.astype(dtype) if array.dtype.kind == "f" else array


# Each takes an argument and that of the first case. None of them knows whether it does any harm.
ARGUMENTS = {
    "ignored, that of the first case in its place": lambda value, first: copy.deepcopy(first),
    "only its first entry": lambda value, first: value[:1],
    "without its last entry": lambda value, first: value[:-1],
    "only its first two entries": lambda value, first: value[:2],
    "reversed": lambda value, first: value[::-1],
    "sorted": lambda value, first: np.sort(value, axis=0) if isinstance(value, np.ndarray) else sorted(value),
    "as float32": lambda value, first: _mapped(_floats(np.float32), value),
    "as float64": lambda value, first: _mapped(_floats(np.float64), value),
    "as a tuple": lambda value, first: tuple(value) if isinstance(value, list) else value,
    "as a list": lambda value, first: list(value) if type(value) is tuple else value,
    "read only": lambda value, first: _mapped(_read_only, value),
    "in the order of Fortran": lambda value, first: _mapped(np.asfortranarray, value),
    "not contiguous": lambda value, first: _mapped(lambda a: np.repeat(a, 2, axis=-1)[..., ::2], value),
    "changed in place": None,
}


def _with_argument(solution, i, change, first):
    def mutant(*arguments):
        arguments = list(arguments)
        if change is None:
            result = copy.deepcopy(solution(*copy.deepcopy(arguments)))
            _emptied(arguments[i])
            return result
        arguments[i] = change(arguments[i], first)
        return solution(*arguments)

    return mutant


def _first_part(change):
    """Return a function that changes the first array or number of a result only."""

    def changed(value):
        if type(value) in (list, tuple) and value:
            return type(value)([changed(value[0]), *value[1:]])
        return change(value)

    return changed


def _last_part(change):
    def changed(value):
        if type(value) in (list, tuple) and value:
            return type(value)([*value[:-1], changed(value[-1])])
        return change(value)

    return changed


def _listed(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return type(value)(map(_listed, value)) if type(value) in (list, tuple) else value


SLIGHTLY_OFF = "one number plus a hundredth of the largest"
RESULTS = {
    "None": lambda value: None,
    "plus one": _first_part(lambda value: value + 1),
    "the last plus one": _last_part(lambda value: value + 1),
    "times two": _first_part(lambda value: value * 2),
    "turned in sign": _first_part(lambda value: -value),
    SLIGHTLY_OFF: _last_part(
        lambda value: value + np.max(np.abs(value)) * 1e-2 * (np.arange(np.size(value)) == 0).reshape(np.shape(value))
    ),
    "transposed": _last_part(np.transpose),
    "flat": _last_part(np.ravel),
    "reversed": lambda value: value[::-1],
    "without its last": lambda value: value[:-1],
    "only its first": lambda value: value[0],
    "in a list": lambda value: [value],
    "arrays as lists": _listed,
    "as a list": lambda value: list(value),
    "as a tuple": lambda value: tuple(value),
    "as float": lambda value: _mapped(lambda a: a.astype(float), value) if np.ndim(value) else float(value),
    "as whole numbers": lambda value: _mapped(lambda a: a.astype(int), value) if np.ndim(value) else int(value),
    "as True and False": lambda value: _mapped(lambda a: a.astype(bool), value),
    "as float32": lambda value: _mapped(_floats(np.float32), value),
    "as float16": lambda value: _mapped(_floats(np.float16), value),
    "a copy": copy.deepcopy,
}


def _with_result(solution, change):
    return lambda *arguments: change(solution(*arguments))


SAME, GREY, OTHER, ENDLESS = 0, 1, 2, 3
LONGEST = 2.0  # seconds for a mutant, on inputs for which the solution takes a few milliseconds


def _compared(expected, got):
    """Return whether two results are the same, certainly not, or so near that either verdict is fair.

    This is not the comparison that the check makes: it is simpler, and asks for the very kinds that the text asks for.
    """
    if type(expected) in (list, tuple) and any(not np.isscalar(item) for item in expected):
        if not isinstance(got, (list, tuple)) or len(got) != len(expected):
            return OTHER
        return max((_compared(a, b) for a, b in zip(expected, got, strict=True)), default=SAME)
    if isinstance(expected, dict):
        if not isinstance(got, dict) or expected.keys() != got.keys():
            return OTHER
        return max(_compared(expected[key], got[key]) for key in expected)
    if hasattr(expected, "_fields"):  # an Example
        return SAME if type(got) is type(expected) and repr(list(expected)) == repr(list(got)) else OTHER
    a, b = np.asarray(expected), np.asarray(got)
    if a.shape != b.shape or b.dtype.kind not in "buif":
        return SAME if a.dtype.kind in "US" and np.array_equal(a, b) else OTHER
    if isinstance(expected, np.ndarray) and not isinstance(got, np.ndarray):
        return OTHER
    if (a.dtype.kind in "iu" and b.dtype.kind not in "iu") or (a.dtype.kind == "f" and b.dtype.kind == "b"):
        return OTHER
    asked = ~np.isnan(a.astype(float))
    size = np.max(np.abs(a[asked].astype(float)), initial=1e-30)
    error = np.max(np.abs(a.astype(float) - b)[asked], initial=0.0) / size
    return SAME if error <= 4e-6 else GREY if error < 1e-4 else OTHER


def expectation(name, mutant):
    """Return SAME where a mutant does all that the solution does, OTHER or ENDLESS where it does not, or GREY."""
    worst = SAME
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case, untouched, expected in probed(name):
            arguments = copy.deepcopy(case)
            came = call(mutant.function, arguments, LONGEST)
            if came.error is not None:
                return ENDLESS if came.too_long else OTHER
            try:
                worst = max(worst, _compared(expected, came.value))
            except Exception:  # it gives what cannot even be compared
                return OTHER
            if worst == OTHER or untouched != _untouched(arguments):
                return OTHER
    return worst


@functools.cache
def probed(name):
    """Return the inputs on which a mutant is compared, what tells whether they were changed, and the right results."""
    solution, small = compiled(*SOLUTIONS[name]), replace(TASKS[name], large=None)
    cases = [*PROBES.get(name, []), *(case for seed in range(N_PROBES) for case in cases_of(small, 1000 + seed)[:-1])]
    return [(case, _untouched(case), solution(*copy.deepcopy(case))) for case in cases]


def _untouched(value):
    """Return what tells whether an argument was changed."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, (list, tuple)):
        return [_untouched(item) for item in value]
    if isinstance(value, dict):
        return {key: _untouched(item) for key, item in value.items()}
    return repr(value) if isinstance(value, (int, float, str, bytes)) else None


def told(name, mutant, seeds):
    """Return in how many of the draws a mutant is told right; the large case, if there is one, is tried once."""
    small = replace(TASKS[name], large=None)
    n_right = sum(judge(small, mutant.function, seed).outcome == RIGHT for seed in seeds)
    if n_right and TASKS[name].large:
        n_right *= judge(TASKS[name], mutant.function, seeds[0]).outcome == RIGHT
    return n_right


def many_are_right(name):
    """Return whether a task has many right results, so that no comparison can say what is wrong.

    Of its mutants it is only asked that all draws agree. What is wrong is in the lists of `exercise_answers`.
    """
    return bool(TASKS[name].must_hold)


def told_wrongly(name, seeds):
    """Return the mutants of a task that are told wrongly in some draw, in words, and how many were tried."""
    wrongly, tried = [], Counter()
    for mutant in mutants(name):
        expected = GREY if many_are_right(name) else expectation(name, mutant)
        kind = {SAME: "right", OTHER: "wrong", ENDLESS: "wrong", GREY: "either"}[expected]
        tried[kind] += 1
        draws = seeds[:1] if expected == ENDLESS else seeds  # each takes as long as the check lets it run
        n_right = told(name, mutant, draws)
        fair = {"right": n_right == len(draws), "wrong": n_right == 0, "either": n_right in (0, len(draws))}[kind]
        if not fair:
            wrongly.append(f"{mutant.words} ({kind}): told right in {n_right} of {len(draws)} draws")
    return wrongly, tried


SOLUTIONS = solutions()


def main(names):
    """Print the table."""
    total, n_wrongly = Counter(), 0
    print(f"{'task':24}{'wrong':>7}{'right':>7}{'either':>7}{'told wrongly':>14}")
    for exercise, tasks in EXERCISES.items():
        for name in tasks:
            if (names and name not in names and exercise[:2] not in names) or (not names and name == "train_network"):
                continue
            wrongly, tried = told_wrongly(name, range(25))
            total += tried
            n_wrongly += len(wrongly)
            print(f"{name:24}{tried['wrong']:7}{tried['right']:7}{tried['either']:7}{len(wrongly):14}", flush=True)
            for line in wrongly:
                print(f"    {line}")
    print(f"{'all':24}{total['wrong']:7}{total['right']:7}{total['either']:7}{n_wrongly:14}")


if __name__ == "__main__":
    main(sys.argv[1:])
