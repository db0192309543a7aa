"""Files are written whole, or not at all."""

import os
import tempfile
from pathlib import Path


def write_atomically(writers):
    """Write files, given as ``{path: function(file)}``: first all under temporary names, then each in its place.

    Whatever goes wrong while writing, what was at those paths before stays.
    """
    temporaries = {}
    try:
        for path, write in writers.items():
            descriptor, temporaries[path] = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
            with os.fdopen(descriptor, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in temporaries.items():
            os.chmod(temporary, 0o644)  # mkstemp lets nobody else read; a class shares its files
            os.replace(temporary, path)
    finally:
        for temporary in temporaries.values():
            Path(temporary).unlink(missing_ok=True)
