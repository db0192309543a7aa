"""Is an answer right? Try it on fixed and on random cases, and find the most probable cause where it is not."""

import copy

import numpy as np

from .calling import call
from .comparing import difference, same
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
        For the random cases. None gives others each time.
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
    verdict = _by_rules(task, answer, cases, calls) if task.rules else _by_results(task, cases, calls)
    return verdict or _too_slow(task, answer, rng) or Verdict(RIGHT, task.name, remark=_warnings(calls))


def _failed(task, case, result):
    """Return a verdict where a call raised, or was not finished."""
    error = result.error
    if error is None:
        return None
    if isinstance(error, NotImplementedError):
        return Verdict(
            NOT_TRIED, task.name, "If you have written something, delete the line `raise NotImplementedError`."
        )
    if result.too_long:
        cause = f"It was not finished after {SECONDS:g} seconds. Is there a loop that never ends?"
    elif isinstance(error, RecursionError):
        cause = "It calls itself without end."
    else:
        cause = f"It raises {type(error).__name__}: {error}{_advice(error)}"
    where = (("in the line", result.line),) if result.line else ()
    return Verdict(WRONG, task.name, cause, (("called", shown_call(task.name, case)), *where, *_printed(result)))


def _advice(error):
    """Return what an error of this kind mostly means, after a full stop."""
    text = str(error)
    end = "" if text.endswith((".", "?", "!")) else "."
    if "matmul" in text or "not aligned" in text or "could not be broadcast" in text:
        return f"{end} The shapes do not fit: is one of them transposed (`.T`), or the bias column still in it?"
    if "length-1 array" in text or "only 0-dimensional" in text or "size-1 array" in text:
        return f"{end} Functions of `math` take single numbers; those of NumPy take arrays."
    if "truth value" in text:
        return f"{end} `if` needs one True or False, and an array has many: `np.where` chooses for each number."
    if "inhomogeneous" in text:
        return f"{end} The parts have different lengths: is the axis right?"
    if isinstance(error, NameError):
        return f"{end} Is it spelled as it was defined? Were the cells above run?"
    if "positional argument" in text:
        return f"{end} The arguments must be those of the stub."
    return end


def _changed(task, case, arguments):
    """Return a verdict where a call changed its arguments."""
    pairs = zip(case, arguments, strict=True)
    changed = [i for i, (before, after) in enumerate(pairs) if _is_data(before) and not same(before, after, 1e-9)]
    if not changed:
        return None
    cause = (
        f"It changes its argument number {changed[0] + 1} in place: after the call, the caller's array is another. "
        "`a += b`, `a[…] = b` and the like write into `a`; `a = a + b` makes a new array, and `a.copy()` a copy."
    )
    return Verdict(WRONG, task.name, cause, _rows(task, case, case[changed[0]], arguments[changed[0]], "argument"))


def _is_data(argument):
    return isinstance(argument, (np.ndarray, list, tuple, dict))


def _by_results(task, cases, calls):
    """Return a verdict where a result is not the reference's."""
    expected = [task.reference(*copy.deepcopy(case)) for case in cases]
    wrong = [i for i, result in enumerate(calls) if not same(expected[i], result.value, task.rtol)]
    if not wrong:
        return None
    first = wrong[0]
    got = [result.value for result in calls]
    cause = _known_mistake(task, cases, got) or difference(expected[first], got[first], task.rtol)
    if not cause:
        cause = "The result differs. Work the case below out by hand, and compare step by step."
        if len(wrong) < len(cases):
            cause = f"It is right in {len(cases) - len(wrong)} of {len(cases)} cases, not in this one."
    rows = _rows(task, cases[first], expected[first], got[first])
    return Verdict(WRONG, task.name, cause, (*rows, *_printed(calls[first])))


def _known_mistake(task, cases, got):
    """Return the cause of the known mistake that gives the same results in every case, or None."""
    for mistake in task.mistakes:
        theirs = (call(mistake.function, copy.deepcopy(case), SECONDS) for case in cases)  # called as far as they agree
        if all(t.error is None and same(t.value, value, task.rtol) for t, value in zip(theirs, got, strict=True)):
            return mistake.cause
    return None


def _by_rules(task, answer, cases, calls):
    """Return a verdict where a result breaks a rule, or does not come from the generator that was given."""
    if any(result.value is None for result in calls):
        return Verdict(WRONG, task.name, difference(0, None))
    for case, result in zip(cases, calls, strict=True):
        for rule in task.rules:
            verdict = Verdict(WRONG, task.name, rule.cause, _rows(task, case, None, result.value)[::2])
            try:
                holds = rule.holds(result.value, *copy.deepcopy(case))
            except Exception:  # a result of another type or shape breaks the rule, too
                holds = False
            if not holds:
                return verdict
    if task.random:
        again = call(answer, copy.deepcopy(cases[-1]), SECONDS)
        if not same(calls[-1].value, again.value):
            cause = (
                "Called twice with generators of the same seed, it gives two results. "
                "Draw from `rng`, not from `np.random`."
            )
            return Verdict(WRONG, task.name, cause)
        other = (*copy.deepcopy(cases[-1][:-1]), np.random.default_rng(99))
        if same(calls[-1].value, call(answer, other, SECONDS).value):
            return Verdict(WRONG, task.name, "Another generator gives the same result: it is not drawn from `rng`.")
    return None


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


def _rows(task, case, expected, got, what="result"):
    names = ("called", "expected", "got") if what == "result" else ("called", f"{what} before", f"{what} after")
    return tuple(zip(names, (shown_call(task.name, case), shown(expected), shown(got)), strict=True))


def _printed(result):
    text = result.printed.strip()
    return (("printed", text if len(text) < 300 else text[:300] + " …"),) if text else ()


def _warnings(calls):
    """Return a remark where NumPy warned: the result is right all the same."""
    warned = list(dict.fromkeys(text for result in calls for text in result.warned))
    return f"On the way, NumPy warned: {'; '.join(warned)}." if warned else ""
