"""Pen digits, drawings that are no digits, and what the shipped network says to both."""

import gzip
import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import nnlib
from nnlib.nondigits import FONTS, LATIN, letters, nondigits

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pens():
    return nnlib.load_pens()


def test_the_pen_digits_are_those_of_the_training_part(pens):
    # 7,494 digits of 30 writers, with these counts: the description that comes with the data.
    assert len(pens) == 7494
    counts = Counter(example.label for example in pens)
    assert [counts[digit] for digit in range(10)] == [780, 779, 780, 719, 780, 720, 720, 778, 719, 719]
    assert len({example.writer for example in pens}) == 30
    points = np.concatenate([stroke for example in pens for stroke in example.strokes])
    assert points.min() >= 0 and points.max() <= 500
    assert max(len(example.strokes) for example in pens) > 1


def test_the_readme_names_the_checksum_of_the_pen_digits():
    digest = hashlib.sha256((ROOT / "data" / "pens.json.gz").read_bytes()).hexdigest()
    assert digest in (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "data" / "pens.json.gz").stat().st_size < 1_200_000


def test_a_damaged_or_bloated_file_of_pens_is_refused(tmp_path, monkeypatch):
    whole = nnlib.examples.PENS_PATH.read_bytes()
    path = tmp_path / "pens.json.gz"
    monkeypatch.setattr(nnlib.examples, "PENS_PATH", path)
    with pytest.raises(FileNotFoundError, match=re.escape(str(path))):
        nnlib.load_pens()
    for content in (whole[:100_000], whole[:5000] + b"\0" + whole[5001:], b"", gzip.compress(b" " * 20_000_000)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="cannot be read as drawings"):
            nnlib.load_pens()


def test_nondigits_are_reproducible_varied_and_can_be_drawn(pens):
    some = pens[:300]
    first, again, other = (nondigits(200, some, seed=seed) for seed in (1, 1, 2))
    assert len(first) == 200
    for a, b in zip(first, again, strict=True):
        assert all(map(np.array_equal, a, b))
    assert not all(map(np.array_equal, first[0], other[0]))
    images = [nnlib.strokes_to_image(strokes) for strokes in first]
    assert len({image.tobytes() for image in images}) == 200


def test_nondigits_do_not_change_the_digits_that_they_are_made_of(pens):
    some = pens[:300]
    before = [[stroke.copy() for stroke in example.strokes] for example in some]
    nondigits(300, some)
    for example, strokes in zip(some, before, strict=True):
        assert all(map(np.array_equal, example.strokes, strokes))


def test_a_digit_turned_by_a_quarter_keeps_its_strokes_and_lengths(pens):
    from nnlib.nondigits import _turned

    by_label = [[[np.array([[0.0, 0.0], [3.0, 1.0]]), np.array([[5.0, 5.0]])]]] * 10
    results = {str([stroke.tolist() for stroke in _turned(by_label, np.random.default_rng(i))]) for i in range(20)}
    assert results == {"[[[0.0, -0.0], [1.0, -3.0]], [[5.0, -5.0]]]", "[[[-0.0, 0.0], [-1.0, 3.0]], [[-5.0, 5.0]]]"}


def test_pairs_stand_apart(pens):
    from nnlib.nondigits import _pair

    by_label = [[e.strokes for e in pens if e.label == label][:5] for label in range(10)]
    rng = np.random.default_rng(0)
    for _ in range(50):
        strokes = sorted((stroke[:, 0].min(), stroke[:, 0].max()) for stroke in _pair(by_label, rng))
        ends = np.maximum.accumulate([end for _, end in strokes])
        assert max(start - end for (start, _), end in zip(strokes[1:], ends, strict=False)) > 4


@pytest.mark.parametrize(
    ("n", "digits", "kind", "words"),
    [
        (-1, None, ValueError, "n is -1"),
        (5, [], ValueError, "digits holds no drawing of"),
        (2.5, None, TypeError, "n is"),
    ],
)
def test_bad_arguments(pens, n, digits, kind, words):
    with pytest.raises(kind, match=words):
        nondigits(n, pens if digits is None else digits)


def test_without_the_fonts_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "HersheyFonts", None)
    with pytest.raises(ImportError, match="pip install Hershey-Fonts"):
        letters()


def test_letters_of_all_fonts_can_be_drawn():
    drawn = letters()
    assert len(drawn) == sum(map(len, FONTS.values()))
    for strokes in drawn:
        nnlib.strokes_to_image(strokes)
    A = letters({"futural": "A"})[0]
    points = np.concatenate(A)
    assert len(A) == 3 and points[points[:, 1].argmin(), 0] == pytest.approx(
        points[:, 0].mean(), abs=1
    )  # the tip is on top


# ---- what the shipped networks say


def test_the_shipped_network_refuses_clear_letters_and_reads_digits(pens):
    network = nnlib.load_network()
    mnist_network = nnlib.load_network(nnlib.data.DATA_FOLDER / "network-mnist.npz")
    others = letters({"timesi": LATIN})  # a font that was not trained on
    images = np.array([nnlib.strokes_to_image(strokes).ravel() for strokes in others])
    assert np.mean(network.predict_scores(images).max(axis=1) >= 0.5) < 0.2
    assert np.mean(mnist_network.predict_scores(images).max(axis=1) >= 0.5) > 0.4

    some = pens[::15]
    images = np.array([nnlib.strokes_to_image(example.strokes).ravel() for example in some])
    labels = np.array([example.label for example in some])
    scores = network.predict_scores(images)
    assert np.mean(scores.argmax(axis=1) == labels) > 0.98
    assert np.mean(scores.max(axis=1) < 0.5) < 0.02
