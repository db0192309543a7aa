"""What a task consists of: a right answer, cases to find out with, known mistakes and their causes, hints."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Mistake(NamedTuple):
    """A typical wrong answer, and its cause in words. An answer that gives the same results has that cause."""

    function: Callable
    cause: str


class Rule(NamedTuple):
    """What a result must satisfy where many results are right, and the cause in words where it does not."""

    holds: Callable  # takes the result and then the arguments of the call
    cause: str


@dataclass(frozen=True)
class Task:
    """One function that the learner writes.

    Attributes
    ----------
    name : str
        Of the function.
    reference : callable
        A right answer. The notebook goes on with it where the learner's is not right.
    examples : tuple of tuple
        Arguments of fixed cases, small enough to read.
    draw : callable
        Takes a `numpy.random.Generator`, gives the arguments of a random case.
    hints : tuple of str
        Ever more direct.
    mistakes : tuple of Mistake
        Typical wrong answers.
    rules : tuple of Rule
        In place of one right result.
    large : callable or None
        As `draw`: arguments for which a Python loop over pixels takes far too long.
    random : bool
        The last argument is a generator, from which all randomness must come.
    rtol : float
        How far a number may be off, relatively.
    """

    name: str
    reference: Callable
    examples: tuple
    draw: Callable
    hints: tuple
    mistakes: tuple = ()
    rules: tuple = ()
    large: Callable | None = None
    random: bool = False
    rtol: float = 1e-6
