"""What a notebook calls: check an answer, take a hint, answer a question, see how far one has come."""

import copy
import os
from html import escape

from .judging import cases_of, judge
from .tasks import EXERCISES, QUESTIONS, TASKS
from .verdict import HINT, NOT_TRIED, RIGHT, SO_FAR, WRONG, Verdict, framed

_answers = {}  # name: (the learner's own answer, its verdict)
_hints_given = {}


def check(name, answer):
    """Say whether an answer is right, and return a function that is.

    Parameters
    ----------
    name : str
        Of the task.
    answer : callable
        The learner's function.

    Returns
    -------
    callable
        `answer` where it is right, or nothing below needs it; else the library's own, so that the rest of the
        notebook works.

    Raises
    ------
    ValueError
        If there is no such task.
    AssertionError
        Only while nbgrader's Validate button runs the notebook, where the answer is not right.
    """
    task = _find(name, TASKS, "task")
    if answer is task.reference:
        _show_again(task)
        return answer
    verdict = judge(task, answer)
    _answers[name] = answer, verdict
    if verdict.outcome == RIGHT:
        _show(verdict)
        return answer
    remark = "Nothing below needs it."
    if task.stands_in:
        remark = (
            "The notebook goes on with the library's function, so nothing below is blocked. "
            "To work on yours, run its cell again."
        )
    hint_at = f' Stuck? `hint("{name}")`' if verdict.outcome == WRONG else ""
    _show(Verdict(verdict.outcome, name, verdict.cause, verdict.rows, remark + hint_at))
    if os.environ.get("NBGRADER_EXECUTION") == "validate":
        raise AssertionError(str(verdict))
    return task.reference if task.stands_in else answer


def _show_again(task):
    """Say that what was checked is the library's function; most probably the last check returned it."""
    cause = "This is the library's function, not yours."
    if task.name in _answers:
        cause += f" Yours was: {_answers[task.name][1].outcome}. Run the cell with your function, then this one."
    _show(Verdict(_outcome(task.name), task.name, cause))


def case(name, number):
    """Return the arguments that `check` tried an answer on: `sigmoid(*case("sigmoid", 0))`.

    Parameters
    ----------
    name : str
        Of the task.
    number : int
        Of the case, from 0, as a verdict says it.

    Returns
    -------
    tuple
        A copy: what is done to it changes no case.

    Raises
    ------
    ValueError
        If there is no such task or no such case.
    """
    cases = [arguments for arguments in cases_of(_find(name, TASKS, "task")) if arguments is not None]
    if number not in range(len(cases)):
        raise ValueError(f"There is no case {number!r} of {name}; expected a number from 0 to {len(cases) - 1}.")
    return copy.deepcopy(cases[number])


def hint(name):
    """Show the next hint for a task; each is more direct than the one before.

    Parameters
    ----------
    name : str
        Of the task.

    Raises
    ------
    ValueError
        If there is no such task.
    """
    task = _find(name, TASKS, "task")
    given = _hints_given.get(name, 0)
    exercise = next(exercise for exercise, tasks in EXERCISES.items() if name in tasks)
    if given == len(task.hints):
        _show(Verdict(HINT, name, f"There are no more hints. A worked solution is in `solutions/{exercise}.ipynb`."))
        return
    _hints_given[name] = given + 1
    _show(Verdict(HINT, name, task.hints[given], remark=f"Hint {given + 1} of {len(task.hints)}."))


def summary(exercise):
    """Show which tasks of an exercise are right, which are not, and the points.

    Parameters
    ----------
    exercise : str
        How its name starts: "02".

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    found = [tasks for name, tasks in EXERCISES.items() if name.startswith(exercise)]
    if len(found) != 1:
        raise ValueError(f"There is no exercise {exercise!r}; expected one of {', '.join(n[:2] for n in EXERCISES)}.")
    (tasks,) = found
    outcomes = {name: _outcome(name) for name in tasks}
    right = sum(outcome == RIGHT for outcome in outcomes.values())
    outcome = RIGHT if right == len(tasks) else SO_FAR
    rows = tuple((outcome, ", ".join(n for n in tasks if outcomes[n] == outcome)) for outcome in (WRONG, NOT_TRIED))
    cause = "That is all of it." if outcome == RIGHT else ""
    if not cause and all(task.stands_in for task in tasks.values()):
        cause = "The library's functions stand in for the others."
    points = sum(task.points for name, task in tasks.items() if outcomes[name] == RIGHT)
    worth = sum(task.points for task in tasks.values())
    words = f"Exercise {exercise}, {right} of {len(tasks)} tasks, {points} of {worth} points"
    _show(Verdict(outcome, words, cause, tuple(row for row in rows if row[1])))


def submitted(name):
    """Return the learner's own function, for a teacher's hidden tests.

    Parameters
    ----------
    name : str
        Of the task; `check` must have run before.

    Raises
    ------
    ValueError
        If there is no such task.
    AssertionError
        If the check did not find it right; the message says why.
    """
    _find(name, TASKS, "task")
    if name not in _answers:
        raise AssertionError(f"{name} was never checked.")
    answer, verdict = _answers[name]
    if verdict.outcome != RIGHT:
        raise AssertionError(str(verdict))
    return answer


def ask(name):
    """Put a question, with its answers as buttons; shown where it is the last line of a cell.

    Parameters
    ----------
    name : str
        Of the question.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ValueError
        If there is no such question.
    """
    import ipywidgets as widgets  # here: only notebooks need it

    question = _find(name, QUESTIONS, "question")
    choice = widgets.RadioButtons(options=question.options, value=None, layout={"width": "auto"})
    verdict = widgets.HTML()

    def answer(change):
        if change["new"] is not None:
            verdict.value = explained(question, question.options.index(change["new"]))

    choice.observe(answer, "value")
    text = widgets.HTML(f'<b style="line-height:1.5">{escape(question.text)}</b>')
    return widgets.VBox([text, choice, verdict])


def explained(question, chosen):
    """Return what is said to an answer, as HTML; `chosen` is its place among the options."""
    if chosen == question.right:
        return framed(RIGHT, "Yes.", escape(question.said_to(chosen)))
    return framed(WRONG, "No:", escape(question.said_to(chosen)))


def _find(name, known, kind):
    """Return the task or the question of a name; ValueError where there is none."""
    if name not in known:
        raise ValueError(f"There is no {kind} {name!r}; expected one of {', '.join(known)}.")
    return known[name]


def _outcome(name):
    return _answers[name][1].outcome if name in _answers else NOT_TRIED


def _show(verdict):
    """Show a verdict: in colours in a notebook, as text elsewhere."""
    from IPython.display import display  # here: importing it takes long, and only notebooks need it

    display(verdict)
