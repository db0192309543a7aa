"""Labelled drawings go through a file unchanged, and a bad file or drawing says what is wrong with it."""

import base64
import io
import json
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib import examples
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


# ---- what a checksum and limits tell of


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "mine.json"
    nnlib.save_examples(path, [(SEVEN, 7, "Åsa"), (SEVEN, 1)])
    return path


@pytest.mark.parametrize(
    ("old", "new"), [("60.0", "66.0"), ('"label": 7', '"label": 1'), ("Åsa", "Ase"), ('"checksum"', '"checksun"')]
)
def test_a_damaged_file_is_noticed(saved, old, new):
    text = saved.read_text(encoding="utf-8")
    assert old in text
    saved.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.json cannot be read as drawings \(.*checksum"):
        nnlib.load_examples(saved)


def test_an_edited_file_loads_without_its_checksum(saved):
    content = json.loads(saved.read_text(encoding="utf-8"))
    content["examples"][0]["writer"] = "Asta"
    del content["checksum"]
    saved.write_text(json.dumps(content, indent=4))
    assert nnlib.load_examples(saved)[0].writer == "Asta"


def test_how_a_file_is_laid_out_is_no_damage(saved):
    saved.write_text(json.dumps(json.loads(saved.read_text(encoding="utf-8")), indent=4))
    assert len(nnlib.load_examples(saved)) == 2


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"format": ' * 50_000, f'{{"format": "{FORMAT}", "examples": [{"[" * 5000}{"]" * 5000}]}}'],
)
def test_deeply_nested_files(tmp_path, content):
    test_bad_files(tmp_path, content)


def test_a_file_that_is_too_large_is_not_even_read(saved, monkeypatch):
    monkeypatch.setattr(nnlib.examples, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match=r"more than 100 bytes, which are too many"):
        nnlib.load_examples(saved)
    with pytest.raises(ValueError, match=r"1 drawings take \d+ bytes; expected 100 at most"):
        nnlib.save_examples(saved.parent / "other.json", [(SEVEN, 7)])
    assert not (saved.parent / "other.json").exists()


def test_an_error_about_a_large_record_is_short(tmp_path):
    path = tmp_path / "mine.json"
    record = {"label": "7" * 100_000, "strokes": [[[1, 2]]]}
    path.write_text(json.dumps({"format": FORMAT, "examples": [record]}))
    with pytest.raises(ValueError, match="has the label '777") as caught:
        nnlib.load_examples(path)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    "stroke",
    [
        [[0, 0], [1e100, -1e100]],
        [[9.9999999e99, 0], [0, 9.99996e99]],
        [[1e100, 0], [1e100, 1e-280]],
        [[0, 0], [1e-280, 5e-324]],
        [[1e100, 1e100]],
    ],
)
def test_the_largest_and_the_smallest_drawings_come_back(tmp_path, stroke):
    nnlib.save_examples(tmp_path / "mine.json", [([stroke], 7)])
    (example,) = nnlib.load_examples(tmp_path / "mine.json")
    extent = np.ptp(stroke, axis=0).max()
    np.testing.assert_allclose(example.strokes[0], stroke, atol=1e-4 * extent, rtol=1e-15)


def test_half_a_character_in_a_name_is_refused_at_the_door(tmp_path):
    path = tmp_path / "mine.json"
    with pytest.raises(ValueError, match=r"examples\[0\] has the writer '\\ud800', which holds half a character"):
        nnlib.save_examples(path, [(SEVEN, 7, "\ud800")])
    assert not path.exists()
    path.write_text(
        f'{{"format": "{FORMAT}", "examples": [{{"label": 3, "strokes": [[[1, 2]]], "writer": "\\ud800"}}]}}'
    )
    with pytest.raises(ValueError, match=r"example 1 has the writer '\\ud800'"):
        nnlib.load_examples(path)


# ---- adding to a file


@pytest.fixture
def two_sevens(tmp_path):
    path = tmp_path / "mine.json"
    nnlib.save_examples(path, [(SEVEN, 7, "Åsa"), ([2 * SEVEN[0]], 8)])
    return path


def labels(path):
    return [example.label for example in nnlib.load_examples(path)]


def test_adding_keeps_what_is_there(two_sevens):
    three = nnlib.Example([3 * SEVEN[0]], 3)
    others = examples.add_examples(two_sevens, [three])
    assert [example.label for example in others] == [7, 8]
    assert labels(two_sevens) == [7, 8, 3]
    assert len(examples.add_examples(two_sevens, [three])) == 2
    before = two_sevens.read_bytes()
    two_sevens.write_bytes(before[:-20])
    for keep_others in (True, False):
        with pytest.raises(ValueError, match="cannot be read as drawings"):
            examples.add_examples(two_sevens, [three], keep_others=keep_others)
    assert two_sevens.read_bytes() == before[:-20]


def test_a_corrected_label_does_not_come_back(two_sevens):
    others = examples.add_examples(two_sevens, [nnlib.Example([2 * SEVEN[0]], 7)])
    assert [example.writer for example in others] == ["Åsa"]
    assert labels(two_sevens) == [7, 7]


def test_a_removed_drawing_does_not_come_back_and_others_only_if_asked_for(two_sevens):
    three = nnlib.Example([3 * SEVEN[0]], 3)
    (_, eight) = nnlib.load_examples(two_sevens)
    others = examples.add_examples(two_sevens, [three], known={examples.drawing_key(eight.strokes)})
    assert [example.label for example in others] == [7]
    assert labels(two_sevens) == [7, 3]
    assert len(examples.add_examples(two_sevens, [three], keep_others=False)) == 1
    assert labels(two_sevens) == [3]


def test_what_an_editor_adds_is_no_damage_and_another_encoding_is_named(saved):
    content = saved.read_bytes()
    saved.write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert [example.writer for example in nnlib.load_examples(saved)] == ["Åsa", ""]
    saved.write_bytes(content.decode().encode("utf-16"))
    with pytest.raises(ValueError, match="not text in UTF-8"):
        nnlib.load_examples(saved)


ADD_AT_ONCE = """
import sys, time
import nnlib
from nnlib.examples import add_examples
print("ready", flush=True)
sys.stdin.readline()
for i in range(20):
    x = 100 * int(sys.argv[2]) + i + 1
    add_examples(sys.argv[1], [nnlib.Example([[[0, 0], [x, x]]], 7)])
"""


def test_drawings_that_are_saved_at_the_same_moment_are_all_there(tmp_path):
    path = tmp_path / "class.json"
    command = [sys.executable, "-c", ADD_AT_ONCE, path]
    programs = [subprocess.Popen([*command, str(i)], stdin=-1, stdout=-1, text=True) for i in range(3)]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    found = sorted(example.strokes[0][1, 0] for example in nnlib.load_examples(path))
    assert found == [100 * i + k for i in range(3) for k in range(1, 21)]
    assert [path.name for path in tmp_path.iterdir()] == ["class.json"]


# ---- images in place of strokes


def some_image(seed=0):
    image = np.zeros((28, 28))
    image[4:24, 8:20] = np.random.default_rng(seed).integers(0, 256, (20, 12)) / 255
    return image


def test_images_come_back_beside_drawings(tmp_path):
    given = [nnlib.Example(some_image(), 3, "ann"), nnlib.Example(SEVEN, 7)]
    nnlib.save_examples(tmp_path / "mine.json", given)
    found = nnlib.load_examples(tmp_path / "mine.json")
    assert found == given
    np.testing.assert_array_equal(found[0].image, some_image())
    np.testing.assert_array_equal(found[0].to_image(), some_image())
    np.testing.assert_array_equal(found[1].to_image(), nnlib.strokes_to_image(SEVEN))
    assert found[1].image is None
    assert given[0] != given[0]._replace(strokes=some_image(1))
    assert given[0] != nnlib.Example(SEVEN, 3, "ann")


def test_an_image_is_small_and_a_copy_is_known(tmp_path):
    path = tmp_path / "mine.json"
    examples_of_a_class = [nnlib.Example(some_image(i), i % 10, "ann") for i in range(100)]
    nnlib.save_examples(path, examples_of_a_class)
    assert path.stat().st_size < 100 * 800  # of the worst kind, noise
    new = nnlib.Example(some_image(200), 1, "ann")
    assert len(examples.add_examples(path, [examples_of_a_class[0], new])) == 99
    assert len(nnlib.load_examples(path)) == 101


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((28, 28)), "is black"),
        (np.ones((28, 27)), r"shape \(28, 27\)"),
        (255 * np.ones((28, 28)), "from 255 to 255; expected 0 to 1"),
        (np.ones((28, 28), np.uint8), "dtype uint8"),
        (np.full((28, 28), np.nan), "NaN"),
    ],
)
def test_bad_images_are_not_saved(tmp_path, image, message):
    with pytest.raises((ValueError, TypeError), match=rf"examples\[0\].*{message}"):
        nnlib.save_examples(tmp_path / "mine.json", [nnlib.Example(image, 7)])


def png(size=(28, 28), mode="L", **options):
    file = io.BytesIO()
    PIL.Image.new(mode, size, 1).save(file, format="PNG", **options)
    return file.getvalue()


BAD_PNGS = {
    "another size": png((28, 29)),
    "huge": png()[:16] + bytes([0x7F, 0xFF, 0xFF, 0xFF] * 2) + png()[24:],
    "colour": png(mode="RGB"),
    "cut off": png()[:-25],
    "changed": png()[:50] + b"x" + png()[51:],
    "long": png() + bytes(5000),
    "not a PNG": b"GIF89a" + bytes(100),
    "empty": b"",
}


@pytest.mark.parametrize("name", BAD_PNGS)
def test_damaged_images(tmp_path, name):
    path = tmp_path / "mine.json"
    record = {"label": 3, "image": base64.b64encode(BAD_PNGS[name]).decode()}
    path.write_text(json.dumps({"format": FORMAT, "examples": [record]}))
    with pytest.raises(ValueError, match=r"mine\.json cannot be read as drawings \(the image of example 1 cannot be"):
        nnlib.load_examples(path)


@pytest.mark.parametrize("text", ["?", 7, None, ["x"]])
def test_an_image_that_is_no_base64(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"format": FORMAT, "examples": [{"label": 3, "image": text}]}))
    with pytest.raises(ValueError, match=r"mine\.json cannot be read as drawings"):
        nnlib.load_examples(path)
