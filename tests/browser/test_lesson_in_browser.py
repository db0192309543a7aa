"""A reader opens a lesson in JupyterLab: the answer to a prediction is folded, and a slider moves a picture."""

import nbformat
import pytest
from loading import ROOT, load

pytestmark = pytest.mark.slow

build = load(ROOT / "notebooks" / "build.py")
SLIDERS = """from nnlib import plots
from nnlib.sliders import Sliders
figure, ax = plots.new_figure("", width=5, height=2)
(line,) = ax.plot([0, 1], [0, 1])
def draw(slope=2):
    line.set_ydata([0, slope])
    figure.alt = f"A line of slope {slope}."
Sliders(figure, draw, slope=[1, 2, 3])"""
LESSON = f"""# A lesson

> **Predict.** What is 6 times 7?

```{{code-cell}} ipython3
print("the", 6 * 7)
```

Words.

```{{code-cell}} ipython3
{SLIDERS}
```
"""


@pytest.fixture
def lesson(lab, tmp_path):
    """A lesson, built as the lessons are, in the folder of a JupyterLab."""
    (tmp_path / "lesson.md").write_text(LESSON, encoding="utf-8")
    notebook = build.read_source(tmp_path / "lesson.md")
    build.execute(notebook, tmp_path)
    nbformat.write(notebook, lab.folder / "lesson.ipynb")
    return "lesson.ipynb"


def test_the_answer_to_a_prediction_is_hidden_until_its_cell_is_run(lab, page, lesson):
    lab.open(page, lesson)
    page.get_by_text(build.FOLDED).wait_for()
    assert page.get_by_text("the 42").count() == 0
    lab.run_all(page)
    page.get_by_text("the 42").wait_for()
    assert page.get_by_text(build.FOLDED).count() == 0


def test_the_answer_is_shown_at_a_click_too(lab, page, lesson):
    lab.open(page, lesson)
    page.get_by_text(build.FOLDED).click()
    page.get_by_text("the 42").wait_for()


def test_a_picture_with_sliders_is_there_without_running_and_moves_when_run(lab, page, lesson):
    lab.open(page, lesson)
    page.locator(".jp-RenderedImage img").wait_for()
    lab.run_all(page)
    page.get_by_alt_text("A line of slope 2.").wait_for()
    assert page.locator(".jp-RenderedImage img").count() == 0
    handle = page.locator(".noUi-handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_alt_text("A line of slope 3.").wait_for()
    assert page.get_by_alt_text("A line of slope 2.").count() == 0
