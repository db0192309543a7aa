"""A photo in the pad, without a browser: what is read, shown, chosen and kept; and kept digits that are images."""

import base64
import io
import re
from html import unescape

import ipycanvas
import ipywidgets as widgets
import numpy as np
import pytest
from made_pages import compare, make_page
from PIL import Image

import nnlib
from nnlib.data import DATA_FOLDER
from nnlib.pad import Pad, photo, view

SEVEN = [np.array([[0.0, 0], [60, 0], [25, 100]])]


def as_file(picture, kind="PNG"):
    """Return the content of a file of a picture (h, w, 3)."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def made(mnist):
    """A page of digits, with the truth; the network is not sure of one of them."""
    return make_page("plain", 1, mnist)


@pytest.fixture(scope="module")
def read(made):
    return nnlib.read_page(made.picture)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own to autosave in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pad():
    return Pad()


@pytest.fixture
def with_photo(pad, made):
    choose_photo(pad, "page.png", as_file(made.picture))
    return pad


def send(pad, events, files=()):
    """Let the page send what happened in it."""
    pad._page._handle_custom_msg({"events": events, "batch": 0.5}, [memoryview(file) for file in files])


def choose_photo(pad, name, content):
    send(pad, [{"photo": name}], [content])


def parts(widget, kind):
    found = [widget] if isinstance(widget, kind) else []
    return found + [part for child in getattr(widget, "children", ()) for part in parts(child, kind)]


def html_with(pad, text):
    """Return the HTML that holds a text."""
    return next(html.value for html in parts(pad, widgets.HTML) if text in html.value and "<style" not in html.value)


def text_of(html):
    return unescape(re.sub(r"<[^>]*>", "", html))


def status(pad):
    return next(text_of(html.value) for html in parts(pad, widgets.HTML) if "nnlib-status" in html._dom_classes)


def is_shown(pad):
    return parts(pad, photo.Photo)[0].layout.display != "none"


def press(pad, name):
    (button,) = [button for button in parts(pad, widgets.Button) if button.description == name]
    button.click()


def seen(pad, monkeypatch):
    """Return a list to which each image is added that is shown as what the network sees."""
    images = []
    canvas = parts(pad, ipycanvas.Canvas)[1]
    monkeypatch.setattr(canvas, "fill_styled_rects", lambda *squares: images.append(squares[-1].reshape(784, 3)[:, 0]))
    return images


def pressed(pad):
    """Return the numbers of the digits that are marked in the photo, and in the text beside it."""
    boxes = re.findall(r'<button[^>]*data-nnlib-digit="(\d+)"[^>]*aria-pressed="true"', html_with(pad, 'role="group"'))
    in_text = re.findall(r'data-nnlib-digit="(\d+)"[^>]*data-nnlib-shown', html_with(pad, "<p>"))
    assert boxes == in_text
    return list(map(int, boxes))


# ---- what is read and shown


def test_a_photo_is_read_as_read_page_reads_it(with_photo, made, read):
    lines = [text_of(line) for line in re.findall(r"<p>(.*?)</p>", html_with(with_photo, "<p>"))]
    assert lines == read.text.split("\n")
    n, right, *_ = compare(made, read)
    assert right >= n - 2
    assert status(with_photo) == (
        f"I found {n} digits, in 4 rows, in page.png. Choose one to see it as the network does. "
        "I am not sure of 1 of them: its box is dashed."
    )
    assert is_shown(with_photo)


def test_each_digit_has_a_button_where_it_stands_that_says_what_it_is(with_photo, made, read):
    height, width = made.picture.shape[:2]
    found = re.findall(
        r'data-nnlib-digit="(\d+)" class="(\w+)" aria-pressed="false" aria-label="([^"]*)" title="([^"]*)" '
        r'style="left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"><span>(\d)<',
        html_with(with_photo, 'role="group"'),
    )
    names = iter(found)
    for i, row in enumerate(read.rows, start=1):
        for j, digit in enumerate(row, start=1):
            _, kind, name, title, *box, shown = next(names)
            sure = digit.scores.max() >= 0.5
            expected = f"Digit {j} of row {i}, read as {digit.digit}, score {digit.scores.max():.2f}"
            assert name == title == expected + ("" if sure else ", not sure")
            assert (kind, shown) == ("sure" if sure else "unsure", str(digit.digit))
            x, y, w, h = np.array(box, float) / 100
            middle = (x + w / 2) * width, (y + h / 2) * height
            nearest = np.linalg.norm(made.middles - middle, axis=1).min()
            assert nearest < 0.3 * made.heights.mean()
    assert [int(number) for number, *_ in found] == list(range(len(made.middles)))
    assert {kind for _, kind, *_ in found} == {"sure", "unsure"}


def test_the_picture_is_shown_reduced(pad, mnist):
    large = Image.fromarray(make_page("plain", 1, mnist).picture).resize((2400, 1800))
    choose_photo(pad, 'a "page" <1>.jpg', as_file(np.asarray(large), "JPEG"))
    html = html_with(pad, "<img src")
    data, alt = re.search(r'<img src="data:image/jpeg;base64,([^"]*)" alt="([^"]*)"', html).groups()
    shown = Image.open(io.BytesIO(base64.b64decode(data)))
    assert shown.size == (1000, 750)
    difference = np.asarray(large.resize(shown.size), float) - np.asarray(shown, float)
    assert np.abs(difference).mean() < 5
    assert unescape(alt) == 'The photo, a "page" <1>.jpg'


def test_what_was_left_out_has_a_box_with_the_reason(made, read):
    page = nnlib.paper.page.Page(read.rows, [((96, 72, 192, 144), "too <small>")], read.picture, (960, 720))
    assert (
        '<i title="left out: too &lt;small&gt;" style="left:10.00%;top:10.00%;width:10.00%;height:10.00%"></i>'
        in photo.boxes_html(page)
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"Dear diary, " * 20, "notes.txt is no picture that can be read; expected JPEG, PNG"),
        ("empty.jpg", b"", "empty.jpg is empty, or it is too large"),
        (
            "half.png",
            as_file(np.full((900, 900, 3), 200, np.uint8))[:200],
            "half.png cannot be read as a picture; it is damaged (",
        ),
        ("white.png", as_file(np.full((90, 90, 3), 255, np.uint8)), "I find no digits in white.png. Write them apart"),
        (
            "huge.png",
            as_file(np.zeros((8000, 8000), np.uint8)),
            "huge.png has 8,0",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_the_pad_goes_on(pad, folder, name, content, message):
    choose_photo(pad, name, content)
    assert message in status(pad)
    assert "Error" not in status(pad)
    assert not is_shown(pad)
    send(pad, [{"digit": 0}])
    assert "This digit is not there any more" in status(pad)
    pad.show(SEVEN)
    assert pad.digit == 7
    assert list(folder.iterdir()) == []


def test_a_page_without_digits_leaves_the_photo_before_it(with_photo, mnist):
    choose_photo(with_photo, "cat.jpg", as_file(make_page("no page: blobs and stripes", 1, mnist).picture, "JPEG"))
    assert "I find no digits in cat.jpg." in status(with_photo)
    assert is_shown(with_photo)


def test_a_phone_that_was_held_upright(pad, made, read):
    picture, file = Image.fromarray(made.picture).transpose(Image.Transpose.ROTATE_90), io.BytesIO()
    exif = picture.getexif()
    exif[274] = 6  # to be turned by 90 degrees, clockwise
    picture.save(file, "PNG", exif=exif)
    choose_photo(pad, "upright.png", file.getvalue())
    assert text_of(html_with(pad, "<p>")) == read.text.replace("\n", "")
    shown = re.search(r"base64,([^\"]*)", html_with(pad, "<img src"))[1]
    assert Image.open(io.BytesIO(base64.b64decode(shown))).size == (960, 720)


def test_what_a_broken_network_does_is_not_blamed_on_the_picture(pad, made, monkeypatch):
    monkeypatch.setattr(nnlib.Network, "predict_scores", lambda *_: 1 / 0)
    choose_photo(pad, "page.png", as_file(made.picture))
    assert status(pad) == "ZeroDivisionError: division by zero"


# ---- a digit of the photo in the field


def test_a_digit_that_is_chosen_is_shown_and_read(with_photo, read, monkeypatch):
    images = seen(with_photo, monkeypatch)
    digits = [digit for row in read.rows for digit in row]
    for number in (0, len(digits) - 1, 7):
        send(with_photo, [{"digit": number}])
        digit = digits[number]
        np.testing.assert_array_equal(with_photo._surface.image, digit.image)
        np.testing.assert_allclose(with_photo.scores, digit.scores, atol=1e-6)
        assert with_photo.digit == digit.digit
        prepared = nnlib.load_network().prepare(digit.image.reshape(1, -1))[0]
        np.testing.assert_array_equal(images[-1], np.round(255 * prepared))
        assert pressed(with_photo) == [number]
    press(with_photo, "Clear")
    assert pressed(with_photo) == []
    press(with_photo, "Undo")
    assert pressed(with_photo) == [7]


def test_a_digit_of_the_photo_is_kept_and_undone(with_photo, read):
    digit = read.rows[1][2]
    number = len(read.rows[0]) + 2
    send(with_photo, [{"digit": number}, {"key": "7"}])
    assert [example.label for example in with_photo.examples] == [7]
    np.testing.assert_array_equal(with_photo.examples[0].image, digit.image)
    assert status(with_photo).startswith("Kept as a 7. Kept so far: 1.")
    assert pressed(with_photo) == []
    (saved,) = nnlib.load_examples("my_digits.autosave.json")
    np.testing.assert_allclose(saved.image, digit.image, atol=1 / 500)
    press(with_photo, "Undo")
    assert with_photo.examples == []
    assert pressed(with_photo) == [number]
    press(with_photo, "4")
    assert [example.label for example in with_photo.examples] == [4]


def test_a_digit_of_the_photo_that_is_kept_again_is_corrected(with_photo):
    send(with_photo, [{"digit": 3}, {"key": "7"}, {"digit": 4}, {"key": "1"}, {"digit": 3}, {"key": "9"}])
    assert [example.label for example in with_photo.examples] == [9, 1]
    assert "Drawing 1 is kept as a 9 now; it was a 7." in status(with_photo)


def test_a_test_digit_is_never_kept(with_photo):
    def cannot_be_kept():
        press(with_photo, "3")
        return "There is no drawing to keep" in status(with_photo) and with_photo.examples == []

    press(with_photo, "A test digit")
    assert cannot_be_kept()
    press(with_photo, "A test digit")
    press(with_photo, "Undo")
    assert cannot_be_kept()
    send(with_photo, [{"digit": 3}])
    press(with_photo, "A test digit")
    assert cannot_be_kept()
    press(with_photo, "Undo")
    assert pressed(with_photo) == [3]
    press(with_photo, "3")
    assert [example.label for example in with_photo.examples] == [3]


def test_undo_brings_the_drawing_back_that_a_digit_of_the_photo_replaced(with_photo):
    with_photo.show(SEVEN)
    drawn = with_photo.strokes
    send(with_photo, [{"digit": 2}])
    assert with_photo.strokes == []
    press(with_photo, "Undo")
    np.testing.assert_array_equal(with_photo.strokes, drawn)
    assert with_photo._surface.image is None


def test_drawing_takes_the_place_of_a_digit_of_the_photo(with_photo):
    send(with_photo, [{"digit": 2}, {"pen": [["down", 100, 100], ["move", 300, 100], ["move", 200, 400], ["up"]]}])
    assert with_photo.digit == 7
    assert pressed(with_photo) == []
    press(with_photo, "7")
    assert with_photo.examples[0].image is None


def test_a_network_that_was_taught_reads_the_photo_again(with_photo, read, monkeypatch):
    plain = nnlib.load_network(DATA_FOLDER / "network-plain.npz")
    monkeypatch.setattr("nnlib.pad.teacher.teach", lambda *_: plain)
    send(with_photo, [{"digit": 0}, {"key": "1"}])
    press(with_photo, "Teach")
    images = np.array([digit.image.ravel() for row in read.rows for digit in row])
    names = re.findall(
        r'<button[^>]*aria-label="[^"]*read as (\d), score ([\d.]+)', html_with(with_photo, 'role="group"')
    )
    expected = plain.predict_scores(images)
    assert names == [(str(scores.argmax()), f"{scores.max():.2f}") for scores in expected]
    press(with_photo, "Forget the teaching")
    assert text_of(html_with(with_photo, "<p>")) == read.text.replace("\n", "")


def test_the_photo_is_removed_and_what_was_kept_stays(with_photo):
    send(with_photo, [{"digit": 0}, {"key": "1"}])
    press(with_photo, "Remove the photo")
    assert not is_shown(with_photo)
    assert "base64,/9j/" not in " ".join(html.value for html in parts(with_photo, widgets.HTML))
    assert len(with_photo.examples) == 1
    send(with_photo, [{"digit": 0}])
    assert "This digit is not there any more" in status(with_photo)


def test_the_picture_itself_is_in_no_file(with_photo, folder):
    assert list(folder.iterdir()) == []
    send(with_photo, [{"digit": 0}, {"key": "1"}])
    assert [path.name for path in folder.iterdir()] == ["my_digits.autosave.json"]
    assert (folder / "my_digits.autosave.json").stat().st_size < 2000


def test_under_voila_a_photo_is_read_and_its_digits_are_downloaded(made, folder, monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    pad = Pad()
    choose_photo(pad, "page.png", as_file(made.picture))
    send(pad, [{"digit": 0}, {"key": "1"}])
    content = re.search(r'href="data:application/json;base64,([^"]*)"', html_with(pad, "download="))[1]
    (example,) = nnlib.examples.from_bytes(base64.b64decode(content), "x")
    assert example.image is not None
    choose_photo(pad, "notes.txt", b"Dear diary")
    assert "notes.txt is no picture that can be read" in status(pad)
    assert list(folder.iterdir()) == []


# ---- kept digits that are images


@pytest.fixture
def on_paper(mnist):
    """A pad with a drawing and two digits on paper, of which the second has a wrong label."""
    indices = [int(np.flatnonzero(mnist.y_test == digit)[0]) for digit in (2, 7)]
    images = [mnist.X_test[i].reshape(28, 28) for i in indices]
    nnlib.save_examples("my_digits.json", [(SEVEN, 7), (images[0], 2, "Ann"), (images[1], 1, "Ann")])
    return Pad(examples=nnlib.load_examples("my_digits.json"))


def labels(pad):
    return [example.label for example in pad.examples]


def test_the_gallery_shows_images(on_paper):
    buttons = re.findall(r"<button.*?</button>", html_with(on_paper, "nnlib-gallery"), flags=re.DOTALL)
    assert "<svg" in buttons[0]
    assert 'aria-label="Drawing 1, kept as a 7"' in buttons[0]
    assert 'aria-label="Drawing 2, a digit on paper, kept as a 2"' in buttons[1]
    assert 'aria-label="Drawing 3, a digit on paper, kept as a 1. I read a 7"' in buttons[2]
    for button, example in zip(buttons[1:], on_paper.examples[1:], strict=True):
        data = re.search(r'<img src="data:image/png;base64,([^"]*)" alt="">', button)[1]
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
        np.testing.assert_array_equal(image, np.round(255 * example.image))


def test_images_are_corrected_removed_saved_and_loaded(on_paper):
    on_paper.select(2)
    on_paper.relabel(7)
    assert "doubted" not in html_with(on_paper, "nnlib-gallery")
    on_paper.select(1)
    press(on_paper, "Remove")
    assert labels(on_paper) == [7, 7]
    press(on_paper, "Undo")
    assert labels(on_paper) == [7, 2, 7]
    press(on_paper, "Save")
    press(on_paper, "Load")
    assert "0 of them are new" in status(on_paper)
    for path in ("my_digits.json", "my_digits.autosave.json"):
        there = nnlib.load_examples(path)
        assert [example.label for example in there] == [7, 2, 7]
        assert there == on_paper.examples
    other = Pad()
    press(other, "Bring them back")
    assert other.examples == on_paper.examples


def test_an_image_is_shown_again_and_corrected_in_the_field(on_paper):
    on_paper.select(2)
    press(on_paper, "Show in the field")
    image = on_paper.examples[2].image
    np.testing.assert_array_equal(on_paper._surface.image, image)
    np.testing.assert_allclose(on_paper.scores, nnlib.load_network().predict_scores(image.reshape(1, -1))[0], atol=1e-9)
    assert status(on_paper) == "This is drawing 3. It is kept as a 1."
    press(on_paper, "7")
    assert labels(on_paper) == [7, 2, 7]
    press(on_paper, "Undo")
    assert labels(on_paper) == [7, 2, 1]
    np.testing.assert_array_equal(on_paper._surface.image, image)


def test_a_doubt_about_an_image_is_said(on_paper):
    on_paper.show(on_paper.examples[1].image)
    assert on_paper.digit == 2
    press(on_paper, "5")
    assert "I read a 2, with" in status(on_paper)
    assert labels(on_paper) == [7, 2, 1, 5]
    with pytest.raises(ValueError, match="no ink"):
        on_paper.show(np.zeros((28, 28)))


@pytest.mark.slow
def test_images_are_taught(on_paper):
    on_paper.teach()
    assert "Taught with 3 drawings" in status(on_paper)


def test_images_are_uploaded(monkeypatch, on_paper):
    content = nnlib.examples.as_bytes(on_paper.examples)
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    pad = Pad()
    pad.upload("class.json", content)
    assert pad.examples == on_paper.examples


@pytest.mark.parametrize(("count", "words"), [(1, "1 row"), (0, "0 rows"), (3, "3 rows")])
def test_counted(count, words):
    assert view.counted(count, "row") == words
