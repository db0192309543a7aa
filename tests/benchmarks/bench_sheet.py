"""How many boxes of photographed sheets are cut and labelled rightly, and how a network reads once taught from one.

    python tests/benchmarks/bench_sheet.py --sheets 30

Each sheet is the real drawing, filled in by one writer of the pen digits (`nnlib.load_pens`) with a pen of random width
and darkness, some boxes left empty; then it is photographed: askew, on its side or upside down, in uneven light, on a
desk, with blur, noise and JPEG. A box is right if its label is, and its image is like the one that
`nnlib.strokes_to_image` draws of the same strokes. The same seed makes the same sheets.
"""

import argparse
import contextlib
import io
import time
import traceback
from typing import NamedTuple
from unittest import mock

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import nnlib
from nnlib import teaching
from nnlib.data import DATA_FOLDER
from nnlib.metrics import accuracy
from nnlib.paper import sheet

DOTS_PER_MM = 10
ALIKE = 0.8  # correlation of an image that was cut rightly with the true one; those of wide pens differ a little


class Photo(NamedTuple):
    """What a photograph is like."""

    askew: float = 0.08  # how far the corners lie beside their places, as a share of half the width
    blur: float = 0.12  # millimetres of the page, one standard deviation
    light: float = 0.5  # how much darker the darkest side is than the brightest
    noise: float = 0.02  # standard deviation, of white
    longest: int = 3000  # side, in pixels
    quality: int = 80  # of the JPEG
    turns: int = 0  # by 90 degrees each


def printed(paper="a4"):
    """Return the empty sheet as a printer prints it: an image of `DOTS_PER_MM` grey dots in a millimetre."""
    figure = sheet.draw_sheet(paper)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DOTS_PER_MM * 25.4)
    return Image.open(file).convert("L")


def filled_in(page, examples, rng, *, width=0.6, ink=30, share=(0.5, 0.85)):
    """Write examples into the boxes of a page, which is changed: a dict {(row, column): example}.

    `width` is that of the pen in millimetres, `ink` its grey from 0 to 255, `share` of the box is the digit's height.
    """
    pen = ImageDraw.Draw(page)
    paper_size = np.array(page.size) / DOTS_PER_MM
    origin = (paper_size - (sheet.WIDTH, sheet.HEIGHT)) / 2
    radius = width * DOTS_PER_MM / 2
    for place, example in examples.items():
        points = np.concatenate(example.strokes)
        low, extent = points.min(axis=0), np.ptp(points, axis=0)
        size = sheet.BOX * rng.uniform(*share)
        factor = size / extent.max()
        room = sheet.BOX - factor * extent - width - 1.5
        corner = origin + sheet.box_corner(*place) + width / 2 + 0.75 + rng.uniform(0, 1, 2) * np.maximum(room, 0)
        for stroke in example.strokes:
            dots = DOTS_PER_MM * ((stroke - low) * factor + corner)
            pen.line([tuple(dot) for dot in dots], fill=ink, width=max(1, round(2 * radius)))
            for x, y in dots:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)


def photograph(page, photo, rng):
    """Return a page as a camera sees it, as the bytes of a JPEG."""
    scale = photo.longest / max(page.size) * 0.9
    width, height = (round(side * scale / 0.9) for side in page.size)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * np.array(page.size) * scale
    middle = np.array([width, height]) / 2
    corners = corners - corners.mean(axis=0) + middle + rng.uniform(-1, 1, (4, 2)) * photo.askew * width / 2
    matrix = _eight_numbers(corners, np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * page.size)
    seen = page.transform((width, height), Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC, fillcolor=70)
    grey = np.asarray(seen.filter(ImageFilter.GaussianBlur(photo.blur * DOTS_PER_MM * scale)), dtype=np.float32)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    direction = rng.uniform(0, 2 * np.pi)
    slope = (x - 0.5) * np.cos(direction) + (y - 0.5) * np.sin(direction)
    light = 0.9 - photo.light * (slope - slope.min()) / np.ptp(slope)
    grey = grey * light + 255 * photo.noise * rng.standard_normal(grey.shape, dtype=np.float32)
    seen = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).rotate(90 * photo.turns, expand=True)
    file = io.BytesIO()
    seen.save(file, format="JPEG", quality=photo.quality)
    return file.getvalue()


def _eight_numbers(seen, page):
    """Return Pillow's eight numbers of the transform that takes corners in the photo to those of the page."""
    rows = [[x, y, 1, 0, 0, 0, -u * x, -u * y] for (x, y), (u, v) in zip(seen, page, strict=True)]
    rows += [[0, 0, 0, x, y, 1, -v * x, -v * y] for (x, y), (u, v) in zip(seen, page, strict=True)]
    return np.linalg.solve(rows, np.concatenate([page[:, 0], page[:, 1]]))


def some_boxes(digits, rng, empty=0.05):
    """Return a dict {(row, column): example} for a sheet by one writer; some boxes stay empty."""
    chosen = {}
    for row in range(sheet.ROWS):
        theirs = [example for example in digits if example.label == row]
        for column, i in enumerate(rng.permutation(len(theirs))[: sheet.COLUMNS]):
            if rng.random() >= empty:
                chosen[row, column] = theirs[i]
    return chosen


def judge(found, chosen):
    """Return how many boxes were cut and labelled rightly."""
    right = 0
    for row in range(sheet.ROWS):
        expected = [chosen[place] for place in sorted(chosen) if place[0] == row]
        in_row = [example for example in found if example.label == row]
        if len(expected) == len(in_row):
            right += sum(map(is_alike, in_row, expected))
    return right


def is_alike(found, expected):
    """Whether an image is like that of the strokes that were written."""
    true = nnlib.strokes_to_image(expected.strokes)
    return np.corrcoef(found.image.ravel(), true.ravel())[0, 1] > ALIKE


def random_photo(rng):
    """Return a photo of a random kind."""
    return Photo(
        askew=rng.uniform(0, 0.12),
        blur=rng.uniform(0.05, 0.25),
        light=rng.uniform(0, 0.6),
        noise=rng.uniform(0, 0.04),
        longest=int(rng.choice([1600, 2000, 3000, 4000])),
        quality=int(rng.choice([50, 70, 90])),
        turns=int(rng.integers(4)),
    )


def main():
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=30, help="one writer each (%(default)s)")
    parser.add_argument("--teach", type=int, default=5, metavar="N", help="teach from the first N sheets (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    pens = nnlib.load_pens()
    writers = sorted({example.writer for example in pens})
    pages = {paper: printed(paper) for paper in sheet.PAPERS}

    sheets, seconds, n_boxes, n_right, n_crashes, n_refused = [], [], 0, 0, 0, 0
    for i in range(arguments.sheets):
        writer = writers[i % len(writers)]
        chosen = some_boxes([example for example in pens if example.writer == writer], rng)
        page = pages[rng.choice(list(pages))].copy()
        filled_in(page, chosen, rng, width=rng.uniform(0.35, 1.5), ink=int(rng.uniform(0, 110)))
        photo = random_photo(rng)
        picture = Image.open(io.BytesIO(photograph(page, photo, rng)))
        start = time.perf_counter()
        found = []
        try:
            found = nnlib.read_sheet(picture, writer)
        except ValueError as error:
            n_refused += 1
            print(f"{writer}: {error} {photo}")
        except Exception:
            n_crashes += 1
            traceback.print_exc()
        seconds.append(time.perf_counter() - start)
        right = judge(found, chosen)
        if right < len(chosen):
            print(f"{writer}: {right} of {len(chosen)} boxes; {photo}")
        n_boxes, n_right = n_boxes + len(chosen), n_right + right
        sheets.append((writer, chosen, found))

    print("| sheets | boxes | cut and labelled rightly | refused | crashes | s, median | s, longest |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    print(
        f"| {len(sheets)} | {n_boxes} | {n_right / n_boxes:.2%} | {n_refused} | {n_crashes} | {np.median(seconds):.2f} "
        f"| {max(seconds):.2f} |",
        flush=True,
    )
    if arguments.teach:
        measure_teaching(sheets[: arguments.teach], pens)
        measure_unseen(sheets, pens)


def measure_teaching(sheets, pens):
    """Print how a network reads a writer's other digits, before and after it is taught with the writer's sheet.

    It is the network that saw only MNIST, since the shipped one has seen these writers; and nothing by them is among
    the digits that `teach` recalls.
    """
    network = nnlib.load_network(DATA_FOLDER / "network-mnist.npz")
    print("\n| writer | taught with | other digits | before | after |")
    print("|:--|--:|--:|--:|--:|")
    shares = []
    for writer, chosen, found in sheets:
        if not found:
            continue
        taken = {id(example) for example in chosen.values()}
        others = [example for example in pens if example.writer == writer and id(example) not in taken]
        with without([writer], pens):
            taught = nnlib.teach(network, [e.strokes for e in found], [e.label for e in found])
        shares.append([share_read(each, others) for each in (network, taught)])
        before, after = shares[-1]
        print(f"| {writer} | {len(found)} | {len(others)} | {before:.1%} | {after:.1%} |", flush=True)
    before, after = np.mean(shares, axis=0)
    print(f"| all | | | {before:.1%} | {after:.1%} |")


def measure_unseen(sheets, pens):
    """Print how a network reads the sheets of writers whom it never saw, before and after it is taught with others'."""
    network = nnlib.load_network(DATA_FOLDER / "network-mnist.npz")
    halves = [[example for _, _, found in sheets[start::2] for example in found] for start in (0, 1)]
    print("\n| taught with sheets of | digits | read on sheets of | digits | before | after |")
    print("|:--|--:|:--|--:|--:|--:|")
    for seen, unseen in (halves, halves[::-1]):
        names = [sorted({example.writer for example in half}) for half in (seen, unseen)]
        assert not set(names[0]) & set(names[1])
        with without(names[1], pens):
            taught = nnlib.teach(network, [e.strokes for e in seen], [e.label for e in seen])
        before, after = (share_read(each, unseen) for each in (network, taught))
        counts = f"{len(names[0])} writers | {len(seen)} | {len(names[1])} others | {len(unseen)}"
        print(f"| {counts} | {before:.1%} | {after:.1%} |", flush=True)


@contextlib.contextmanager
def without(writers, pens):
    """Let `nnlib.teach` recall no digits by these writers."""
    others = [example for example in pens if example.writer not in writers]
    teaching._other_drawings.cache_clear()
    try:
        with mock.patch.object(teaching, "load_pens", lambda: others):
            yield
    finally:
        teaching._other_drawings.cache_clear()


def share_read(network, examples):
    """Return the share of examples that a network reads rightly."""
    X = np.array([example.to_image().ravel() for example in examples], dtype=np.float32)
    return accuracy(np.array([example.label for example in examples]), network.predict(X))


if __name__ == "__main__":
    main()
