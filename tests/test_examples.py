"""Labelled drawings go through a file unchanged, and a bad file or drawing says what is wrong with it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib.examples import FORMAT

SEVEN = [np.array([[0.0, 0], [60, 0], [25, 100]])]


def test_they_come_back(tmp_path):
    path = tmp_path / "mine.json"
    two = [[[1.25, 2.5], [3, 4]], [[5, 6]]]
    nnlib.save_examples(path, [nnlib.Example(SEVEN, 7, "Åsa"), (two, np.int64(4))])
    one, other = nnlib.load_examples(path)
    assert (one.label, one.writer, other.label, other.writer) == (7, "Åsa", 4, "")
    np.testing.assert_array_equal(one.strokes[0], SEVEN[0])
    for found, stroke in zip(other.strokes, two, strict=True):
        np.testing.assert_array_equal(found, stroke)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),
            st.lists(
                st.lists(st.tuples(st.floats(0, 560), st.floats(0, 560)), min_size=1, max_size=5),
                min_size=1,
                max_size=3,
            ),
        ),
        max_size=4,
    )
)
def test_any_drawings_come_back_to_a_hundredth(tmp_path_factory, drawings):
    path = tmp_path_factory.mktemp("any") / "any.json"
    nnlib.save_examples(path, [(strokes, label) for label, strokes in drawings])
    for example, (label, strokes) in zip(nnlib.load_examples(path), drawings, strict=True):
        assert example.label == label
        for found, stroke in zip(example.strokes, strokes, strict=True):
            np.testing.assert_allclose(found, stroke, atol=0.0051)


@pytest.mark.parametrize("unit", [1e-5, 1, 1e6])
def test_any_unit(tmp_path, unit):
    nnlib.save_examples(tmp_path / "mine.json", [([unit * SEVEN[0]], 7)])
    (example,) = nnlib.load_examples(tmp_path / "mine.json")
    np.testing.assert_allclose(example.strokes[0], unit * SEVEN[0], rtol=1e-4)


def test_the_file_is_small_and_readable(tmp_path):
    nnlib.save_examples(tmp_path / "mine.json", [(SEVEN, 7)] * 30)
    text = (tmp_path / "mine.json").read_text()
    assert len(text) < 5000
    assert json.loads(text)["format"] == FORMAT
    assert len(text.splitlines()) == 32  # a line each


def test_the_stored_drawings_are_one_of_each_digit_and_are_read():
    examples = nnlib.load_examples()
    assert [example.label for example in examples] == list(range(10))
    assert [nnlib.recognise(example.strokes)[0] for example in examples] == list(range(10))


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ((SEVEN, 10), "label 10; expected a digit"),
        ((SEVEN, -1), "label -1"),
        ((SEVEN, "7"), "label '7'"),
        ((SEVEN, True), "label True"),
        ((SEVEN, 7.0), "label 7.0"),
        (([], 7), "there is no ink"),
        (([np.array([[np.nan, 1]])], 7), "NaN"),
        ((SEVEN, 7, 3), "writer 3"),
        (7, "expected a pair"),
    ],
)
def test_bad_examples_are_not_saved(tmp_path, example, message):
    path = tmp_path / "mine.json"
    path.write_text("what was there")
    with pytest.raises((ValueError, TypeError), match=message) as error:
        nnlib.save_examples(path, [(SEVEN, 7), example])
    assert "examples[1]" in str(error.value)
    assert path.read_text() == "what was there"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["mine.txt", "mine", "mine.npz"])
def test_other_names(tmp_path, name):
    with pytest.raises(ValueError, match=r"expected a name that ends in \.json"):
        nnlib.save_examples(tmp_path / name, [(SEVEN, 7)])


def test_missing_folder_and_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        nnlib.save_examples(tmp_path / "nowhere" / "mine.json", [(SEVEN, 7)])
    with pytest.raises(FileNotFoundError, match="There is no file"):
        nnlib.load_examples(tmp_path / "mine.json")


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "{}", '{"format": "other", "examples": []}', f'{{"format": "{FORMAT}"}}',
        f'{{"format": "{FORMAT}", "examples": [{{"label": 3}}]}}',
        f'{{"format": "{FORMAT}", "examples": [{{"label": 3, "strokes": [[[1]]]}}]}}',
        f'{{"format": "{FORMAT}", "examples": [{{"label": 30, "strokes": [[[1, 2]]]}}]}}',
        "\x00\x01",
    ],
)  # fmt: skip
def test_bad_files(tmp_path, content):
    path = tmp_path / "mine.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"mine\.json cannot be read as drawings"):
        nnlib.load_examples(path)
