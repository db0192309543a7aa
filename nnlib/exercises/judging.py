"""Is an answer right? Try it on fixed and on random cases, and find the most probable cause where it is not."""

import copy
import inspect
import re
import sys
import zlib

import numpy as np

from .calling import call
from .comparing import RETURNS_NOTHING, as_array, difference, factor, first_place, same, wrong_kind
from .verdict import NOT_TRIED, RIGHT, WRONG, Verdict, rows_of_call, shown, told_apart

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
        For the random cases. None gives the same ones each time, so that the same answer gets the same verdict.
    """
    if answer is None or answer is ...:
        return Verdict(NOT_TRIED, task.name)
    if not callable(answer):
        return Verdict(WRONG, task.name, f"It is {shown(answer)}; expected a function, `def {task.name}(…)`.")
    *cases, large = cases_of(task, seed)
    calls = []
    for number, case in enumerate(cases):
        arguments = copy.deepcopy(case)
        calls.append(call(answer, arguments, SECONDS))
        verdict = _stopped(task, cases, number, calls[-1]) or _changed(task, case, number, arguments)
        if verdict:
            return verdict
    verdict = (
        _by_properties(task, cases, calls)
        or _failed(task, cases, calls)
        or _left_open(task, calls)
        or _by_generator(task, answer, cases, calls)
        or _by_results(task, cases, calls)
        or _borrowed(task, answer, cases)
        or _large(task, answer, cases, calls, large)
    )
    return verdict or Verdict(RIGHT, task.name, remark=_warnings(task, cases, calls))


def cases_of(task, seed=None):
    """Return the arguments that an answer is tried on: the fixed cases, the random ones, and a large one or None."""
    rng = np.random.default_rng(zlib.crc32(task.name.encode()) if seed is None else seed)
    cases = [*task.examples, *(task.draw(rng) for _ in range(N_RANDOM))]
    return [*cases, task.large(rng) if task.large else None]


def _reference(task, case):
    """Return what comes of calling the reference: its warnings are caught, too."""
    return call(task.reference, copy.deepcopy(case), 60)


def _stopped(task, cases, number, result):
    """Return a verdict where a call ended such that no other case need be tried."""
    rows = (*rows_of_call(task.name, cases[number], number), *_line(result), *_printed(result))
    if isinstance(result.error, NotImplementedError):
        words = "If you have written something, delete the line `raise NotImplementedError`."
        return Verdict(NOT_TRIED, task.name, words)
    if result.too_long:
        cause = f"It did not finish within {SECONDS:g} seconds. Is there a loop that never ends?"
        if result.still_running:
            cause += " It could not even be stopped: restart the kernel."
        return Verdict(WRONG, task.name, cause, rows)
    if isinstance(result.error, RecursionError):
        return Verdict(WRONG, task.name, "It calls itself without end.", rows)
    return None


def _failed(task, cases, calls):
    """Return a verdict where a call raised."""
    number = next((i for i, result in enumerate(calls) if result.error is not None), None)
    if number is None:
        return None
    result = calls[number]
    words = f"It raises {type(result.error).__name__}"
    known, advised = _known_mistake(task, cases, calls), _advised(task, result)
    raised = (("raises", f"{type(result.error).__name__}: {_message(result.error)}"),) if known else ()
    shapes = (("shapes there", result.shapes),) if result.shapes and _is_about_shapes(result.error) else ()
    rows = (*rows_of_call(task.name, cases[number], number), *_line(result), *shapes, *raised, *_printed(result))
    return Verdict(WRONG, task.name, known or f"{words}{advised}", rows)


def _line(result):
    return (("in the line", result.line),) if result.line else ()


def _message(error):
    try:
        text = str(error).strip()
    except Exception:  # an error of the learner's own, whose __str__ raises
        text = "it has no message that can be shown"
    return text + ("" if text.endswith((".", "?", "!")) else ".")


def _is_about_shapes(error):
    return isinstance(error, ValueError) and re.search("matmul|not aligned|broadcast", _message(error)) is not None


def _advised(task, result):
    """Return what goes after "It raises ValueError": the error's message, and what is certain about its cause."""
    error, text = result.error, _message(result.error)
    if "matmul" in text or "not aligned" in text:
        sizes = re.search(r"\(size (\d+) is different from (\d+)\)", text)
        here = f"; here, {sizes[2]} and {sizes[1]} meet" if sizes else ""
        return (
            ". The shapes do not fit: in a matrix product, the left factor must have as many columns as the right one "
            f"has rows{here}. NumPy says: {text}"
        )
    if "broadcast" in text:
        return (
            ". The shapes do not fit: arrays that are combined number by number must have the same shape, "
            f"or a 1 where they differ. NumPy says: {text}"
        )
    advice = ""
    if "length-1 array" in text or "only 0-dimensional" in text or "size-1 array" in text:
        advice = "Functions of `math` take single numbers; those of NumPy take arrays."
    elif "truth value" in text:
        advice = "`if` needs one True or False, and an array has many: `np.where` chooses for each number."
    elif "values to unpack" in text:
        expected = re.search(r"expected (\d+)", text)
        advice = f"Exactly {expected[1]} are taken here. Where there may be more or fewer, loop over them."
    elif "inhomogeneous" in text:
        advice = "The parts have different lengths, so they make no array."
    elif isinstance(error, NameError):
        advice = "Is it spelled as it was defined? Were the cells above run?"
    elif isinstance(error, TypeError) and not result.entered:
        parameters = ", ".join(inspect.signature(task.reference).parameters)
        advice = f"It is called with the arguments of the stub, `{task.name}({parameters})`."
    return f": {text} {advice}".rstrip()


def _changed(task, case, number, arguments):
    """Return a verdict where a call changed its arguments."""
    for i, (before, after) in enumerate(zip(case, arguments, strict=True)):
        if isinstance(before, (np.ndarray, list, tuple, dict)) and not same(before, after, 1e-9):
            cause = (
                f"It changes its argument number {i + 1} in place: after the call, what the caller passed has changed. "
                "`a += b`, `a[…] = b` and the like write into `a`; `a = a + b` makes a new array, "
                "and `a.copy()` a copy."
            )
            rows = _rows_of_difference(before, after, 1e-9, titles=("argument before", "argument after"))
            return Verdict(WRONG, task.name, cause, (*rows_of_call(task.name, case, number), *rows))
    return None


def _rows_of_difference(expected, got, rtol, *, parts=(), titles=("expected", "got")):
    """Return rows with both values and, of arrays, the first place that differs, with digits to tell them apart."""
    found = first_place(expected, got, rtol)
    if found is None:
        array = as_array(got)
        both_numbers = array is not None and array.ndim == 0 and np.isscalar(expected)
        texts = told_apart(expected, array[()]) if both_numbers else [shown(expected), shown(got)]
        return tuple(zip(titles, texts, strict=True))
    place, *values, how_many = found
    if not all(isinstance(value, (str, int, float, np.generic)) for value in values):  # both are in the rows already
        return ((titles[0], shown(expected)), (titles[1], shown(got)))
    texts = told_apart(*values)
    part = re.match(r"\[(\d+)\](.*)", place) if parts else None
    where = f"{parts[int(part[1])]}{', at ' + part[2] if part[2] else ''}" if part else f"at {place}"
    before, after = (title.split()[-1] for title in titles)
    first = f"{where}: {before} {texts[0]}, {after} {texts[1]}{f' ({how_many})' if how_many else ''}"
    return ((titles[0], shown(expected)), (titles[1], shown(got)), ("differs", first))


def _left_open(task, calls):
    """Return a verdict where part of a result is whatever stood in memory: right by luck at most. NumPy warns of it."""
    if not any("'where' used without 'out'" in text for result in calls for text in result.warned):
        return None
    cause = (
        "`where=` alone leaves the other places open: they hold whatever stood in memory, 0 or anything else. "
        "Say what they are: `out=np.zeros(…)`."
    )
    return Verdict(WRONG, task.name, cause)


def _by_results(task, cases, calls):
    """Return a verdict where a result is not the reference's, and there is only one right result."""
    if task.must_hold:
        return None
    expected = [_reference(task, case).value for case in cases]
    got = [result.value for result in calls]
    wrong = [i for i in range(len(cases)) if not same(expected[i], got[i], task.rtol)]
    if not wrong:
        return _wrong_kinds(task, cases, expected, got)
    first = wrong[0]
    cause = (
        _known_mistake(task, cases, calls)
        or _known_besides_overflow(task, cases, calls, expected)
        or factor(expected, got)
        or difference(expected[first], got[first], task.rtol, task.parts)
    )
    if not cause:
        cause = "The result differs. Work out the case below by hand, and compare step by step."
        if len(wrong) < len(cases):
            cause = f"It is right in {len(cases) - len(wrong)} of {len(cases)} cases, but not in this one."
    rows = (
        *rows_of_call(task.name, cases[first], first),
        *_rows_of_difference(expected[first], got[first], task.rtol, parts=task.parts),
    )
    return Verdict(WRONG, task.name, cause, (*rows, *_printed(calls[first])))


def _wrong_kinds(task, cases, expected, got):
    """Return a verdict where results have the right values but are lists in place of arrays, or the like."""
    for number, (a, b) in enumerate(zip(expected, got, strict=True)):
        words = wrong_kind(a, b, task.parts)
        if words:
            cause = f"Its values are right, but not their kind. {words}"
            return Verdict(
                WRONG, task.name, cause, (*rows_of_call(task.name, cases[number], number), ("got", shown(b)))
            )
    return None


def _known_mistake(task, cases, calls):
    """Return the cause of the known mistake that does the same in every case, errors included, or None."""
    for cause, function in task.wrong_answers():
        theirs = (call(function, copy.deepcopy(case), SECONDS) for case in cases)  # called only while they agree
        if all(_same_outcome(t, ours, task.rtol) for t, ours in zip(theirs, calls, strict=True)):
            return cause
    return None


def _known_besides_overflow(task, cases, calls, expected):
    """Return the cause of a known mistake where the answer makes it, and overflows in some cases besides."""
    finite = [i for i, result in enumerate(calls) if _is_finite(result.value)]
    some = [cases[i] for i in finite], [calls[i] for i in finite]
    if len(finite) == len(cases) or all(same(expected[i], calls[i].value, task.rtol) for i in finite):
        return None
    return _known_mistake(task, *some)


def _is_finite(value):
    array = as_array(value)
    return array is None or array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _same_outcome(a, b, rtol):
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error) and _gist(a.error) == _gist(b.error)
    return same(a.value, b.value, rtol) and same(b.value, a.value, rtol)  # both ways: a NaN is like a NaN only


def _gist(error):
    """Return what an error says, whichever of NumPy's functions says it: of shapes that do not fit, the sizes."""
    text = _message(error)
    if not _is_about_shapes(error):
        return text
    shapes = re.findall(r"\([\d, ]+\)", text) if "broadcast" in text else []
    sizes = re.search(r"\(size (\d+) is different from (\d+)\)", text) or re.search(r"(\d+) \(dim \d\) != (\d+)", text)
    return set(shapes or (sizes.groups() if sizes else [text]))


def _by_properties(task, cases, calls):
    """Return a verdict where a result is not as all right ones are, if many are right; calls that raised end it."""
    if not task.must_hold:
        return None
    for number, (case, result) in enumerate(zip(cases, calls, strict=True)):
        if result.error is not None:
            return None
        if result.value is None:
            return Verdict(WRONG, task.name, RETURNS_NOTHING)
        wrong = wrong_kind(_reference(task, case).value, result.value, task.parts)
        for cause, holds in task.must_hold.items():
            if not _is_true(holds, result.value, case):
                return _not_right(task, case, number, result.value, wrong or cause)
        if wrong:
            return _not_right(task, case, number, result.value, wrong)
    return None


def _by_generator(task, answer, cases, calls):
    """Return a verdict where a random result does not come from the generator given."""
    if not task.random:
        return None
    number, case, value = len(cases) - 1, cases[-1], calls[-1].value
    if not same(value, call(answer, copy.deepcopy(case), SECONDS).value):
        cause = "Called twice with generators of the same seed, it gives two results. "
        return _not_right(task, case, number, value, cause + "Draw from `rng`, not from `np.random`.")
    with_another = (*copy.deepcopy(case[:-1]), np.random.default_rng(99))
    if same(value, call(answer, with_another, SECONDS).value):
        cause = "A different generator gives the same result: it is not drawn from `rng`."
        return _not_right(task, case, number, value, cause)
    return None


def _not_right(task, case, number, value, cause):
    """Return the verdict of a result that is not right: what it looks like, or else this cause."""
    looks_like = (words for words, test in task.looks_like.items() if _is_true(test, value, case))
    rows = (*rows_of_call(task.name, case, number), ("got", shown(value)))
    return Verdict(WRONG, task.name, next(looks_like, cause), rows)


def _is_true(predicate, value, case):
    try:
        return bool(predicate(value, *copy.deepcopy(case)))
    except Exception:  # a result of another type or shape
        return False


def _borrowed(task, answer, cases):
    """Return a verdict where the answer calls the function of the library that it should be."""
    solutions = [function for function in (task.reference, *task.library) if hasattr(function, "__code__")]
    if answer is task.reference:
        return None
    called = set()

    def watched(*arguments):
        before = sys.getprofile()
        sys.setprofile(lambda frame, event, _: called.add(frame.f_code) if event == "call" else None)
        try:
            return answer(*arguments)
        finally:
            sys.setprofile(before)

    call(watched, copy.deepcopy(cases[0]), SECONDS)
    name = next((function.__name__ for function in solutions if function.__code__ in called), None)
    if name is None:
        return None
    cause = f"It calls the library's `{name}`, which is the answer already. Write it yourself: that is the exercise."
    return Verdict(WRONG, task.name, cause)


def _large(task, answer, cases, calls, large):
    """Return a verdict where the answer, with large arguments, fails, or takes far longer than it need."""
    if large is None:
        return None
    # The first call may find a cold cache, and would let slow answers through: the quickest of three counts.
    reference = min((call(task.reference, copy.deepcopy(large), 60) for _ in range(3)), key=lambda run: run.seconds)
    limit = max(PATIENCE, SLOWDOWN * reference.seconds)
    result = call(answer, copy.deepcopy(large), limit)
    called = rows_of_call(task.name, large, len(cases))
    if result.too_long:
        cause = (
            f"Its results are right, but it is far too slow: not finished after {limit:.1f} seconds, where "
            f"{1000 * reference.seconds:.2g} milliseconds are enough. {task.too_slow}"
        )
        return Verdict(WRONG, task.name, cause, called)
    verdict = _failed(task, [*cases, large], [*calls, result])
    if verdict or task.must_hold or same(reference.value, result.value, task.rtol):
        return verdict
    cause = "It is right in all small cases, but not in this one, which is as large as real ones."
    rows = _rows_of_difference(reference.value, result.value, task.rtol, parts=task.parts)
    return Verdict(WRONG, task.name, cause, (*called, *rows))


def _printed(result):
    text = result.printed.strip()
    return (("printed", text if len(text) < 300 else text[:300] + " …"),) if text else ()


def _warnings(task, cases, calls):
    """Return a remark where NumPy warned, and not of the reference, too: the result is right all the same."""
    warned = list(dict.fromkeys(text for result in calls for text in result.warned))
    if warned:
        expected = {text for case in cases for text in _reference(task, case).warned}
        warned = [text for text in warned if text not in expected]
    return f"On the way, NumPy warned: {'; '.join(warned)}." if warned else ""
