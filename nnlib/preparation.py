"""What is done to images before a network sees them. A saved network names its preparation, so the two cannot part."""

from . import checks

PREPARATIONS = {"none": lambda X: X}  # name: function from (n, 784) to (n, 784), pixel values in [0, 1]


def prepare(X, preparation="none"):
    """Return the images (n, 784) as a network with this preparation wants them.

    Raises
    ------
    ValueError
        If there is no preparation of that name.
    """
    if preparation not in PREPARATIONS:
        raise ValueError(f"preparation is {preparation!r}; expected one of {', '.join(PREPARATIONS)}.")
    return PREPARATIONS[preparation](checks.images(X))
