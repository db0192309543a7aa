"""A real JupyterLab in a real Chromium, and a hand that draws in it: for the tests and the benchmark."""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from itertools import pairwise

import nbformat

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 180_000  # milliseconds: everything waits for what it needs, and a busy machine may take its time
NOT_OURS = (  # Notebook 7.6 says so of any notebook
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
)
INK_WIDTH = 0.079  # of the pen, as a share of the field
ROWS, ROW_HEIGHT, STEP = 3, 90, 5  # a path as long as a large digit's, which never meets itself; in pixels of the page
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_server(url, process, seconds=PATIENCE / 1000):
    """Return when the server at `url` answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"no answer from {url} within {seconds} s")


def find_chromium():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@contextmanager
def chromium():
    """A Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGUMENTS), timeout=PATIENCE
        )
        yield browser
        browser.close()


@contextmanager
def jupyter_lab(folder):
    """A JupyterLab of its own, with its own settings, in two new folders inside of `folder`."""
    notebooks, settings = folder / "notebooks", folder / "settings"
    notebooks.mkdir()
    (settings / "labconfig").mkdir(parents=True)
    # No question about news, which nobody would answer.
    (settings / "labconfig" / "page_config.json").write_text(
        '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
    )
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "user"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    with open(settings / "server.log", "wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=notebooks)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(f"{address}/api", server)
        yield Lab(notebooks, settings / "user", address)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def page(browser, **options):
    """A page of its own in a browser; an error in its console is a failure."""
    context = browser.new_context(**{"viewport": {"width": 1300, "height": 1000}} | options)
    context.set_default_timeout(PATIENCE)
    page, errors = context.new_page(), []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    errors = [error for error in errors if error not in NOT_OURS]
    assert errors == [], errors


class Lab:
    """Where notebooks are, and how to open them."""

    def __init__(self, folder, settings, address):
        self.folder, self.settings, self.address = folder, settings, address

    def set(self, extension, name, **values):
        """Set what a user can set, for the pages that are opened from now on."""
        path = self.settings / extension / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def write(self, name, *cells):
        """Write a notebook of these code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
        nbformat.write(notebook, self.folder / name)

    def open(self, page, name):
        """Open a notebook in JupyterLab, and wait for its kernel."""
        page.goto(f"{self.address}/lab/tree/{name}?reset")
        page.wait_for_selector("text=| Idle")

    def open_in_notebook(self, page, name):
        """Open a notebook in Jupyter Notebook, and wait for its kernel."""
        page.goto(f"{self.address}/notebooks/{name}")
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")  # so it is before it has a kernel
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._has_idle_kernel(name):
            assert time.monotonic() < deadline, f"no kernel for {name}"
            page.wait_for_timeout(100)
        page.wait_for_timeout(500)  # for the page to learn of it

    def _has_idle_kernel(self, name):
        """Whether a page is connected to a notebook's kernel, and it has nothing to do."""
        with urllib.request.urlopen(f"{self.address}/api/sessions", timeout=30) as answer:
            kernels = [session["kernel"] for session in json.load(answer) if session["path"] == name]
        return any(kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels)

    def run_all(self, page):
        """Run all cells."""
        choose(page, "Run", "runmenu:run-all")

    def save(self, page, name):
        """Save a notebook, and wait until its file holds what its cells show."""
        choose(page, "File", "docmanager:save")
        deadline = time.monotonic() + PATIENCE / 1000
        while not any(cell.outputs for cell in nbformat.read(self.folder / name, as_version=4).cells):
            assert time.monotonic() < deadline, f"{name} was not saved"
            page.wait_for_timeout(100)


def choose(page, menu, command):
    """Choose a command from a menu of JupyterLab."""
    page.click(f".lm-MenuBar-item:has-text('{menu}')")
    page.click(f"li[data-command='{command}']:not(.lm-mod-disabled)")


class Hand:
    """Draws on a pad in a page, and reads what the pad says."""

    def __init__(self, page, number=0):
        self.page = page
        self.pad = page.locator(".nnlib-pad").nth(number)
        self.field = self.pad.locator(".nnlib-ink canvas")
        self.field.wait_for()
        self.status = self.pad.locator(".nnlib-status")

    def box(self):
        """Return where the field is on the page, once it moves no more: JupyterLab scrolls when a cell has run."""
        self.field.hover(trial=True)
        return self.field.bounding_box()

    def place(self, strokes, left=0.25, top=0.15, size=0.7):
        """Return strokes in pixels of the page, in a part of the field: shares of its width."""
        box = self.box()
        low = min(point[1] for stroke in strokes for point in stroke)
        high = max(point[1] for stroke in strokes for point in stroke)
        first_x = min(point[0] for stroke in strokes for point in stroke)
        factor = size * box["width"] / (high - low)
        x, y = box["x"] + left * box["width"], box["y"] + top * box["height"]
        return [[(x + (px - first_x) * factor, y + (py - low) * factor) for px, py in stroke] for stroke in strokes]

    def draw(self, strokes, **place):
        """Draw with the mouse; return how much of the field the ink must cover."""
        mouse, placed = self.page.mouse, self.place(strokes, **place)
        for stroke in placed:
            mouse.move(*stroke[0])
            mouse.down()
            for point in stroke[1:]:
                mouse.move(*point)
                self.page.wait_for_timeout(8)
            mouse.up()
        return self.share(placed)

    def draw_and_measure(self, events_a_second):
        """Draw a zigzag that fills the field; return the milliseconds from an event to its ink, and to the bars."""
        xs = list(range(15, int(self.field.bounding_box()["width"]) - 15, STEP))
        path = [(x, 20 + ROW_HEIGHT * i) for i in range(ROWS) for x in (xs if i % 2 == 0 else xs[::-1])]
        result = self.field.evaluate(DRAW, [path, events_a_second])
        assert result["lost"] == 0, f"{result['lost']} events gave no ink"
        return result

    def share(self, strokes):
        """Return how much of the field the ink of strokes in pixels of the page covers: bands with round ends."""
        length = sum(math.dist(*pair) for stroke in strokes for pair in pairwise(stroke)) / self.box()["width"]
        return INK_WIDTH * length + len(strokes) * math.pi / 4 * INK_WIDTH**2

    def wait_for_bars(self, digit):
        """Wait until the bar of a digit is the longest, and each bar is as long as the number beside it says."""
        deadline = time.monotonic() + PATIENCE / 1000
        while True:
            numbers, widths = self.bars()
            if numbers.index(max(numbers)) == digit and all(
                abs(number - width) < 0.02 for number, width in zip(numbers, widths, strict=True)
            ):
                return
            assert time.monotonic() < deadline, (numbers, widths)
            self.page.wait_for_timeout(50)

    def bars(self):
        """Return the numbers beside the bars, and the bars' widths as shares of the whole: both of one moment."""
        return self.pad.evaluate(
            """pad => [
                [...pad.querySelectorAll('.nnlib-bars td:last-child')].map(cell => Number(cell.textContent)),
                [...pad.querySelectorAll('.nnlib-bar div')].map(bar =>
                    bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width),
            ]"""
        )

    def click(self, name):
        self.pad.get_by_role("button", name=name, exact=True).click()

    def kept(self):
        """Return the pictures of the kept drawings."""
        return self.pad.locator("[data-nnlib-example]")

    def wait_for_words(self, text):
        self.pad.locator(".nnlib-words", has_text=text).wait_for()

    def wait_for_status(self, text):
        self.status.filter(has_text=text).wait_for()

    def clear(self):
        self.click("Clear")
        self.wait_for_words("Draw a digit")
        self.wait_for_ink(0, 0)

    def wait_for_ink(self, low, high):
        """Wait until the share of the field that is inked lies in [low, high]: the browser paints when it can."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not low <= (ink := self.ink()) <= high:
            assert time.monotonic() < deadline, f"{ink:.4f} of the field is inked, not {low:.4f} to {high:.4f}"
            self.page.wait_for_timeout(50)
        return ink

    def wait_for_ink_of(self, share):
        """Wait until as much of the field is inked as `draw` or `share` said, where strokes do not cross much."""
        return self.wait_for_ink(0.9 * share, 1.1 * share)

    def ink(self):
        """Return the share of the drawing field that is white."""
        return self.field.evaluate(
            """canvas => {
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                let white = 0;
                for (let i = 0; i < data.length; i += 4) white += data[i] > 127;
                return white / (data.length / 4);
            }"""
        )
