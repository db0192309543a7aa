"""What several test files share."""

import pytest

import nnlib


@pytest.fixture(scope="session")
def mnist():
    """The digits that ship with the project. Loaded once: do not write to them."""
    return nnlib.load_mnist()
