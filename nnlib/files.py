"""Files are written whole, or not at all, and by one program at a time."""

import os
import stat
import time
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

PATIENCE = 10  # seconds; writing takes a small part of one
LONGEST = 300  # characters of an error


def write_atomically(writers):
    """Write files, given as ``{path: function(file)}``: first all under temporary names, then each in its place.

    Whatever goes wrong while writing, what was at those paths before stays. A link stays a link, and a file that is
    replaced keeps its permissions. Meanwhile no other program can write the first of the files in this way, so that a
    function may read the old file and write it with changes. What a killed program leaves behind is overwritten by the
    next one that writes the same file.
    """
    if not writers:
        return
    writers = {Path(os.path.realpath(path)): write for path, write in writers.items()}
    temporaries = {path: path.with_name(f".{path.name}.tmp") for path in writers}
    with _locked(next(iter(writers))):
        try:
            for path, write in writers.items():
                with _errors_naming(path):
                    _write_whole(temporaries[path], write, path)
            for path, temporary in temporaries.items():
                with _errors_naming(path):
                    os.replace(temporary, path)
        finally:
            for temporary in temporaries.values():
                temporary.unlink(missing_ok=True)


def check_writable(paths):
    """Raise OSError unless `write_atomically` can write these files: it is tried, and leaves nothing behind."""
    paths = [Path(os.path.realpath(path)) for path in paths]
    made = []
    try:
        for path in paths:
            for folder in reversed(path.parents):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            if path.is_dir():
                raise IsADirectoryError(f"{path} is a folder; expected a file.")
            with _locked(path), _errors_naming(path):
                temporary = path.with_name(f".{path.name}.tmp")
                try:
                    _write_whole(temporary, lambda file: file.write(b"a try"), path)
                finally:
                    temporary.unlink(missing_ok=True)
    finally:
        for folder in reversed(made):
            folder.rmdir()


def in_short(error):
    """Return what an error says, on one line: some quote half of the file that they are about."""
    words = " ".join(str(error).split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} …"


def _write_whole(temporary, write, path):
    """Write a temporary file to the disk, with the permissions that the file at `path` has or a new one gets."""
    temporary.unlink(missing_ok=True)
    with open(temporary, "xb") as file:
        if path.exists():
            os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        write(file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _errors_naming(path):
    """Let errors name the file that the caller knows, not a temporary one."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def _locked(path):
    """Hold the lock of a file; wait while another program or thread holds it."""
    lock = path.with_name(f".{path.name}.lock")
    give_up = time.monotonic() + PATIENCE
    while True:
        with _errors_naming(path):
            held = _try_to_lock(lock)
        if held is not None:
            break
        if time.monotonic() > give_up:
            raise TimeoutError(f"Another program has been writing {path} for {PATIENCE} seconds. Try again later.")
        time.sleep(0.01)
    with held:
        try:
            yield
        finally:
            if fcntl is not None:
                lock.unlink(missing_ok=True)  # who waits for it will notice: see samestat below


def _try_to_lock(lock):
    """Return the opened lock file, or None if another program has it. A killed program loses its locks."""
    try:
        if fcntl is None:
            return open(lock, "xb", opener=_open_until_closed)
        held = open(lock, "ab")  # noqa: SIM115 (the caller closes it)
    except (FileExistsError, PermissionError):
        if lock.exists():  # on Windows, or in a folder that is shared with others
            return None
        raise
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(held.fileno()), os.stat(lock)):
            return held
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:  # a file system without locks: better to write without one than not at all
        return held
    held.close()  # another program has it, or had it and has removed it since
    return None


def _open_until_closed(path, flags):
    """Open a file that Windows removes when it is closed, or when its program ends."""
    return os.open(path, flags | os.O_TEMPORARY)
