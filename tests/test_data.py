"""The digits are those of MNIST, and no other file is taken for them."""

import hashlib
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse

import nnlib
from nnlib import matfile
from nnlib.data import MNIST_PATH

pytestmark = pytest.mark.slow

# Published with the database.
TRAINING_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST_COUNTS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)

# Made from the four original IDX files without any code of this project: the images as bytes, in the
# order of sorted(range(n), key=lambda i: labels[i]), which is stable.
TRAINING_SHA256 = "e821d91f595200a501bcfc1208c518241b18ac960b7356e6ad3653d03bec7239"
TEST_SHA256 = "d2205d9f9186c0a19ce8ed205812f5312bc84b1a89a84e478cfdf230f8403fca"


def blocks(X):
    """Yield X in pieces, so that no temporary array is as large as X."""
    return (X[start : start + 10_000] for start in range(0, len(X), 10_000))


def as_bytes(X):
    """Return images in [0, 1] as the bytes 0 … 255 that they come from."""
    return np.rint(X * 255).astype(np.uint8)


def sha256(X):
    digest = hashlib.sha256()
    for block in blocks(X):
        digest.update(as_bytes(block).tobytes())
    return digest.hexdigest()


# ---- the shipped file


def test_shapes_and_dtypes(mnist):
    assert mnist._fields == ("X_train", "y_train", "X_test", "y_test")
    assert (mnist.X_train.shape, mnist.y_train.shape) == ((60_000, 784), (60_000,))
    assert (mnist.X_test.shape, mnist.y_test.shape) == ((10_000, 784), (10_000,))
    assert mnist.X_train.dtype == mnist.X_test.dtype == np.float32
    assert mnist.y_train.dtype.kind == mnist.y_test.dtype.kind == "i"


@pytest.mark.parametrize("part", ["X_train", "X_test"])
def test_pixel_values_are_whole_255ths(mnist, part):
    X = getattr(mnist, part)
    assert (X.min(), X.max()) == (0, 1)
    for block in blocks(X):
        assert np.array_equal(block, as_bytes(block) / np.float32(255))


@pytest.mark.parametrize(("part", "counts"), [("y_train", TRAINING_COUNTS), ("y_test", TEST_COUNTS)])
def test_digits_are_sorted_and_as_many_as_published(mnist, part, counts):
    y = getattr(mnist, part)
    assert np.array_equal(y, np.repeat(np.arange(10), counts))


@pytest.mark.parametrize(
    ("part", "mean", "std"),
    [
        ("X_train", 33.318421449829934, 78.56748998339798),  # / 255: the familiar 0.1307 and 0.3081
        ("X_test", 33.791224489795916, 79.17246322228644),
    ],
)
def test_published_mean_and_standard_deviation(mnist, part, mean, std):
    X = getattr(mnist, part)
    histogram = sum(np.bincount(as_bytes(block).ravel(), minlength=256) for block in blocks(X)).astype(np.float64)
    values = np.arange(256)
    found_mean = histogram @ values / X.size
    assert found_mean == pytest.approx(mean, rel=1e-12)
    assert np.sqrt(histogram @ values**2 / X.size - found_mean**2) == pytest.approx(std, rel=1e-12)


def test_the_two_most_printed_digits_stand_upright_at_their_place(mnist):
    # The first training image is a 5, the first test image a 7. The sort by digit is stable, so each is
    # the first of its kind. Two rows of pixels show that it is neither transposed nor mirrored nor inverted.
    five = as_bytes(mnist.X_train[5923 + 6742 + 5958 + 6131 + 5842]).reshape(28, 28)
    assert five[5].tolist() == [0] * 12 + [3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127] + [0] * 4
    assert not five[:5].any()
    seven = as_bytes(mnist.X_test[980 + 1135 + 1032 + 1010 + 982 + 892 + 958]).reshape(28, 28)
    assert seven[7].tolist() == [0] * 6 + [84, 185, 159, 151, 60, 36] + [0] * 16
    assert not seven[:7].any()


def test_images_are_those_of_the_original_files(mnist):
    assert sha256(mnist.X_train) == TRAINING_SHA256
    assert sha256(mnist.X_test) == TEST_SHA256


def test_float64_holds_the_same_images():
    X_train, _, X_test, _ = nnlib.load_mnist(dtype=np.float64)
    assert X_train.dtype == X_test.dtype == np.float64
    assert (sha256(X_train), sha256(X_test)) == (TRAINING_SHA256, TEST_SHA256)
    assert np.array_equal(X_test, as_bytes(X_test) / 255)  # not float32 numbers made longer


@pytest.mark.parametrize("dtype", [np.float16, int, np.uint8, complex, object])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(TypeError, match=r"dtype is \w+; expected numpy\.float32 or numpy\.float64"):
        nnlib.load_mnist(dtype=dtype)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_loading_takes_less_than_400_megabytes():
    code = "import nnlib; nnlib.load_mnist(); print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    peak_kilobytes = int(status.split("VmHWM:")[1].split()[0])
    assert 220_000 < peak_kilobytes < 400_000  # float32 images alone take 220 MB: the figure is the right one


# ---- files that are not it

WHAT_TO_DO = ("git checkout data", "build_mnist.py")


def assert_refused(path, *mentions, error=ValueError):
    """Check that loading fails with one clear error: which file, what was found and expected, what to do."""
    with pytest.raises(error) as caught:
        nnlib.load_mnist(path)
    message = str(caught.value)
    for words in (str(path), *WHAT_TO_DO, *mentions):
        assert words in message
    assert "np.int64(" not in message  # how NumPy prints to programmers, not to learners
    return message


def assert_not_mnist(path, *mentions):
    assert_refused(path, "is not the MNIST database", "expected", *mentions)


@pytest.mark.parametrize("kind", [str, Path])
def test_missing_file(tmp_path, kind):
    assert_refused(kind(tmp_path / "mnist-original.mat"), "no", error=FileNotFoundError)


def test_a_folder(tmp_path):
    assert_not_mnist(tmp_path, "folder")


@pytest.fixture(scope="module")
def shipped_bytes():
    return MNIST_PATH.read_bytes()


@pytest.mark.parametrize("share", [1e-6, 1e-5, 2e-5, 1e-3, 0.3, 0.7, 0.99, 0.9999])
def test_truncated_file(tmp_path, shipped_bytes, share):
    path = tmp_path / "cut.mat"
    size = int(share * len(shipped_bytes))
    path.write_bytes(shipped_bytes[:size])
    assert_not_mnist(path, f"{size:,} bytes")


@pytest.mark.parametrize("size", [128, -1])  # the header alone is a whole MAT-file without variables
def test_truncated_at_the_ends(tmp_path, shipped_bytes, size):
    path = tmp_path / "cut.mat"
    path.write_bytes(shipped_bytes[:size])
    assert_not_mnist(path)


@pytest.mark.parametrize("place", [0.001, 0.5, 0.9999])
def test_flipped_byte(tmp_path, shipped_bytes, place):
    path = tmp_path / "flipped.mat"
    content = bytearray(shipped_bytes)
    content[int(place * len(content))] ^= 0xFF
    path.write_bytes(content)
    assert_not_mnist(path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n", id="one byte"),
        pytest.param(b"<!DOCTYPE html><title>Sign in to the wifi</title>" * 100, id="a page from the wifi"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 11344871\n", id="a git pointer"),
        pytest.param(b"PK\x03\x04" + bytes(1000), id="a zip file"),
        pytest.param(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(1000), id="MATLAB's newer format"),
        pytest.param(bytes(2000), id="zeros"),
    ],
)
def test_not_a_mat_file(tmp_path, content):
    path = tmp_path / "other.mat"
    path.write_bytes(content)
    assert_not_mnist(path)


@pytest.fixture(scope="module")
def shipped():
    """The variables of the shipped file, as SciPy reads them: data (784, 70000) and label (1, 70000)."""
    return scipy.io.loadmat(MNIST_PATH)


@pytest.fixture
def write_mat(tmp_path, shipped):
    """A function that writes a MAT-file from changed variables (None leaves one out). It is gone after the test."""
    path = tmp_path / "changed.mat"

    def write(**changed):
        variables = {"data": shipped["data"], "label": shipped["label"]} | changed
        scipy.io.savemat(path, {name: value for name, value in variables.items() if value is not None})
        return path

    yield write
    path.unlink(missing_ok=True)  # hundreds of megabytes; pytest would keep the last three


SMALL_DATA, SMALL_LABEL = np.zeros((784, 70), np.uint8), np.zeros((1, 70))


@pytest.mark.parametrize(
    ("changed", "mentions"),
    [
        ({"data": None, "label": None}, ["neither data nor label"]),
        ({"data": None}, ["'label': (1, 70000)"]),
        ({"label": None, "data": SMALL_DATA}, ["(784, 70)"]),
        ({"data": SMALL_DATA, "label": SMALL_LABEL}, ["(784, 70)", "(1, 70)"]),
        ({"data": SMALL_DATA}, ["(784, 70)"]),
        ({"label": SMALL_LABEL}, ["(1, 70)"]),
        ({"label": np.zeros((70_000, 1))}, ["(70000, 1)"]),
        ({"data": np.zeros((70_000, 784), np.uint8)}, ["(70000, 784)"]),
        ({"data": np.zeros((28, 28, 70_000), np.uint8)}, ["(28, 28, 70000)"]),
    ],
    ids=["both missing", "no data", "no label", "few images", "few data", "few labels", "label T", "data T", "3-D"],
)
def test_variables_missing_or_of_another_shape(write_mat, changed, mentions):
    assert_not_mnist(write_mat(**changed), "(784, 70000)", "(1, 70000)", *mentions)


def test_data_and_label_swapped(write_mat, shipped):
    assert_not_mnist(write_mat(data=shipped["label"], label=shipped["data"]), "swapped")


def test_test_images_first(write_mat, shipped):
    halves = np.roll(np.arange(70_000), 10_000)
    path = write_mat(data=shipped["data"][:, halves], label=shipped["label"][:, halves])
    assert_not_mnist(path, "swapped", "test first")


@pytest.mark.parametrize("label", [np.nan, np.inf, 4.5, -1, 10, 1e15])
def test_a_label_that_is_no_digit(write_mat, shipped, label):
    labels = shipped["label"].copy()
    labels[0, 30_000] = label
    assert_not_mnist(write_mat(label=labels), "digits")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"label": np.zeros((1, 70_000), complex)}, id="complex labels"),
        pytest.param({"data": scipy.sparse.csc_array((784, 70_000))}, id="sparse data"),
    ],
)
def test_variables_that_are_no_plain_numbers(write_mat, changed):
    assert_not_mnist(write_mat(**changed), *changed)


def test_one_label_changed(write_mat, shipped):
    labels = shipped["label"].copy()
    labels[0, 0] = 9
    assert_not_mnist(write_mat(label=labels), "training part", "5922", "5923")


def test_two_labels_exchanged(write_mat, shipped):
    labels = shipped["label"].copy()
    labels[0, [60_000, 69_999]] = labels[0, [69_999, 60_000]]
    assert_not_mnist(write_mat(label=labels), "test part", "label")


def test_one_pixel_changed_by_one(write_mat, shipped):
    data = shipped["data"].copy()
    data[400, 12_345] ^= 1
    assert_not_mnist(write_mat(data=data), "training part", "pixel")


def test_one_pixel_exchanged_between_two_images_of_the_same_digit(write_mat, shipped):
    # No count and no sum tells of it.
    data = shipped["data"].copy()
    sevens = np.flatnonzero(shipped["label"][0, :60_000] == 7)
    one, other = sevens[data[400, sevens].argmin()], sevens[data[400, sevens].argmax()]
    data[400, [one, other]] = data[400, [other, one]]
    assert_not_mnist(write_mat(data=data), "training part", "pixel")


@pytest.mark.parametrize("value", [np.nan, 0.25])
def test_a_pixel_that_is_no_whole_number(write_mat, shipped, value):
    data = shipped["data"].astype(np.float32)
    assert data[0, 123] == 0
    data[0, 123] = value
    assert_not_mnist(write_mat(data=data), "pixel")


def test_pixels_scaled_to_one(write_mat, shipped):
    assert_not_mnist(write_mat(data=shipped["data"] / np.float32(255)), "from 0 to 1", "from 0 to 255")


def test_images_transposed(write_mat, shipped):
    data = shipped["data"].reshape(28, 28, -1).swapaxes(0, 1).reshape(784, -1)
    assert_not_mnist(write_mat(data=data), "pixel")


# ---- files of others that are it


def test_another_order_and_other_types_are_fine(write_mat, shipped, mnist):
    rng = np.random.default_rng(0)
    train, test = rng.permutation(60_000), rng.permutation(10_000)
    order = np.concatenate([train, 60_000 + test])
    path = write_mat(
        data=shipped["data"][:, order].astype(np.int16),
        label=shipped["label"][:, order].astype(np.uint8),
        mldata_descr_ordering=np.array(["label", "data"], dtype=object),  # as in the file of this name on mldata.org
    )
    X_train, y_train, X_test, y_test = nnlib.load_mnist(str(path))
    assert X_train.dtype == X_test.dtype == np.float32
    assert np.array_equal(X_train, mnist.X_train[train])
    assert np.array_equal(y_train, mnist.y_train[train])
    assert np.array_equal(X_test, mnist.X_test[test])
    assert np.array_equal(y_test, mnist.y_test[test])


def test_numbers_stored_as_float64_are_fine(write_mat, shipped, mnist):
    loaded = nnlib.load_mnist(write_mat(data=shipped["data"].astype(np.float64)))
    for found, expected in zip(loaded, mnist, strict=True):
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected)


# ---- the reader of MAT-files


def read_all(path):
    with open(path, "rb") as file:
        return {name: read() for name, _, read in matfile.variables(file)}


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (0, 4), (5, 7), (2, 3, 4)])
def test_arrays_are_as_scipy_wrote_them(tmp_path, compress, dtype, shape):
    array = np.random.default_rng(0).integers(0, 100, shape).astype(dtype)
    variables = {"first": np.ones((3, 3)), "second_one": array}
    scipy.io.savemat(tmp_path / "some.mat", variables, do_compression=compress)
    found = read_all(tmp_path / "some.mat")
    assert found.keys() == variables.keys()
    assert found["second_one"].dtype == array.dtype
    assert np.array_equal(found["second_one"], array)


def test_the_other_order_of_bytes(tmp_path):
    numbers = np.array([[1, 2, 3], [400, 500, 600]], ">i2")
    variable = b"".join(
        [
            struct.pack(">4I", 6, 8, 10, 0),  # flags: an array of int16
            struct.pack(">2I2i", 5, 8, 2, 3),  # its shape
            struct.pack(">2I8s", 1, 5, b"fives"),  # its name
            struct.pack(">2I", 3, 12) + numbers.tobytes(order="F") + bytes(4),
        ]
    )
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    (tmp_path / "big.mat").write_bytes(header + struct.pack(">2I", 14, len(variable)) + variable)
    assert scipy.io.loadmat(tmp_path / "big.mat")["fives"].tolist() == numbers.tolist()  # SciPy takes it for one, too
    assert read_all(tmp_path / "big.mat")["fives"].tolist() == numbers.tolist()


@pytest.mark.parametrize(
    "variable",
    ["words", {"a": 1}, np.array([1, "x"], object), scipy.sparse.csc_array(np.eye(3)), np.eye(3) + 1j],
    ids=["text", "a structure", "a cell array", "sparse", "complex"],
)
def test_other_variables_are_passed_over_and_not_read(tmp_path, variable):
    scipy.io.savemat(tmp_path / "some.mat", {"other": variable, "numbers": np.eye(3)})
    with open(tmp_path / "some.mat", "rb") as file:
        for name, _, read in matfile.variables(file):
            if name == "numbers":
                assert np.array_equal(read(), np.eye(3))
            else:
                with pytest.raises(ValueError, match="other is not a full array of real numbers"):
                    read()


@pytest.mark.parametrize("compress", [False, True])
def test_no_damaged_byte_does_harm(tmp_path, compress):
    # SciPy's reader ends the process for some of them.
    path = tmp_path / "some.mat"
    scipy.io.savemat(path, {"data": np.arange(12.0).reshape(3, 4)}, do_compression=compress)
    content = path.read_bytes()
    n_refused = 0
    for place in range(124, len(content)):
        for change in (0xFF, 0x01, 0x80):
            path.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
            try:
                read_all(path)
            except (ValueError, EOFError, zlib.error):
                n_refused += 1
    assert n_refused > len(content) / 4


def test_a_small_file_that_stands_for_gigabytes(tmp_path):
    path = tmp_path / "bomb.mat"
    scipy.io.savemat(path, {"data": np.zeros((784, 140_000)), "label": np.zeros((1, 70_000))}, do_compression=True)
    assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    assert_not_mnist(path, "(784, 140000)")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_file_of_nothing_but_variables(tmp_path):
    path = tmp_path / "many.mat"
    scipy.io.savemat(path, {f"x{i}": 0 for i in range(101)})
    assert_not_mnist(path, "more than 100 variables")


def test_a_name_that_stands_for_a_gigabyte(tmp_path):
    path = tmp_path / "bomb.mat"
    parts = [struct.pack("<4I", 6, 8, 9, 0), struct.pack("<2I2i", 5, 8, 1, 1), struct.pack("<2I", 1, 10**9)]
    squeezed = zlib.compress(struct.pack("<2I", 14, 10**9) + b"".join(parts) + bytes(10**8))
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    path.write_bytes(header + struct.pack("<2I", 15, len(squeezed)) + squeezed)
    tracemalloc.start()
    assert_not_mnist(path, "a part of 1000000000 bytes was found; expected 63 at most")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
