"""The checks of the exercises: typical wrong answers are told their cause, right ones are accepted however written."""

import ast
import os
import re
import signal
import sys
import threading
import time
import warnings
from dataclasses import replace
from html import escape

import mutants
import nbformat
import numpy as np
import pytest
from loading import ROOT, load

from nnlib import Example, load_network
from nnlib.exercises import calling, judging, session
from nnlib.exercises.calling import call
from nnlib.exercises.comparing import difference, factor, first_place, same, wrong_kind
from nnlib.exercises.judging import judge
from nnlib.exercises.tasks import EXERCISES, QUESTIONS, TASKS
from nnlib.exercises.verdict import NOT_TRIED, RIGHT, WRONG, Verdict, shown, shown_call, told_apart

build = load(ROOT / "notebooks" / "build.py")
SOURCES = sorted((ROOT / "notebooks" / "source" / "exercises").glob("*.md"))
ANSWERS = {path.stem: load(path) for path in sorted((ROOT / "tests" / "exercise_answers").glob("*.py"))}
RIGHT_ANSWERS = [(name, f) for module in ANSWERS.values() for name, fs in module.RIGHT.items() for f in fs]
WRONG_ANSWERS = [(name, *pair) for module in ANSWERS.values() for name, pairs in module.WRONG.items() for pair in pairs]


def cases(rows):
    """Return test cases, of which those that train a network or run into a limit of time are marked as slow."""
    slow = [row[0] == "train_network" or "far too slow" in str(row[-1]) for row in rows]
    return [pytest.param(*row, marks=[pytest.mark.slow] if s else []) for row, s in zip(rows, slow, strict=True)]


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    """A session in which nothing was checked; what it shows is collected."""
    shown = []
    monkeypatch.setattr(session, "_answers", {})
    monkeypatch.setattr(session, "_hints_given", {})
    monkeypatch.setattr(session, "_show", shown.append)
    return shown


@pytest.mark.parametrize(("name", "answer"), cases(RIGHT_ANSWERS))
def test_right_answers_are_accepted(name, answer):
    for seed in range(2):
        verdict = judge(TASKS[name], answer, seed)
        assert verdict.outcome == RIGHT, str(verdict)


def hidden_tests(name):
    """Return the hidden tests of a task."""
    text = next(source for source in SOURCES if name in EXERCISES[source.stem]).read_text(encoding="utf-8")
    regions = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", text, flags=re.DOTALL)
    return next(region for region in regions if f'submitted("{name}")' in region)


@pytest.mark.parametrize(("name", "answer"), cases(RIGHT_ANSWERS))
def test_what_is_told_right_passes_the_hidden_tests(name, answer):
    """So that marks equal verdicts: `submitted` lets nothing else through."""
    names = dict(mutants.SOLUTIONS[name][1]) | {"submitted": lambda _: answer}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are remarks
        exec(hidden_tests(name).replace("from nnlib.exercises import submitted", ""), names)


@pytest.mark.parametrize(("name", "answer", "cause"), cases(WRONG_ANSWERS))
def test_wrong_answers_are_told_their_cause(name, answer, cause):
    for seed in (0, 1) if "far too slow" not in cause else (0,):
        verdict = judge(TASKS[name], answer, seed)
        assert verdict.outcome == WRONG
        assert re.search(cause, verdict.cause), str(verdict)


# The last lesson that comes before each exercise; the programs of exercise 05 are given, and only to be mended.
LESSON_BEFORE = {"01": 1, "02": 2, "03": 3, "04": 3, "06": 6, "07": 7, "08": 8, "09": 8, "10": 9, "11": 10}


def expressions(tree):
    """Return what is computed in a piece of code, but for what is too short to be an answer."""
    found = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.expr)}
    return {text for text in found if len(text) > 12}


def answers_of(tree):
    """Return what a function returns, and what it assigns."""
    kinds = (ast.Return, ast.Assign, ast.AugAssign)
    values = [node.value for node in ast.walk(tree) if isinstance(node, kinds) and node.value is not None]
    return {text for text in map(ast.unparse, values) if len(text) > 12}


@pytest.mark.parametrize("exercise", [name for name in EXERCISES if name[:2] in LESSON_BEFORE])
def test_no_lesson_before_an_exercise_gives_its_answers_to_the_letter(exercise):
    shown = set()
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))[: LESSON_BEFORE[exercise[:2]] + 1]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                shown |= expressions(ast.parse(cell.source))
    for name in EXERCISES[exercise]:
        answers = answers_of(mutants.SOLUTIONS[name][0])
        assert len(answers & shown) <= len(answers) / 2, (name, answers & shown)


@pytest.mark.parametrize("name", cases([(name,) for name in TASKS]))
def test_every_task_has_answers_hints_and_a_reference_that_is_right(name):
    (module,) = [module for module in ANSWERS.values() if name in module.RIGHT]
    assert len(module.RIGHT[name]) >= 2
    assert len(module.WRONG[name]) >= 3
    assert 2 <= len(TASKS[name].hints) <= 3
    for seed in range(2):
        assert judge(TASKS[name], TASKS[name].reference, seed).outcome == RIGHT


@pytest.mark.slow
@pytest.mark.parametrize("name", cases([(name,) for name in TASKS]))
def test_every_known_mistake_is_recognised(name):
    for cause, function in TASKS[name].wrong_answers():
        assert judge(TASKS[name], function, 0).cause == cause


def test_the_exercises_are_those_of_the_notebooks():
    assert list(EXERCISES) == [source.stem for source in SOURCES]
    assert len(TASKS) == sum(len(tasks) for tasks in EXERCISES.values())  # no name twice
    for name in QUESTIONS:
        assert [stem for stem in EXERCISES if stem.startswith(name[:2])], name


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.must_hold])
def test_what_a_result_looks_like_never_fails_it(name):
    suspicious = replace(TASKS[name], looks_like={"It looks wrong.": lambda *_: True})
    assert judge(suspicious, suspicious.reference, 0).outcome == RIGHT
    assert judge(suspicious, lambda *_: 0, 0).cause == "It looks wrong."


def test_an_endless_loop_ends_also_one_that_swallows_exceptions():
    def endless(z):
        while True:
            try:
                z = z + 1
            except Exception:
                z = 0

    started = time.perf_counter()
    result = call(endless, (0,), seconds=0.2)
    assert result.too_long
    assert time.perf_counter() - started < 10

    def stubborn(z):
        for _ in range(2):
            try:
                while True:
                    z = z + 1
            except BaseException:
                pass
        return z

    assert call(stubborn, (0,), seconds=0.2).error is None  # it was interrupted twice, and went its way


def burn(seconds):
    """Use this much processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.mark.slow
@pytest.mark.parametrize(("function", "wall"), [(time.sleep, 0.002), (burn, None)])
def test_what_is_late_does_not_hit_what_comes_after(function, wall):
    # The function ends just when its time is up: an exception that is then still on its way must not arrive here.
    for _ in range(500):
        call(function, (0.002,), seconds=0.002, wall=wall)
    for worker in [thread for thread in threading.enumerate() if isinstance(thread, calling._Worker)]:
        worker.join(10)  # none goes on raising
        assert not worker.is_alive()
    burn(0.05)


def test_waiting_is_not_counted_up_to_a_limit():
    if not calling.THREADS_HAVE_CLOCKS:
        pytest.skip("here, a thread's processor time is not known")
    assert call(time.sleep, (0.3,), seconds=0.1).error is None
    assert call(time.sleep, (0.3,), seconds=0.1, wall=0.1).too_long


def test_on_a_busy_machine_a_right_answer_has_the_time_that_it_needs():
    if not calling.THREADS_HAVE_CLOCKS:
        pytest.skip("here, a thread's processor time is not known")
    stop = threading.Event()

    def hog():
        while not stop.is_set():
            pass

    hogs = [threading.Thread(target=hog) for _ in range(4)]
    for thread in hogs:
        thread.start()
    started = time.perf_counter()
    result = call(burn, (0.2,), seconds=0.4)
    elapsed = time.perf_counter() - started
    stop.set()
    for thread in hogs:
        thread.join()
    assert result.error is None
    assert elapsed > 0.4  # it would have failed by the clock
    assert 0.2 <= result.seconds < 0.4


def test_what_cannot_be_stopped_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(calling, "ATTEMPTS", 1)
    event = threading.Event()
    result = call(event.wait, (), seconds=0.05, wall=0.05)
    assert result.too_long
    assert result.still_running
    event.set()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")
def test_an_interrupt_from_outside_ends_the_function():
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    counted = [0]

    def endless():
        while True:
            counted[0] += 1

    with pytest.raises(KeyboardInterrupt):
        call(endless, ())
    before = counted[0]
    time.sleep(0.05)
    assert counted[0] == before > 0


def test_an_endless_loop_is_explained(monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 0.2)

    def sigmoid(z):
        while True:
            pass

    verdict = judge(TASKS["sigmoid"], sigmoid)
    assert verdict.outcome == WRONG
    assert "never ends" in verdict.cause


def test_an_exception_is_explained_with_its_line():
    def sigmoid(z):
        print("I am here")
        return 1 / (1 + nump.exp(-z))  # noqa: F821

    verdict = judge(TASKS["sigmoid"], sigmoid)
    assert "NameError" in verdict.cause
    assert dict(verdict.rows)["in the line"].startswith("return 1 / (1 + nump")
    assert dict(verdict.rows)["printed"] == "I am here"


def test_an_interrupt_by_the_learner_goes_through():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, ())


def test_a_warning_is_a_remark():
    verdict = judge(TASKS["softplus"], lambda z: np.where(z > 30, z, np.log1p(np.exp(z))))
    assert verdict.outcome == RIGHT
    assert "overflow" in verdict.remark


class Unfriendly:
    """An object that raises however it is looked at."""

    def fails(self, *_):
        raise RuntimeError("leave me alone")

    __repr__ = __str__ = __format__ = __len__ = __iter__ = __getitem__ = __array__ = fails
    __eq__ = __ne__ = __bool__ = __float__ = __int__ = __add__ = __sub__ = __abs__ = __hash__ = fails
    shape = ndim = dtype = x = property(fails)


class UnfriendlyArray(np.ndarray):
    __repr__ = __str__ = __format__ = __eq__ = __ne__ = __bool__ = __iter__ = Unfriendly.fails


class UnfriendlyError(Exception):
    __repr__ = __str__ = Unfriendly.fails


UNFRIENDLY_ITEMS = np.array([None, None, 1.0])
UNFRIENDLY_ITEMS[0] = Unfriendly()
RECURSIVE_LIST, RECURSIVE_DICT, RECURSIVE_ARRAY = [], {}, np.array([None, 1.0])
RECURSIVE_LIST += [RECURSIVE_LIST, 1.0]
RECURSIVE_DICT["ann"] = RECURSIVE_DICT
RECURSIVE_ARRAY[0] = RECURSIVE_ARRAY
ODD_RESULTS = {
    "an object": object(),
    "an unfriendly object": Unfriendly(),
    "a list of them": [Unfriendly(), Unfriendly()],
    "a dict of them": {"ann": Unfriendly(), "ben": Unfriendly(), "eva": Unfriendly()},
    "an array of them": UNFRIENDLY_ITEMS,
    "an unfriendly array": np.zeros((3, 4)).view(UnfriendlyArray),
    "a complex number": 1j,
    "an array of complex numbers": np.zeros((3, 4), dtype=complex),
    "a date": np.datetime64("2024-02-29"),
    "an array of dates": np.array(["2024-02-29", "NaT"], dtype="datetime64[D]"),
    "an array of time spans": np.zeros(3, dtype="timedelta64[s]"),
    "records": np.zeros(3, dtype=[("x", float), ("y", "U3")]),
    "a record": np.zeros(1, dtype=[("x", float)])[0],
    "a list in itself": RECURSIVE_LIST,
    "a pair of them": (RECURSIVE_LIST, RECURSIVE_LIST),
    "a dict in itself": RECURSIVE_DICT,
    "an array in itself": RECURSIVE_ARRAY,
    "a number too long to show": 10**5000,
    "text": "0.5",
    "bytes": b"\xff",
    "an empty array": np.zeros((0, 3)),
    "lists of different lengths": [[1.0], [1.0, 2.0]],
    "a class": Unfriendly,
    "a generator": (i for i in range(3)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_every_result_gets_a_verdict_however_odd(name, monkeypatch):
    monkeypatch.setattr(judging, "N_RANDOM", 1)
    for words, result in ODD_RESULTS.items():
        verdict = judge(TASKS[name], lambda *_, result=result: result, 0)
        assert verdict.outcome == WRONG, words
        assert verdict.cause, words
        assert len(str(verdict)) < 3000, words
        assert verdict._repr_html_(), words


@pytest.mark.parametrize("name", ["sigmoid", "layer", "one_hot", "accuracy", "propagate", "cost_and_gradient", "merge"])
@pytest.mark.parametrize("dtype", [complex, object])
def test_the_right_numbers_in_an_odd_type_get_a_verdict(name, dtype):
    def answer(*arguments):
        result = TASKS[name].reference(*arguments)
        parts = result if isinstance(result, (list, tuple)) else [result]
        odd = [np.asarray(part, dtype=object).astype(dtype) if name != "merge" else [part] for part in parts]
        return odd if isinstance(result, (list, tuple)) else odd[0]

    verdict = judge(TASKS[name], answer, 0)
    assert verdict.outcome == WRONG
    assert verdict.cause


def test_complex_numbers_are_named():
    assert "complex numbers" in judge(TASKS["sigmoid"], lambda z: TASKS["sigmoid"].reference(z) + 0j, 0).cause


def test_an_error_without_a_message_gets_a_verdict():
    def sigmoid(z):
        raise UnfriendlyError

    assert "raises UnfriendlyError" in judge(TASKS["sigmoid"], sigmoid, 0).cause


def test_odd_things_put_into_an_argument_are_a_change():
    def propagate(thetas, X):
        thetas.append(Unfriendly())
        return thetas

    assert "in place" in judge(TASKS["propagate"], propagate, 0).cause


def test_the_output_closed_by_the_learner_is_no_error():
    def sigmoid(z):
        sys.stdout.close()
        return 1 / (1 + np.exp(-z))

    assert judge(TASKS["sigmoid"], sigmoid, 0).outcome == RIGHT


@pytest.mark.parametrize("answer", [None, ...])
def test_what_is_no_function_yet_was_not_tried(answer):
    assert judge(TASKS["sigmoid"], answer).outcome == NOT_TRIED


def test_what_is_no_function_is_wrong():
    assert "expected a function" in judge(TASKS["sigmoid"], 0.5).cause


def stub(z):
    raise NotImplementedError


def right(z):
    return 1 / (1 + np.exp(-z))


def wrong(z):
    return 1 / (1 + np.exp(z))


def test_check_gives_a_function_that_works(fresh_session):
    assert session.check("sigmoid", stub) is TASKS["sigmoid"].reference
    assert session.check("sigmoid", wrong) is TASKS["sigmoid"].reference
    assert session.check("sigmoid", right) is right
    assert [verdict.outcome for verdict in fresh_session] == [NOT_TRIED, WRONG, RIGHT]
    assert "library's function" in fresh_session[0].remark
    assert 'hint("sigmoid")' in fresh_session[1].remark


def test_the_check_run_twice_does_not_take_the_librarys_function_for_the_learners(fresh_session):
    mine = session.check("sigmoid", wrong)
    assert session.check("sigmoid", mine) is mine
    assert fresh_session[-1].outcome == WRONG
    assert "not yours" in fresh_session[-1].cause
    with pytest.raises(AssertionError, match="sign"):
        session.submitted("sigmoid")


def test_submitted_gives_the_learners_own(fresh_session):
    with pytest.raises(AssertionError, match="never checked"):
        session.submitted("sigmoid")
    session.check("sigmoid", right)
    assert session.submitted("sigmoid") is right


def test_under_validation_what_is_not_right_fails(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert session.check("sigmoid", right) is right
    for answer in (stub, wrong):
        with pytest.raises(AssertionError):
            session.check("sigmoid", answer)


def test_hints_become_more_direct_and_end_at_the_solution(fresh_session):
    n = len(TASKS["sigmoid"].hints)
    for _ in range(n + 2):
        session.hint("sigmoid")
    assert [verdict.cause for verdict in fresh_session[:n]] == list(TASKS["sigmoid"].hints)
    assert "solutions/02_the_network.ipynb" in fresh_session[n].cause


def test_summary(fresh_session):
    session.summary("02")
    session.check("sigmoid", right)
    session.check("layer", lambda theta, a: None)
    session.summary("02")
    assert "0 of 5" in fresh_session[0].name
    assert "1 of 5 tasks, 2 of 10 points" in fresh_session[-1].name
    assert dict(fresh_session[-1].rows) == {WRONG: "layer", NOT_TRIED: "random_thetas, propagate, n_parameters"}


@pytest.mark.parametrize("function", [session.check, session.hint, session.submitted, session.ask, session.summary])
def test_names_that_are_none(function):
    arguments = ("sigmoit", right) if function is session.check else ("sigmoit",)
    with pytest.raises(ValueError, match="sigmoit"):
        function(*arguments)


def test_a_verdict_reads_well_as_text_and_as_html():
    verdict = Verdict(WRONG, "f<x>", "Use `a < b`, *not* `a * b * c`.", (("got", "1 < 2"),))
    assert str(verdict) == "✗ f<x>: wrong. Use `a < b`, *not* `a * b * c`.\n    got:      1 < 2"
    html = verdict._repr_html_()
    assert "<em>not</em> <code>a * b * c</code>" in html
    assert "<code>a &lt; b</code>" in html
    assert "f&lt;x&gt;: wrong" in html
    assert 'role="status"' in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float32(1 / 3), "0.333333"),
        (np.int64(3), "3"),
        (np.str_("ann"), "'ann'"),
        ({np.str_("ann"): np.float64(0.5)}, "{'ann': 0.5}"),
        ((1.0,), "(1,)"),
        (np.array([0.5, 1]), "[0.5, 1. ]"),
        (np.zeros((50, 2)), "an array of shape (50, 2), from 0 to 0"),
        (np.zeros((50, 2), dtype=complex), "an array of shape (50, 2), dtype complex128"),
        ([np.arange(3)] * 2, "[[0, 1, 2], [0, 1, 2]]"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]"),
        (RECURSIVE_LIST, "[[[[[…], 1], 1], 1], 1]"),
        (Example([np.zeros((2, 2))], 7, "ann"), "Example(1 stroke, 7, 'ann')"),
        (Example([np.zeros((2, 2))] * 2, 7, ""), "Example(2 strokes, 7, '')"),
        (Example(np.eye(28), 7, "ann"), "Example(an image, 7, 'ann')"),
        (np.random.default_rng(0), "rng"),
        (load_network(), "network"),
        (right, "right"),
        (None, "None"),
        (Unfriendly(), "an object of type Unfriendly, which cannot be shown"),
    ],
)
def test_values_are_shown(value, text):
    assert shown(value) == text


def test_much_is_shown_in_little_room():
    thetas = [np.full((3, 4), 1 / 3) for _ in range(10)]
    for value in (thetas, (thetas, thetas), "x" * 10000, list("x" * 10000), [thetas] * 100):
        assert len(shown(value)) <= 400
        assert "…" in shown(value) or "an array" in shown(value)
    assert len(shown_call("layer", [np.random.default_rng(0).random((5, 8))] * 3)) < 420


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        (np.zeros(3), None, "return"),
        (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3).T, "transposed"),
        (np.arange(3.0), 3.0, "one number"),
        (np.arange(3.0), np.arange(3.0)[:, np.newaxis], "`.reshape((3,))`"),
        (np.ones((3, 5)), np.ones((3, 4)), "Column 0 is missing"),
        (np.ones((3, 4)), np.ones((3, 5)), "first column is one too many"),
        (np.arange(3.0), np.array([0, 1, np.nan]), "NaN"),
        (np.ones(3), np.ones(3, dtype=np.float16) / 3, "float16"),
        ([np.zeros(2), np.zeros(3)], [np.zeros(2)], "length is 1; expected 2"),
        ([np.zeros(2), np.ones(3)], [np.ones(3), np.zeros(2)], "exchanged"),
        ({"a": 1.0}, 1.0, "a dict"),
    ],
)
def test_differences_in_words(expected, got, words):
    assert not same(expected, got)
    assert words in difference(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (np.arange(6.0).reshape(2, 3), np.ones((3, 2))),
        (np.arange(3.0), 1.5),
        (np.arange(3.0), np.ones((3, 1))),
        (np.ones((3, 5)), np.zeros((3, 4))),
        (np.ones((3, 4)), np.zeros((3, 5))),
    ],
)
def test_no_cause_is_guessed_from_a_shape_alone(expected, got):
    assert difference(expected, got) == f"Its shape is {np.shape(got)}; expected {expected.shape}."


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        ([np.arange(4.0)], [2 * np.arange(4.0)], "2 times"),
        ([np.arange(4.0)], [-np.arange(4.0)], "sign"),
        ([1.0, 2.0, 5.0], [0.5, 1.0, 2.5], "0.5 times"),
        ([np.full(9, 0.5)], [np.full(9, 1.0)], ""),  # one and the same number: a coincidence, perhaps
        ([np.arange(4.0), np.arange(4.0)], [2 * np.arange(4.0), np.arange(4.0) ** 2], ""),
        ([np.arange(4.0), np.arange(4.0)], [2 * np.arange(4.0), 3 * np.arange(4.0)], ""),
        ([(np.arange(4.0), np.ones(4))], [np.array([np.arange(4.0), np.ones(4)])], ""),  # an array for a tuple
    ],
)
def test_a_factor_is_told_where_several_numbers_and_all_cases_have_it(expected, got, words):
    told = factor(expected, got)
    assert words in told if words else not told


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        (np.arange(3), [0, 1, 2], "`np.array(…)`"),
        (np.arange(3), np.arange(3.0), "`.astype(int)`"),
        (3, 3.0, "`int(…)`"),
        (np.ones(3), np.ones(3, dtype=bool), "`.astype(float)`"),
        ((0.5, np.ones(3)), (0.5, [1.0, 1.0, 1.0]), "The gradient is a list"),
        ([np.ones((1, 2))], [[[1.0, 1.0]]], "Entry 0 of the result is a list"),
        ({"ann": np.ones(2)}, {"ann": [1.0, 1.0]}, "The value of 'ann' is a list"),
        (np.ones(3), np.ones(3, dtype=int), ""),
        (np.ones(3), np.ones(3, dtype=np.float32), ""),
        ((np.ones(3), 1), [np.ones(3), np.int32(1)], ""),
        (1.0, 1, ""),
    ],
)
def test_the_wrong_kind_of_result_is_told_with_its_cure(expected, got, words):
    assert same(expected, got)
    told = wrong_kind(expected, got, ("the cost", "the gradient") if isinstance(expected, tuple) else ())
    assert words in told if words else not told


@pytest.mark.parametrize(
    ("expected", "got", "place"),
    [
        (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) + np.eye(2, 3), ("[0, 0]", 0.0, 1.0)),
        ([np.ones(2), np.ones((2, 2))], [np.ones(2), np.tri(2)], ("[1][0, 1]", 1.0, 0.0)),
        ({"ann": 1.0, "ben": 2.0}, {"ann": 1.0, "ben": 3.0}, ("['ben']", 2.0, 3.0)),
        ([Example([], 7, "ann")], [Example([], 7, "ben")], ("[0].writer", "ann", "ben")),
    ],
)
def test_the_first_place_that_differs_is_found(expected, got, place):
    assert first_place(expected, got)[:3] == place


def test_numbers_are_shown_with_the_digits_that_tell_them_apart():
    assert told_apart(0.25, 0.5) == ["0.25", "0.5"]
    assert told_apart(8.65543, 8.65543 + 1e-9) == ["8.65543", "8.655430001"]
    verdict = judge(replace(TASKS["softplus"], rtol=1e-12), lambda z: np.logaddexp(0, z) * (1 + 1e-8), 0)
    rows = dict(verdict.rows)
    assert re.fullmatch(r"at \[0\]: expected (\S+), got (\S+) \(3 of 3 numbers differ\)", rows["differs"])
    expected, got = re.findall(r"(?:expected|got) ([\d.]+)", rows["differs"])
    assert float(expected) != float(got)


def test_a_nan_that_is_expected_stands_for_any_number():
    assert same(np.array([1.0, np.nan]), np.array([1.0, 0.0]))
    assert not same(np.array([1.0, 0.0]), np.array([1.0, np.nan]))


@pytest.mark.parametrize("name", TASKS)
def test_the_call_in_a_verdict_can_be_run_again(name):
    """Run what a learner would paste into a cell, and see that it is the case that failed."""
    seen = []

    def answer(*arguments):
        seen.append(arguments)
        return object()

    rows = dict(judge(TASKS[name], answer).rows)
    namespace = {"np": np, name: lambda *arguments: seen.append(arguments)}
    exec(rows.get("repeat", rows["called"]), namespace)
    assert shown(seen[-1]) == shown(seen[0])
    n_arguments = len(seen[0])
    assert [type(a) for a in seen[-1]] == [type(a) for a in seen[0]]
    for mine, theirs in zip(seen[-1], seen[0], strict=True):
        if isinstance(theirs, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs)
    assert n_arguments == len(session.case(name, 0))


def test_the_same_answer_gets_the_same_verdict():
    for name in ("sigmoid", "cost", "random_thetas"):
        first, second = (judge(TASKS[name], lambda *_: 0) for _ in range(2))
        assert str(first) == str(second)


def test_an_answer_that_calls_the_librarys_is_told_so():
    from nnlib import cost_and_gradient, metrics

    verdict = judge(TASKS["accuracy"], lambda a, b: metrics.accuracy(a, b), 0)
    assert "calls the library's `accuracy`" in verdict.cause
    call(burn, (1.0,), seconds=0.1)  # what was ended must leave nothing behind that this needs
    verdict = judge(TASKS["cost_and_gradient"], lambda *arguments: cost_and_gradient(*arguments), 0)
    assert "calls the library's `cost_and_gradient`" in verdict.cause


def test_where_nothing_needs_the_answer_it_keeps_its_name(fresh_session, monkeypatch):
    monkeypatch.setitem(TASKS, "sigmoid", replace(TASKS["sigmoid"], stands_in=False))
    assert session.check("sigmoid", wrong) is wrong
    assert "library's function" not in fresh_session[-1].remark


def test_an_error_is_recognised_by_running_the_mistake():
    mistaken = replace(TASKS["layer"], mistakes={"It was a test.": lambda theta, a: a @ theta.T})
    verdict = judge(mistaken, lambda theta, a: np.matmul(a, theta.T), 0)
    assert verdict.cause == "It was a test."
    assert "matmul" in dict(verdict.rows)["raises"]
    assert judge(mistaken, lambda theta, a: a @ theta, 0).cause != "It was a test."


def test_shapes_that_do_not_fit_are_explained_before_numpys_own_words():
    def layer(theta, a):
        return a @ theta

    verdict = judge(replace(TASKS["layer"], mistakes={}), layer, 0)
    assert re.search("left factor must have as many columns.* 2 and 3 meet.*NumPy says: matmul", verdict.cause)
    assert dict(verdict.rows)["shapes there"] == "theta (3, 3), a (1, 2)"


def test_the_arguments_of_the_stub_are_named_only_where_they_are_the_cause():
    def inner():
        return 1

    assert "`layer(theta, a)`" in judge(TASKS["layer"], lambda theta: theta, 0).cause
    assert "arguments of the stub" not in judge(TASKS["layer"], lambda theta, a: inner(theta), 0).cause


def test_questions_have_one_right_answer_and_say_why():
    for q in QUESTIONS.values():
        assert 0 <= q.right < len(q.options) == len(set(q.options)) >= 2
        assert escape(q.why) in session.explained(q, q.right)
        assert escape(q.why) not in session.explained(q, (q.right + 1) % len(q.options))


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_wrong_choice_has_a_reason_of_its_own(name):
    q = QUESTIONS[name]
    said = [q.said_to(i) for i in range(len(q.options))]
    assert all(said)
    assert len(set(said)) == len(said)
    assert all(escape(words) in session.explained(q, i) for i, words in enumerate(said))


def test_a_question_answers_a_choice():
    name = next(iter(QUESTIONS))
    q, box = QUESTIONS[name], session.ask(name)
    _, choice, verdict = box.children
    assert choice.value is None
    choice.value = q.options[q.right - 1]
    assert "No" in verdict.value
    choice.value = q.options[q.right]
    assert "Yes" in verdict.value


def regions(text, kind):
    """Return the lines of all solutions or hidden tests in a source that are long enough to be told from others."""
    found = re.findall(rf"### BEGIN {kind}\n(.*?)### END {kind}", text, flags=re.DOTALL)
    return {line.strip() for part in found for line in part.splitlines() if len(line.strip()) > 24}


@pytest.mark.parametrize("source", SOURCES, ids=[source.stem for source in SOURCES])
def test_source(source):
    text = source.read_text(encoding="utf-8")
    tasks = EXERCISES[source.stem]
    points = dict(re.findall(r"grade_id: check-(\w+), locked: true, points: (\d+)", text))
    assert list(points) == list(tasks)
    assert re.findall(r"^## .*\((\d+) points?\)$", text, flags=re.MULTILINE) == list(points.values())
    assert {name: str(task.points) for name, task in tasks.items()} == points
    assert f"**Worth:** {sum(map(int, points.values()))} points" in text
    assert re.search(r"\*\*Time:\*\* \d+ minutes", text)
    for name in tasks:
        assert f'submitted("{name}")' in text
    for name in re.findall(r'ask\("(.+?)"\)', text):
        assert name in QUESTIONS
    assert f'summary("{source.stem[:2]}")' in text

    learners = (ROOT / "notebooks" / "exercises" / f"{source.stem}.ipynb").read_text(encoding="utf-8")
    code = "\n".join(cell.source for cell in build.nbformat.reads(learners, 4).cells)
    for kind in ("SOLUTION", "HIDDEN TESTS"):
        # The broken programs of exercise 05 are right but for one line each, so there only the whole tells.
        lines = regions(text, kind) if not source.stem.startswith("05") else set()
        assert not [line for line in lines if line in code]
        assert not [part for part in re.findall(rf"### BEGIN {kind}\n(.*?)### END", text, re.DOTALL) if part in code]
        assert kind not in code
    assert "nbgrader" not in learners
