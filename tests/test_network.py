"""Networks come back from files as they went, and a damaged file is never taken for a network."""

import gc
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import nnlib

ABOUT = json.dumps({"preparation": "none", "settings": {}})


def some_thetas(layer_sizes=(6, 4, 3), seed=0):
    """Return a small network, made without nnlib."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n_out, 1 + n_in)) for n_in, n_out in pairwise(layer_sizes)]


@st.composite
def networks(draw):
    """Thetas of 1 to 4 layers, of any finite numbers, in float32 or float64."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    dtype, width = draw(st.sampled_from([(np.float32, 32), (np.float64, 64)]))
    numbers = st.floats(allow_nan=False, allow_infinity=False, width=width)
    return [draw(npst.arrays(dtype, (n_out, 1 + n_in), elements=numbers)) for n_in, n_out in pairwise(sizes)]


def assert_same_numbers(found, expected):
    """Check that two lists of thetas hold the same numbers, to the last bit (so 0.0 is not -0.0)."""
    assert isinstance(found, list)
    assert [theta.shape for theta in found] == [theta.shape for theta in expected]
    for theta, original in zip(found, expected, strict=True):
        assert theta.dtype == np.float64
        assert theta.tobytes() == original.astype(np.float64).tobytes()


def files_in(folder):
    """Return what a folder holds, as {name: bytes}."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def assert_refused(path, *mentions):
    """Check that loading fails with one clear error that names the file and what is wrong."""
    with pytest.raises(ValueError) as caught:
        nnlib.load_network(path)
    message = str(caught.value)
    for words in (str(path), *mentions):
        assert words in message
    assert "pickle" not in message.replace("allow_pickle=False", "")  # NumPy's advice to load it unsafely
    return message


# ---- there and back


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_round_trips(thetas):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("network.npz", "text"):
            path = Path(folder) / name
            nnlib.save_thetas(path, thetas)
            assert_same_numbers(nnlib.load_thetas(path), thetas)
            network = nnlib.load_network(str(path))
            assert_same_numbers(network.thetas, thetas)
            assert network.layer_sizes == (thetas[0].shape[1] - 1, *(len(theta) for theta in thetas))
            assert (network.preparation, network.settings) == ("none", {})


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_text_is_what_savetxt_writes(thetas):
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        nnlib.save_thetas(ours, thetas)
        theirs.mkdir()
        for i, theta in enumerate(thetas, start=1):
            np.savetxt(theirs / f"Theta{i}.txt", theta, delimiter=" ")
            assert np.loadtxt(ours / f"Theta{i}.txt", ndmin=2).tobytes() == theta.astype(float).tobytes()
        assert files_in(ours).keys() == files_in(theirs).keys()
        for name, content in files_in(ours).items():
            header, _, numbers = content.partition(b"\n")
            assert header.startswith(b"# nnlib network, layer ")  # a comment, which np.loadtxt skips
            assert numbers == files_in(theirs)[name]


def test_text_of_others_loads(tmp_path):
    thetas = some_thetas()
    for i, theta in enumerate(thetas, start=1):
        np.savetxt(tmp_path / f"Theta{i}.txt", theta, delimiter=" ")
    (tmp_path / "notes.txt").write_text("Trained on a Friday.")
    assert_same_numbers(nnlib.load_thetas(tmp_path), thetas)


def test_settings_and_preparation_are_kept(tmp_path):
    about = {"lam": 0.1, "seed": None, "hidden": [100], "by": "Żaneta"}
    nnlib.save_thetas(tmp_path / "network.npz", some_thetas(), preparation="none", settings=about)
    network = nnlib.load_network(tmp_path / "network.npz")
    assert network.settings == about
    assert network.preparation == "none"


def test_a_loaded_network_predicts_as_before(tmp_path):
    thetas = some_thetas((9, 5, 10))
    nnlib.save_thetas(tmp_path / "network.npz", thetas)
    X = np.random.default_rng(1).random((20, 9))
    a = X
    for theta in thetas:
        a = 1 / (1 + np.exp(-(np.column_stack([np.ones(len(a)), a]) @ theta.T)))
    network = nnlib.load_network(tmp_path / "network.npz")
    assert np.array_equal(network.predict(X), a.argmax(axis=1))
    np.testing.assert_allclose(network.predict_scores(X), a, rtol=1e-12)


def test_saving_again_takes_the_place_of_the_old_network(tmp_path):
    for path in (tmp_path / "network.npz", tmp_path / "text"):
        nnlib.save_thetas(path, some_thetas(seed=1))
        nnlib.save_thetas(path, some_thetas(seed=2))
        assert_same_numbers(nnlib.load_thetas(path), some_thetas(seed=2))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.npz", "text"]
    assert sorted(files_in(tmp_path / "text")) == ["Theta1.txt", "Theta2.txt"]


def test_a_dot_in_the_name_of_a_folder(tmp_path):
    folder = tmp_path / "lam-0.1"
    folder.mkdir()
    nnlib.save_thetas(folder, some_thetas())
    assert_same_numbers(nnlib.load_thetas(folder), some_thetas())


def test_folders_are_made(tmp_path):
    nnlib.save_thetas(tmp_path / "mine" / "today", some_thetas())
    assert_same_numbers(nnlib.load_thetas(tmp_path / "mine" / "today"), some_thetas())


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_others_may_read_the_files(tmp_path):
    before = os.umask(0o022)
    try:
        nnlib.save_thetas(tmp_path / "network.npz", some_thetas())
        nnlib.save_thetas(tmp_path / "text", some_thetas())
    finally:
        os.umask(before)
    for path in (tmp_path / "network.npz", tmp_path / "text" / "Theta1.txt", tmp_path / "text" / "Theta2.txt"):
        assert path.stat().st_mode & 0o777 == 0o644


def test_the_shipped_network(mnist):
    network = nnlib.load_network()
    assert network.layer_sizes == (784, 100, 10)
    assert network.preparation == "normalise"
    right = np.mean(network.predict(mnist.X_test) == mnist.y_test)
    assert right >= 0.986
    assert right == pytest.approx(network.settings["test_accuracy"], abs=2e-4)


def test_the_plain_network_of_lesson_06(mnist):
    network = nnlib.load_network(nnlib.data.DATA_FOLDER / "network-plain.npz")
    assert (network.preparation, network.layer_sizes) == ("none", (784, 100, 10))
    assert np.mean(network.predict(mnist.X_test) == mnist.y_test) > 0.98


def test_text_files_cannot_keep_a_preparation(tmp_path):
    with pytest.raises(ValueError, match=r"'deskew', which text files cannot keep; save to a \.npz"):
        nnlib.save_thetas(tmp_path / "text", some_thetas(), preparation="deskew")
    assert not files_in(tmp_path)


# ---- what cannot be saved


@pytest.mark.parametrize("name", ["network.txt", "network.mat", "network.npy", "network.NPZ.bak"])
def test_other_kinds_of_files(tmp_path, name):
    with pytest.raises(ValueError, match=rf"{name}; expected a name that ends in \.npz, or a folder"):
        nnlib.save_thetas(tmp_path / name, some_thetas())
    assert not files_in(tmp_path)


@pytest.mark.parametrize("name", ["network.npz", "text"])
def test_bad_thetas_are_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=r"thetas\[1\] has 2 columns; expected 3"):
        nnlib.save_thetas(tmp_path / name, [np.ones((2, 3)), np.ones((1, 2))])
    assert not list(tmp_path.iterdir())


def test_unknown_preparation(tmp_path):
    with pytest.raises(ValueError, match="preparation is 'sharpen'; expected one of none"):
        nnlib.save_thetas(tmp_path / "network.npz", some_thetas(), preparation="sharpen")
    assert not files_in(tmp_path)


def test_settings_that_json_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match="settings"):
        nnlib.save_thetas(tmp_path / "network.npz", some_thetas(), settings={"seed": np.int64(3)})
    assert not files_in(tmp_path)


def test_saving_to_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        nnlib.save_thetas(tmp_path / "nowhere" / "network.npz", some_thetas())
    assert str(tmp_path / "nowhere") in str(caught.value)
    assert ".tmp" not in str(caught.value)  # a name that the caller never gave


def test_text_of_a_network_with_more_layers_is_not_mixed_in(tmp_path):
    nnlib.save_thetas(tmp_path, some_thetas((4, 3, 2, 2)))
    before = files_in(tmp_path)
    assert sorted(before) == ["Theta1.txt", "Theta2.txt", "Theta3.txt"]
    with pytest.raises(ValueError, match=r"Theta3\.txt is there already"):
        nnlib.save_thetas(tmp_path, some_thetas((4, 3, 2)))
    assert files_in(tmp_path) == before


# ---- a failure while writing


class BrokenWriter:
    """Stands in for np.savetxt or np.savez_compressed: works until the call `fails_at`, then stops half-way."""

    def __init__(self, write, error, fails_at):
        self.write, self.error, self.fails_at, self.calls = write, error, fails_at, 0

    def __call__(self, file, *args, **kwargs):
        self.calls += 1
        if self.calls < self.fails_at:
            return self.write(file, *args, **kwargs)
        if hasattr(file, "write"):
            file.write(b"half of")
        else:
            Path(file).write_bytes(b"half of")
        raise self.error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize(
    ("name", "writers", "fails_at"),
    [("network.npz", ["savez_compressed", "savez"], 1), (".", ["savetxt"], 1), (".", ["savetxt"], 2)],
    ids=["npz", "text at once", "text at the second file"],
)
@pytest.mark.parametrize("there_before", [True, False])
def test_a_failure_while_writing_changes_nothing(tmp_path, monkeypatch, name, writers, fails_at, error, there_before):
    if there_before:
        nnlib.save_thetas(tmp_path / name, some_thetas(seed=1))
    before = files_in(tmp_path)
    for writer in writers:
        monkeypatch.setattr(np, writer, BrokenWriter(getattr(np, writer), error, fails_at))
    with pytest.raises(type(error)):
        nnlib.save_thetas(tmp_path / name, some_thetas(seed=2))
    assert files_in(tmp_path) == before


# ---- files that hold no network


@pytest.mark.parametrize("name", ["network.npz", "text"])
def test_missing_file(tmp_path, name):
    with pytest.raises(FileNotFoundError) as caught:
        nnlib.load_thetas(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("load", [nnlib.load_network, nnlib.load_thetas, nnlib.load_examples, nnlib.load_mnist])
def test_what_is_no_path(load):
    for path in ("", 7, b"file"):
        with pytest.raises((ValueError, TypeError), match=r"path is .*; expected the name of a file or folder"):
            load(path)
    with pytest.raises(FileNotFoundError, match="There is no"):
        load("x" * 1000)


def test_nothing_is_saved_to_an_empty_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for save, what in ((nnlib.save_thetas, some_thetas()), (nnlib.save_examples, [])):
        with pytest.raises(ValueError, match="path is ''; expected the name of a file or folder"):
            save("", what)
    assert not files_in(tmp_path)


@pytest.fixture
def npz(tmp_path):
    """The path of a saved network with settings."""
    path = tmp_path / "network.npz"
    nnlib.save_thetas(path, some_thetas(), settings={"lam": 0.1})
    return path


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999])
def test_truncated_npz(npz, share):
    content = npz.read_bytes()
    npz.write_bytes(content[: int(share * len(content))])
    assert_refused(npz)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # test_a_damaged_file_is_closed_again is about that
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_any_flipped_byte_of_an_npz_is_found_or_does_no_harm(npz):
    content = npz.read_bytes()
    n_refused = 0
    for place in range(len(content)):
        npz.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            network = nnlib.load_network(npz)
        except ValueError:
            n_refused += 1
        except Exception as error:
            raise AssertionError(f"flipping byte {place} of {len(content)} gives {error!r}") from error
        else:
            assert network.layer_sizes == (6, 4, 3), f"after flipping byte {place} of {len(content)}"
            assert_same_numbers(network.thetas, some_thetas())
            assert (network.preparation, network.settings) == ("none", {"lam": 0.1})
    assert n_refused > 0.5 * len(content)


def test_flipped_bytes_in_the_middle_of_a_large_npz(tmp_path):
    path = tmp_path / "network.npz"
    nnlib.save_thetas(path, some_thetas((784, 30, 10)))
    content = path.read_bytes()
    for share in (0.2, 0.4, 0.6, 0.8):
        place = int(share * len(content))
        flipped = bytes(byte ^ 0xFF for byte in content[place : place + 8])
        path.write_bytes(content[:place] + flipped + content[place + 8 :])
        assert_refused(path)


def test_a_damaged_file_is_closed_again(npz):
    npz.write_bytes(npz.read_bytes()[:-10])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert_refused(npz)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"<!DOCTYPE html><title>Sign in to the wifi</title>", pickle.dumps(some_thetas())]
)
def test_not_an_npz(npz, content):
    npz.write_bytes(content)
    assert_refused(npz)


def test_an_npy_file_under_the_name_of_an_npz(npz):
    with open(npz, "wb") as file:
        np.save(file, some_thetas()[0])
    assert "context manager" not in assert_refused(npz)  # which says nothing to a learner


THETA1, THETA2 = some_thetas()


@pytest.mark.parametrize(
    ("arrays", "mentions"),
    [
        ({}, ["about", "theta1"]),
        ({"about": ABOUT}, ["theta1"]),
        ({"theta1": THETA1, "theta2": THETA2}, ["about"]),
        ({"about": ABOUT, "theta2": THETA2}, ["theta1"]),
        ({"about": ABOUT, "theta1": THETA1, "theta3": THETA2}, ["theta3"]),
        ({"about": ABOUT, "theta1": THETA1, "theta2": THETA2, "more": THETA2}, ["more"]),
        ({"about": ABOUT, "theta1": THETA1, "theta2": np.ones((3, 8))}, ["8 columns", "expected 5"]),
        ({"about": ABOUT, "theta1": THETA1[0]}, ["shape (7,)"]),
        ({"about": ABOUT, "theta1": np.full((4, 7), np.nan)}, ["28 values that are NaN"]),
        ({"about": ABOUT, "theta1": THETA1 + 1j}, ["complex128"]),
        ({"about": ABOUT, "theta1": np.full((4, 7), "weights")}, []),
        ({"about": "", "theta1": THETA1}, []),
        ({"about": "[]", "theta1": THETA1}, ["preparation"]),
        ({"about": "{}", "theta1": THETA1}, ["preparation"]),
        ({"about": '{"preparation": "none"}', "theta1": THETA1}, ["settings"]),
        ({"about": ABOUT.replace("none", "sharpen"), "theta1": THETA1}, ["'sharpen'", "expected"]),
        ({"about": ABOUT.replace('"none"', "[1]"), "theta1": THETA1}, ["preparation"]),
    ],
    ids=[
        "nothing", "no thetas", "no about", "no theta1", "no theta2", "something else too", "misfit", "1-D", "NaN",
        "complex", "words", "about empty", "about a list", "no preparation", "no settings", "unknown preparation",
        "preparation a list",
    ],
)  # fmt: skip
def test_an_npz_with_something_else(npz, arrays, mentions):
    np.savez(npz, **arrays)
    assert_refused(npz, *mentions)


def test_an_error_about_a_large_file_is_short(npz):
    np.savez(npz, about=json.dumps({"preparation": "x" * 100_000}), theta1=THETA1)
    assert len(assert_refused(npz, "its about is {'preparation': 'xxx")) < 700


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("name", ["about", "theta1"])
def test_nothing_is_unpickled(npz, name):
    harm = npz.parent / "harm"
    bomb = np.empty(1, dtype=object)
    bomb[0] = Bomb(harm)
    np.savez(npz, **({"about": ABOUT, "theta1": THETA1} | {name: bomb}))
    with pytest.raises(ValueError):
        nnlib.load_network(npz)
    npz.write_bytes(pickle.dumps(Bomb(harm)))
    with pytest.raises(ValueError):
        nnlib.load_network(npz)
    assert not harm.exists()


def test_the_source_never_turns_pickle_on():
    for path in Path(nnlib.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "allow_pickle=True" not in source.replace(" ", ""), path
        assert "import pickle" not in source, path


@pytest.fixture
def text(tmp_path):
    """A folder with a network as text: Theta1 (4, 7), Theta2 (3, 5)."""
    folder = tmp_path / "text"
    nnlib.save_thetas(folder, some_thetas())
    return folder


@pytest.fixture
def plain_text(tmp_path):
    """The same network as another program writes it, without a checksum."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for i, theta in enumerate(some_thetas(), start=1):
        np.savetxt(folder / f"Theta{i}.txt", theta, delimiter=" ")
    return folder


@pytest.mark.parametrize(
    ("content", "mentions"),
    [
        ("", ["Theta2.txt"]),
        ("\n\n", ["Theta2.txt"]),
        ("# only words\n", ["Theta2.txt is empty"]),
        ("1 2 3 4 5\n1 2 3 4\n1 2 3 4 5\n", []),
        ("1 2 3 4 five\n1 2 3 4 5\n1 2 3 4 5\n", ["five"]),
        ("1 2 3 4 nan\n1 2 3 4 5\n1 2 3 4 5\n", ["NaN", "(0, 4)"]),
        ("1 2 3 4 5\n1 -inf 3 4 5\n1 2 3 4 5\n", ["infinite", "(1, 1)"]),
        ("1 2 3 4\n1 2 3 4\n1 2 3 4\n", ["4 columns", "expected 5"]),
        ("1,2,3,4,5\n1,2,3,4,5\n1,2,3,4,5\n", []),
        ("7\n", ["shape (1, 1)"]),
        ("\0\0\0\0", []),
    ],
    ids=[
        "empty",
        "blank",
        "a comment",
        "a number is missing",
        "a word",
        "NaN",
        "inf",
        "misfit",
        "commas",
        "one number",
        "zeros",
    ],
)
def test_damaged_text(plain_text, text, content, mentions):
    (plain_text / "Theta2.txt").write_text(content)
    assert_refused(plain_text, *mentions)
    header = (text / "Theta2.txt").read_text().partition("\n")[0]
    (text / "Theta2.txt").write_text(f"{header}\n{content}")
    assert_refused(text)


def test_text_that_is_no_text(text):
    (text / "Theta1.txt").write_bytes(b"\x93NUMPY\xff\xfe\x00" * 20)
    assert_refused(text)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_truncated_first_text(text, plain_text, share):
    for folder in (text, plain_text):
        content = (folder / "Theta1.txt").read_bytes()
        (folder / "Theta1.txt").write_bytes(content[: int(share * len(content))])
        assert_refused(folder)


def test_a_stale_third_text(text, plain_text):
    for folder in (text, plain_text):
        shutil.copy(folder / "Theta2.txt", folder / "Theta3.txt")
    assert_refused(plain_text, "5 columns", "expected 4")
    assert_refused(text, "do not belong to the same network")


def test_text_with_words_of_others_loads(plain_text):
    path = plain_text / "Theta1.txt"
    path.write_text("# 784 inputs, by hand\n" + path.read_text())
    assert_same_numbers(nnlib.load_thetas(plain_text), some_thetas())


@pytest.mark.parametrize("name", ["Theta1.txt", "Theta2.txt"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines[:-1], "#" + lines[-1]],
        lambda lines: [*lines[:-1], lines[-1].replace("e-01", "", 1)],  # 1.5e-01 becomes 1.5
        lambda lines: [*lines[:-1], lines[-1].replace(".", ".9", 1)],
        lambda lines: [lines[0], *lines[:0:-1]],
        lambda lines: lines[1:],
        lambda lines: [lines[0].replace("layer 1", "layer 2").replace("layer 2", "layer 1"), *lines[1:]],
    ],
    ids=["last line", "a comment", "an exponent", "a digit", "other order", "no header", "other layer"],
)
def test_the_checksum_tells_of_damaged_numbers(text, name, damage):
    lines = (text / name).read_text().splitlines()
    (text / name).write_text("\n".join(damage(lines)) + "\n")
    if damage(lines) != lines:  # one of them changes only the first file
        assert_refused(text)


def test_other_line_ends_are_no_damage(text):
    for path in text.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert_same_numbers(nnlib.load_thetas(text), some_thetas())


def test_text_files_of_two_networks(text, tmp_path):
    nnlib.save_thetas(tmp_path / "other", some_thetas(seed=1))
    shutil.copy(tmp_path / "other" / "Theta2.txt", text)
    assert_refused(text, "Theta1.txt, Theta2.txt do not belong to the same network")


WRITE_OFTEN = """
import sys, time
import numpy as np
import nnlib
end = time.monotonic() + 3
while time.monotonic() < end:
    nnlib.save_thetas(sys.argv[1], [np.full((4, 7), float(sys.argv[2])), np.full((3, 5), float(sys.argv[2]))])
"""


@pytest.mark.slow
def test_two_writers_and_a_reader_see_one_network_at_a_time(tmp_path):
    folder = tmp_path / "text"
    nnlib.save_thetas(folder, [np.full((4, 7), 1.0), np.full((3, 5), 1.0)])
    (folder / "notes.txt").write_text("mine")
    writers = [subprocess.Popen([sys.executable, "-c", WRITE_OFTEN, folder, str(value)]) for value in (1, 2)]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        first, second = nnlib.load_thetas(folder)
        assert np.unique(first) == np.unique(second)
        seen.add(first[0, 0])
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen == {1, 2}
    nnlib.load_thetas(folder)
    assert sorted(files_in(folder)) == ["Theta1.txt", "Theta2.txt", "notes.txt"]


# ---- files that claim to be larger than they are


def test_an_npz_of_few_bytes_that_stands_for_gigabytes(npz):
    with zipfile.ZipFile(npz, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("theta1.npy", "w") as entry:
        np.lib.format.write_array_header_1_0(
            entry, {"descr": "<f8", "fortran_order": False, "shape": (10, 20_000_000 // 8)}
        )
        for _ in range(20):
            entry.write(bytes(10_000_000))
    with zipfile.ZipFile(npz, "a") as archive, archive.open("about.npy", "w") as entry:
        np.save(entry, np.array(ABOUT))
    tracemalloc.start()
    assert_refused(npz, "parameters; expected 10,000,000 at most")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("shape", [(10, 10**9), (1, 1), (4, 6)])
def test_an_array_whose_shape_does_not_fit_its_size(npz, shape):
    with zipfile.ZipFile(npz, "w") as archive:
        for name, array in (("about", np.array(ABOUT)), ("theta1", THETA1)):
            with archive.open(f"{name}.npy", "w") as entry:
                if name == "theta1":
                    header = {"descr": "<f8", "fortran_order": False, "shape": shape}
                    np.lib.format.write_array_header_1_0(entry, header)
                    entry.write(array.tobytes())
                else:
                    np.save(entry, array)
    assert_refused(npz, "theta1", str(shape))


def test_text_with_too_many_numbers(text, monkeypatch):
    for i, theta in enumerate(some_thetas(), start=1):  # in as few bytes as can be
        np.savetxt(text / f"Theta{i}.txt", np.ones_like(theta), fmt="%d")
    monkeypatch.setattr(nnlib.network, "MOST_IN_A_FILE", 42)
    assert_refused(text, "43 parameters; expected 42 at most")
    monkeypatch.setattr(nnlib.network, "MOST_IN_A_FILE", 2)
    assert_refused(text, "too large; expected 2 numbers at most")


@pytest.mark.parametrize("name", ["network.npz", "text"])
def test_nothing_is_saved_that_could_not_be_loaded(tmp_path, monkeypatch, name):
    monkeypatch.setattr(nnlib.network, "MOST_IN_A_FILE", 40)
    with pytest.raises(ValueError, match="43 parameters; expected 40 at most"):
        nnlib.save_thetas(tmp_path / name, some_thetas())
    assert not files_in(tmp_path)


def test_a_folder_without_the_first_text(text):
    (text / "Theta1.txt").unlink()
    assert_refused(text, "Theta1.txt")


def test_one_of_the_text_files_instead_of_the_folder(text):
    assert "folder" in assert_refused(text / "Theta1.txt")


def test_a_network_of_rectified_units_is_saved_as_one_and_an_old_file_holds_sigmoids(tmp_path):
    thetas = nnlib.init_thetas((4, 3, 2), seed=0, activation="relu")
    nnlib.save_thetas(tmp_path / "relu.npz", thetas, activation="relu")
    network = nnlib.load_network(tmp_path / "relu.npz")
    assert network.activation == "relu"
    X = np.random.default_rng(0).random((5, 4))
    hidden = np.maximum(X @ thetas[0][:, 1:].T + thetas[0][:, 0], 0)
    z = hidden @ thetas[1][:, 1:].T + thetas[1][:, 0]
    np.testing.assert_allclose(network.predict_scores(X), 1 / (1 + np.exp(-z)))
    assert "relu" in repr(network)

    with np.load(tmp_path / "relu.npz") as file:
        arrays = dict(file)
    about = json.loads(str(arrays["about"]))
    del about["activation"]
    np.savez(tmp_path / "old.npz", **arrays | {"about": np.array(json.dumps(about))})
    assert nnlib.load_network(tmp_path / "old.npz").activation == "sigmoid"
    with pytest.raises(ValueError, match="activation is 'relu', which text files cannot keep"):
        nnlib.save_thetas(tmp_path / "folder", thetas, activation="relu")


# ---- half precision


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, "float16", np.dtype(np.float16)])
def test_numbers_are_saved_as_asked_for_and_come_back_as_rounded(tmp_path, dtype):
    thetas = some_thetas((20, 7, 5, 3))
    nnlib.save_thetas(tmp_path / "rounded.npz", thetas, dtype=dtype, activation="relu", preparation="normalise")
    assert_same_numbers(nnlib.load_thetas(tmp_path / "rounded.npz"), [theta.astype(dtype) for theta in thetas])
    network = nnlib.load_network(tmp_path / "rounded.npz")
    assert (network.activation, network.preparation) == ("relu", "normalise")
    with np.load(tmp_path / "rounded.npz") as file:
        assert file["theta1"].dtype == dtype


def test_a_network_in_half_precision_reads_as_before_in_a_quarter_or_so_of_the_space(tmp_path, mnist):
    network = nnlib.load_network()
    sizes = {}
    for dtype in (np.float16, np.float32, np.float64):
        path = tmp_path / f"{np.dtype(dtype)}.npz"
        nnlib.save_thetas(path, network.thetas, preparation=network.preparation, dtype=dtype)
        sizes[dtype] = path.stat().st_size
    assert sizes[np.float16] < 0.52 * sizes[np.float32]  # the exponents of the larger ones compress a little better
    assert sizes[np.float16] < 0.26 * sizes[np.float64]
    rounded = nnlib.load_network(tmp_path / "float16.npz")
    scores, before = (n.predict_scores(mnist.X_test[::5]) for n in (rounded, network))
    assert np.abs(scores - before).max() < 0.02
    assert np.mean(scores.argmax(axis=1) != before.argmax(axis=1)) <= 0.001


@pytest.mark.parametrize(
    ("largest", "dtype", "message"),
    [
        (65_520.0, np.float16, r"thetas\[1\] reaches 65520; float16 holds 65504 at most"),
        (-1e300, np.float16, r"thetas\[1\] reaches 1e\+300; float16 holds 65504 at most"),
        (1e39, np.float32, r"thetas\[1\] reaches 1e\+39; float32 holds 3.40282e\+38 at most"),
        (1e-9, np.float16, r"thetas\[1\] holds numbers that are too small for float16, .*: the largest is 1e-09"),
        (1e-6, np.float16, r"thetas\[1\] holds numbers that are too small for float16"),
        (1e-60, np.float32, r"thetas\[1\] holds numbers that are too small for float32"),
    ],
)
def test_numbers_that_a_dtype_cannot_hold_are_refused(tmp_path, largest, dtype, message):
    thetas = some_thetas()
    thetas[1] *= largest / np.abs(thetas[1]).max()
    with warnings.catch_warnings(), pytest.raises(ValueError, match=message):
        warnings.simplefilter("error")
        nnlib.save_thetas(tmp_path / "network.npz", thetas, dtype=dtype)
    assert not files_in(tmp_path)


def test_what_rounds_to_nothing_beside_larger_numbers_is_no_loss(tmp_path):
    thetas = some_thetas()
    thetas[0][0] = 1e-12  # of a unit that sees only blank pixels
    thetas[1][:] = 0
    thetas[0][1, 1] = 65_504
    nnlib.save_thetas(tmp_path / "network.npz", thetas, dtype=np.float16)
    assert_same_numbers(nnlib.load_thetas(tmp_path / "network.npz"), [theta.astype(np.float16) for theta in thetas])


@pytest.mark.parametrize("dtype", [float, np.int16, "half", np.longdouble, 16, "<f2"])
def test_other_dtypes_are_refused(tmp_path, dtype):
    with pytest.raises(TypeError, match=r"expected numpy.float16, numpy.float32, numpy.float64 or None"):
        nnlib.save_thetas(tmp_path / "network.npz", some_thetas(), dtype=dtype)
    assert not files_in(tmp_path)


def test_text_files_keep_no_dtype(tmp_path):
    with pytest.raises(ValueError, match="float16'>, which text files cannot keep"):
        nnlib.save_thetas(tmp_path / "text", some_thetas(), dtype=np.float16)
    assert not files_in(tmp_path)


@pytest.fixture
def half(tmp_path):
    """The path of a network in half precision."""
    path = tmp_path / "half.npz"
    nnlib.save_thetas(path, some_thetas(), dtype=np.float16)
    return path


@pytest.mark.parametrize(
    ("theta1", "mentions"),
    [
        (np.full((4, 7), np.inf, np.float16), ["thetas[0]", "NaN or infinite"]),
        (np.full((4, 7), np.nan, np.float16), ["thetas[0]", "NaN or infinite"]),
        (np.ones((4, 7), np.int16), ["thetas[0] has dtype int16; expected float32 or float64"]),
        (np.ones((4, 7), np.longdouble), ["expected float32 or float64"]),
        (np.ones((4, 7), np.complex64), ["complex64"]),
        (np.ones((4, 8), np.float16), ["layers of (7, 4, 3) units; expected [6, 4, 3]"]),
    ],
    ids=["infinite", "NaN", "int16", "longdouble", "complex", "another shape"],
)
def test_a_damaged_file_in_half_precision(half, theta1, mentions):
    with np.load(half) as file:
        arrays = dict(file)
    np.savez(half, **arrays | {"theta1": theta1})
    assert_refused(half, *mentions)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_in_half_precision(half, share):
    content = half.read_bytes()
    half.write_bytes(content[: int(share * len(content))])
    assert_refused(half)


def test_the_other_byte_order_is_read_too(half):
    with np.load(half) as file:
        arrays = dict(file)
    np.savez(half, **arrays | {"theta1": arrays["theta1"].astype(">f2")})
    assert_same_numbers(nnlib.load_thetas(half), [arrays["theta1"], arrays["theta2"]])


def test_a_file_in_half_precision_cannot_hold_four_times_as_many_numbers(half, monkeypatch):
    assert sum(theta.size for theta in some_thetas()) == 43
    monkeypatch.setattr(nnlib.network, "MOST_IN_A_FILE", 42)
    monkeypatch.setattr(nnlib.network, "_check_size", lambda n, check=nnlib.network._check_size: n == 43 and check(n))
    assert_refused(half, "43 parameters; expected 42 at most")
