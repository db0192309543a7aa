"""People draw on the pad in JupyterLab: with a mouse, with a finger, with mishaps."""

import json
import re

import pytest
from driver import PATIENCE, Hand, choose
from driver import page as new_page
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

SHOW_PAD = "from nnlib.pad import Pad\npad = Pad()\npad"


def name_of(request):
    """Return the name of a test's notebook."""
    return re.sub(r"\W+", "_", request.node.name) + ".ipynb"


def start(lab, page, request, *cells):
    """Open a notebook of these cells, run it, and give a hand at its first pad."""
    name = name_of(request)
    cells = cells or (SHOW_PAD,)
    lab.write(name, *cells)
    lab.open(page, name)
    lab.run_all(page)
    page.locator(".jp-InputPrompt", has_text=f"[{len(cells)}]:").wait_for()  # the last cell has run
    return Hand(page)


@pytest.fixture(scope="module")
def shared(chromium, lab, request):
    """A hand at a pad that several tests use."""
    with new_page(chromium) as page:
        yield start(lab, page, request)


@pytest.fixture
def hand(shared):
    """A hand at an empty pad."""
    shared.clear()
    return shared


def test_digits_are_read_while_they_are_drawn(hand, digits):
    hand.wait_for_words("Draw a digit")
    for digit in (0, 2, 3, 6, 7):
        hand.draw(digits[digit])
        hand.wait_for_words(f"I read a {digit}.")
        hand.wait_for_bars(digit)
        hand.wait_for_ink(0.02, 0.3)
        hand.clear()


def test_size_and_place_do_not_matter(hand, digits):
    for place in ({"left": 0.05, "top": 0.6, "size": 0.25}, {"left": 0.7, "top": 0.05, "size": 0.3}):
        hand.draw(digits[3], **place)
        hand.wait_for_words("I read a 3.")
        hand.clear()


def test_the_bars_move_before_the_pen_is_lifted(hand, digits):
    (stroke,) = hand.place(digits[0])
    hand.page.mouse.move(*stroke[0])
    hand.page.mouse.down()
    for point in stroke[1:]:
        hand.page.mouse.move(*point)
    hand.wait_for_words("I read a 0.")
    hand.page.mouse.up()


def test_undo_takes_back_a_stroke(hand, digits):
    first, second = hand.place(digits[4])
    hand.draw(digits[4])
    hand.wait_for_words("I read a 4.")
    hand.wait_for_ink_of(hand.share([first, second]))
    hand.click("Undo")
    hand.wait_for_ink_of(hand.share([first]))
    hand.click("Undo")
    hand.wait_for_words("Draw a digit")
    hand.click("Undo")  # nothing is left: nothing happens
    hand.wait_for_ink(0, 0)


LINE = [[[0, 0], [0, 100]]]  # What is drawn last is painted last: once this line is there, all else is.


def test_leaving_the_field_while_pressed_ends_the_stroke(hand):
    field = hand.box()
    x, y = field["x"] + field["width"] / 2, field["y"] + field["height"] / 2
    mouse = hand.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + field["width"], y, steps=20)  # out at the right …
    mouse.up()
    mouse.move(x, y + 60, steps=20)  # … and back: no button is pressed any more
    mouse.move(x - 60, y + 60, steps=10)
    half = hand.share([[(x, y), (x + field["width"] / 2, y)]])
    hand.wait_for_ink_of(half + hand.draw(LINE, left=0.1, top=0.2, size=0.5))


def test_the_right_button_leaves_nothing_stuck(hand, digits):
    field = hand.box()
    mouse = hand.page.mouse
    mouse.move(field["x"] + 30, field["y"] + 30)
    mouse.down(button="right")
    mouse.up(button="right")
    hand.page.keyboard.press("Escape")
    hand.page.locator(".lm-Menu").wait_for(state="detached")
    mouse.move(field["x"] + 200, field["y"] + 200, steps=20)
    hand.wait_for_ink_of(hand.draw(LINE, left=0.5, top=0.1, size=0.8))
    hand.click("Clear")
    hand.draw(digits[2])
    hand.wait_for_words("I read a 2.")


def test_a_thousand_fast_events(hand):
    hand.field.evaluate(
        """(canvas, n) => {
            const box = canvas.getBoundingClientRect(), side = box.width;
            const send = (type, t) => canvas.dispatchEvent(new MouseEvent(type, {bubbles: true,
                clientX: box.left + side * (0.5 + 0.25 * Math.sin(t)),
                clientY: box.top + side * (0.5 - 0.35 * Math.cos(t))}));
            send('mousedown', 0);
            for (let i = 1; i <= n; i++) send('mousemove', 2 * Math.PI * i / n);
            send('mouseup', 2 * Math.PI);
        }""",
        1000,
    )
    hand.wait_for_words("I read a 0.")


def test_keys_work_on_the_field_and_do_not_trap_the_focus(hand, digits):
    hand.draw(digits[7])
    hand.wait_for_words("I read a 7.")
    hand.page.keyboard.press("7")
    hand.wait_for_status("Kept as a 7. Kept so far: 1.")
    hand.pad.get_by_role("button", name="Drawing 1, kept as a 7").wait_for()
    hand.draw(digits[4])
    hand.page.keyboard.press("u")
    hand.page.keyboard.press("u")
    hand.wait_for_words("Draw a digit")
    hand.page.keyboard.press("Tab")
    focused = "document.activeElement.textContent"
    hand.page.wait_for_function(f"{focused} === 'Clear'")
    hand.page.keyboard.press("Tab")
    hand.page.wait_for_function(f"{focused} === 'Undo'")
    for _ in range(6):  # backwards, past both canvases; each lets go when its kernel has answered
        before = hand.page.evaluate_handle("document.activeElement")
        hand.page.keyboard.press("Shift+Tab")
        hand.page.wait_for_function("before => document.activeElement !== before", arg=before)
    assert hand.page.evaluate("!document.activeElement.closest('.nnlib-pad')")


def test_without_drawing(hand):
    hand.pad.get_by_role("combobox", name="Without drawing:").select_option("draw an 8")
    hand.wait_for_words("I read an 8.")
    hand.click("A test digit")
    hand.wait_for_status("Its label says")
    hand.wait_for_ink(0.02, 0.4)
    hand.pad.locator(".nnlib-bars .best").wait_for()


def test_keep_teach_save_forget_and_load(lab, page, request, digits):
    hand = start(lab, page, request)
    # With a stroke through it, as engineers write it.
    zero = [
        [[100, 50], [60, 70], [40, 140], [60, 210], [100, 230], [140, 210], [160, 140], [140, 70], [100, 50]],
        [[160, 50], [40, 230]],
    ]
    hand.click("Teach")
    hand.wait_for_status("No drawings are kept")
    hand.draw(digits[4])
    hand.click("4")
    hand.wait_for_status("Kept so far: 1.")
    for k in range(3):
        hand.draw(zero, left=0.1, size=0.5 + 0.1 * k)
        hand.wait_for_words("That is no digit")
        hand.click("0")
        hand.wait_for_status(f"Kept so far: {k + 2}.")
    hand.click("Save")
    hand.wait_for_status("Saved 4 drawings")
    saved = json.loads((lab.folder / "my_digits.json").read_text())
    assert [example["label"] for example in saved["examples"]] == [4, 0, 0, 0]

    hand.click("Teach")
    hand.wait_for_status("Taught with 4 drawings")
    was, now = (float(figure) for figure in re.findall(r"([\d.]+)%", hand.status.inner_text()))
    assert was - now < 0.5
    hand.draw(zero, left=0.15, size=0.55)
    hand.wait_for_words("I read a 0.")
    hand.click("Forget the teaching")
    hand.wait_for_words("That is no digit")

    for _ in range(4):
        hand.kept().first.click()
        hand.click("Remove")
        hand.wait_for_status("Removed drawing 1")
    expect(hand.kept()).to_have_count(0, timeout=PATIENCE)
    hand.click("Load")
    hand.wait_for_status("4 of them are new")
    hand.click("Load")
    hand.wait_for_status("0 of them are new")
    expect(hand.kept()).to_have_count(4, timeout=PATIENCE)


def test_reloading_the_page_loses_nothing(lab, page, request, digits):
    hand = start(lab, page, request)
    hand.draw(digits[3])
    hand.wait_for_words("I read a 3.")
    hand.click("3")
    hand.wait_for_status("Kept so far: 1.")
    share = hand.draw(digits[5])
    hand.wait_for_words("I read a 5.")
    hand.wait_for_ink_of(share)
    lab.save(page, name_of(request))
    page.reload()
    hand = Hand(page)
    hand.wait_for_words("I read a 5.")
    hand.wait_for_ink_of(share)
    expect(hand.kept()).to_have_count(1, timeout=PATIENCE)
    hand.click("Clear")
    hand.draw(digits[6])
    hand.wait_for_words("I read a 6.")


def test_two_pads_and_a_cell_run_twice(lab, page, request, digits):
    first = start(lab, page, request, SHOW_PAD, "Pad()")
    second = Hand(page, 1)
    first.draw(digits[2])
    second.draw(digits[6])
    first.wait_for_words("I read a 2.")
    second.wait_for_words("I read a 6.")
    lab.run_all(page)
    again = Hand(page)
    again.wait_for_words("Draw a digit")
    again.draw(digits[7])
    again.wait_for_words("I read a 7.")


def test_an_error_in_a_callback_is_shown_and_the_pad_goes_on(lab, page, request, digits):
    broken = "class Broken(type(pad.network)):\n    def predict_scores(self, X):\n        return 1 / 0\n"
    hand = start(lab, page, request, SHOW_PAD, f"{broken}pad.network = Broken(pad.network.thetas)")
    hand.draw(digits[3])
    hand.wait_for_status("ZeroDivisionError: division by zero")
    hand.click("Forget the teaching")
    hand.wait_for_words("I read a 3.")
    hand.click("Clear")
    hand.draw(digits[2])
    hand.wait_for_words("I read a 2.")


def test_a_restarted_kernel_is_announced(lab, page, request, digits):
    hand = start(lab, page, request)
    hand.draw(digits[2])
    hand.wait_for_words("I read a 2.")
    choose(page, "Kernel", "kernelmenu:restart")
    page.click("button:has-text('Restart')")
    page.wait_for_function(
        """() => getComputedStyle(document.querySelector('.nnlib-pad'), '::before').content.includes('Run its cell')"""
    )


@pytest.fixture
def fingers(chromium, lab, request):
    """A hand at a pad on a phone, and what draws a line with one finger or more."""
    with new_page(chromium, viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2) as page:
        hand = start(lab, page, request)
        page.click("[data-id='filebrowser']")  # folds the list of files, which takes most of a small screen
        session = page.context.new_cdp_session(page)

        def touch(kind, *points):
            touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        yield hand, touch


def draw_with_finger(touch, stroke):
    touch("touchStart", stroke[0])
    for point in stroke[1:]:
        touch("touchMove", point)
    touch("touchEnd")


def test_a_finger_draws(fingers, digits):
    hand, touch = fingers
    for digit in (7, 2):
        for stroke in hand.place(digits[digit]):
            draw_with_finger(touch, stroke)
        hand.wait_for_words(f"I read a {digit}.")
        hand.clear()


def test_a_second_finger_ends_the_stroke(fingers):
    hand, touch = fingers
    field = hand.box()
    x, y = field["x"] + 30, field["y"] + field["height"] / 2
    stroke = [(x + 10 * step, y) for step in range(6)]
    touch("touchStart", stroke[0])
    for point in stroke[1:]:
        touch("touchMove", point)
    touch("touchStart", (x + 50, y), (x + 100, y + 80))
    for step in range(1, 6):
        touch("touchMove", (x + 50, y + 10 * step), (x + 100, y - 10 * step))
    touch("touchEnd")
    line = [(x + 150, y + 10 * step) for step in range(6)]
    draw_with_finger(touch, line)
    hand.wait_for_ink_of(hand.share([stroke, line]))
