"""What several test files share, and how they are shared out where two workers run them (``-n 2``)."""

import os
import signal

import pytest
from hypothesis import settings

# Two workers share the cores, and each starts kernels. Threads of BLAS that wait for each other would take most of the
# time; nnlib starts threads of its own. First, as BLAS reads this when NumPy is imported, and kernels inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import nnlib

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what it starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("busy", deadline=None)  # on a busy machine, any example can take long
settings.load_profile("busy")

LONGEST = (
    "test_notebooks.py",
    "test_keeping_in_browser.py",
    "test_pad_in_browser.py",
    "test_nbgrader.py",
)  # minutes each


def pytest_collection_modifyitems(items):
    """Begin with the longest files, so that both workers end at about the same time."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker whole files, in that order: the tests of a file share a server, a course or a network."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def mnist():
    """The digits that ship with the project. Loaded once: do not write to them."""
    return nnlib.load_mnist()
