"""What a notebook calls: check an answer, take a hint, see how far one has come."""

import os

from .judging import judge
from .tasks import EXERCISES, TASKS
from .verdict import HINT, NOT_TRIED, RIGHT, SO_FAR, WRONG, Verdict

_answers = {}  # name: (the learner's own answer, its verdict)
_hints_given = {}


def check(name, answer):
    """Say whether an answer is right, and give a function that is.

    Parameters
    ----------
    name : str
        Of the task.
    answer : callable
        The learner's function.

    Returns
    -------
    callable
        `answer` where it is right; else the library's own, so that the rest of the notebook works.

    Raises
    ------
    ValueError
        If there is no such task.
    AssertionError
        Only while nbgrader's Validate button runs the notebook, where the answer is not right.
    """
    task = find(name)
    if answer is task.reference:
        _show_again(task)
        return answer
    verdict = judge(task, answer)
    _answers[name] = answer, verdict
    if verdict.outcome == RIGHT:
        _show(verdict)
        return answer
    remark = "The notebook goes on with the library's function, so nothing below is blocked."
    hint_at = f' Stuck? `hint("{name}")`' if verdict.outcome == WRONG else ""
    _show(Verdict(verdict.outcome, name, verdict.cause, verdict.rows, remark + hint_at))
    if os.environ.get("NBGRADER_EXECUTION") == "validate":
        raise AssertionError(str(verdict))
    return task.reference


def _show_again(task):
    """Say that what was checked is the library's function, most probably of the last check."""
    cause = "This is the library's function, not yours."
    if task.name in _answers:
        cause += f" Yours was: {_answers[task.name][1].outcome}. Run the cell with your function, then this one."
    _show(Verdict(_outcome(task.name), task.name, cause))


def hint(name):
    """Show the next hint for a task; each is more direct than the one before.

    Parameters
    ----------
    name : str
        Of the task.
    """
    task = find(name)
    given = _hints_given.get(name, 0)
    exercise = next(exercise for exercise, tasks in EXERCISES.items() if name in tasks)
    if given == len(task.hints):
        _show(Verdict(HINT, name, f"There are no more hints. A worked solution is in `solutions/{exercise}.ipynb`."))
        return
    _hints_given[name] = given + 1
    _show(Verdict(HINT, name, task.hints[given], remark=f"Hint {given + 1} of {len(task.hints)}."))


def summary(exercise):
    """Show which tasks of an exercise are right, and which are not.

    Parameters
    ----------
    exercise : str
        How its name starts: "02".
    """
    found = [tasks for name, tasks in EXERCISES.items() if name.startswith(exercise)]
    if len(found) != 1:
        raise ValueError(f"There is no exercise {exercise!r}; expected one of {', '.join(n[:2] for n in EXERCISES)}.")
    (tasks,) = found
    outcomes = {name: _outcome(name) for name in tasks}
    right = sum(outcome == RIGHT for outcome in outcomes.values())
    outcome = RIGHT if right == len(tasks) else SO_FAR
    rows = tuple((outcome, ", ".join(n for n in tasks if outcomes[n] == outcome)) for outcome in (WRONG, NOT_TRIED))
    cause = "That is all of it." if outcome == RIGHT else "The library's functions stand in for the others."
    words = f"Exercise {exercise}, {right} of {len(tasks)} tasks"
    _show(Verdict(outcome, words, cause, tuple(row for row in rows if row[1])))


def submitted(name):
    """Return the learner's own function, for a teacher's hidden tests.

    Parameters
    ----------
    name : str
        Of the task; `check` must have run before.

    Raises
    ------
    AssertionError
        If the check did not find it right: it says why.
    """
    find(name)
    if name not in _answers:
        raise AssertionError(f"{name} was never checked.")
    answer, verdict = _answers[name]
    if verdict.outcome != RIGHT:
        raise AssertionError(str(verdict))
    return answer


def find(name):
    """Return the task of a name; what names none raises ValueError."""
    if name not in TASKS:
        raise ValueError(f"There is no task {name!r}; expected one of {', '.join(TASKS)}.")
    return TASKS[name]


def _outcome(name):
    return _answers[name][1].outcome if name in _answers else NOT_TRIED


def _show(verdict):
    """Show a verdict: in colours in a notebook, as text elsewhere."""
    from IPython.display import display  # here: importing it takes long, and only notebooks need it

    display(verdict)
