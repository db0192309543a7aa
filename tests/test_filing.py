"""Where the pad puts drawings: a name is a name and no path; what cannot be written is said; nothing is overwritten."""

import errno
import os

import numpy as np
import pytest

import nnlib
from nnlib.examples import Example
from nnlib.pad import filing

ONE, SEVEN = Example([np.array([[0.0, 0], [0, 100]])], 1), Example([np.array([[0.0, 0], [60, 0], [25, 100]])], 7)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return filing.Folder(tmp_path.relative_to(tmp_path))


def labels(path):
    return [example.label for example in nnlib.load_examples(path)]


@pytest.mark.parametrize("name", ["my_digits.json", " Åsa's digits 2.json ", "a.b.json", "数字.json"])
def test_names(name):
    assert filing.check_file_name(name) == name.strip()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "The file has no name. Type one, such as my_digits.json."),
        ("  ", "The file has no name"),
        ("~", "It cannot begin with ~"),
        ("~/x.json", "It cannot begin with ~"),
        ("../x.json", "../x.json is a path. Type a plain name, such as my_digits.json."),
        ("/etc/x.json", "is a path"),
        ("..\\x.json", "is a path"),
        ("C:x.json", "holds a character"),
        ("a\nb.json", "holds a character"),
        ("a\0b.json", "holds a character"),
        ("mine", "mine is no name that ends in .json. Type one, such as my_digits.json."),
        ("mine.txt", "no name that ends in .json"),
        (".json", "no name that ends in .json"),
        ("..", "no name that ends in .json"),
        ("a" * 96 + ".json", "has 101 characters; 100 are allowed"),
    ],
)
def test_what_is_no_name(name, message):
    with pytest.raises(ValueError) as caught:
        filing.check_file_name(name)
    assert message in str(caught.value)


def test_saving_and_loading_call_a_file_by_its_name(folder, tmp_path):
    with pytest.raises(ValueError) as caught:
        folder.load("mine.json")
    assert str(caught.value) == "There is no file mine.json."
    (tmp_path / "mine.json").write_text('{"name": "something else"}')
    for action in (lambda: folder.load("mine.json"), lambda: folder.save("mine.json", [ONE], set())):
        with pytest.raises(ValueError, match=r"^mine\.json cannot be read as drawings") as caught:
            action()
        assert str(tmp_path) not in str(caught.value)


def test_a_folder_stays_where_it_was(folder, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    folder.save("mine.json", [ONE], set())
    assert labels(tmp_path / "mine.json") == [1]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "x"), "the folder, or the file, is read-only."),
        (OSError(errno.EROFS, "Read-only file system", "x"), "the folder, or the file, is read-only."),
        (OSError(errno.ENOSPC, "No space left on device", "x"), "No space left on device."),
        (TimeoutError("Another program has been writing /home/x"), "another program is writing it."),
    ],
)
def test_why_a_file_cannot_be_saved(folder, monkeypatch, error, message):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("nnlib.examples.write_atomically", fail)
    with pytest.raises(ValueError) as caught:
        folder.save("mine.json", [ONE], set())
    assert str(caught.value) == f"mine.json cannot be saved: {message}"


def test_a_missing_folder(tmp_path):
    with pytest.raises(ValueError, match="its folder is not there"):
        filing.Folder(tmp_path / "nowhere").save("mine.json", [ONE], set())


def test_whether_a_folder_can_be_written_to(folder, tmp_path):
    assert folder.is_writable()
    assert list(tmp_path.iterdir()) == []
    assert filing.Folder(tmp_path / "not_there_yet").is_writable()
    if os.path.isdir("/proc/self"):  # where even root writes nothing
        assert not filing.Folder(filing.Path("/proc/self")).is_writable()


# ---- autosaving


def test_each_of_two_pads_replaces_only_what_it_wrote(folder, tmp_path):
    first, second = (filing.Autosave(folder, "kept.json") for _ in range(2))
    first.write([])
    assert list(tmp_path.iterdir()) == []
    first.write([ONE])
    second.write([SEVEN])
    assert labels("kept.json") == [1, 7]
    first.write([])
    assert [example.label for example in second.read()] == [7]
    second.write([SEVEN._replace(label=1)])
    assert labels("kept.json") == [1]


def test_the_same_drawing_in_two_pads_is_there_twice(folder):
    first, second = (filing.Autosave(folder, "kept.json") for _ in range(2))
    first.write([SEVEN])
    second.write([SEVEN, SEVEN])
    assert labels("kept.json") == [7, 7, 7]
    second.write([SEVEN])
    assert labels("kept.json") == [7, 7]


def test_what_a_pad_has_taken_over_it_also_removes(folder):
    filing.Autosave(folder, "kept.json").write([ONE, SEVEN, SEVEN])
    later = filing.Autosave(folder, "kept.json")
    later.take(later.read()[:2])
    later.write([ONE])
    assert labels("kept.json") == [7, 1]


def test_a_foreign_file_is_a_problem_and_stays(folder, tmp_path):
    (tmp_path / "kept.json").write_text("[1, 2]")
    autosave = filing.Autosave(folder, "kept.json")
    assert autosave.read() == []
    assert "kept.json cannot be read as drawings" in autosave.problem
    autosave.write([ONE])
    assert "kept.json cannot be read as drawings" in autosave.problem
    assert (tmp_path / "kept.json").read_text() == "[1, 2]"
    (tmp_path / "kept.json").unlink()
    autosave.write([ONE])
    assert autosave.problem == ""


def test_without_a_name_nothing_is_written(folder, tmp_path):
    autosave = filing.Autosave(folder, None)
    autosave.write([ONE])
    assert autosave.read() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("software", "is_it"), [("voila/0.5.8", True), ("jupyter", False), ("", False)])
def test_voila_is_known_by_what_it_tells_its_kernels(monkeypatch, software, is_it):
    monkeypatch.setenv("SERVER_SOFTWARE", software)
    assert filing.is_for_visitors() == is_it
