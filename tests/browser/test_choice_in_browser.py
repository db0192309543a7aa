"""Another network is chosen on the pad: with the keyboard, on a phone, in either theme, while a cell runs."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from driver import Hand, choose
from driver import page as new_page
from made_pages import make_page
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

# The second network is the first with its outputs in reverse: it reads a 3 as a 6, and so on.
SHOW_PAD = """
import nnlib
from nnlib.pad import Pad
first = nnlib.load_network()
thetas = [first.thetas[0], first.thetas[1][::-1]]
nnlib.save_thetas("reversed.npz", thetas, preparation="normalise")
pad = Pad(networks={"100 hidden units": first, "500 + 300 hidden units": "reversed.npz"})
pad
"""
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
FIRST, SECOND, GIVEN = "100 hidden units", "500 + 300 hidden units", "the one from the notebook"


def start(lab, page, name, *cells):
    """Run a pad's cell and others; return a hand at the pad, and its choice of networks."""
    lab.write(name, SHOW_PAD, *cells)
    lab.open(page, name)
    lab.run_all(page)
    hand = Hand(page)
    page.locator(".nnlib-ink[tabindex]").wait_for()
    return hand, hand.pad.get_by_role("combobox", name="Network:")


def shown(choice):
    """Return the name that a choice shows, where ipywidgets lets no line end."""
    return choice.evaluate("choice => choice.selectedOptions[0].textContent").replace("\xa0", " ")


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("theme", THEMES)
def test_a_network_is_chosen_with_the_keyboard(chromium, lab, digits, theme, width):
    lab.set("@jupyterlab/apputils-extension", "themes", theme=THEMES[theme])
    with new_page(chromium, viewport={"width": width, "height": 1000}) as page:
        hand, choice = start(lab, page, f"choice_{theme}_{width}.ipynb")
        if width < 600:
            page.click("[data-id='filebrowser']")  # folds the list of files, which takes most of a small screen
            expect(page.locator(".jp-FileBrowser")).to_be_hidden()
        hand.draw(digits[3])
        hand.wait_for_words("I read a 3.")
        hand.pad.get_by_role("button", name="Forget the teaching").focus()
        page.keyboard.press("Tab")
        expect(choice).to_be_focused()
        assert shown(choice) == FIRST
        page.keyboard.press("ArrowDown")
        hand.wait_for_words("I read a 6.")
        hand.wait_for_bars(6)
        hand.wait_for_status(f"Now the network “{SECOND}” reads.")
        expect(choice).to_be_focused()
        assert shown(choice) == SECOND

        outline = choice.evaluate("choice => getComputedStyle(choice).outline")
        assert "solid 3px" in outline
        pad, box = hand.pad.bounding_box(), choice.bounding_box()
        assert pad["x"] <= box["x"]
        assert box["x"] + box["width"] <= min(width, pad["x"] + pad["width"])
        found = Axe().run(page, context=".nnlib-pad")
        assert found.violations_count == 0, found.generate_report()

        page.keyboard.press("ArrowUp")
        hand.wait_for_words("I read a 3.")
        page.keyboard.press("Tab")
        expect(choice).not_to_be_focused()


def test_a_photo_is_read_again(lab, page, mnist):
    hand, choice = start(lab, page, "choice_photo.ipynb")
    file = io.BytesIO()
    Image.fromarray(make_page("plain", 1, mnist).picture).save(file, "JPEG")
    with page.expect_file_chooser() as chooser:
        hand.click("A photo")
    chooser.value.set_files({"name": "page.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    hand.wait_for_status("I found")
    rows = hand.pad.locator(".nnlib-photo p")
    before = "".join(rows.all_inner_texts())
    choice.select_option(index=1)
    hand.wait_for_status(f"Now the network “{SECOND}” reads.")
    assert len(before) > 5
    assert "".join(rows.all_inner_texts()) == "".join(str(9 - int(digit)) for digit in before)


def test_a_network_is_chosen_while_a_cell_runs_and_one_that_learns_is_shown(lab, page, digits):
    sleep = "import time\nprint('it', 'runs')\ntime.sleep(600)"
    watch = "pad.watch('normalise')(thetas)\nprint('it', 'was shown')"
    hand, choice = start(lab, page, "choice_busy.ipynb", sleep, watch)
    page.locator(".jp-OutputArea-output", has_text="it runs").wait_for()
    hand.draw(digits[3])
    hand.wait_for_words("I read a 3.")
    choice.select_option(index=1)
    hand.wait_for_words("I read a 6.")
    choice.select_option(index=0)
    hand.wait_for_words("I read a 3.")
    assert page.locator(".jp-InputPrompt", has_text="[*]").count() > 0
    choose(page, "Kernel", "kernelmenu:interrupt")
    page.locator(".jp-InputPrompt", has_text="[2]:").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell").nth(2).click(position={"x": 200, "y": 10})
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="it was shown").wait_for()
    hand.wait_for_words("I read a 6.")
    assert shown(choice) == GIVEN
    hand.click("Forget the teaching")
    hand.wait_for_words("I read a 3.")
    assert shown(choice) == FIRST
