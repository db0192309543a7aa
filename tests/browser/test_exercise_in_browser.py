"""A learner does an exercise in JupyterLab: a wrong answer, its cause, a hint, the right answer."""

import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXERCISES = Path(__file__).resolve().parents[2] / "notebooks" / "exercises"
WRONG = "def sigmoid(z):\nreturn 1 / (1 + np.exp(z))"  # the editor indents by itself
RIGHT = "def sigmoid(z):\nreturn 1 / (1 + np.exp(-z))"


class Learner:
    """Types into cells, and reads what comes below them."""

    def __init__(self, page):
        self.page = page

    def cell(self, text):
        cell = self.page.locator(".jp-Notebook .jp-CodeCell", has_text=text).first
        cell.scroll_into_view_if_needed()
        return cell

    def type(self, cell, code, then=""):
        """Replace what is in a cell, with a last line that is not indented, and run it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(code)
        for key in ("Enter", "Backspace"):
            self.page.keyboard.press(key)
        self.page.keyboard.type(then)
        self.page.keyboard.press("Shift+Enter")

    def run(self, cell):
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def wait_for_verdict(self, cell, words):
        verdict = cell.locator(".nnlib-verdict", has_text=words)
        verdict.wait_for()
        return verdict


@pytest.fixture
def learner(lab, page):
    shutil.copy(EXERCISES / "02_the_network.ipynb", lab.folder)
    lab.open(page, "02_the_network.ipynb")
    return Learner(page)


def test_a_wrong_answer_a_hint_and_the_right_answer(lab, learner, page):
    lab.run_all(page)
    check, answer = learner.cell('sigmoid = check("sigmoid"'), learner.cell("def sigmoid(z):")
    learner.wait_for_verdict(check, "not tried yet")

    learner.type(answer, WRONG)
    learner.run(check)
    verdict = learner.wait_for_verdict(check, "sigmoid: wrong.")
    for words in ("sign in the exponent", "expected", "got", "goes on with the library's function"):
        assert words in verdict.inner_text()

    learner.type(answer, WRONG, then='hint("sigmoid")')
    learner.wait_for_verdict(answer, "Hint 1 of")
    learner.run(answer)
    learner.wait_for_verdict(answer, "Hint 2 of")

    learner.type(answer, RIGHT)
    learner.run(check)
    learner.wait_for_verdict(check, "sigmoid: right.")


def test_a_prediction_is_answered(lab, learner, page):
    lab.run_all(page)
    cell = learner.cell('ask("02-shape")')
    for option, answer in (("(50, 30)", "No"), ("(30, 51)", "Yes"), ("(30, 50)", "No")):
        cell.get_by_role("radio", name=option, exact=True).click()
        cell.get_by_role("status").filter(has_text=answer).wait_for()


def test_an_endless_loop_does_not_hang_the_notebook(lab, learner, page):
    lab.run_all(page)
    check, answer = learner.cell('sigmoid = check("sigmoid"'), learner.cell("def sigmoid(z):")
    learner.wait_for_verdict(check, "not tried yet")
    learner.type(answer, "def sigmoid(z):\nwhile True:\npass")
    learner.run(check)
    learner.wait_for_verdict(check, "a loop that never ends")
