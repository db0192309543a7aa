"""What people keep on the pad can be corrected, and survives what happens to pages and kernels."""

import re

import pytest
from driver import PATIENCE, Hand, choose, jupyter_lab
from driver import page as new_page
from playwright.sync_api import expect

import nnlib

pytestmark = pytest.mark.slow

SHOW_PAD = "from nnlib.pad import Pad\npad = Pad()\npad"
AUTOSAVED = "my_digits.autosave.json"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of its own: nothing that another test kept lies beside these notebooks."""
    with jupyter_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def start(lab, page, request):
    """Open a notebook of some cells, run it, and give a hand at its first pad; begin with no autosaved file."""
    (lab.folder / AUTOSAVED).unlink(missing_ok=True)

    def open_and_run(*cells, page=page):
        name = re.sub(r"\W+", "_", request.node.name) + ".ipynb"
        lab.write(name, *cells)
        lab.open(page, name)
        run(lab, page, len(cells))
        return Hand(page)

    return open_and_run


def run(lab, page, count=1, first=1):
    """Run all cells, and wait for the last."""
    lab.run_all(page)
    page.locator(".jp-InputPrompt", has_text=f"[{first + count - 1}]:").wait_for()


def keep(hand, digits, *labels):
    """Draw and keep digits."""
    for label in labels:
        hand.draw(digits[label])
        hand.wait_for_words(f"{label}.")
        hand.click(str(label))
        hand.wait_for_status(f"Kept as a{'n' if label == 8 else ''} {label}.")


def labels(hand, *expected):
    """Wait until these labels, and no others, are below the kept drawings."""
    expect(hand.kept()).to_have_text(list(map(str, expected)), timeout=PATIENCE)


def autosaved(lab):
    return [example.label for example in nnlib.load_examples(lab.folder / AUTOSAVED)]


def test_a_label_is_corrected_with_a_click_and_saved_as_corrected(lab, start, digits):
    hand = start(SHOW_PAD)
    keep(hand, digits, 2)
    hand.draw(digits[3])
    hand.wait_for_words("I read a 3.")
    hand.click("8")
    hand.wait_for_status("I read a 3, with")
    hand.pad.get_by_text("Drawing 2 is kept as an 8, but I read a 3").wait_for()
    hand.click("Save")
    hand.wait_for_status("Saved 2 drawings to my_digits.json.")

    doubted = hand.pad.get_by_role("button", name="Drawing 2, kept as an 8. I read a 3")
    expect(doubted).to_have_attribute("aria-pressed", "false")
    doubted.click()
    hand.pad.get_by_role("combobox", name="Drawing 2:").select_option("kept as a 3")
    labels(hand, 2, 3)
    expect(hand.kept().nth(1)).to_have_attribute("aria-pressed", "true")
    hand.click("Save")
    hand.wait_for_status("Saved 2 drawings to my_digits.json.")
    assert sorted(e.label for e in nnlib.load_examples(lab.folder / "my_digits.json")) == [2, 3]

    hand.click("Show in the field")
    hand.wait_for_words("I read a 3.")
    hand.click("Remove")
    labels(hand, 2)
    hand.click("Undo")
    labels(hand, 2, 3)
    assert autosaved(lab) == [2, 3]


def test_a_drawing_kept_by_a_wrong_click_comes_back(start, digits):
    hand = start(SHOW_PAD)
    keep(hand, digits, 6)
    share = hand.draw(digits[5])
    hand.wait_for_words("I read a 5.")
    hand.click("4")
    hand.wait_for_status("Kept as a 4.")
    hand.wait_for_ink(0, 0)
    hand.click("Undo")
    hand.wait_for_ink_of(share)
    labels(hand, 6)


def test_kept_drawings_are_chosen_with_the_keyboard_and_keep_the_focus(start, digits):
    hand = start(SHOW_PAD)
    keep(hand, digits, 1, 2)
    hand.kept().nth(1).focus()
    for key, pressed in (("Enter", "true"), (" ", "false"), ("Enter", "true")):
        hand.page.keyboard.press(key)
        expect(hand.kept().nth(1)).to_have_attribute("aria-pressed", pressed, timeout=PATIENCE)
        expect(hand.kept().nth(1)).to_be_focused(timeout=PATIENCE)


def bring_back(hand, count):
    hand.pad.get_by_text(f"{count} drawings from before are in {AUTOSAVED}.").wait_for()
    hand.click("Bring them back")
    hand.wait_for_status(f"{count} drawings from before are kept again.")
    expect(hand.pad.get_by_role("button", name="Leave them")).to_be_hidden()


def test_nothing_is_lost_when_the_cell_runs_again_the_kernel_restarts_or_the_page_is_reloaded(lab, page, start, digits):
    hand = start(SHOW_PAD)
    expect(hand.pad.get_by_role("button", name="Leave them")).to_be_hidden()
    keep(hand, digits, 4, 7)
    run(lab, page, first=2)
    hand = Hand(page)
    labels(hand)
    bring_back(hand, 2)
    labels(hand, 4, 7)

    keep(hand, digits, 8)
    choose(page, "Kernel", "kernelmenu:restart")
    page.click("button:has-text('Restart')")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.nnlib-pad'), '::before').content.includes('offers you')"
    )
    page.wait_for_selector("text=| Idle")
    run(lab, page)
    hand = Hand(page)
    bring_back(hand, 3)
    labels(hand, 4, 7, 8)

    page.reload()  # with nothing saved, there is no pad on it any more
    page.wait_for_selector("text=| Idle")
    run(lab, page, first=2)
    hand = Hand(page)
    hand.pad.get_by_text("3 drawings from before").wait_for()
    hand.click("Leave them")
    keep(hand, digits, 9)
    labels(hand, 9)
    assert autosaved(lab) == [4, 7, 8, 9]


def test_two_pads_share_the_file_and_lose_nothing(lab, page, start, digits):
    first = start(SHOW_PAD, "Pad()")
    second = Hand(page, 1)
    keep(first, digits, 3)
    keep(second, digits, 5)
    keep(first, digits, 6)
    labels(first, 3, 6)
    labels(second, 5)
    assert sorted(autosaved(lab)) == [3, 5, 6]


def test_visitors_of_a_server_download_and_upload(lab, page, start, digits):
    hand = start("import os\nos.environ['SERVER_SOFTWARE'] = 'voila/0.5'\n" + SHOW_PAD)
    keep(hand, digits, 3, 5)
    with page.expect_download() as download:
        hand.pad.get_by_role("link", name="Download 2 drawings").click()
    assert download.value.suggested_filename == "my_digits.json"
    path = download.value.path()
    assert [example.label for example in nnlib.load_examples(path)] == [3, 5]
    for _ in range(2):
        hand.kept().first.click()
        hand.click("Remove")
    labels(hand)
    for number in (2, 0):
        with page.expect_file_chooser() as chooser:
            hand.pad.get_by_role("button", name="Upload").click()
        chooser.value.set_files({"name": "mine.json", "mimeType": "application/json", "buffer": path.read_bytes()})
        hand.wait_for_status(f"Loaded 2 drawings from mine.json; {number} of them are new.")
    labels(hand, 3, 5)
    assert not (lab.folder / AUTOSAVED).exists()


def test_on_a_phone_what_is_needed_at_every_drawing_is_below_the_field_and_nothing_jumps(chromium, lab, start, digits):
    with new_page(chromium, viewport={"width": 390, "height": 844}) as page:
        hand = start(SHOW_PAD, page=page)
        page.click("[data-id='filebrowser']")  # folds the list of files, which takes most of a small screen
        expect(page.locator(".jp-FileBrowser")).to_be_hidden()
        before = places(hand)
        field = hand.box()
        for name in ("Clear", "Undo", "0", "4", "5", "9"):
            button = hand.pad.get_by_role("button", name=name, exact=True).bounding_box()
            assert 0 < button["y"] - (field["y"] + field["height"]) < 170
        assert max(place["right"] for place in before.values()) < 390
        keep(hand, digits, *range(10))
        hand.click("3")
        hand.wait_for_status("There is no drawing to keep")
        hand.kept().nth(9).click()
        expect(hand.kept().nth(9)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
        assert hand.pad.locator(".nnlib-gallery").evaluate("gallery => gallery.scrollHeight > gallery.clientHeight")
        assert places(hand) == before


def places(hand):
    """Return where the controls of a pad are, in whole pixels from its top."""
    hand.box()
    return hand.pad.evaluate(
        """pad => Object.fromEntries(
            [...pad.querySelectorAll('.nnlib-ink, button')]
                .filter(part => part.offsetParent && !part.closest('.nnlib-gallery'))
                .map(part => [part.textContent || 'field', part.getBoundingClientRect()])
                .map(([name, box]) => [name, {
                    top: Math.round(box.top - pad.getBoundingClientRect().top),
                    right: Math.round(box.right),
                }])
        )"""
    )
