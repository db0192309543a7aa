"""The checks refuse every mechanical mutant that is wrong, and accept every one that is right, whatever is drawn.

Here with few draws, among them the one that learners get; `python tests/mutants.py` makes the table of 25.
"""

import mutants
import pytest

from nnlib.exercises.tasks import TASKS

DRAWS = (None, 0)  # None is the learner's
# These train or search: with the learner's draw alone, they take half of the minutes all the same.
COSTLY = {"train_network", "cost_and_gradient", "repaired_5", "label", "accuracy_by_writer", "learning_curve", "turn"}
# A repaired program is a repaired program: one of those in exercise 05 stands for all.
TRIED = {mutants.ast.dump(mutants.ast.Module(tree.body[1:], [])): name for name, (tree, _) in mutants.SOLUTIONS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED.values())
def test_mutants_are_told_rightly(name):
    wrongly, tried = mutants.told_wrongly(name, DRAWS[: 1 if name in COSTLY else 2])
    assert not wrongly, "\n".join(wrongly)
    assert tried.total() >= 20


def test_every_solution_is_found():
    assert set(mutants.SOLUTIONS) == set(TASKS)


def test_the_oracle_knows_right_from_wrong():
    """The mutants are judged by it, so it must not go by the check: these are decided by hand."""
    right = mutants.Mutant("", lambda theta, a: mutants.compiled(*mutants.SOLUTIONS["layer"])(theta, a) + 1e-9)
    wrong = mutants.Mutant("", lambda theta, a: mutants.compiled(*mutants.SOLUTIONS["layer"])(theta, a) + 1e-3)
    listed = mutants.Mutant("", lambda theta, a: mutants.compiled(*mutants.SOLUTIONS["layer"])(theta, a).tolist())
    assert mutants.expectation("layer", right) == mutants.SAME
    assert mutants.expectation("layer", wrong) == mutants.expectation("layer", listed) == mutants.OTHER
