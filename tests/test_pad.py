"""The pad without a browser: what its buttons do, what it says, and what it survives."""

import re
import threading
from html import unescape

import ipycanvas
import ipywidgets as widgets
import numpy as np
import pytest

import nnlib
from nnlib.pad import Pad, view
from nnlib.pad.page import Page

SEVEN = [np.array([[0.0, 0], [60, 0], [25, 100]])]
ONE = [np.array([[0.0, 0], [0, 100]])]
SLANTED = [np.array([[60.0, 0], [0, 100]])]


@pytest.fixture
def pad():
    return Pad()


def parts(widget, kind):
    """Return the widgets of a kind within a widget."""
    found = [widget] if isinstance(widget, kind) else []
    return found + [part for child in getattr(widget, "children", ()) for part in parts(child, kind)]


def reading(pad):
    """Return what the pad says to the drawing."""
    return next(text(html) for html in parts(pad, widgets.HTML) if 'class="nnlib-words"' in html.value)


def status(pad):
    """Return what the status line says."""
    return next(text(html) for html in parts(pad, widgets.HTML) if "nnlib-status" in html._dom_classes)


def text(html):
    return unescape(re.sub(r"<[^>]*>", "", html.value))


def press(pad, name):
    """Press a button."""
    (button,) = [button for button in parts(pad, widgets.Button) if button.description == name]
    button.click()


def field(pad):
    """Return the canvas to draw on."""
    return parts(pad, ipycanvas.Canvas)[0]


def event(pad, name, **values):
    """Let the page send an event of the field."""
    field(pad)._handle_frontend_event(None, {"event": name} | values, [])


def send(pad, *events):
    """Let the page send what is done with pen, keys and mouse; return what the kernel answers."""
    (page,) = parts(pad, Page)
    answers = []
    page.send = answers.append
    page._handle_custom_msg({"events": list(events), "batch": 0.5}, [])
    return answers


def choose(pad, kind, value):
    """Choose a value with the pad's only control of this kind."""
    (control,) = parts(pad, kind)
    control.value = value


def test_what_is_drawn_is_read_as_recognise_reads_it(pad):
    pad.show(SEVEN)
    digit, scores = nnlib.recognise(SEVEN)
    assert pad.digit == digit == 7
    np.testing.assert_allclose(pad.scores, scores, atol=1e-9)
    assert reading(pad) == "I read a 7."


def test_mouse_events_draw(pad):
    event(pad, "mouse_down", x=100, y=100)
    for x, y in [(300, 100), (200, 400)]:
        event(pad, "mouse_move", x=x, y=y)
    event(pad, "mouse_up", x=200, y=400)
    np.testing.assert_array_equal(pad.strokes[0], [[50, 50], [150, 50], [100, 200]])
    assert pad.digit == 7
    assert status(pad) == ""
    press(pad, "Undo")
    assert (pad.strokes, pad.digit, pad.scores) == ([], None, None)
    assert reading(pad) == "Draw a digit here."


def test_what_the_page_sends_is_done_in_order_and_answered(pad):
    stroke = [["down", 100, 100], ["move", 300, 100], ["move", 200, 400], ["up"]]
    assert send(pad, {"pen": stroke}) == [{"answer": 0.5}]
    assert pad.digit == 7
    assert send(pad, {"pen": stroke}, {"key": "undo"}, {"key": "7"}, {"pen": stroke}) == [{"answer": 0.5}]
    assert [example.label for example in pad.examples] == [7]
    assert len(pad.examples[0].strokes) == 1
    assert pad.digit == 7
    send(pad, {"key": "clear"})
    assert pad.strokes == []
    assert send(pad, {"key": "3"}) == [{"answer": 0.5}]  # also to what cannot be done
    assert "There is no drawing to keep" in status(pad)


def test_a_network_that_learns_is_watched(pad):
    pad.show(SEVEN)
    X = nnlib.strokes_to_image(SEVEN).reshape(1, -1)
    thetas = nnlib.init_thetas((784, 5, 10), seed=1)
    pad.watch()(thetas)
    np.testing.assert_allclose(pad.scores, nnlib.predict_scores(thetas, X)[0], atol=1e-9)
    shown = pad.watch("normalise")
    shown(thetas)
    pad.show(SEVEN)
    expected = nnlib.Network(thetas, "normalise").predict_scores(X)[0]
    np.testing.assert_allclose(pad.scores, expected, atol=1e-9)
    shown(nnlib.init_thetas((20, 5, 10), seed=1))  # not one of images of this size: said, and the training goes on
    pad.show(SEVEN)
    assert "784" in status(pad)
    with pytest.raises(ValueError, match="deskw"):
        pad.watch("deskw")
    press(pad, "Forget")
    assert pad.digit == 7


def test_keeping_and_removing(pad):
    pad.show(SEVEN)
    press(pad, "7")
    assert pad.strokes == []
    assert [(e.label, e.writer) for e in pad.examples] == [(7, "")]
    assert status(pad) == "Kept as a 7. Kept so far: 1."
    press(pad, "Remove last")
    assert pad.examples == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("3", "There is no drawing to keep"),
        ("Teach", "No drawings are kept"),
        ("Save", "nothing to save"),
        ("Remove last", "nothing to remove"),
        ("Load", "There is no file"),
    ],
)
def test_what_cannot_be_done_is_said(pad, tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    press(pad, name)
    assert message in status(pad)
    assert list(tmp_path.iterdir()) == []


def test_saving_and_loading_merge_without_doubles(pad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for strokes, label in ((SEVEN, 7), (ONE, 1)):
        pad.show(strokes)
        pad.keep(label)
    press(pad, "Save")
    assert "Saved 2 drawings" in status(pad)
    other = Pad(writer="Ada")
    other.show(SEVEN[:1])
    other.keep(9)
    press(other, "Load")
    press(other, "Load")
    assert [(e.label, e.writer) for e in other.examples] == [(9, "Ada"), (7, ""), (1, "")]


def test_what_is_kept_saved_and_loaded_is_the_same(pad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in nnlib.load_examples():
        pad.show(example.strokes)
        pad.keep(example.label)
    for name in ("Save", "Load", "Save"):
        press(pad, name)
    assert len(pad.examples) == len(nnlib.load_examples("my_digits.json")) == 10


def test_saving_keeps_what_is_in_the_file(pad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nnlib.save_examples("my_digits.json", [(ONE, 1)])
    pad.show(SEVEN)
    pad.keep(7)
    press(pad, "Save")
    assert "The file still holds 1 drawing from before." in status(pad)
    assert [example.label for example in nnlib.load_examples("my_digits.json")] == [1, 7]
    (tmp_path / "my_digits.json").write_text('{"name": "something else"}')
    press(pad, "Save")
    assert "cannot be read as drawings" in status(pad)
    assert (tmp_path / "my_digits.json").read_text() == '{"name": "something else"}'


def test_two_pads_that_save_at_the_same_moment_lose_nothing(tmp_path):
    for i in range(20):
        path = tmp_path / f"{i}.json"
        pads = [Pad(file=path, examples=[(strokes, label)]) for strokes, label in ((ONE, 1), (SEVEN, 7))]
        start = threading.Barrier(2)

        def save(pad, start=start):
            start.wait()
            pad.save()

        threads = [threading.Thread(target=save, args=[pad]) for pad in pads]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(example.label for example in nnlib.load_examples(path)) == [1, 7]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"network": [1]}, "network is a list"),
        ({"examples": [7]}, r"examples\[0\] is 7"),
        ({"writer": None}, "writer is None"),
        ({"size": 0}, "size is 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Pad(**arguments)


def test_bad_drawings_and_labels_change_nothing(pad):
    for strokes, message in (([], "no point"), ([[[0, np.nan]]], "NaN")):
        with pytest.raises(ValueError, match=message):
            pad.show(strokes)
    pad.show(SEVEN)
    with pytest.raises(ValueError, match="label 12"):
        pad.keep(12)
    assert pad.examples == []
    assert pad.digit == 7


def test_a_stored_drawing_can_be_chosen_twice(pad):
    for _ in range(2):
        choose(pad, widgets.Dropdown, 8)
        assert pad.digit == 8
        pad.clear()


@pytest.mark.slow
def test_teach_and_forget(pad):
    upstroke = [np.array([[60.0, 150], [150, 50], [150, 230]])]
    for _ in range(2):
        pad.show(upstroke)
        assert pad.digit == 7
        pad.keep(1)
    press(pad, "Teach")
    assert "Taught with 2 drawings" in status(pad)
    pad.show(upstroke)
    assert pad.digit == 1
    press(pad, "Forget")
    assert pad.digit == 7
    assert len(pad.examples) == 2


def test_an_exception_is_shown_and_the_pad_goes_on(pad, monkeypatch):
    def fail(*_):
        raise RuntimeError("a <broken> thing")

    painted = []
    with monkeypatch.context() as patch:
        patch.setattr(nnlib.Network, "predict_scores", fail)
        patch.setattr(field(pad), "stroke_lines", painted.append)
        pad.show(SEVEN)
        assert status(pad) == "RuntimeError: a <broken> thing"
        assert reading(pad) == "I cannot read this."
        assert [len(line) for line in painted] == [len(SEVEN[0])]  # the ink is there all the same
    pad.show(ONE)
    assert pad.digit == 1
    assert status(pad) == ""


def test_a_test_digit_is_read_with_no_drawing(pad, mnist):
    press(pad, "A test digit")
    index, label = map(int, re.findall(r"\d+", status(pad)))
    assert mnist.y_test[index] == label
    expected = nnlib.load_network().predict_scores(mnist.X_test[index : index + 1])[0]
    np.testing.assert_allclose(pad.scores, expected, atol=1e-6)
    pad.show(SEVEN)
    assert pad.digit == 7
    assert status(pad) == ""


def draw(pad):
    """Draw a short stroke with the mouse."""
    event(pad, "mouse_down", x=280, y=100)
    for y in (200, 300):
        event(pad, "mouse_move", x=280, y=y)
    event(pad, "mouse_up", x=280, y=300)


def test_drawing_takes_the_place_of_a_test_digit_and_of_what_was_said(pad):
    press(pad, "A test digit")
    scores = pad.scores
    press(pad, "Undo")  # there is no stroke to take back
    assert pad.scores is scores
    assert "Its label says" in status(pad)
    draw(pad)
    assert status(pad) == ""
    np.testing.assert_allclose(pad.scores, nnlib.recognise(pad.strokes)[1], atol=1e-9)
    press(pad, "Clear")
    assert reading(pad) == "Draw a digit here."
    assert pad.scores is None

    press(pad, "5")
    assert "There is no drawing to keep" in status(pad)
    draw(pad)
    assert status(pad) == ""


def test_what_the_network_sees_is_shown(pad, monkeypatch):
    seen = parts(pad, ipycanvas.Canvas)[1]
    colours = []
    monkeypatch.setattr(seen, "fill_styled_rects", lambda *squares: colours.append(squares[-1]))
    pad.show(SLANTED)
    prepared = nnlib.load_network().prepare(nnlib.strokes_to_image(SLANTED).reshape(1, -1))
    np.testing.assert_array_equal(colours[-1].reshape(784, 3)[:, 0], np.round(255 * prepared[0]))


def test_what_goes_wrong_while_painting_is_shown(pad, monkeypatch):
    def fail(*_):
        raise RuntimeError("no paint")

    monkeypatch.setattr("nnlib.pad.surface.Surface.paint", fail)
    draw(pad)
    assert status(pad) == "RuntimeError: no paint"


def test_the_pen_width_is_that_of_the_image(pad):
    pad.show(SEVEN)
    choose(pad, widgets.FloatSlider, 4.0)
    image = nnlib.strokes_to_image(SEVEN, pen_width=4.0)
    expected = nnlib.load_network().predict_scores(image.reshape(1, -1))[0]
    np.testing.assert_allclose(pad.scores, expected, atol=1e-9)


def test_another_network(mnist):
    plain = nnlib.load_network(nnlib.data.DATA_FOLDER / "network-plain.npz")
    pad = Pad(plain)
    pad.show(SEVEN)
    np.testing.assert_allclose(pad.scores, nnlib.recognise(SEVEN, plain)[1], atol=1e-9)


def test_every_control_says_what_it_is(pad):
    buttons = parts(pad, widgets.Button)
    names = [button.description for button in buttons]
    assert set(names) >= {"Clear", "Undo", "Teach", "Forget", "Save", "Load", *map(str, range(10))}
    assert all(button.tooltip for button in buttons)


# ---- what it shows, as HTML


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({7: 0.9}, "I read a 7."),
        ({8: 0.5}, "I read an 8."),
        ({8: 0.49, 3: 0.3}, "Not sure: an 8? a 3?"),
    ],
)
def test_words(scores, words):
    all_scores = np.zeros(10)
    all_scores[list(scores)] = list(scores.values())
    assert view.in_words(all_scores) == words


def test_bars_are_as_wide_as_the_scores():
    scores = np.linspace(0.05, 0.95, 10)
    html = view.bars_html(scores)
    assert re.findall(r"width:([\d.]+)%", html) == [f"{100 * score:.1f}" for score in scores]
    assert html.index("class=best") > html.index('scope="row">8')
    assert "class=best" not in view.bars_html()


def test_drawings_as_svg_fit_their_square():
    for strokes in (SEVEN, ONE, [np.array([[3.0, 4]])], [[[0, 0], [10, 0]], [[5, 5]]]):
        svg = view.drawing_svg(strokes)
        numbers = [float(n) for points in re.findall(r'points="([^"]*)"', svg) for n in re.split("[ ,]", points)]
        assert min(numbers) >= 5
        assert max(numbers) <= 95
