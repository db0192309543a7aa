"""Make the twelve pages of lesson 09, data/pages: MNIST's test digits on made paper, photographed by arithmetic.

    python data/build_pages.py

Each is one of the conditions of tests/made_pages.py. All have the same seed: none was chosen by how well it is read.
The same machine writes the same bytes each time.
"""

import io
import json
import sys
from pathlib import Path

from PIL import Image

import nnlib
from nnlib.files import write_atomically

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
import made_pages  # noqa: E402

SEED = 9
QUALITY = 75  # of the JPEG files; what is worse about some pages is in their conditions
# A name, a condition, and what is changed about it: rows and columns, how high the digits are, how many there are.
PAGES = [
    ("plain", "plain", {"size": (480, 640), "height": (50, 60), "light": 0.3, "count": 12}),
    ("shadow", "a shadow, hard or soft", {"size": (480, 640), "height": (50, 60), "count": 12}),
    ("pencil", "pencil, thin and pale", {"size": (600, 450), "height": (55, 65), "count": 12}),
    ("marker", "marker, thick", {"size": (640, 480), "height": (60, 70), "count": 12}),
    ("squared", "squared paper, pencil", {"size": (560, 560), "height": (55, 65), "count": 12}),
    ("ruled", "ruled paper", {"size": (640, 480), "height": (40, 50)}),
    ("dark", "white ink on dark paper", {"size": (480, 640), "height": (45, 55)}),
    ("turned", "turned by up to 10 degrees", {"size": (600, 600), "height": (45, 55)}),
    ("sloping", "rows that slope", {"size": (560, 900), "height": (45, 55), "slope": 0.2}),
    ("blue", "blue ink", {"size": (540, 720), "height": (40, 50), "creases": 2}),
    ("full", "small digits, a full page", {"size": (640, 800)}),
    ("hard", "all at once", {"size": (600, 800), "height": (50, 60)}),
]


def main():
    """Make the pages, and say how large each is."""
    folder = HERE / "pages"
    folder.mkdir(exist_ok=True)
    mnist, files, truth = nnlib.load_mnist(), {}, {}
    for name, condition, changes in PAGES:
        page = made_pages.make_page(condition, SEED, mnist, **changes)
        file = io.BytesIO()
        Image.fromarray(page.picture).save(file, "JPEG", quality=QUALITY, optimize=True)
        files[folder / f"{name}.jpg"] = file.getvalue()
        truth[name] = {
            "rows": page.rows,
            "middles": page.middles.round(1).tolist(),
            "heights": page.heights.tolist(),
        }
        print(f"{name:10}{len(file.getvalue()):8,} bytes, {sum(map(len, page.rows)):4} digits")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(what)}" for name, what in truth.items())
    files[folder / "pages.json"] = f"{{\n{lines}\n}}\n".encode()
    write_atomically({path: lambda file, content=content: file.write(content) for path, content in files.items()})
    print(f"{sum(map(len, files.values())):,} bytes together")


if __name__ == "__main__":
    main()
