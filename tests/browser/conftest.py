"""What the tests in a browser share."""

import os

import driver
import pytest

import nnlib


@pytest.fixture(scope="module")  # not for the session: while Playwright is there, an event loop runs in this thread
def chromium():
    """A Chromium, driven by Playwright."""
    if driver.find_chromium() is None:
        words = (
            f"there is no Chromium here (none of {', '.join(driver.CHROMIUM_NAMES)}); .ci/run shows how to install it"
        )
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with driver.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of its own."""
    with driver.jupyter_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def page(chromium):
    """A page of its own, whose console must stay free of errors."""
    with driver.page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def digits():
    """The stored drawings: a list of strokes for each digit."""
    return {example.label: [stroke.tolist() for stroke in example.strokes] for example in nnlib.load_examples()}
