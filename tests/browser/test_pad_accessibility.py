"""The pad with the keyboard alone, with a screen reader, and to eyes that need contrast."""

import io
import re
import time

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from driver import PATIENCE, Hand, choose
from driver import page as new_page
from made_pages import make_page
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

SHOW_PAD = "from nnlib.pad import Pad\npad = Pad()\npad"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
IN_FIELD = "document.activeElement.matches('.nnlib-ink')"


def start(lab, page, name, *cells):
    lab.write(name, SHOW_PAD, *cells)
    lab.open(page, name)
    lab.run_all(page)
    hand = Hand(page)
    page.locator(".nnlib-ink[tabindex]").wait_for()
    return hand


@pytest.fixture(scope="module", params=THEMES)
def themed(chromium, lab, request):
    """A hand at a pad with a digit in it and another one kept, in a light and in a dark theme."""
    lab.set("@jupyterlab/apputils-extension", "themes", theme=THEMES[request.param])
    with new_page(chromium) as page:
        yield start(lab, page, f"{request.param}.ipynb")


@pytest.fixture
def hand(themed, digits):
    themed.clear()
    themed.draw(digits[3])
    themed.wait_for_words("I read a 3.")
    return themed


@pytest.fixture(scope="module")
def axe():
    return Axe()


def test_axe_finds_nothing_in_the_pad(hand, axe, digits):
    hand.click("3")
    hand.wait_for_status("Kept")
    hand.draw(digits[3])
    hand.wait_for_bars(3)
    found = axe.run(hand.page, context=".nnlib-pad")
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 10


@pytest.fixture
def photo(hand, mnist):
    """A hand at a pad with a photo, on which the network is sure of some digits and not of others."""
    file = io.BytesIO()
    Image.fromarray(make_page("plain", 1, mnist).picture).save(file, "JPEG")
    with hand.page.expect_file_chooser() as chooser:
        hand.click("A photo")
    chooser.value.set_files({"name": "page.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    hand.wait_for_status("I am not sure of 1 of them")
    yield hand.pad.locator(".nnlib-photo")
    hand.click("Remove the photo")


def test_axe_finds_nothing_in_a_photo(photo, axe):
    photo.page.locator("button[data-nnlib-digit='3']").click()
    photo.locator("[aria-pressed=true]").wait_for()
    found = axe.run(photo.page, context=".nnlib-photo")
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 10


def test_the_readings_on_a_photo_stand_out(photo):
    for kind in ("sure", "unsure"):
        tag = photo.locator(f"button.{kind} span").first
        colours = tag.evaluate("tag => [getComputedStyle(tag).color, getComputedStyle(tag).backgroundColor]")
        assert contrast(*([int(part) for part in re.findall(r"\d+", colour)] for colour in colours)) >= 4.5


def test_the_focus_on_a_digit_of_a_photo_is_visible(photo):
    button = photo.locator("button[data-nnlib-digit]").nth(2)
    box = button.bounding_box()
    clip = {"x": box["x"] - 12, "y": box["y"] - 12, "width": box["width"] + 24, "height": box["height"] + 24}

    def shot():
        return np.asarray(Image.open(io.BytesIO(photo.page.screenshot(clip=clip))).convert("RGB"), float)

    before = shot()
    photo.page.locator("button[data-nnlib-digit]").nth(1).focus()
    photo.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    changed = np.abs(shot() - before).max(axis=2) > 100
    assert changed.sum() > 2 * (box["width"] + box["height"])


def luminance(rgb):
    """Return the relative luminance, as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Return the contrast ratio, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pixel(locator, x, y):
    """Return the colour of a place in what a locator shows, in shares of its size."""
    image = Image.open(io.BytesIO(locator.screenshot())).convert("RGB")
    return image.getpixel((int(x * image.width), int(y * image.height)))


def test_bars_stand_out(hand):
    hand.pad.evaluate("pad => pad.querySelectorAll('.nnlib-bar div').forEach(bar => (bar.style.width = '50%'))")
    bars = hand.pad.locator(".nnlib-bar")
    for bar in (bars.nth(3), bars.nth(5)):
        track, background = pixel(bar, 0.75, 0.5), pixel(hand.pad.locator(".nnlib-words"), 0.95, 0.5)
        assert contrast(pixel(bar, 0.25, 0.5), track) >= 3
        assert contrast(pixel(bar, 0.25, 0.5), background) >= 3


def test_the_focus_is_visible(hand):
    background = pixel(hand.pad.locator(".nnlib-words"), 0.95, 0.5)  # now: a click draws a dot, and new words come
    hand.field.click(position={"x": 3, "y": 3})
    for _ in range(3):  # from the field to the first buttons
        hand.page.keyboard.press("Tab")
        focused = hand.page.evaluate_handle("document.activeElement").as_element()
        box = focused.bounding_box()
        clip = {"x": box["x"] - 6, "y": box["y"] - 6, "width": 12, "height": box["height"] + 12}
        shot = Image.open(io.BytesIO(hand.page.screenshot(clip=clip))).convert("RGB")
        across = [contrast(shot.getpixel((x, shot.height // 2)), background) >= 3 for x in range(7)]
        assert sum(across) >= 2, f"{focused.inner_text()!r} has no ring"


def test_what_a_screen_reader_hears_of_a_drawing(hand, digits):
    regions = hand.pad.get_by_role("status")
    assert regions.count() == 2  # what is read; messages
    hand.clear()
    hand.page.wait_for_timeout(1000)
    hand.pad.evaluate(
        """pad => {
            window.regions = [...pad.querySelectorAll('[role=status]')];
            window.heard = [];
            const note = changes => window.heard.push(changes[0].target.textContent);
            for (const region of window.regions)
                new MutationObserver(note).observe(region, {childList: true, subtree: true, characterData: true});
        }"""
    )
    (stroke,) = hand.place(digits[3])
    hand.page.mouse.move(*stroke[0])
    hand.page.mouse.down()
    for point in stroke[1:]:
        hand.page.mouse.move(*point)
        hand.page.wait_for_timeout(60)
    hand.page.wait_for_timeout(1000)
    assert hand.page.evaluate("window.heard") == []  # while the pen is down
    hand.page.mouse.up()
    hand.page.wait_for_function("window.heard.length > 0")
    hand.page.wait_for_timeout(1000)
    assert hand.page.evaluate("window.heard") == ["I read a 3."]
    hand.click("3")
    hand.wait_for_status("Kept as a 3.")
    hand.page.wait_for_timeout(1000)
    heard = hand.page.evaluate("window.heard")
    assert len(heard) == 3, heard
    assert hand.pad.evaluate("() => window.regions.every(region => region.isConnected)")


def test_the_parts_have_names(hand):
    hand.pad.get_by_role("application", name="Drawing field. Draw a digit with mouse, pen or finger.").wait_for()
    hand.pad.get_by_role("img", name="What the network sees").wait_for()


# ---- the keyboard, in a kernel that is idle, busy, or dead


def leave_with_tab(page):
    """Assert that the field can be left, both ways, without an answer of the kernel."""
    field = page.locator(".nnlib-ink")
    for key, forwards in (("Tab", True), ("Shift+Tab", False)):
        field.focus()
        page.keyboard.press(key)
        assert not page.evaluate(IN_FIELD)
        assert page.evaluate("!!document.activeElement.closest('.nnlib-pad')") == forwards
    field.focus()
    page.keyboard.press("Escape")
    assert not page.evaluate(IN_FIELD)


def test_keys_in_an_idle_kernel(lab, page, digits):
    hand = start(lab, page, "keys.ipynb")
    hand.draw(digits[7])
    hand.wait_for_words("I read a 7.")
    page.keyboard.press("7")
    hand.wait_for_status("Kept as a 7.")
    hand.draw(digits[4])
    hand.wait_for_words("I read a 4.")
    page.keyboard.press("Control+z")
    page.keyboard.press("Backspace")
    hand.wait_for_words("Draw a digit")
    for key in ("c", "Delete"):
        hand.draw(digits[4])
        hand.wait_for_words("I read a 4.")
        page.keyboard.press(key)
        hand.wait_for_words("Draw a digit")
    leave_with_tab(page)


def test_keys_in_a_busy_kernel(lab, page):
    start(lab, page, "keys_busy.ipynb", "import time\nprint('it', 'runs')\ntime.sleep(600)")
    page.locator(".jp-OutputArea-output", has_text="it runs").wait_for()
    leave_with_tab(page)
    choose(page, "Kernel", "kernelmenu:interrupt")


def test_keys_and_the_mouse_in_a_kernel_that_was_shut_down(lab, page, digits):
    hand = start(lab, page, "keys_dead.ipynb")
    choose(page, "Kernel", "kernelmenu:shutdown")
    page.locator("text=No Kernel |").wait_for()
    leave_with_tab(page)
    page.locator(".nnlib-ink").focus()
    page.keyboard.press("7")
    hand.pad.get_by_text("This pad is no longer connected").first.wait_for()
    hand.draw(digits[3])
    leave_with_tab(page)


@pytest.mark.parametrize("app", ["JupyterLab", "Notebook"])
def test_keys_after_a_click_on_a_button_leave_the_notebook_alone(lab, page, app):
    name = f"buttons_in_{app}.ipynb"
    lab.write(name, SHOW_PAD, "1 + 1", "2 + 2")
    (lab.open if app == "JupyterLab" else lab.open_in_notebook)(page, name)
    lab.run_all(page)
    hand = Hand(page)
    page.locator(".nnlib-ink[tabindex]").wait_for()
    page.locator(".jp-InputPrompt", has_text="[3]:").wait_for()
    for button in ("Undo", "Clear"):
        hand.click(button)
        for key in ("d", "d", "x", "0", "0", "a", "b", "m", "ArrowDown", "Enter"):
            page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "Clear"
    assert page.locator(".jp-Notebook .jp-Cell").count() == 3
    assert page.locator(".jp-Dialog, .jp-MarkdownCell").count() == 0


def test_jupyter_gets_its_own_keys(lab, page):
    hand = start(lab, page, "keys_of_jupyter.ipynb")
    path = lab.folder / "keys_of_jupyter.ipynb"
    for focus in (hand.field.click, lambda: hand.click("Undo")):
        page.wait_for_timeout(1000)
        before = path.stat().st_mtime_ns
        focus()
        page.keyboard.press("Control+s")
        deadline = time.monotonic() + PATIENCE / 1000
        while path.stat().st_mtime_ns == before:
            assert time.monotonic() < deadline, "not saved"
            page.wait_for_timeout(100)
        page.keyboard.press("Control+f")
        page.locator(".jp-DocumentSearch-overlay").wait_for()
        page.keyboard.press("Escape")
        expect(page.locator(".jp-DocumentSearch-overlay")).to_have_count(0, timeout=PATIENCE)
