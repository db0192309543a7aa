"""The twelve pages that ship: their truth fits them, they are small, and they travel with an installed package."""

import json
import tomllib

import made_pages
import numpy as np
import pytest
from loading import ROOT, load
from PIL import Image

import nnlib
from nnlib.data import DATA_FOLDER

FOLDER = DATA_FOLDER / "pages"
TRUTH = json.loads((FOLDER / "pages.json").read_text(encoding="utf-8"))


def test_there_are_twelve_in_less_than_a_megabyte():
    pictures = sorted(path.stem for path in FOLDER.glob("*.jpg"))
    assert pictures == sorted(TRUTH)
    assert len(pictures) == 12
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_000_000


def test_sixty_digits_are_on_the_five_pages_of_the_lesson():
    counts = [len("".join(page["rows"])) for page in TRUTH.values()]
    assert counts[:5] == [12] * 5


@pytest.mark.parametrize("name", TRUTH)
def test_what_stands_there_is_where_the_truth_says(name):
    where = TRUTH[name]
    middles, heights = np.array(where["middles"]), np.array(where["heights"])
    assert len("".join(where["rows"])) == len(middles) == len(heights)
    with Image.open(FOLDER / f"{name}.jpg") as picture:
        assert np.all((middles > 0) & (middles < picture.size))
    truth = made_pages.MadePage(None, where["rows"], middles, heights)
    n, right, _, _, invented = made_pages.compare(truth, nnlib.read_page(FOLDER / f"{name}.jpg"))
    assert right >= 0.6 * n  # by chance, it would be one in ten
    assert invented <= 1


def test_the_table_of_the_pages_counts_their_digits():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for name, page in TRUTH.items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{name}.jpg` |")]
        assert line.endswith(f"| {len(''.join(page['rows']))} |")


def test_an_installed_package_has_them():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["nnlib.shipped"]
    carried = {path for pattern in patterns for path in (ROOT / "data").glob(pattern)}
    assert carried >= set((ROOT / "data" / "pages").iterdir())


@pytest.mark.slow
def test_the_same_program_makes_them_again():
    build = load(ROOT / "data" / "build_pages.py")
    mnist = nnlib.load_mnist()
    for name, condition, changes in build.PAGES:
        page = made_pages.make_page(condition, build.SEED, mnist, **changes)
        assert page.rows == TRUTH[name]["rows"]
        shipped = np.asarray(Image.open(FOLDER / f"{name}.jpg"), float)
        assert np.abs(shipped - page.picture).mean() < 6  # of 255; that is what the JPEG costs
