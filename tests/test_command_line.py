"""``python -m nnlib``: trains, measures, saves; and says what is wrong in one line."""

import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
import sklearn.metrics
from PIL import Image

import nnlib
import nnlib.__main__

pytestmark = pytest.mark.slow


def run(*arguments, cwd):
    """Run ``python -m nnlib`` and return what came of it."""
    command = [sys.executable, "-m", "nnlib", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=100, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """One run with every option but --data: what it printed, and the folder it ran in."""
    folder = tmp_path_factory.mktemp("trained")
    result = run(
        "--hidden", 20, 7, "--lam", 0.3, "--max-iter", 2, "--epsilon", 0.2, "--seed", 0,
        "--save", "network.npz", "--save-text", "text", "--quiet", cwd=folder,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result, folder


def test_printed_figures_are_those_of_the_saved_network(trained, mnist):
    result, folder = trained
    network = nnlib.load_network(folder / "network.npz")
    for part, X, y in (("training", mnist.X_train, mnist.y_train), ("test", mnist.X_test, mnist.y_test)):
        (line,) = (line for line in result.stdout.splitlines() if line.split()[0] == part)
        guesses = network.predict(X)
        accuracy = sklearn.metrics.accuracy_score(y, guesses)
        precision = sklearn.metrics.precision_score(y, guesses, average="macro", zero_division=0)
        assert re.search(r"accuracy\s+(\S+) %", line)[1] == f"{100 * accuracy:.2f}"
        assert re.search(r"precision \(macro\)\s+(\S+)", line)[1] == f"{precision:.4f}"
        if part == "test":
            assert network.settings["test_accuracy"] == pytest.approx(accuracy)


def test_both_kinds_of_files_hold_the_same_network(trained):
    _, folder = trained
    network, text = nnlib.load_network(folder / "network.npz"), nnlib.load_thetas(folder / "text")
    assert network.layer_sizes == (784, 20, 7, 10)
    for one, other in zip(network.thetas, text, strict=True):
        assert np.array_equal(one, other)
    assert sorted(os.listdir(folder)) == ["network.npz", "text"]
    assert sorted(os.listdir(folder / "text")) == ["Theta1.txt", "Theta2.txt", "Theta3.txt"]


def test_every_option_reaches_the_training(trained, mnist):
    result, folder = trained
    given = {"lam": 0.3, "max_iter": 2, "epsilon": 0.2, "seed": 0}
    expected = nnlib.train(mnist.X_train, mnist.y_train, layer_sizes=(784, 20, 7, 10), progress=False, **given)
    network = nnlib.load_network(folder / "network.npz")
    for found, theta in zip(network.thetas, expected.thetas, strict=True):
        np.testing.assert_allclose(found, theta, rtol=1e-6, atol=1e-9)
    assert f"Cost {expected.cost:.4f}" in result.stdout
    assert network.settings.items() >= given.items()


def test_it_says_where_it_saved_and_quiet_is_quiet(trained):
    result, _ = trained
    assert "Saved network.npz" in result.stdout
    assert "Saved text" in result.stdout
    assert result.stderr == ""


def test_progress_goes_to_the_other_stream(tmp_path):
    result = run("--hidden", 2, "--max-iter", 1, cwd=tmp_path)
    assert result.returncode == 0
    assert "cost" in result.stderr
    assert "\r" not in result.stdout  # so that it can be piped on
    assert "test accuracy" in result.stdout
    assert os.listdir(tmp_path) == []


def test_a_preparation_is_kept_with_the_network(tmp_path, mnist):
    options = ("--hidden", 10, "--max-iter", 3, "--seed", 0, "--quiet", "--preparation", "normalise")
    result = run(*options, "--save", "network.npz", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    network = nnlib.load_network(tmp_path / "network.npz")
    assert network.preparation == "normalise"
    on_test = np.mean(network.predict(mnist.X_test) == mnist.y_test)
    assert f"test accuracy  {100 * on_test:.2f} %" in result.stdout


def test_rectified_units_are_trained_with_adam_saved_measured_and_read_with(tmp_path, mnist):
    options = {"--hidden": [20, 10], "--activation": ["relu"], "--epochs": [2], "--preparation": ["deskew"]}
    options = [word for name, values in options.items() for word in (name, *values)]
    result = run(*options, "--seed", 0, "--quiet", "--save", "network.npz", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Stopped after 2 epochs, as asked for. Cost" in result.stdout
    network = nnlib.load_network(tmp_path / "network.npz")
    assert (network.layer_sizes, network.activation, network.preparation) == ((784, 20, 10, 10), "relu", "deskew")
    assert network.settings.items() >= {"epochs": 2, "seed": 0}.items()
    assert network.settings.keys().isdisjoint({"lam", "max_iter"})
    on_test = np.mean(network.predict(mnist.X_test) == mnist.y_test)
    assert on_test > 0.9
    assert f"test accuracy  {100 * on_test:.2f} %" in result.stdout

    measured = run("measure", "network.npz", cwd=tmp_path)
    assert measured.returncode == 0, measured.stderr
    assert "Network 784-20-10-10, hidden units 'relu', preparation 'deskew'" in measured.stdout
    assert result.stdout.splitlines()[2] == measured.stdout.splitlines()[-1]

    photo(tmp_path / "photo.png", "31")
    read = run("read", "photo.png", "--network", "network.npz", cwd=tmp_path)
    assert read.stdout.strip() == nnlib.read_page(tmp_path / "photo.png", network).text
    assert re.fullmatch(r"\d\d\n", read.stdout)


def test_rectified_units_are_trained_with_l_bfgs_b_too(tmp_path, mnist):
    options = ("--hidden", 10, "--activation", "relu", "--max-iter", 2, "--seed", 0, "--quiet")
    assert run(*options, "--save", "network.npz", cwd=tmp_path).returncode == 0
    given = {"lam": 0.1, "max_iter": 2, "seed": 0}
    network = nnlib.load_network(tmp_path / "network.npz")
    assert network.settings.items() >= given.items()
    sizes = (784, 10, 10)
    expected = nnlib.train(mnist.X_train, mnist.y_train, layer_sizes=sizes, activation="relu", progress=False, **given)
    for found, theta in zip(network.thetas, expected.thetas, strict=True):
        np.testing.assert_allclose(found, theta, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "FILE.npz"),
        (["missing.npz"], "There is no missing.npz"),
        (["words.npz"], "words.npz cannot be read as a network"),
    ],
)
def test_networks_that_cannot_be_measured(tmp_path, arguments, message):
    (tmp_path / "words.npz").write_text("no network")
    result = run("measure", *arguments, cwd=tmp_path)
    assert result.returncode in (1, 2)
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_text_files_cannot_keep_a_preparation(tmp_path):
    result = run("--preparation", "deskew", "--save-text", "text", cwd=tmp_path)
    assert result.returncode == 2
    assert "--save-text cannot keep a preparation" in result.stderr
    assert os.listdir(tmp_path) == []


def test_help(tmp_path):
    result = run("--help", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stderr == ""
    options = ("data", "hidden", "lam", "max-iter", "epsilon", "seed", "save", "save-text", "quiet", "preparation")
    options += ("activation", "epochs")
    assert set(re.findall(r"^  --([\w-]+)", result.stdout, re.MULTILINE)) == set(options)
    for default in ("100", "0.1", "0.15"):
        assert f"({default})" in result.stdout


BAD_VALUES = {
    "--max-iter 0": ["max", "0", "1 or above"],
    "--max-iter many": ["--max-iter", "many"],
    "--lam -1": ["lam", "-1", "0 or above"],
    "--hidden 0": ["0", "above 0"],
    "--hidden": ["--hidden"],
    "--data missing.mat": ["There is no", "missing.mat"],
    "--data .": ["folder"],
    "--data text.mat": ["text.mat", "is not the MNIST database"],
    "--save network.txt": ["--save", "network.txt", ".npz"],
    "--save missing/network.npz": ["--save", "missing"],
    "--save folder.npz": ["--save", "folder.npz"],
    "--save-text network.npz": ["--save-text", "network.npz"],
    "--save-text text.mat": ["--save-text", "text.mat"],
    "--save text.mat/network.npz": ["--save", "text.mat"],
    f"--save {'long' * 100}.npz": ["--save", "too long"],
    "--save-text text.mat/text": ["--save-text", "text.mat/text"],
    f"--save-text {'long' * 100}": ["--save-text", "too long"],
    "--save-text deeper": ["--save-text", "Theta3.txt is there already"],
    "--save network.npz --hidden 30000": ["--save", "parameters; expected", "at most"],
    "--save-text text --activation relu": ["--save-text", "activation is 'relu', which text files cannot keep"],
    "--activation tanh": ["--activation", "tanh"],
    "--epochs 5": ["--epochs trains with Adam; --lam and --max-iter are for L-BFGS-B"],  # beside --max-iter 1
    "--nonsense": ["--nonsense"],
}


@pytest.mark.parametrize("bad", BAD_VALUES)
def test_bad_values_are_refused_in_one_line_before_training(tmp_path, bad):
    (tmp_path / "text.mat").write_text("no digits here")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "Theta3.txt").touch()
    result = run("--quiet", "--hidden", 2, "--max-iter", 1, *bad.split(), cwd=tmp_path)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr
    *usage, message = result.stderr.strip().splitlines()
    assert not usage or usage[0].startswith("usage: ")
    assert message.startswith("python -m nnlib: ")
    for words in BAD_VALUES[bad]:
        assert words in message
    assert result.stdout == ""  # a mistake must not cost the minutes that training takes
    assert sorted(os.listdir(tmp_path)) == ["deeper", "folder.npz", "text.mat"]
    assert os.listdir(tmp_path / "deeper") == ["Theta3.txt"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("--lam nan", "lam is nan; expected a finite number"),
        ("--epsilon 0", "epsilon is 0.0; expected a number above 0"),
        ("--seed -1", "seed is -1; expected a whole number, 0 or above"),
        ("--max-iter 0", "max_iter is 0; expected 1 or above"),
        ("--epochs 0", "epochs is 0; expected 1 or above"),
    ],
)
def test_other_bad_values(bad, message, mnist, monkeypatch, capsys):
    monkeypatch.setattr(nnlib.__main__, "load_mnist", lambda path: mnist)  # loaded already
    with pytest.raises(SystemExit, match=message):
        nnlib.__main__.main(["--quiet", "--hidden", "2", *bad.split()])
    assert capsys.readouterr().out == ""


# ---- commands


def test_the_command_train_is_what_no_command_does(tmp_path):
    options = ("--hidden", 2, "--max-iter", 1, "--seed", 0, "--quiet", "--save")
    assert run(*options, "one.npz", cwd=tmp_path).returncode == 0
    assert run("train", *options, "other.npz", cwd=tmp_path).returncode == 0
    one, other = (nnlib.load_network(tmp_path / name) for name in ("one.npz", "other.npz"))
    for theta, same in zip(one.thetas, other.thetas, strict=True):
        np.testing.assert_array_equal(theta, same)


def test_help_names_the_commands(tmp_path):
    said = run("--help", cwd=tmp_path).stdout
    for command in nnlib.__main__.COMMANDS:
        assert re.search(rf"^  {command} ", said, re.MULTILINE)
        assert run(command, "--help", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("options", [(), ("--paper", "letter")])
def test_a_sheet_is_saved(tmp_path, options):
    result = run("sheet", "digits.pdf", *options, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "Saved digits.pdf\n", "")
    assert (tmp_path / "digits.pdf").read_bytes().startswith(b"%PDF")
    assert os.listdir(tmp_path) == ["digits.pdf"]


@pytest.mark.parametrize(
    ("options", "message"),
    [("", "FILE.pdf"), ("digits.txt", "ends in .pdf"), ("no/digits.pdf", "no folder"), ("d.pdf --paper a3", "a3")],
)
def test_a_sheet_that_cannot_be_saved(tmp_path, options, message):
    result = run("sheet", *options.split(), cwd=tmp_path)
    assert result.returncode in (1, 2)
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert os.listdir(tmp_path) == []


# ---- Reading paper


def photo(path, digits):
    """Save a picture of a row of the stored drawings."""
    drawings = {example.label: nnlib.strokes_to_image(example.strokes) for example in nnlib.load_examples()}
    row = np.concatenate([drawings[int(digit)] for digit in digits], axis=1)
    pixels = (255 - 200 * np.kron(np.pad(row, 8), np.ones((3, 3)))).astype(np.uint8)
    Image.fromarray(pixels).save(path)


def test_pictures_are_read_row_by_row(tmp_path):
    photo(tmp_path / "photo.png", "31")
    result = run("read", "photo.png", "--picture", "boxes.png", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "31\n", "")
    with Image.open(tmp_path / "boxes.png") as boxes:
        assert boxes.width > 1000


def test_a_picture_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    photo(tmp_path / "one.png", "31")
    photo(tmp_path / "two.png", "7")
    (tmp_path / "bad.jpg").write_text("no picture")
    result = run("read", "one.png", "bad.jpg", "two.png", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout == "one.png:\n31\nbad.jpg:\ntwo.png:\n7\n"
    assert re.fullmatch(r"python -m nnlib: bad\.jpg is no picture that can be read.*\n", result.stderr)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "required: FILE"),
        ("none.jpg", "There is no file none.jpg"),
        ("a.jpg b.jpg --picture out.png", "--picture is out.png, for 2 pictures; expected one"),
        ("a.jpg --picture out.jpg", "--picture is out.jpg"),
        ("a.jpg --picture none/out.png", "there is no folder none"),
        ("a.jpg --network none.npz", "none.npz"),
    ],
)
def test_pictures_that_cannot_be_read(tmp_path, options, message):
    result = run("read", *options.split(), cwd=tmp_path)
    assert result.returncode in (1, 2)
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert os.listdir(tmp_path) == []


# ---- Ctrl-C


def interrupted(*arguments, words, cwd, options=()):
    """Run ``python -m nnlib``, press Ctrl-C when it has written `words` to stderr, and return what came of it."""
    command = [sys.executable, *options, "-m", "nnlib", "--hidden", "5", *map(str, arguments)]
    # A process that was started in the background, as tests often are, would hand on that it ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd)
    finally:
        signal.signal(signal.SIGINT, before)
    with program:
        written = b""
        while words not in written:
            piece = os.read(program.stderr.fileno(), 1000)
            assert piece, written
            written += piece
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    return program.returncode, out.decode(), (written + err).decode()


posix = pytest.mark.skipif(os.name != "posix", reason="Windows sends no SIGINT to a single process")


@posix
@pytest.mark.parametrize("imported", [b"nnlib.ctrl_c", b"numpy.linalg", b"nnlib.training"])
def test_an_interrupt_while_it_starts_is_one_sentence(tmp_path, imported):
    # Python writes a line for each module that it has imported.
    status, out, err = interrupted(options=("-X", "importtime"), words=imported, cwd=tmp_path)
    assert status == 130
    said = [line for line in err.splitlines() if line and not line.startswith("import time:")]
    assert said == ["python -m nnlib: interrupted before it was done."]
    assert out == ""


@posix
@pytest.mark.parametrize("words", [b"0%", b"cost"])
def test_what_an_interrupted_training_has_found_is_saved(tmp_path, words, mnist):
    options = ("--max-iter", 1000, "--seed", 0, "--save", "network.npz", "--save-text", "text")
    status, out, err = interrupted(*options, words=words, cwd=tmp_path)
    assert status == 130
    assert err.count("python -m nnlib: interrupted; what has been trained so far is measured and saved.") == 1
    assert "Traceback" not in err
    assert re.match(r"Interrupted after \d+ iterations\. Cost", out)
    assert "Saved network.npz\nSaved text\n" in out
    network = nnlib.load_network(tmp_path / "network.npz")
    right = np.mean(network.predict(mnist.X_test) == mnist.y_test)
    assert f"test accuracy  {100 * right:.2f} %" in out
    assert sorted(os.listdir(tmp_path)) == ["network.npz", "text"]
