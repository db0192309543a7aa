"""A photograph of digits on paper, in the pad: its picture with a button over each digit, and what stands there."""

import base64
import io
from dataclasses import replace
from html import escape

import ipywidgets as widgets
import numpy as np
from PIL import Image

from ..paper import read_page
from ..paper.page import LONGEST_SIDE
from ..paper.picture import load_file
from ..reading import SURE
from . import view
from .controls import button, row

SHOWN_SIDE = 1000  # pixels, the longer side of the picture as it is shown: sharp also on a high-resolution screen
MOST_WIDTH, MOST_HEIGHT = 480, 440  # pixels of the page; beside it stands what was read
ADVICE = "Write them apart from each other, with a dark pen on light paper, and hold the camera straight above."


def read_photo(content, name, network):
    """Read the content (bytes) of a picture file as `nnlib.read_page` does. Errors call the file `name`."""
    if not content:
        raise ValueError(f"{name} is empty, or it is too large and no picture that the browser could reduce.")
    picture = load_file(io.BytesIO(content), name, LONGEST_SIDE).rgb
    read = read_page(picture, network)
    if not read.rows:
        raise ValueError(f"I find no digits in {name}. {ADVICE}")
    return read


def photo_button():
    """Return the button "A photo". What it does is done in the browser, which lets people choose a file."""
    made = button("A photo", lambda: None, "Read digits on paper: choose a picture, or take one with a phone")
    made.add_class("nnlib-choose-photo")
    return made


class Photo(widgets.VBox):
    """What was read on a photograph, to choose a digit from; it is hidden while there is none.

    The page tells the pad which digit is chosen: each has the attribute ``data-nnlib-digit`` with its number.
    """

    def __init__(self):
        self._page, self._name, self._shown = None, "", None
        self._picture, self._boxes, self._rows = (widgets.HTML() for _ in range(3))
        self._boxes.add_class("nnlib-boxes")
        self._frame = widgets.Box([self._picture, self._boxes])
        self._frame.add_class("nnlib-picture")
        close = button("Remove the photo", self.close_photo, "Show the photo no longer; what you kept of it stays")
        super().__init__([widgets.HTML(STYLE), row([self._frame, self._rows], "nnlib-read"), row([close])])
        self.add_class("nnlib-photo")
        self.close_photo()

    def show(self, page, name):
        """Show a `nnlib.paper.page.Page` that was read from a file of this name."""
        self._page, self._name, self._shown = page, name, None
        height, width = page.picture.shape[:2]
        self._frame.layout.max_width = f"{round(min(MOST_WIDTH, MOST_HEIGHT * width / height))}px"
        self.layout.display = None  # first: the browser scrolls to the picture when it comes
        self._picture.value = picture_html(page.picture, name)
        self._update()

    def close_photo(self):
        """Show the photo no longer."""
        self._page = self._shown = None
        self._picture.value = self._boxes.value = self._rows.value = ""
        self.layout.display = "none"

    def read_again(self, network):
        """Let another network read the digits."""
        if self._page is None:
            return
        scores = iter(network.predict_scores(np.array([digit.image.ravel() for digit in self._digits()])))
        rows = [
            [digit._replace(digit=int(np.argmax(new)), scores=new) for digit, new in zip(row, scores, strict=False)]
            for row in self._page.rows
        ]
        self._page = replace(self._page, rows=rows)
        self._update()

    def image_of(self, number):
        """Return the image (28, 28) of a digit, by its number in reading order from 0."""
        digits = self._digits()
        if not 0 <= number < len(digits):
            raise ValueError("This digit is not there any more: the photo was removed, or another took its place.")
        return digits[number].image

    def mark(self, image):
        """Mark the digit whose image this is as the one that is shown, if it is one of the photo's."""
        if image is not self._shown:
            self._shown = image
            self._update()

    def in_words(self):
        """Return what was read, as sentences."""
        return in_words(self._page, self._name)

    def _digits(self):
        return [] if self._page is None else [digit for row in self._page.rows for digit in row]

    def _update(self):
        if self._page is not None:
            self._boxes.value = boxes_html(self._page, self._shown)
            self._rows.value = rows_html(self._page, self._shown)


def in_words(page, name):
    """Return what was read on a page in the file `name`, as sentences."""
    digits = [digit for row in page.rows for digit in row]
    count = "1 digit" if len(digits) == 1 else f"{len(digits)} digits, in {view.counted(len(page.rows), 'row')},"
    unsure = sum(not is_sure(digit) for digit in digits)
    said = f"I found {count} in {name}. Choose {'it' if len(digits) == 1 else 'one'} to see it as the network does."
    if unsure:
        said += f" I am not sure of {unsure} of them: {'its box is' if unsure == 1 else 'their boxes are'} dashed."
    return said


def is_sure(digit):
    """Return whether the network says "yes" to a digit."""
    return digit.scores.max() >= SURE


def picture_html(picture, name):
    """Return a picture (h, w, 3) of uint8 as an image for the page."""
    image = Image.fromarray(picture)
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    data = base64.b64encode(file.getvalue()).decode()
    # With its size, as the browser knows the place that it takes before it has decoded it.
    size = f'width="{image.width}" height="{image.height}"'
    return f'<img src="data:image/jpeg;base64,{data}" alt="The photo, {escape(name)}" {size}>'


def boxes_html(page, shown=None):
    """Return a button over each digit, and a box around what was left out; the digit with the image `shown` is marked.

    All places are shares of the picture's size.
    """
    buttons, number = [], 0
    for i, digits in enumerate(page.rows, start=1):
        for j, digit in enumerate(digits, start=1):
            name = f"Digit {j} of row {i}, read as {digit.digit}, score {digit.scores.max():.2f}"
            name += "" if is_sure(digit) else ", not sure"
            buttons.append(
                f'<button type="button" {_choice(number, digit)} aria-pressed="{str(digit.image is shown).lower()}" '
                f'aria-label="{name}" title="{name}" style="{_place(digit.box, page.size)}">'
                f"<span>{digit.digit}</span></button>"
            )
            number += 1
    others = [
        f'<i title="left out: {escape(reason)}" style="{_place(box, page.size)}"></i>' for box, reason in page.left_out
    ]
    heights = [digit.box[3] - digit.box[1] for digits in page.rows for digit in digits]
    style = f"--digit:{100 * np.median(heights) / page.size[0]:.2f}cqw"
    return f'<div role="group" aria-label="Digits in the photo" style="{style}">{"".join(others + buttons)}</div>'


def rows_html(page, shown=None):
    """Return what stands on the page, a line for each row. A click on a digit chooses it, too."""
    lines, number = [], 0
    for digits in page.rows:
        line = ""
        for digit in digits:
            mark = " data-nnlib-shown" if digit.image is shown else ""
            line += f"<span {_choice(number, digit)}{mark}>{digit.digit}</span>"
            number += 1
        lines.append(f"<p>{line}</p>")
    return "".join(lines)


def _choice(number, digit):
    return f'data-nnlib-digit="{number}" class="{"sure" if is_sure(digit) else "unsure"}"'


def _place(box, size):
    """Return where a box lies in a picture of this size, as CSS."""
    (left, top, right, bottom), (width, height) = box, size
    x, w, y, h = 100 * left / width, 100 * (right - left) / width, 100 * top / height, 100 * (bottom - top) / height
    return f"left:{x:.2f}%;top:{y:.2f}%;width:{w:.2f}%;height:{h:.2f}%"


# --digit is the height of the photo's digits, so that what stands around small ones leaves the others free.
STYLE = """<style>
.nnlib-photo { border-left: 4px solid #1b87c9; padding-left: 8px; margin-bottom: 8px; }
.nnlib-photo .nnlib-read { align-items: flex-start; gap: 10px 16px; }
.nnlib-photo .nnlib-picture { position: relative; flex: 1 1 260px; }
.nnlib-photo .nnlib-picture > * { margin: 0; height: auto; width: 100%; }
.nnlib-photo img { display: block; width: 100%; height: auto; border-radius: 4px; }
.nnlib-photo .nnlib-picture > .nnlib-boxes { position: absolute; inset: 0; height: 100%; container-type: inline-size; }
.nnlib-photo [role=group] { --gap: min(4px, 0.1 * var(--digit)); }
.nnlib-photo .nnlib-boxes i { position: absolute; border: 1px dotted gray; }
.nnlib-photo .nnlib-boxes button { all: unset; position: absolute; min-width: 0; min-height: 0; cursor: pointer; }
.nnlib-photo .nnlib-boxes button::before { content: ""; position: absolute; inset: calc(-1 * var(--gap));
  border: min(2px, 0.08 * var(--digit)) solid #1b87c9; border-radius: 3px; }
.nnlib-photo .nnlib-boxes .unsure::before { border: max(1px, min(2px, 0.1 * var(--digit))) dashed #c25b00; }
.nnlib-photo .nnlib-boxes [aria-pressed=true]::before { background: #1b87c966; border-width: 3px; }
.nnlib-photo .nnlib-boxes span { position: absolute; left: calc(-1 * var(--gap)); bottom: calc(100% + var(--gap));
  padding: 0 0.25em; font: bold min(11px, 0.4 * var(--digit))/1.15 sans-serif; color: white; background: #0b6aa8;
  border-radius: 3px; }
.nnlib-photo .nnlib-boxes .unsure span { background: #b34a00; }
.nnlib-photo p { margin: 0; font-size: 18px; line-height: 28px; font-variant-numeric: tabular-nums; }
.nnlib-photo p span { display: inline-block; min-width: 18px; text-align: center; cursor: pointer;
  border: 2px solid transparent; border-radius: 3px; line-height: 22px; }
.nnlib-photo p .unsure { border: 2px dashed #d9730d; }
.nnlib-photo p [data-nnlib-shown] { box-shadow: 0 0 0 2px #1b87c9; font-weight: bold; }
@media (pointer: coarse) { .nnlib-photo p { line-height: 36px; }
  .nnlib-photo p span { min-width: 26px; line-height: 30px; } }
</style>"""
