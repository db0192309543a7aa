"""Files are replaced whole, keep their permissions and links, and are written by one program at a time."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from nnlib import files

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions and signals")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def write(path, content=b"new"):
    files.write_atomically({path: lambda file: file.write(content)})


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o400])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen = []
    files.write_atomically({path: lambda file: seen.append(os.fstat(file.fileno()).st_mode & 0o777)})
    assert seen == [mode]  # before the first byte is written: others cannot read what is private meanwhile
    assert path.stat().st_mode & 0o777 == mode


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write(tmp_path / "file")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(tmp_path, exists):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "target", tmp_path / "link"
    if exists:
        target.write_bytes(b"old")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links are not allowed here")
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == link.read_bytes() == b"new"
    assert names_in(tmp_path) == ["link", "there"]
    assert names_in(tmp_path / "there") == ["target"]


WRITE_FOR_EVER = """
    import sys, time
    from pathlib import Path
    from nnlib import files
    def write(file):
        file.write(b"half of")
        file.flush()
        print("writing", flush=True)
        time.sleep(60)
    files.write_atomically({Path(sys.argv[1]): write})
"""


@pytest.fixture
def writer(tmp_path):
    """Another program that is in the middle of writing the file."""
    command = [sys.executable, "-c", textwrap.dedent(WRITE_FOR_EVER), tmp_path / "file"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout.readline().strip() == b"writing"
        yield program
        program.kill()


def test_what_a_killed_program_left_is_gone_after_the_next_time(tmp_path, writer):
    writer.kill()
    writer.wait()
    if os.name == "posix":
        assert names_in(tmp_path) == [".file.lock", ".file.tmp"]
    started = time.monotonic()
    write(tmp_path / "file")
    assert time.monotonic() - started < files.PATIENCE / 2  # nobody waits for the dead
    assert names_in(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"new"


def test_it_waits_for_another_program_but_not_for_ever(tmp_path, writer, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    with pytest.raises(TimeoutError, match=r"Another program has been writing .*file for 0\.2 seconds"):
        write(tmp_path / "file")
    monkeypatch.setattr(files, "PATIENCE", 30)
    threading.Timer(0.3, writer.kill).start()
    write(tmp_path / "file")
    assert names_in(tmp_path) == ["file"]


@posix
def test_an_interrupted_write_does_not_block_the_next(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        files.write_atomically({tmp_path / "file": lambda file: os.kill(os.getpid(), signal.SIGINT) or time.sleep(1)})
    started = time.monotonic()
    write(tmp_path / "file")
    assert time.monotonic() - started < files.PATIENCE / 2
    assert names_in(tmp_path) == ["file"]


def test_only_one_at_a_time_reads_changes_and_writes(tmp_path):
    path = tmp_path / "count"
    write(path, b"0")

    def add(file):
        file.write(b"%d" % (int(path.read_bytes()) + 1))

    def add_often():
        for _ in range(50):
            files.write_atomically({path: add})

    threads = [threading.Thread(target=add_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() == b"200"
    assert names_in(tmp_path) == ["count"]


# ---- trying it first


@pytest.mark.parametrize("there_before", [True, False])
def test_trying_leaves_nothing_behind(tmp_path, there_before):
    (tmp_path / "old").mkdir()
    path = tmp_path / "old" / "file"
    if there_before:
        path.write_bytes(b"old")
    files.check_writable([path, tmp_path / "new" / "and newer" / "file"])
    assert names_in(tmp_path) == ["old"]
    assert names_in(tmp_path / "old") == ["file"] * there_before
    if there_before:
        assert path.read_bytes() == b"old"


def bad_targets(folder):
    """Yield paths that nobody can write, whoever they are."""
    (folder / "a file").write_bytes(b"")
    (folder / "a folder").mkdir()
    yield folder / "a file" / "below a file"
    yield folder / "a file" / "below" / "a file"
    yield folder / "a folder"
    yield folder / ("long" * 100)
    yield folder / ("long" * 100) / "file"
    yield folder / "/".join(["long" * 20] * 100)


def test_what_cannot_be_written_is_found_when_it_is_tried(tmp_path):
    for path in bad_targets(tmp_path):
        with pytest.raises(OSError) as caught:
            files.check_writable([path])
        assert ".tmp" not in str(caught.value)
        assert ".lock" not in str(caught.value)
        assert names_in(tmp_path) == ["a file", "a folder"]
        with pytest.raises(OSError):
            write(path)


@posix
def test_a_folder_that_is_not_ours():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        is_root = os.geteuid() == 0  # who may write everywhere
        if is_root:
            os.seteuid(65534)
        try:
            for attempt in (lambda: files.check_writable([folder / "file"]), lambda: write(folder / "file")):
                started = time.monotonic()
                with pytest.raises(PermissionError, match=r"/file'$"):
                    attempt()
                assert time.monotonic() - started < files.PATIENCE / 2
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o755)
