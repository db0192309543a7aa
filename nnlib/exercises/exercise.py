"""What an exercise consists of: tasks, which are functions that the learner writes, and questions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .comparing import RTOL


@dataclass(frozen=True)
class Task:
    """One function that the learner writes.

    Attributes
    ----------
    name : str
        Of the function.
    reference : callable
        A right answer. The notebook goes on with it where the learner's is not right.
    draw : callable
        Takes a `numpy.random.Generator`, gives the arguments of a random case.
    hints : list of str
        Each more direct than the one before.
    examples : list of tuple
        Arguments of fixed cases, small enough to read.
    mistakes : dict
        Typical wrong answers, ``{cause in words: function}``, or a list of functions with the same cause.
        An answer that gives the same results as one of them is told its cause.
    must_hold : dict
        What is true of every right result, where many results are right: ``{what is wrong if it is not: predicate}``.
        A predicate takes the result, then the arguments. This takes the place of comparing with the reference.
    looks_like : dict
        Typical wrong results, for a task with `must_hold`: ``{cause in words: predicate}``. Where a result does not
        pass, the first of these that is true names the cause. None of them can fail an answer by itself.
    large : callable or None
        As `draw`: arguments for which a Python loop over pixels takes far too long.
    too_slow : str
        What an answer that is too slow for `large` most probably does.
    random : bool
        The last argument is a generator, from which all randomness must come.
    rtol : float
        How far a number may be off, relatively to the largest. What is computed in float32 must pass, always.
    parts : tuple of str
        The names of several results, in the singular: ``("the cost", "the gradient")``.
    library : tuple of callable
        Functions of the library, besides the reference, that are the answer already. An answer may not call them.
    stands_in : bool
        Whether the notebook goes on with the reference where the learner's answer is not right.
    points : int
        What a right answer is worth.
    """

    name: str
    reference: Callable
    draw: Callable
    hints: list
    examples: list = field(default_factory=list)
    mistakes: dict = field(default_factory=dict)
    must_hold: dict = field(default_factory=dict)
    looks_like: dict = field(default_factory=dict)
    large: Callable | None = None
    too_slow: str = "That is a loop in Python over single numbers; let NumPy work on whole arrays."
    random: bool = False
    rtol: float = RTOL
    parts: tuple = ()
    library: tuple = ()
    stands_in: bool = True
    points: int = 0

    def wrong_answers(self):
        """Yield each function of `mistakes` with its cause, as pairs (cause, function)."""
        for cause, functions in self.mistakes.items():
            for function in functions if isinstance(functions, list) else [functions]:
                yield cause, function


class Question(NamedTuple):
    """A prediction to make."""

    name: str
    text: str
    options: list  # the answers to choose from
    right: int  # the place of the right one
    why: str
    wrong: list = ()  # why not: a sentence for each of the other options, in their order, that leaves one thinking

    def said_to(self, chosen):
        """Return what is said to an answer, given by its place among the options."""
        if chosen == self.right:
            return self.why
        return self.wrong[chosen - (chosen > self.right)] if self.wrong else ""


class Exercise:
    """The tasks and the questions of one exercise, in their order; each module of `tasks` makes one.

    Parameters
    ----------
    points : dict
        What each task is worth, by its name; the page says the same.
    """

    def __init__(self, points):
        self.points, self.tasks, self.questions = points, {}, {}

    def task(self, **parts):
        """Return a decorator: the function below it is the right answer of a task. `parts` are those of `Task`."""

        def decorator(reference):
            self.add(reference, **parts)
            return reference

        return decorator

    def add(self, reference, *, name=None, **parts):
        """Add a task whose right answer is there already; it has the name of the function, if no other is given."""
        name = name or reference.__name__
        self.tasks[name] = Task(name, reference, points=self.points[name], **parts)

    def question(self, name, text, options, *, right, why, wrong=()):
        """Add a question; `right` is the place of the right answer among the options, counted from 0."""
        self.questions[name] = Question(name, text, options, right, why, wrong)
