"""People give the pad photos, through a real file chooser, and choose digits from them."""

import io
import re

import numpy as np
import pytest
from driver import PATIENCE, Hand
from driver import page as new_page
from made_pages import make_page
from PIL import Image
from playwright.sync_api import expect

import nnlib

pytestmark = pytest.mark.slow

SHOW_PAD = "from nnlib.pad import Pad\npad = Pad(autosave=None)\npad"
AS_VISITOR = "import os\nos.environ['SERVER_SOFTWARE'] = 'voila/0.5'\n" + SHOW_PAD
MOST_IN_A_MESSAGE = 10 * 2**20  # bytes: more of them, and Jupyter's server ends the connection


def as_jpeg(picture, **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def made(mnist):
    """A page of digits, with the truth; the network is not sure of one of them."""
    return make_page("plain", 1, mnist)


@pytest.fixture(scope="module")
def content(made):
    return as_jpeg(made.picture, quality=90)


@pytest.fixture(scope="module")
def read(content):
    return nnlib.read_page(Image.open(io.BytesIO(content)))


@pytest.fixture
def start(lab, page, request):
    """Open a notebook with a pad, and give a hand at it."""

    def open_and_run(cell=SHOW_PAD, page=page):
        name = re.sub(r"\W+", "_", request.node.name) + ".ipynb"
        lab.write(name, cell)
        lab.open(page, name)
        lab.run_all(page)
        hand = Hand(page)
        page.locator(".nnlib-ink[tabindex]").wait_for()
        return hand

    return open_and_run


def choose(hand, name, content, kind="image/jpeg"):
    """Choose a file, as a person does who presses "A photo"."""
    with hand.page.expect_file_chooser() as chooser:
        hand.click("A photo")
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})


def digits_of(hand):
    """Return the buttons over the digits."""
    return hand.pad.locator("button[data-nnlib-digit]")


def rows_of(hand):
    """Return what stands beside the picture, row by row."""
    return hand.pad.locator(".nnlib-photo p").all_inner_texts()


def wait_for_marked(hand, number):
    expect(digits_of(hand).nth(number)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)


@pytest.mark.parametrize("cell", [SHOW_PAD, AS_VISITOR], ids=["in a notebook", "for visitors"])
def test_a_photo_is_read_and_a_digit_of_it_is_looked_at_and_kept(start, made, content, read, cell):
    hand = start(cell)
    expect(hand.pad.locator(".nnlib-photo")).to_be_hidden()
    choose(hand, "page.jpg", content)
    hand.wait_for_status(f"I found {len(made.middles)} digits, in 4 rows, in page.jpg.")
    assert rows_of(hand) == read.text.split("\n")

    hand.pad.get_by_role("button", name=re.compile("^Digit 2 of row 3, read as 7, score ")).click()
    second = len("".join(made.rows[:2])) + 1
    hand.wait_for_words("I read a 7.")
    hand.wait_for_bars(7)
    wait_for_marked(hand, second)
    ink = (read.rows[2][1].image > 0.5).mean()
    hand.wait_for_ink(0.9 * ink, 1.1 * ink)
    hand.click("7")
    hand.wait_for_status("Kept as a 7. Kept so far: 1.")
    hand.wait_for_ink(0, 0)
    kept = hand.pad.get_by_role("button", name="Drawing 1, a digit on paper, kept as a 7")
    assert kept.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") == 28

    hand.pad.locator(".nnlib-photo p span").nth(0).click()  # in the text beside the picture
    wait_for_marked(hand, 0)
    hand.wait_for_words("I read a 1.")
    kept.click()
    hand.click("Show in the field")
    hand.wait_for_words("I read a 7.")
    hand.click("Remove the photo")
    expect(hand.pad.locator(".nnlib-photo")).to_be_hidden()
    expect(hand.kept()).to_have_count(1)


def test_each_button_lies_on_its_digit_and_doubtful_ones_look_different(start, made, content):
    hand = start()
    choose(hand, "page.jpg", content)
    hand.wait_for_status("I found")
    image, *boxes = hand.pad.evaluate(
        """pad => [pad.querySelector('.nnlib-picture img'), ...pad.querySelectorAll('button[data-nnlib-digit]')]
            .map(part => part.getBoundingClientRect())
            .map(({x, y, width, height}) => [x, y, width, height])"""
    )
    scale = image[2] / made.picture.shape[1]
    assert image[3] == pytest.approx(scale * made.picture.shape[0], abs=1)
    middles = np.array([(x + w / 2 - image[0], y + h / 2 - image[1]) for x, y, w, h in boxes]) / scale
    distances = np.linalg.norm(middles[:, np.newaxis] - made.middles, axis=2)
    assert (distances.argmin(axis=1) == range(len(boxes))).all()
    assert distances.min(axis=1).max() < 0.3 * made.heights.mean()
    styles = digits_of(hand).evaluate_all("all => all.map(button => getComputedStyle(button, '::before').borderStyle)")
    unsure = digits_of(hand).evaluate_all("all => all.map(button => button.ariaLabel.endsWith('not sure'))")
    assert styles == ["dashed" if doubt else "solid" for doubt in unsure]
    assert sum(unsure) == 1


def test_with_the_keyboard(start, content, read):
    hand = start()
    focused = "document.activeElement"
    with hand.page.expect_file_chooser() as chooser:
        # Focused and pressed at once: JupyterLab may still move the focus to the next cell.
        hand.pad.get_by_role("button", name="A photo").press("Enter")
    chooser.value.set_files({"name": "page.jpg", "mimeType": "image/jpeg", "buffer": content})
    hand.wait_for_status("I found")
    for _ in range(60):
        hand.page.keyboard.press("Tab")
        if hand.page.evaluate(f"{focused}.matches('button[data-nnlib-digit]')"):
            break
    expect(digits_of(hand).nth(0)).to_be_focused()
    hand.page.keyboard.press("Enter")
    wait_for_marked(hand, 0)
    expect(digits_of(hand).nth(0)).to_be_focused(timeout=PATIENCE)
    hand.page.keyboard.press("Tab")
    hand.page.keyboard.press(" ")
    wait_for_marked(hand, 1)
    expect(digits_of(hand).nth(1)).to_be_focused(timeout=PATIENCE)
    hand.wait_for_words(f"I read a {read.rows[0][1].digit}.")


def large_photo(made, **options):
    """Return a photo of 12 megapixels, as a phone makes it, with the noise of its sensor."""
    picture = np.asarray(Image.fromarray(made.picture).resize((4000, 3000), Image.Resampling.BICUBIC))
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    return as_jpeg(np.clip(picture + noise, 0, 255).astype(np.uint8), **options)


def test_photos_of_12_megapixels_arrive_reduced(start, page, made):
    everyday, largest = large_photo(made, quality=93), large_photo(made, quality=99, subsampling=0)
    assert 2e6 < len(everyday) < MOST_IN_A_MESSAGE < len(largest)
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    hand = start()
    for name, content in (("everyday.jpg", everyday), ("largest.jpg", largest)):
        choose(hand, name, content)
        hand.wait_for_status(f"digits, in 4 rows, in {name}.")
        right = sum(a == b for a, b in zip("".join(rows_of(hand)), "".join(made.rows), strict=True))
        assert right >= len(made.middles) - 2
    assert 1e5 < max(sent) < 1.5e6


@pytest.mark.parametrize("size", [1000, 11_000_000])
def test_what_is_no_picture_is_refused_and_the_pad_goes_on(start, content, size):
    hand = start()
    choose(hand, "film.mp4", b"\0" * size, "video/mp4")
    if size < MOST_IN_A_MESSAGE:
        hand.wait_for_status("film.mp4 is no picture that can be read")
    else:
        hand.wait_for_status("film.mp4 is empty, or it is too large and no picture")
    expect(hand.pad.locator(".nnlib-photo")).to_be_hidden()
    for _ in range(2):  # the same file twice
        choose(hand, "page.jpg", content)
        hand.wait_for_status("in page.jpg.")


def test_on_a_phone_the_photo_comes_into_view_and_fits(chromium, start, mnist):
    content = as_jpeg(make_page("small digits, a full page", 1, mnist, size=(1280, 960)).picture)
    with new_page(chromium, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        hand = start(page=page)
        page.click("[data-id='filebrowser']")  # folds the list of files, which takes most of a small screen
        expect(page.locator(".jp-FileBrowser")).to_be_hidden()
        choose(hand, "page.jpg", content)
        hand.wait_for_status("I found")
        expect(hand.pad.locator(".nnlib-picture img")).to_be_in_viewport(ratio=0.8, timeout=PATIENCE)
        limits = hand.pad.evaluate(
            """pad => [...pad.querySelectorAll('.nnlib-photo *')]
                .filter(part => part.offsetParent)
                .map(part => part.getBoundingClientRect().right)"""
        )
        assert max(limits) < 390
        box = hand.pad.locator(".nnlib-photo p span").first.bounding_box()
        assert min(box["width"], box["height"]) >= 24  # large enough for a finger, where the digits are not
        sizes = digits_of(hand).evaluate_all("all => all.map(button => button.getBoundingClientRect().height)")
        assert max(sizes) < 30  # and not made larger, which would hide their neighbours


def test_reloading_the_page_keeps_the_photo(lab, page, request, start, content, read):
    hand = start()
    choose(hand, "page.jpg", content)
    hand.wait_for_status("I found")
    lab.save(page, re.sub(r"\W+", "_", request.node.name) + ".ipynb")
    page.reload()
    hand = Hand(page)
    hand.pad.locator(".nnlib-picture img").wait_for()
    assert rows_of(hand) == read.text.split("\n")
    digits_of(hand).nth(3).click()
    wait_for_marked(hand, 3)
