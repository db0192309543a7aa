"""How long the pad takes from a mouse event to ink and to bars, in JupyterLab in Chromium, at 60 events a second.

    python tests/benchmarks/bench_pad.py

Needs Chromium and the [test] extra. Prints the median and the 95th percentile, in milliseconds; the goals
for ink are 45 and 80. Also prints how long the kernel works for one painting; the goal is 5 ms at most.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "browser"))
import driver

EVENTS_A_SECOND = 60
ROUNDS = 4
PAD = "from nnlib.pad import Pad\npad = Pad()\npad"
# What ipycanvas itself can do on this machine: nothing but a line for each event.
BARE = """
import ipycanvas, ipywidgets
canvas, points = ipycanvas.Canvas(width=280, height=280), []
canvas.fill_rect(0, 0, 280, 280)
canvas.stroke_style, canvas.line_width, canvas.line_cap = "white", 22, "round"

def draw(x, y):
    points.append((x, y))
    canvas.stroke_lines(points[-2:])

canvas.on_mouse_move(draw)
box = ipywidgets.Box([canvas])
box.add_class("nnlib-ink")
pad = ipywidgets.Box([box])
pad.add_class("nnlib-pad")
pad
"""


def kernel_side():
    """Return the milliseconds that Python takes for one painting, with no page to send it to."""
    import nnlib
    from nnlib.pad import Pad

    pad = Pad()
    times = []
    for example in nnlib.load_examples():
        for _ in range(20):
            start = time.perf_counter()
            pad.show(example.strokes)
            times.append(1000 * (time.perf_counter() - start))
    return times


def show(name, milliseconds):
    """Print a line of the table."""
    median, late = np.percentile(milliseconds, [50, 95])
    print(f"| {name} | {median:.1f} | {late:.1f} | {len(milliseconds)} |", flush=True)


def main():
    """Start JupyterLab and Chromium, measure, and print a table."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        chromium = stack.enter_context(driver.chromium())
        lab = stack.enter_context(driver.jupyter_lab(Path(folder)))
        bare = draw_on(chromium, lab, "bare.ipynb", BARE, 1)
        pad = draw_on(chromium, lab, "pad.ipynb", PAD, ROUNDS)
    print("| from a mouse event to | median, ms | 95th percentile, ms | events |\n|:--|--:|--:|--:|")
    show("ink, on a bare canvas", bare["ink"])
    show("ink", pad["ink"])
    show("bars", pad["bars"])
    show("(kernel's part)", kernel_side())


def draw_on(chromium, lab, name, cell, rounds):
    """Draw in a notebook of this cell, some times, and return the milliseconds to ink and to bars."""
    with driver.page(chromium) as page:
        lab.write(name, cell)
        lab.open(page, name)
        lab.run_all(page)
        field = page.locator(".nnlib-ink canvas")
        field.wait_for()
        page.wait_for_timeout(2000)
        hand = driver.Hand(page)
        measured = {"ink": [], "bars": []}
        for _ in range(rounds):
            result = hand.draw_and_measure(EVENTS_A_SECOND)
            for key, milliseconds in measured.items():
                milliseconds += result[key]
            if rounds > 1:
                hand.clear()
    return measured


if __name__ == "__main__":
    main()
