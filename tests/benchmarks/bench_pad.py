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
ROWS, ROW_HEIGHT, STEP = 3, 90, 5  # a path as long as a large digit's, which never meets itself; in pixels of the page
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
box
"""
# The page itself makes the events: a driver outside it waits for each and does not reach 60 a second. An event's
# ink is there when the canvas has been painted and its pixel is white. A tick paints first and then sets the bars; if
# the scores are the same as before, the bars do not change, and there is nothing to measure.
DRAW = """async (canvas, [path, rate]) => {
    const waiting = [], ink = [], bars = [];
    let inked = [];
    const context = canvas.getContext('2d'), draw = context.drawImage;
    const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
    context.drawImage = (...args) => {
        draw.apply(context, args);
        const now = performance.now(), fresh = [];
        while (waiting.length && context.getImageData(waiting[0].x, waiting[0].y, 1, 1).data[0] > 127) {
            fresh.push(waiting.shift());
            ink.push(now - fresh.at(-1).t);
        }
        if (fresh.length) inked = fresh;
    };
    const observer = new MutationObserver(() => {
        const now = performance.now();
        for (const event of inked.splice(0)) bars.push(now - event.t);
    });
    const shown = document.querySelector('.nnlib-bars');
    if (shown) observer.observe(shown.closest('.widget-html'), {childList: true, subtree: true});

    const send = (type, x, y) =>
        canvas.dispatchEvent(new MouseEvent(type, {clientX: box.left + x, clientY: box.top + y}));
    send('mousedown', ...path[0]);
    const start = performance.now();
    for (let i = 1; i < path.length; i++) {
        await new Promise(done => setTimeout(done, Math.max(0, start + 1000 * i / rate - performance.now())));
        waiting.push({t: performance.now(), x: path[i][0] * scale, y: path[i][1] * scale});
        send('mousemove', ...path[i]);
    }
    const seconds = (performance.now() - start) / 1000;
    send('mouseup', ...path.at(-1));
    await new Promise(done => setTimeout(done, 2000));
    context.drawImage = draw;
    observer.disconnect();
    return {ink, bars, rate: path.length / seconds, lost: waiting.length};
}"""


def zigzag(width):
    """Return the points of a path that fills a field of this width without touching itself."""
    xs = list(range(15, int(width) - 15, STEP))
    return [(x, 20 + ROW_HEIGHT * i) for i in range(ROWS) for x in (xs if i % 2 == 0 else xs[::-1])]


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
        path = zigzag(field.bounding_box()["width"])
        measured = {"ink": [], "bars": []}
        for _ in range(rounds):
            result = field.evaluate(DRAW, [path, EVENTS_A_SECOND])
            assert result["lost"] == 0, f"{result['lost']} events gave no ink"
            for key, milliseconds in measured.items():
                milliseconds += result[key]
            if rounds > 1:
                driver.Hand(page).clear()
    return measured


if __name__ == "__main__":
    main()
