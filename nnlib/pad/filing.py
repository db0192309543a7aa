"""Where a pad puts drawings: in files beside the notebook, called by name, and never on a server that many share."""

import errno
import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from .. import checks
from ..examples import add_examples, change_examples, drawing_key, load_examples
from ..files import check_writable
from .view import drawings

NOT_IN_NAMES = '/\\:*?"<>|'  # in no file's name on one system or another
LONGEST_NAME = 100  # characters


def is_for_visitors():
    """Return whether this runs under Voilà, whose visitors must not write to the server."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def check_file_name(text):
    """Return the name of a file that somebody has typed; raise ValueError, with what to do, for anything else."""
    name = text.strip()
    if not name:
        raise ValueError("The file has no name. Type one, such as my_digits.json.")
    if name.startswith("~"):
        raise ValueError(f"{name}: type a plain name, such as my_digits.json. It cannot begin with ~.")
    if "/" in name or "\\" in name:
        raise ValueError(f"{name} is a path. Type a plain name, such as my_digits.json.")
    if any(character in NOT_IN_NAMES or not character.isprintable() for character in name):
        raise ValueError(f"{name!r} holds a character that no file's name may hold. Try letters, digits, - and _.")
    if not name.endswith(".json") or name == ".json":
        raise ValueError(f"{name} is no name that ends in .json. Type one, such as my_digits.json.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"The file's name has {len(name)} characters; {LONGEST_NAME} are allowed.")
    return name


class Folder:
    """The folder where a pad saves and loads drawings. Errors call a file by its name, and say what to do.

    Parameters
    ----------
    path : Path
        Relative to the folder of the notebook, where a kernel starts.
    """

    def __init__(self, path):
        self._shown = path
        self._path = Path.cwd() / path  # for good, wherever the program goes later

    def shown(self, name):
        """Return how to call a file of this folder."""
        return (self._shown / name).as_posix()

    def has(self, name):
        """Return whether there is a file of this name."""
        return (self._path / name).is_file()

    def is_writable(self):
        """Return whether files can be written here, which is tried. A folder that is not there may come yet."""
        if not self._path.exists():
            return True
        try:
            check_writable([self._path / "nnlib_pad.json"])
        except OSError:
            return False
        return True

    def save(self, name, examples, known, keep_others=True):
        """Save drawings as `add_examples` does; return the others that were in the file."""
        with self._errors_in_words(name):
            return add_examples(self._path / name, examples, known=known, keep_others=keep_others)

    def change(self, name, change):
        """Change the drawings in a file as `change_examples` does."""
        with self._errors_in_words(name):
            change_examples(self._path / name, change)

    def load(self, name):
        """Return the drawings in a file."""
        try:
            return load_examples(self._path / name)
        except FileNotFoundError:
            raise ValueError(f"There is no file {self.shown(name)}.") from None
        except ValueError as error:
            raise ValueError(self._without_folders(error)) from None

    @contextmanager
    def _errors_in_words(self, name):
        try:
            yield
        except OSError as error:
            raise ValueError(self._why_not(name, error)) from None
        except ValueError as error:
            raise ValueError(self._without_folders(error)) from None

    def _why_not(self, name, error):
        """Return why a file could not be written, in words."""
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            return f"{self.shown(name)} cannot be saved: the folder, or the file, is read-only."
        if isinstance(error, FileNotFoundError):
            return f"{self.shown(name)} cannot be saved: its folder is not there."
        return f"{self.shown(name)} cannot be saved: {error.strerror or 'another program is writing it'}."

    def _without_folders(self, error):
        return str(error).replace(f"{self._path}{os.sep}", "")


class Autosave:
    """A file that always holds what is kept. Several pads may share it: each replaces only what it wrote itself.

    Parameters
    ----------
    folder : Folder
        Where it is.
    name : str or None
        Its name. None means that there is no such file.

    Attributes
    ----------
    problem : str
        Why what is kept could not be written; empty where it could.
    """

    def __init__(self, folder, name):
        self._folder, self.name, self.problem = folder, name, ""
        self._ours = Counter()  # how often which drawing in the file is this pad's

    def write(self, examples):
        """Write what is kept now. What cannot be written is a problem, not an error: the pad goes on."""
        if self.name is None or not (examples or self._folder.has(self.name)):
            return

        def change(there):
            ours, others = self._ours.copy(), []
            for example in there:
                ours[_identity(example)] -= 1
                if ours[_identity(example)] < 0:
                    others.append(example)
            return others + examples

        try:
            self._folder.change(self.name, change)
        except ValueError as error:
            self.problem = str(error)
        else:
            self._ours = Counter(map(_identity, examples))
            self.problem = ""

    def read(self):
        """Return what the file holds; nothing where there is no such file, or one that is not ours."""
        if self.name is None or not self._folder.has(self.name):
            return []
        try:
            return self._folder.load(self.name)
        except ValueError as error:
            self.problem = str(error)
            return []

    def take(self, examples):
        """Take drawings in the file for this pad's own: it keeps them from now on."""
        self._ours += Counter(map(_identity, examples))


def _identity(example):
    return example.label, example.writer, drawing_key(example.strokes)


class Place:
    """Where a pad puts what is kept: a file and an autosaved one, or neither, under Voilà and in a read-only folder.

    Parameters
    ----------
    file : str or path-like
        The file to save to at first. Another name may be typed in; the folder stays.
    autosave : str, True or None
        The name of the autosaved file. True names it after `file`; None makes no such file.

    Attributes
    ----------
    name : str
        The name of `file`.
    is_for_visitors, has_files : bool
        Whether visitors share the server, and whether files are written at all.
    autosave : Autosave
        The autosaved file.
    """

    def __init__(self, file, autosave):
        file = checks.path(file, "file")
        if not (autosave is True or autosave is None or isinstance(autosave, str)):
            raise TypeError(f"autosave is {autosave!r}; expected the name of a file, True or None.")
        autosave = f"{file.stem}.autosave.json" if autosave is True else autosave
        autosave = None if autosave is None else check_file_name(autosave)
        self.name, self._folder = file.name, Folder(file.parent)
        self.is_for_visitors = is_for_visitors()
        self.has_files = not self.is_for_visitors and self._folder.is_writable()
        self.autosave = Autosave(Folder(Path()), autosave if self.has_files else None)

    def save(self, kept, name, keep_others):
        """Save what is kept to a file of this name. Return what was done, in words."""
        name = check_file_name(name)
        others = self._folder.save(name, kept.examples, kept.known, keep_others)
        said = f"Saved {drawings(len(kept.examples))} to {self._folder.shown(name)}."
        if others and keep_others:
            said += f" The file still holds {drawings(len(others))} from before."
        elif others:
            said += f" What else was in it is gone: {drawings(len(others))}."
        return said

    def load(self, name):
        """Return the drawings in a file of this name, and how to call the file."""
        name = check_file_name(name)
        return self._folder.load(name), self._folder.shown(name)

    def in_words(self, count):
        """Return how many drawings are kept, and where, as a sentence."""
        kept = f"{drawings(count)} kept" if count else "No drawings kept yet"
        if self.is_for_visitors:
            return f"{kept}. This page forgets what you keep: download it before you leave."
        if not self.has_files:
            return f"{kept}. This folder is read-only, so nothing is autosaved: download what you keep."
        if self.autosave.problem:
            return f"{kept}. Nothing is autosaved: {self.autosave.problem}"
        if self.autosave.name is None:
            return f"{kept}."
        return f"{kept}, autosaved in {self.autosave.name}." if count else f"{kept}. Autosave: {self.autosave.name}."
