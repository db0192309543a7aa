"""Is an answer right? Try it on fixed and on random cases, and find the most probable cause where it is not."""

import copy

import numpy as np

from .calling import call
from .comparing import RETURNS_NOTHING, difference, same
from .verdict import NOT_TRIED, RIGHT, WRONG, Verdict, shown, shown_call

N_RANDOM = 4
SECONDS = 5.0  # for a small case, which takes milliseconds
SLOWDOWN = 300  # against the reference: more is a loop in Python where none is needed
PATIENCE = 1.5  # seconds that even a slow answer may take


def judge(task, answer, seed=None):
    """Return the `Verdict` of an answer.

    Parameters
    ----------
    task : Task
        What was asked.
    answer : object
        What the learner gave: a function, if all is well.
    seed : int or None
        For the random cases. None gives different ones each time.
    """
    if answer is None or answer is ...:
        return Verdict(NOT_TRIED, task.name)
    if not callable(answer):
        return Verdict(WRONG, task.name, f"It is {shown(answer)}; expected a function, `def {task.name}(…)`.")
    rng = np.random.default_rng(seed)
    cases = [*task.examples, *(task.draw(rng) for _ in range(N_RANDOM))]
    calls = []
    for case in cases:
        arguments = copy.deepcopy(case)
        calls.append(call(answer, arguments, SECONDS))
        verdict = _failed(task, case, calls[-1]) or _changed(task, case, arguments)
        if verdict:
            return verdict
    by = _by_properties if task.must_hold else _by_results
    verdict = by(task, answer, cases, calls) or _too_slow(task, answer, rng)
    return verdict or Verdict(RIGHT, task.name, remark=_warnings(calls))


def _failed(task, case, result):
    """Return a verdict where a call raised, or did not finish."""
    error = result.error
    if error is None:
        return None
    if isinstance(error, NotImplementedError):
        return Verdict(
            NOT_TRIED, task.name, "If you have written something, delete the line `raise NotImplementedError`."
        )
    if result.too_long:
        cause = f"It did not finish within {SECONDS:g} seconds. Is there a loop that never ends?"
        if result.still_running:
            cause += " It could not even be stopped: restart the kernel."
    elif isinstance(error, RecursionError):
        cause = "It calls itself without end."
    else:
        cause = f"It raises {type(error).__name__}: {_advised(error)}"
    where = (("in the line", result.line),) if result.line else ()
    return Verdict(WRONG, task.name, cause, (("called", shown_call(task.name, case)), *where, *_printed(result)))


def _advised(error):
    """Return the message of an error, as a sentence, and what an error of this kind mostly means."""
    try:
        text = str(error)
    except Exception:  # an error of the learner's own, whose __str__ raises
        text = "it has no message that can be shown"
    advice = ""
    if "matmul" in text or "not aligned" in text or "could not be broadcast" in text:
        advice = "The shapes do not fit: is one of them transposed (`.T`), or the bias column still in it?"
    elif "length-1 array" in text or "only 0-dimensional" in text or "size-1 array" in text:
        advice = "Functions of `math` take single numbers; those of NumPy take arrays."
    elif "truth value" in text:
        advice = "`if` needs one True or False, and an array has many: `np.where` chooses for each number."
    elif "inhomogeneous" in text:
        advice = "The parts have different lengths: is the axis right?"
    elif isinstance(error, NameError):
        advice = "Is it spelled as it was defined? Were the cells above run?"
    elif "positional argument" in text:
        advice = "The arguments must be those of the stub."
    end = "" if text.endswith((".", "?", "!")) else "."
    return f"{text}{end} {advice}".rstrip()


def _changed(task, case, arguments):
    """Return a verdict where a call changed its arguments."""
    for i, (before, after) in enumerate(zip(case, arguments, strict=True)):
        if isinstance(before, (np.ndarray, list, tuple, dict)) and not same(before, after, 1e-9):
            cause = (
                f"It changes its argument number {i + 1} in place: after the call, what the caller passed has changed. "
                "`a += b`, `a[…] = b` and the like write into `a`; `a = a + b` makes a new array, "
                "and `a.copy()` a copy."
            )
            rows = (
                ("called", shown_call(task.name, case)),
                ("argument before", shown(before)),
                ("argument after", shown(after)),
            )
            return Verdict(WRONG, task.name, cause, rows)
    return None


def _by_results(task, answer, cases, calls):
    """Return a verdict where a result is not the reference's."""
    expected = [task.reference(*copy.deepcopy(case)) for case in cases]
    wrong = [i for i, result in enumerate(calls) if not same(expected[i], result.value, task.rtol)]
    if not wrong:
        return None
    first = wrong[0]
    got = [result.value for result in calls]
    cause = _known_mistake(task, cases, got) or difference(expected[first], got[first], task.rtol)
    if not cause:
        cause = "The result differs. Work out the case below by hand, and compare step by step."
        if len(wrong) < len(cases):
            cause = f"It is right in {len(cases) - len(wrong)} of {len(cases)} cases, but not in this one."
    rows = (
        ("called", shown_call(task.name, cases[first])),
        ("expected", shown(expected[first])),
        ("got", shown(got[first])),
    )
    return Verdict(WRONG, task.name, cause, (*rows, *_printed(calls[first])))


def _known_mistake(task, cases, got):
    """Return the cause of the known mistake that gives the same results in every case, or None."""
    for cause, function in task.wrong_answers():
        theirs = (call(function, copy.deepcopy(case), SECONDS) for case in cases)  # called only while they agree
        if all(t.error is None and same(t.value, value, task.rtol) for t, value in zip(theirs, got, strict=True)):
            return cause
    return None


def _by_properties(task, answer, cases, calls):
    """Return a verdict where a result is not as all right ones are, or does not come from the generator given."""
    for case, result in zip(cases, calls, strict=True):
        if result.value is None:
            return Verdict(WRONG, task.name, RETURNS_NOTHING)
        for cause, holds in task.must_hold.items():
            if not _is_true(holds, result.value, case):
                return _not_right(task, case, result.value, cause)
    if not task.random:
        return None
    case, value = cases[-1], calls[-1].value
    if not same(value, call(answer, copy.deepcopy(case), SECONDS).value):
        cause = "Called twice with generators of the same seed, it gives two results. "
        return _not_right(task, case, value, cause + "Draw from `rng`, not from `np.random`.")
    with_another = (*copy.deepcopy(case[:-1]), np.random.default_rng(99))
    if same(value, call(answer, with_another, SECONDS).value):
        cause = "A different generator gives the same result: it is not drawn from `rng`."
        return _not_right(task, case, value, cause)
    return None


def _not_right(task, case, value, cause):
    """Return the verdict of a result that is not right: what it looks like, or else this cause."""
    looks_like = (words for words, test in task.looks_like.items() if _is_true(test, value, case))
    rows = (("called", shown_call(task.name, case)), ("got", shown(value)))
    return Verdict(WRONG, task.name, next(looks_like, cause), rows)


def _is_true(predicate, value, case):
    try:
        return bool(predicate(value, *copy.deepcopy(case)))
    except Exception:  # a result of another type or shape
        return False


def _too_slow(task, answer, rng):
    """Return a verdict where the answer takes some hundred times as long as it need."""
    if task.large is None:
        return None
    arguments = task.large(rng)
    seconds = call(task.reference, copy.deepcopy(arguments), 60).seconds
    limit = max(PATIENCE, SLOWDOWN * seconds)
    result = call(answer, copy.deepcopy(arguments), limit)
    if not result.too_long:
        return _failed(task, arguments, result)
    cause = (
        f"Its results are right, but it is far too slow: not finished after {limit:.1f} seconds, where "
        f"{1000 * seconds:.2g} milliseconds are enough. That is a loop in Python over single numbers; "
        "let NumPy work on whole arrays."
    )
    return Verdict(WRONG, task.name, cause, (("called", shown_call(task.name, arguments)),))


def _printed(result):
    text = result.printed.strip()
    return (("printed", text if len(text) < 300 else text[:300] + " …"),) if text else ()


def _warnings(calls):
    """Return a remark where NumPy warned: the result is right all the same."""
    warned = list(dict.fromkeys(text for result in calls for text in result.warned))
    return f"On the way, NumPy warned: {'; '.join(warned)}." if warned else ""
