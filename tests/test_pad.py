"""The pad without a browser: what its buttons do, what it says, and what it survives."""

import base64
import datetime
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


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own to autosave in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
    """Choose a value with the pad's last control of this kind."""
    parts(pad, kind)[-1].value = value


def test_what_is_drawn_is_read_as_recognise_reads_it(pad):
    pad.show(SEVEN)
    digit, scores = nnlib.recognise(SEVEN)
    assert pad.digit == digit == 7
    np.testing.assert_allclose(pad.scores, scores, atol=1e-9)
    assert reading(pad) == "I read a 7."


def caption(pad):
    """Return what stands below the image that the network sees."""
    return next(text(html) for html in parts(pad, widgets.HTML) if "What the network sees" in html.value)


def test_a_number_is_read_and_the_digit_with_the_newest_stroke_is_shown(pad, monkeypatch):
    seen = []
    monkeypatch.setattr(parts(pad, ipycanvas.Canvas)[1], "fill_styled_rects", lambda *squares: seen.append(squares[-1]))
    one, seven = ONE, [SEVEN[0] + [80, 0]]
    for strokes, shown, place in ((one + seven, seven, 2), (seven + one, one, 1)):
        pad.show(strokes)
        assert pad.number == "17"
        assert reading(pad) == "I read 17."
        digit, scores = nnlib.recognise(shown)
        assert pad.digit == digit
        np.testing.assert_allclose(pad.scores, scores, atol=1e-9)
        assert caption(pad) == f"What the network sees (digit {place} of 2)"
        prepared = nnlib.load_network().prepare(nnlib.strokes_to_image(shown).reshape(1, -1))
        np.testing.assert_array_equal(seen[-1].reshape(784, 3)[:, 0], np.round(255 * prepared[0]))
    pad.show(seven)
    assert (pad.number, pad.digit, caption(pad)) == ("7", 7, "What the network sees")
    press(pad, "Clear")
    assert (pad.number, pad.digit, pad.scores) == (None, None, None)


def test_a_number_that_is_kept_as_one_digit_is_kept_and_it_is_said(pad):
    pad.show([*ONE, SEVEN[0] + [80, 0]])
    press(pad, "1")
    assert len(pad.examples) == 1
    assert "It looks like 2 digits to me, 17. Undo takes it back." in status(pad)
    press(pad, "Undo")
    assert (pad.examples, pad.number) == ([], "17")


def test_a_stroke_added_later_belongs_to_its_own_digit(pad):
    four = [np.array([[20.0, 0], [0, 60], [60, 60]]), np.array([[45.0, 30], [45, 100]])]
    pad.show([four[0], SEVEN[0] + [110, 0], four[1]])
    assert (pad.number, pad.digit) == ("47", 4)
    assert caption(pad) == "What the network sees (digit 1 of 2)"


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
    press(pad, "Forget the teaching")
    assert pad.digit == 7


def test_keeping_and_removing(pad):
    pad.show(SEVEN)
    press(pad, "7")
    assert pad.strokes == []
    assert [(e.label, e.writer) for e in pad.examples] == [(7, "")]
    assert status(pad) == "Kept as a 7. Kept so far: 1."
    pad.select(0)
    press(pad, "Remove")
    assert pad.examples == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("3", "There is no drawing to keep"),
        ("Teach", "No drawings are kept"),
        ("Save", "nothing to save"),
        ("Remove", "No drawings are kept yet"),
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
    other.show(SLANTED)
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
        ({"autosave": False}, "autosave is False; expected the name of a file, True or None"),
        ({"file": ""}, "file is ''"),
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
    turn = 2 * np.pi * np.linspace(0.75, 1.75, 20)
    slashed = [np.column_stack([100 + 60 * np.cos(turn), 140 + 90 * np.sin(turn)]), np.array([[160.0, 50], [40, 230]])]
    for _ in range(2):
        pad.show(slashed)
        assert reading(pad) == "That is no digit that I know."
        pad.keep(0)
    press(pad, "Teach")
    assert "Taught with 2 drawings" in status(pad)
    pad.show(slashed)
    assert reading(pad) == "I read a 0."
    press(pad, "Forget the teaching")
    assert reading(pad) == "That is no digit that I know."
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
    assert set(names) >= {"Clear", "Undo", "Teach", "Forget the teaching", "Save", "Load", *map(str, range(10))}
    assert all(button.tooltip for button in buttons)


# ---- what is kept


def keep(pad, strokes, label):
    pad.show(strokes)
    pad.keep(label)


def labels(pad):
    return [example.label for example in pad.examples]


def saved(path="my_digits.json"):
    return [example.label for example in nnlib.load_examples(path)]


def all_text(pad):
    """Return everything that the pad says."""
    return " ".join(text(html) for html in parts(pad, widgets.HTML))


def chosen(pad):
    """Return the control that shows and changes the label of the selected drawing."""
    return next(control for control in parts(pad, widgets.Dropdown) if control.description.startswith("Drawing"))


def test_a_corrected_label_is_saved_as_corrected(pad):
    keep(pad, SEVEN, 8)
    keep(pad, ONE, 1)
    press(pad, "Save")
    pad.select(0)
    assert (chosen(pad).description, chosen(pad).value, chosen(pad).disabled) == ("Drawing 1:", 8, False)
    chosen(pad).value = 7
    assert status(pad) == "Drawing 1 is kept as a 7 now; it was an 8."
    press(pad, "Save")
    assert saved() == labels(pad) == [7, 1]
    press(pad, "Load")
    assert labels(pad) == [7, 1]
    press(pad, "Remove")
    press(pad, "Save")
    assert saved() == [1]
    assert chosen(pad).disabled


def test_what_else_is_in_the_file_stays_or_goes_but_not_without_a_word(pad):
    nnlib.save_examples("my_digits.json", [(ONE, 1), (SLANTED, 1)])
    keep(pad, SEVEN, 7)
    choose(pad, widgets.Checkbox, False)
    press(pad, "Save")
    assert status(pad) == "Saved 1 drawing to my_digits.json. What else was in it is gone: 2 drawings."
    assert saved() == [7]


def test_what_was_loaded_by_mistake_goes_by_undo_and_stays_in_its_file(pad):
    nnlib.save_examples("my_digits.json", [(ONE, 1), (SLANTED, 1)])
    keep(pad, SEVEN, 7)
    press(pad, "Load")
    assert labels(pad) == [7, 1, 1]
    press(pad, "Undo")
    assert labels(pad) == saved("my_digits.autosave.json") == [7]
    press(pad, "Save")
    assert saved() == [1, 1, 7]


@pytest.mark.parametrize("name", ["", "~", "../x.json", "mine.txt"])
@pytest.mark.parametrize("action", ["Save", "Load"])
def test_only_a_name_is_taken_for_a_name(pad, folder, name, action):
    keep(pad, SEVEN, 7)
    choose(pad, widgets.Text, name)
    press(pad, action)
    assert "such as my_digits.json" in status(pad)
    assert [path.name for path in folder.iterdir()] == ["my_digits.autosave.json"]


def test_a_file_in_another_folder_is_for_the_program_to_choose(folder):
    (folder / "class").mkdir()
    pad = Pad(file="class/ann.json", writer="Ann")
    keep(pad, SEVEN, 7)
    press(pad, "Save")
    assert status(pad) == "Saved 1 drawing to class/ann.json."
    assert saved("class/ann.json") == saved("ann.autosave.json") == [7]


def test_undo_takes_back_what_was_done_last(pad):
    keep(pad, SEVEN, 7)
    pad.show(ONE)
    drawn = pad.strokes
    pad.keep(4)
    press(pad, "Undo")
    assert labels(pad) == [7]
    np.testing.assert_array_equal(pad.strokes, drawn)
    assert status(pad) == "The drawing is back in the field; what is kept is as it was before."
    press(pad, "1")
    pad.select(0)
    press(pad, "Remove")
    assert labels(pad) == [1]
    press(pad, "Undo")
    assert labels(pad) == [7, 1]
    pad.select(0)
    pad.relabel(9)
    press(pad, "Undo")
    assert labels(pad) == [7, 1]


def test_undo_goes_back_one_step_and_never_past_a_new_stroke(pad):
    keep(pad, SEVEN, 7)
    draw(pad)
    for _ in range(3):  # often too many, to empty the field
        press(pad, "Undo")
    assert labels(pad) == [7]
    draw(pad)
    drawn = pad.strokes
    press(pad, "Clear")
    press(pad, "Undo")
    np.testing.assert_array_equal(pad.strokes, drawn)
    assert status(pad) == "Your drawing is back."


def test_a_drawing_that_is_shown_again_can_be_kept_with_another_label(pad):
    large = [10 * SEVEN[0]]  # as from a larger field
    small = Pad(examples=[(large, 8), (ONE, 1)])
    for index, label in ((0, 7), (1, 4)):
        small.select(index)
        press(small, "Show in the field")
        assert f"This is drawing {index + 1}. It is kept as" in status(small)
        assert np.concatenate(small.strokes).max() <= 280
        press(small, str(label))
    assert labels(small) == [7, 4]
    np.testing.assert_array_equal(small.examples[0].strokes, large)


def test_the_same_drawing_kept_several_times_survives_as_often(pad):
    for label in (3, 8, 8):
        keep(pad, SEVEN, label)
    assert labels(pad) == saved("my_digits.autosave.json") == [3, 8, 8]
    press(pad, "Save")
    other = Pad()
    press(other, "Bring them back")
    assert labels(other) == saved() == [3, 8, 8]
    press(other, "Load")
    assert labels(other) == [3, 8, 8]


def test_a_click_on_a_picture_selects_it(pad):
    keep(pad, ONE, 1)
    keep(pad, SEVEN, 7)
    pad._page._receive(None, {"events": [{"example": 1}], "batch": 1}, [])
    pictures = re.findall(r'data-nnlib-example="(\d)" aria-pressed="(\w+)"', gallery(pad))
    assert pictures == [("0", "false"), ("1", "true")]


def gallery(pad):
    return next(
        html.value for html in parts(pad, widgets.HTML) if "nnlib-gallery" in html.value and "<style" not in html.value
    )


# ---- the autosaved file


def test_what_is_kept_is_autosaved_at_every_change_and_offered_again(pad):
    keep(pad, SEVEN, 8)
    keep(pad, ONE, 1)
    assert "2 drawings kept, autosaved in my_digits.autosave.json." in all_text(pad)
    pad.select(0)
    pad.relabel(7)
    assert saved("my_digits.autosave.json") == [7, 1]
    pad.remove()
    assert saved("my_digits.autosave.json") == [1]
    pad.undo()
    assert saved("my_digits.autosave.json") == [7, 1]

    other = Pad()
    assert labels(other) == []  # nothing depends on a file, unless somebody says so
    assert "2 drawings from before are in my_digits.autosave.json." in all_text(other)
    press(other, "Bring them back")
    assert labels(other) == [7, 1]
    assert is_offered(other) is False
    other.undo()  # which must not take them out of the file
    assert labels(other) == [7, 1]
    third = Pad()
    press(third, "Bring them back")
    press(third, "Bring them back")
    assert labels(third) == [7, 1]


def test_undo_after_bringing_back_loses_nothing(pad):
    keep(pad, SEVEN, 7)
    other = Pad()
    keep(other, ONE, 1)
    press(other, "Bring it back")
    press(other, "Undo")  # of the keeping, which was before
    assert labels(other) == [1, 7]
    assert sorted(saved("my_digits.autosave.json")) == [1, 7]


def is_offered(pad):
    (row,) = [box for box in parts(pad, widgets.Box) if "nnlib-offer" in box._dom_classes]
    return row.layout.display != "none"


def test_nothing_is_offered_where_nothing_is_left(folder):
    assert not is_offered(Pad(examples=[(SEVEN, 7)]))
    assert list(folder.iterdir()) == []  # the program has these already
    nnlib.save_examples("my_digits.autosave.json", [(SEVEN, 7)])
    assert not is_offered(Pad(examples=[(SEVEN, 7)]))
    assert is_offered(Pad())
    pad = Pad()
    press(pad, "Leave it")
    assert not is_offered(pad)
    assert saved("my_digits.autosave.json") == [7]


def test_two_pads_do_not_overwrite_each_others_drawings(folder):
    first, second = Pad(), Pad()
    keep(first, SEVEN, 7)
    keep(second, ONE, 1)
    keep(first, SLANTED, 1)
    assert sorted(saved("my_digits.autosave.json")) == [1, 1, 7]
    second.select(0)
    second.remove()
    assert saved("my_digits.autosave.json") == [7, 1]


def test_autosaving_can_be_turned_off_and_named(folder):
    keep(Pad(autosave=None), SEVEN, 7)
    assert list(folder.iterdir()) == []
    keep(Pad(autosave="mine.json"), SEVEN, 7)
    assert [path.name for path in folder.iterdir()] == ["mine.json"]
    with pytest.raises(ValueError, match="is a path"):
        Pad(autosave="../mine.json")


def test_a_file_that_is_not_ours_is_left_alone_and_the_pad_goes_on(folder):
    (folder / "my_digits.autosave.json").write_text("[1, 2]")
    pad = Pad()
    keep(pad, SEVEN, 7)
    assert status(pad) == "Kept as a 7. Kept so far: 1."
    assert "Nothing is autosaved: my_digits.autosave.json cannot be read as drawings" in all_text(pad)
    assert (folder / "my_digits.autosave.json").read_text() == "[1, 2]"


@pytest.fixture(params=["voila", "read-only"])
def without_files(request, monkeypatch):
    """A place where a pad must not write, or cannot."""
    if request.param == "voila":
        monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    else:

        def refuse(paths):
            raise PermissionError(f"{paths} cannot be written")

        monkeypatch.setattr("nnlib.pad.filing.check_writable", refuse)
    return request.param


def test_where_there_can_be_no_files_there_is_a_download_and_an_upload(without_files, folder):
    pad = Pad()
    keep(pad, SEVEN, 7)
    keep(pad, ONE, 1)
    content = base64.b64decode(re.search(r'download="my_digits.json" href="data:[^,]*,([^"]*)"', links(pad))[1])
    assert [e.label for e in nnlib.examples.from_bytes(content, "x")] == [7, 1]
    expected = {"voila": "This page forgets what you keep", "read-only": "This folder is read-only"}[without_files]
    assert expected in all_text(pad)
    assert not parts(pad, widgets.Text)
    assert list(folder.iterdir()) == []

    other = Pad(autosave="mine.json")
    (upload,) = parts(other, widgets.FileUpload)
    for _ in range(2):
        upload.value = ({"name": "from_home.json", "content": memoryview(content), "size": len(content),
                         "type": "", "last_modified": datetime.datetime.now(datetime.UTC)},)  # fmt: skip
    assert status(other) == "Loaded 2 drawings from from_home.json; 0 of them are new."
    assert labels(other) == [7, 1]
    with pytest.raises(ValueError, match=r"^photo\.json cannot be read as drawings"):
        other.upload("photo.json", b"\xff\xd8")
    assert list(folder.iterdir()) == []


def test_visitors_learn_nothing_about_the_server(monkeypatch):
    def fail():
        raise FileNotFoundError("There is no file /srv/course/mnist.mat.")

    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    monkeypatch.setattr("nnlib.pad.pad.digits_to_test_with", fail)
    pad = Pad()
    press(pad, "A test digit")
    assert status(pad) == "Something is wrong with the files on the server."


def links(pad):
    return next(html.value for html in parts(pad, widgets.HTML) if "download=" in html.value)


# ---- labels that the network does not believe


def test_a_doubtful_label_is_said_at_once_and_marked(pad):
    keep(pad, SEVEN, 7)
    keep(pad, ONE, 1)
    assert "Click it to correct it" not in all_text(pad)
    pad.show(SLANTED)
    pad.keep(8)
    score = nnlib.recognise(SLANTED)[1][1]
    assert f"I read a 1, with {score:.2f}." in status(pad)
    sentence = f"Drawing 3 is kept as an 8, but I read a 1, with {score:.2f}. Click it to correct it."
    assert sentence in all_text(pad)
    assert re.findall(r'aria-label="([^"]*)"[^>]*class=doubted', gallery(pad)) == [
        "Drawing 3, kept as an 8. I read a 1"
    ]
    pad.select(2)
    pad.relabel(1)
    assert "class=doubted" not in gallery(pad)
    assert "Click it to correct it" not in all_text(pad)


@pytest.mark.slow
def test_teaching_what_contradicts_says_so_before_and_after(pad):
    rng = np.random.default_rng(0)
    for label, digit in ((8, 3), (8, 3), (8, 3), (8, 3), (8, 3), (6, 6)):
        strokes = next(e.strokes for e in nnlib.load_examples() if e.label == digit)
        keep(pad, nnlib.teaching.vary(strokes, rng), label)
    press(pad, "Teach")
    assert "Before, I doubted the label of drawings 1, 2, 3, 4 and 5; now I have learned them." in status(pad)
    assert "taught with 6 drawings" in all_text(pad)
    assert "Drawing 5 is kept as an 8, but before the teaching, I read a 3" in all_text(pad)
    assert gallery(pad).count("class=doubted") == 5
    press(pad, "Forget the teaching")
    assert "as shipped" in all_text(pad)


def test_what_the_network_is_now_is_shown():
    plain = nnlib.load_network(nnlib.data.DATA_FOLDER / "network-plain.npz")
    pad = Pad(plain)
    assert "The network: as given" in all_text(pad)
    pad.network = nnlib.Network(plain.thetas, settings={"taught": 1})
    assert "The network: taught with 1 drawing" in all_text(pad)


# ---- what it shows, as HTML


YES_7, YES_8, NEARLY_1 = {7: 0.9}, {8: view.SURE}, {1: view.SURE - 0.01, 4: 0.3, 7: 0.2}
HARDLY_8, NO = {8: view.KNOWN, 3: 0.05}, {2: view.KNOWN - 0.01}


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ([YES_7], "I read a 7."),
        ([YES_8], "I read an 8."),
        ([NEARLY_1], "Not sure: a 1 or a 4?"),
        ([HARDLY_8], "Not sure: an 8 or a 3?"),
        ([NO], "That is no digit that I know."),
        ([YES_7, YES_8], "I read 78."),
        ([YES_8, YES_7, YES_7, YES_8], "I read 8778."),
        ([YES_7, NEARLY_1], "I read 7?. Not sure of digit 2: a 1 or a 4?"),
        ([NO, YES_7, YES_8], "I read ?78. Digit 1 is none that I know."),
        ([NEARLY_1, NO], "Not sure of digit 1: a 1 or a 4? Digit 2 is none that I know."),
        ([NO, NO], "Those are no digits that I know."),
    ],
)
def test_words(digits, words):
    read = []
    for some_scores in digits:
        scores = np.zeros(10)
        scores[list(some_scores)] = list(some_scores.values())
        read.append((int(scores.argmax()), scores))
    assert view.in_words(read) == words


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


@pytest.mark.parametrize("number", [8, 11, 18, *range(80, 90)])
def test_an(number):
    assert view.with_article(number) == f"an {number}"


@pytest.mark.parametrize("number", [0, 1, 7, 9, 10, 12, 17, 28, 58, 79, 90])
def test_a(number):
    assert view.with_article(number) == f"a {number}"


@pytest.mark.parametrize(
    ("indices", "words"),
    [
        ([2], "drawing 3"),
        ([0, 1], "drawings 1 and 2"),
        (range(6), "drawings 1, 2, 3, 4, 5 and 6"),
        (range(7), "drawings 1, 2, 3, 4, 5, 6 and 1 more"),
    ],
)
def test_which_drawings(indices, words):
    assert view.which_drawings(indices) == words


def test_doubts_before_and_after():
    some, none = {0: (3, 0.9)}, {}
    assert view.doubts_before_and_after(none, none) == ""
    assert view.doubts_before_and_after(some, some).startswith(
        "Before, I doubted the label of drawing 1; now, of drawing 1."
    )
    assert view.doubts_before_and_after(none, some).startswith("Now I doubt the label of drawing 1.")


# ---- which network reads


def tiny(seed, activation="sigmoid", layer_sizes=(784, 5, 4, 10)):
    """Return a network of random weights."""
    thetas = nnlib.init_thetas(layer_sizes, seed=seed, epsilon=1.0, activation=activation)
    return nnlib.Network(thetas, "normalise", activation=activation)


@pytest.fixture
def several(folder):
    """A pad with three networks to choose from, one of them in a file; and the three."""
    networks = {"one": tiny(1), "two": tiny(2, "relu"), "three": tiny(3)}
    two = networks["two"]
    nnlib.save_thetas("two.npz", two.thetas, preparation="normalise", activation="relu")
    return Pad(networks=networks | {"two": folder / "two.npz"}), networks


def choice(pad):
    """Return the control that shows which network reads, or None."""
    return next((control for control in parts(pad, widgets.Dropdown) if control.description == "Network:"), None)


def scores_of(network, strokes):
    return network.predict_scores(nnlib.strokes_to_image(strokes).reshape(1, -1))[0]


def test_another_network_reads_at_once_what_is_drawn(several):
    pad, networks = several
    pad.show(SEVEN)
    assert (choice(pad).options, choice(pad).value) == (("one", "two", "three"), "one")
    for name in ("two", "one", "three", "two"):
        choice(pad).value = name
        np.testing.assert_allclose(pad.scores, scores_of(networks[name], pad.strokes), atol=1e-9)
        assert pad.network.activation == networks[name].activation
        assert status(pad) == f"Now the network “{name}” reads."
    pad.choose_network("one")
    assert choice(pad).value == "one"
    np.testing.assert_allclose(pad.scores, scores_of(networks["one"], pad.strokes), atol=1e-9)
    assert choice(pad).tooltip


def test_the_file_of_a_network_is_read_when_it_is_chosen_and_only_then(several, monkeypatch):
    read = []
    load = nnlib.load_network
    monkeypatch.setattr("nnlib.pad.teacher.load_network", lambda path: read.append(path) or load(path))
    pad, _ = several
    assert read == []
    for name in ("two", "one", "two"):
        choice(pad).value = name
    assert [path.name for path in read] == ["two.npz"]


def test_a_file_that_cannot_be_read_changes_nothing(several, folder):
    pad, networks = several
    pad.show(SEVEN)
    (folder / "two.npz").write_bytes(b"damaged")
    choice(pad).value = "two"
    assert "two.npz cannot be read as a network" in status(pad)
    assert choice(pad).value == "one"
    np.testing.assert_allclose(pad.scores, scores_of(networks["one"], pad.strokes), atol=1e-9)
    with pytest.raises(ValueError, match="There is no network 'four'; expected one of 'one', 'two', 'three'"):
        pad.choose_network("four")
    assert choice(pad).value == "one"


def test_a_network_of_other_images_is_refused_and_changes_nothing(folder):
    nnlib.save_thetas("small.npz", tiny(1, layer_sizes=(20, 5, 10)).thetas)
    pad = Pad(networks={"one": tiny(1), "small": "small.npz"})
    choice(pad).value = "small"
    assert status(pad) == "'small' is a network of 20 inputs and 10 outputs; expected 784 and 10."
    assert choice(pad).value == "one"
    with pytest.raises(ValueError, match="784 inputs and 3 outputs; expected 784 and 10"):
        Pad(tiny(1, layer_sizes=(784, 3)))


def test_a_network_that_a_program_gives_reads_at_once(pad):
    pad.show(SEVEN)
    pad.network = given = tiny(1)
    np.testing.assert_allclose(pad.scores, scores_of(given, pad.strokes), atol=1e-9)


def test_with_one_network_there_is_nothing_to_choose(monkeypatch):
    monkeypatch.setattr("nnlib.pad.teacher.FURTHER_PATH", nnlib.data.DATA_FOLDER / "not there.npz")
    for pad, words in ((Pad(), "as shipped"), (Pad(tiny(1)), "as given"), (Pad(networks={"one": tiny(1)}), "as given")):
        assert choice(pad) is None
        assert f"The network: {words}" in all_text(pad)
        pad.network = tiny(2)
        assert choice(pad) is None
        pad.forget()
        assert f"The network: {words}" in all_text(pad)


def test_the_networks_that_ship_can_be_chosen_where_there_are_two(several, folder, monkeypatch):
    _, networks = several
    monkeypatch.setattr("nnlib.pad.teacher.FURTHER_PATH", folder / "two.npz")
    pad = Pad()
    pad.show(SEVEN)
    np.testing.assert_allclose(pad.scores, nnlib.recognise(SEVEN)[1], atol=1e-9)
    assert choice(pad).options == ("100 hidden units", "500 + 300 hidden units")
    assert "as shipped" in all_text(pad)
    choice(pad).value = "500 + 300 hidden units"
    assert "as shipped" in all_text(pad)
    pad.network = networks["one"]
    assert "as given" in all_text(pad)
    choice(pad).value = "500 + 300 hidden units"
    np.testing.assert_allclose(pad.scores, scores_of(networks["two"], pad.strokes), atol=1e-9)
    assert choice(Pad(tiny(1))) is None  # who gives a network wants that one


def test_a_network_that_learns_is_watched_and_can_be_chosen_again(several):
    pad, networks = several
    pad.show(SEVEN)
    choice(pad).value = "three"
    learning = tiny(5, "relu")
    show = pad.watch("normalise", activation="relu")
    for network in (tiny(4, "relu"), learning):
        show(network.thetas)
        assert choice(pad).options == ("one", "two", "three", "the one from the notebook")
        assert choice(pad).value == "the one from the notebook"
    pad.show(SEVEN)
    np.testing.assert_allclose(pad.scores, scores_of(learning, SEVEN), atol=1e-9)
    choice(pad).value = "two"
    np.testing.assert_allclose(pad.scores, scores_of(networks["two"], pad.strokes), atol=1e-9)
    choice(pad).value = "the one from the notebook"
    np.testing.assert_allclose(pad.scores, scores_of(learning, pad.strokes), atol=1e-9)
    press(pad, "Forget the teaching")
    assert choice(pad).value == "three"  # that was there before
    assert status(pad) == "The network “three” reads again. Your drawings are still here."
    with pytest.raises(ValueError, match="activation is 'tanh'"):
        pad.watch(activation="tanh")
    with pytest.raises(TypeError, match="network is a list"):
        pad.network = learning.thetas


def test_each_network_keeps_what_it_was_taught_and_says_so(several, monkeypatch):
    pad, networks = several
    taught_from = []

    def teach(network, strokes, labels):
        taught_from.append(network)
        return nnlib.Network([theta + 1e-3 for theta in network.thetas], "normalise", {"taught": 1}, network.activation)

    monkeypatch.setattr("nnlib.pad.teacher.teach", teach)
    keep(pad, SEVEN, 7)
    pad.show(SEVEN)
    press(pad, "Teach")
    assert taught_from == [networks["one"]]
    taught = pad.network
    assert "taught with 1 drawing" in all_text(pad)
    choice(pad).value = "two"
    assert status(pad) == (
        "Now the network “two” reads. What you taught “one” is there when you choose it again. "
        "To teach this one, too, press Teach."
    )
    assert "as given" in all_text(pad)
    press(pad, "Teach")
    assert taught_from[1].activation == "relu"
    assert pad.network.activation == "relu"
    choice(pad).value = "one"
    assert status(pad) == "Now the network “one” reads. What you taught “two” is there when you choose it again."
    assert pad.network is taught
    np.testing.assert_allclose(pad.scores, scores_of(taught, pad.strokes), atol=1e-9)
    press(pad, "Forget the teaching")
    assert pad.network is networks["one"]
    choice(pad).value = "two"
    assert "taught with 1 drawing" in all_text(pad)
    assert len(pad.examples) == 1


def test_a_network_that_a_program_gives_is_the_one_that_is_taught(several, monkeypatch):
    pad, networks = several
    monkeypatch.setattr("nnlib.pad.teacher.teach", lambda network, *_: nnlib.Network(network.thetas))
    keep(pad, SEVEN, 7)
    pad.network = given = tiny(6)
    press(pad, "Teach")
    assert pad.network.thetas[0] is given.thetas[0]
    for expected in (given, networks["one"]):
        press(pad, "Forget the teaching")
        assert pad.network is expected


def test_who_chooses_another_network_while_one_is_taught_gets_it(several, monkeypatch):
    pad, networks = several

    def teach(network, *_):
        pad.choose_network("three")  # in another thread, on a page
        return nnlib.Network(network.thetas, settings={"taught": 1})

    monkeypatch.setattr("nnlib.pad.teacher.teach", teach)
    keep(pad, SEVEN, 7)
    press(pad, "Teach")
    assert pad.network is networks["three"]
    choice(pad).value = "one"
    assert "taught with 1 drawing" in all_text(pad)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"networks": []}, TypeError, r"networks is \[\]; expected a dict"),
        ({"networks": {}}, TypeError, r"networks is \{\}; expected a dict"),
        ({"networks": {7: tiny(1)}}, ValueError, "networks holds the name 7"),
        ({"networks": {" ": tiny(1)}}, ValueError, "networks holds the name ' '"),
        ({"networks": {"a": [1]}}, TypeError, r"networks\['a'\] is \[1\]; expected the name of a file"),
        ({"networks": {"a": tiny(1), "b": "b.npz"}}, FileNotFoundError, r"networks\['b'\] is b.npz: there is no such"),
        ({"network": tiny(1), "networks": {"a": tiny(1)}}, ValueError, "network and networks are both given"),
    ],
)
def test_bad_networks(arguments, error, message):
    with pytest.raises(error, match=message):
        Pad(**arguments)
