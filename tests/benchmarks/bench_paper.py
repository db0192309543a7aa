"""How many digits of made pages are found and read, condition by condition; and what large photographs cost.

    python tests/benchmarks/bench_paper.py

Prints the table of the README. Its pages are for measuring: tune on others, ``--seed 1000 --pages 4``.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import made_pages

import nnlib


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=17, help="of each condition")
    parser.add_argument("--seed", type=int, default=0, help="of the first page of each condition")
    parser.add_argument("--only", nargs="*", help="conditions that begin so")
    options = parser.parse_args()
    mnist = nnlib.load_mnist()
    print("| pages | digits | found and read | misread | missed | invented | seconds a page |")
    print("|:--|--:|--:|--:|--:|--:|--:|")
    totals = [0] * 5
    for condition in [*made_pages.CONDITIONS, *made_pages.NO_DIGITS]:
        if options.only and not condition.startswith(tuple(options.only)):
            continue
        seeds = range(options.seed, options.seed + options.pages)
        counts, seconds = measure(condition, seeds, mnist)
        if condition in made_pages.CONDITIONS:
            totals = [a + b for a, b in zip(totals, counts, strict=True)]
        print(line(condition, counts, seconds), flush=True)
    print(line("**all with digits**", totals, None))
    if not options.only:
        print("\n| a JPEG of | seconds | peak memory, MB |\n|:--|--:|--:|")
        for megapixels, size in (("1 megapixel", (1155, 866)), ("12 megapixels", (4000, 3000))):
            print(f"| {megapixels} | {cost(size, mnist)} |")


# In a process of its own, since peak memory is that of a process.
READ = """
import statistics, sys, time
import nnlib
network, seconds = nnlib.load_network(), []
for _ in range(5):
    start = time.perf_counter()
    nnlib.read_page(sys.argv[1], network)
    seconds.append(time.perf_counter() - start)
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1000
print(f"{statistics.median(seconds):.2f} | {peak:.0f}")
"""


def cost(size, mnist):
    """Return the seconds that `nnlib.read_page` takes for a JPEG of this size, and the peak memory, as table cells."""
    page = made_pages.make_page("all at once", 0, mnist)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        Image.fromarray(page.picture).resize(size).save(path, quality=90)
        return subprocess.run(
            [sys.executable, "-c", READ, path], capture_output=True, text=True, check=True
        ).stdout.strip()


def measure(condition, seeds, mnist):
    """Return the counts of digits (all, right, misread, missed, invented), and seconds a page."""
    counts, seconds = [0] * 5, 0.0
    for seed in seeds:
        page = made_pages.make_page(condition, seed, mnist)
        start = time.perf_counter()
        read = nnlib.read_page(page.picture)
        seconds += time.perf_counter() - start
        counts = [a + b for a, b in zip(counts, made_pages.compare(page, read), strict=True)]
    return counts, seconds / len(seeds)


def line(name, counts, seconds):
    """Return a row of the table."""
    n, *rest = counts
    right, *wrong = (f"{100 * count / n:.1f} %" if n else f"{count}" for count in rest)
    return f"| {name} | {n} | {right} | {' | '.join(wrong)} | {'' if seconds is None else f'{seconds:.2f}'} |"


if __name__ == "__main__":
    main()
