"""data/build_mnist.py, on small files of the same format."""

import gzip
import hashlib
import io
import struct
import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from loading import ROOT, load

SCRIPT = ROOT / "data" / "build_mnist.py"
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
HALVES = (("train", 40), ("t10k", 20))


def small_idx_files():
    """Return four IDX files as {name: bytes}: big-endian magic number and sizes, then the bytes."""
    rng = np.random.default_rng(0)
    files = {}
    for half, n in HALVES:
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        files[f"{half}-images-idx3-ubyte"] = struct.pack(">IIII", 2051, n, 28, 28) + images.tobytes()
        labels = rng.integers(0, 10, n, dtype=np.uint8)
        files[f"{half}-labels-idx1-ubyte"] = struct.pack(">II", 2049, n) + labels.tobytes()
    return files


@pytest.fixture
def files():
    return small_idx_files()


@pytest.fixture
def script(monkeypatch, files):
    """The script as a module, which takes the small files for the originals."""
    module = load(SCRIPT)
    assert set(module.FILES) == set(NAMES)
    monkeypatch.setattr(module, "FILES", {name: hashlib.sha256(files[name]).hexdigest() for name in NAMES})
    return module


@pytest.fixture
def folder(tmp_path, files):
    """A folder with the four files."""
    folder = tmp_path / "idx"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out" / "small.mat"


@pytest.fixture
def run(script, folder, output):
    """Run the script on the folder and return the bytes that it wrote."""
    output.parent.mkdir()

    def run():
        script.main([str(folder), "--output", str(output)])
        return output.read_bytes()

    return run


def assert_stops(run, output, *mentions):
    """Check that the script stops with one clear message, and leaves what was there."""
    output.write_bytes(b"the file from last time")
    with pytest.raises(SystemExit) as caught:
        run()
    message = str(caught.value)
    for words in mentions:
        assert words in message
    assert output.read_bytes() == b"the file from last time"
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    return message


def test_images_are_sorted_by_digit_inside_each_half(run, files):
    mat = scipy.io.loadmat(io.BytesIO(run()))
    columns, labels = [], []
    for half, n in HALVES:
        pixels, digits = files[f"{half}-images-idx3-ubyte"][16:], files[f"{half}-labels-idx1-ubyte"][8:]
        for i in sorted(range(n), key=lambda i, digits=digits: digits[i]):  # Python's sort is stable
            columns.append(list(pixels[784 * i : 784 * (i + 1)]))
            labels.append(digits[i])
    assert mat["data"].dtype == np.uint8
    assert mat["data"].T.tolist() == columns
    assert mat["label"].dtype == np.float64
    assert mat["label"].tolist() == [labels]


def test_the_same_bytes_at_any_time(run):
    first = run()
    time.sleep(1.1)  # the header of a MAT-file tells the time to the second
    assert run() == first


def test_header_says_what_it_is_and_not_when(run):
    header = run()[:116].decode("ascii")
    assert header.startswith("MATLAB 5.0 MAT-file")  # MATLAB wants these words
    assert "MNIST" in header
    assert time.strftime("%Y") not in header


def test_it_says_what_it_wrote(run, output, capsys):
    content = run()
    printed = capsys.readouterr().out
    for words in (str(output), f"{len(content):,}", hashlib.sha256(content).hexdigest()):
        assert words in printed
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def test_compressed_files_are_fine_too(run, folder):
    expected = run()
    for name in NAMES[1:]:
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    assert run() == expected


@pytest.mark.parametrize("name", NAMES)
def test_wrong_content(run, folder, output, name):
    content = bytearray((folder / name).read_bytes())
    expected = hashlib.sha256(content).hexdigest()
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    found = hashlib.sha256(content).hexdigest()
    message = assert_stops(run, output, name, expected, found, "Fetch it again")
    assert "swapped" not in message


@pytest.mark.parametrize(
    ("one", "other"),
    [(NAMES[0], NAMES[2]), (NAMES[1], NAMES[3]), (NAMES[0], NAMES[1])],
    ids=["images", "labels", "images and labels"],
)
def test_swapped_files(run, folder, output, one, other):
    first, second = (folder / one).read_bytes(), (folder / other).read_bytes()
    (folder / one).write_bytes(second)
    (folder / other).write_bytes(first)
    assert_stops(run, output, one, other, "swapped")


@pytest.mark.parametrize("name", NAMES)
def test_missing_file(run, folder, output, name):
    (folder / name).unlink()
    assert_stops(run, output, f"There is no {name}", str(folder))


def test_missing_folder(script, tmp_path, output):
    output.parent.mkdir()
    nowhere = tmp_path / "nowhere"
    assert_stops(
        lambda: script.main([str(nowhere), "--output", str(output)]), output, f"There is no {NAMES[0]}", str(nowhere)
    )


@pytest.mark.parametrize("damage", ["truncated", "truncated to the header", "empty", "no gzip", "flipped"])
def test_damaged_compressed_file(run, folder, output, damage):
    name = NAMES[0]
    content = gzip.compress((folder / name).read_bytes())
    (folder / name).unlink()
    damaged = {
        "truncated": content[: len(content) // 2],
        "truncated to the header": content[:10],
        "empty": b"",
        "no gzip": b"<!DOCTYPE html><title>Sign in to the wifi</title>",
        "flipped": content[:10] + bytes([content[10] ^ 0xFF]) + content[11:],  # the first byte of the data
    }[damage]
    (folder / f"{name}.gz").write_bytes(damaged)
    assert_stops(run, output, name, "Fetch it again")


# ---- without a folder: fetched


@pytest.fixture
def fetch(script, output):
    """Run the script without a folder and return the bytes that it wrote."""
    output.parent.mkdir()

    def fetch():
        script.main(["--output", str(output)])
        return output.read_bytes()

    return fetch


@pytest.fixture
def internet(monkeypatch, tmp_path):
    """A pooch that reads from {address: bytes}. Like the real one, it never fetches a file that it has already."""
    addresses = {}

    def retrieve(url, known_hash, fname=None, path=None, **_):
        target = Path(path or tmp_path) / (fname or f"{hashlib.sha256(url.encode()).hexdigest()}-{url.split('/')[-1]}")
        if known_hash is None and target.exists():
            return str(target)
        if url not in addresses:
            raise OSError(f"404 Not Found: {url}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(addresses[url])
        return str(target)

    monkeypatch.setitem(sys.modules, "pooch", types.SimpleNamespace(retrieve=retrieve))
    return addresses


def test_without_pooch(fetch, output, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)  # importing it then fails
    assert_stops(fetch, output, "pip install pooch", "folder")


@pytest.mark.parametrize("mirror", [0, 1])
def test_any_mirror_will_do(run, internet, script, files, output, mirror):
    expected = run()
    internet |= {f"{script.MIRRORS[mirror]}{name}.gz": gzip.compress(files[name]) for name in NAMES}
    script.main(["--output", str(output)])
    assert output.read_bytes() == expected


@pytest.mark.parametrize(
    "answer",
    [b"<!DOCTYPE html><title>Sign in to the wifi</title>", gzip.compress(b"another file"), b""],
    ids=["a page from the wifi", "another file", "nothing"],
)
def test_a_mirror_with_something_else_is_passed_over(run, internet, script, files, output, answer):
    expected = run()
    for name in NAMES:
        internet[f"{script.MIRRORS[0]}{name}.gz"] = answer
        internet[f"{script.MIRRORS[1]}{name}.gz"] = gzip.compress(files[name])
    script.main(["--output", str(output)])
    assert output.read_bytes() == expected


def test_no_mirror_answers(fetch, internet, script, output):
    assert_stops(fetch, output, NAMES[0], *script.MIRRORS, "404 Not Found")
