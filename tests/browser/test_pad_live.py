"""The pad goes on while the kernel is busy: people draw while a cell runs, and while a network learns."""

import statistics

import pytest
from driver import PATIENCE, Hand, choose, jupyter_lab
from driver import page as new_page
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

SHOW_PAD = "from nnlib.pad import Pad\npad = Pad()\npad"
BUSY = {
    "sleep": "import time\nprint('it', 'runs')\ntime.sleep(60)",
    "loop": "print('it', 'runs')\nwhile True:\n    sum(range(1000))",
    "train": (
        "import nnlib\nX, y, *_ = nnlib.load_mnist()\nprint('it', 'runs')\n"
        "result = nnlib.train(X, y, seed=0, max_iter=1000, progress=False)"
    ),
}
TRAIN_AND_WATCH = """
import asyncio, numpy as np, nnlib
X, y, X_test, y_test = nnlib.load_mnist()
print("it", "runs")
tell = lambda history: print("iteration", len(history["cost"]))
nnlib.train(X, y, seed=0, max_iter=1000, progress=False, callback=tell, thetas_callback=pad.watch("normalise"))
print("it", "ended")
"""
COMPARE = """
await asyncio.sleep(0.5)
scores = pad.network.predict_scores(nnlib.strokes_to_image(pad.strokes).reshape(1, -1))[0]
print("the same:", pad.network.preparation, np.allclose(pad.scores, scores, atol=1e-9))
print("trained:", (pad.network.predict(X_test) == y_test).mean() > 0.5)
"""
KERNEL_IS_BUSY = "The kernel is busy: your drawing will appear when it is free."


def output(page, text):
    return page.locator(".jp-OutputArea-output", has_text=text)


def start(lab, page, name, *cells):
    """Run a pad's cell and others, and return a hand when the second one runs."""
    lab.write(name, SHOW_PAD, *cells)
    lab.open(page, name)
    lab.run_all(page)
    hand = Hand(page)
    output(page, "it runs").wait_for()
    return hand


def interrupt(page):
    choose(page, "Kernel", "kernelmenu:interrupt")
    page.locator(".jp-InputPrompt", has_text="[2]:").wait_for()  # the second cell has ended


@pytest.mark.parametrize("what", BUSY)
def test_ink_appears_while_a_cell_runs(lab, page, digits, what):
    hand = start(lab, page, f"busy_{what}.ipynb", BUSY[what])
    median = statistics.median(hand.draw_and_measure(60)["ink"])
    hand.click("Clear")
    hand.wait_for_words("Draw a digit")
    hand.wait_for_ink(0, 0)
    hand.draw(digits[3])
    hand.wait_for_words("I read a 3.")
    expect(hand.pad.get_by_text(KERNEL_IS_BUSY)).to_have_count(0)
    assert page.locator(".jp-InputPrompt", has_text="[*]").count() == 1
    interrupt(page)
    assert median < 1000  # milliseconds: not when the cell has ended; how fast it is, the benchmark tells


def test_a_busy_kernel_that_cannot_answer_is_announced(chromium, tmp_path, digits):
    with jupyter_lab(tmp_path) as lab, new_page(chromium) as page:
        lab.set("@jupyterlab/apputils-extension", "kernels-settings", commsOverSubshells="disabled")
        hand = start(lab, page, "no_subshell.ipynb", BUSY["sleep"])
        three = hand.draw(digits[3])
        hand.pad.get_by_text(KERNEL_IS_BUSY).first.wait_for()
        hand.draw(digits[1], left=0.9)
        hand.click("Undo")  # of what was drawn before it, not of what comes after
        one = hand.draw(digits[1], left=0.9)
        assert hand.ink() == 0
        interrupt(page)
        hand.wait_for_ink_of(three + one)
        expect(hand.pad.get_by_text(KERNEL_IS_BUSY)).to_have_count(0, timeout=PATIENCE)
        hand.click("Undo")
        hand.wait_for_words("I read a 3.")


def test_draw_while_it_trains(lab, page, digits):
    hand = start(lab, page, "watch.ipynb", TRAIN_AND_WATCH, COMPARE)
    hand.wait_for_ink_of(hand.draw(digits[3]))
    output(page, "iteration 2").wait_for()
    page.evaluate(
        """() => {
            const bars = () => document.querySelector('.nnlib-bars').textContent;
            window.seen = new Set();
            window.timer = setInterval(() => window.seen.add(bars()), 20);
        }"""
    )
    page.wait_for_function("window.seen.size >= 5")  # the hand rests, the bars move
    output(page, "iteration 25").wait_for()
    hand.click("Clear")
    hand.wait_for_ink_of(hand.draw(digits[7]))
    hand.wait_for_words("I read a 7.")
    assert output(page, "it ended").count() == 0
    interrupt(page)
    output(page, "the same: normalise True").wait_for()
    output(page, "trained: True").wait_for()
    hand.wait_for_bars(7)
    hand.click("Clear")
    hand.draw(digits[3])
    hand.wait_for_words("I read a 3.")
