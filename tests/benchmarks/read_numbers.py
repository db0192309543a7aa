"""How often nnlib.recognise_number finds the digits of a number, and how often it reads them.

    python tests/benchmarks/read_numbers.py --network NETWORK.npz

It measures single digits, and numbers of two and three digits of different writers: of different sizes, a little
higher or lower, with gaps from a tenth to 0.6 of the height between their boxes. The digits are the pen digits; if the
network's settings name writers that were left out of its training (data/build_network.py --folds), only theirs. The
same seed makes the same numbers.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import numpy as np

import nnlib

SIZES = 0.7, 1.4  # heights of the digits of a number
OFFSET = 0.15  # of the height, up or down
FLATTEST = 0.5  # height by width that a digit is enlarged by its height; a flatter one, by its width


def main():
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help="without it, the one that ships with the project")
    parser.add_argument("--numbers", type=int, default=1000, help="of two digits, and of three")
    parser.add_argument("--gaps", type=float, nargs=2, default=(0.1, 0.6), help="from, to; negative: boxes overlap")
    parser.add_argument("--drawings", action="store_true", help="take the ten drawings instead of the pen digits")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    network = nnlib.load_network(arguments.network)
    examples = nnlib.load_examples() if arguments.drawings else nnlib.load_pens()
    if left_out := network.settings.get("left_out"):
        examples = [example for example in examples if example.writer in left_out]
    rng = np.random.default_rng(arguments.seed)

    print("| digits | numbers | split rightly | read rightly | ms, median | ms, 95th percentile |")
    print("|--:|--:|--:|--:|--:|--:|")
    measure([[example] for example in examples], arguments.gaps, rng, network)
    for n in (2, 3):
        measure([some(examples, n, rng) for _ in range(arguments.numbers)], arguments.gaps, rng, network)


def some(examples, n, rng):
    """Return n examples, of different writers if there are so many."""
    while True:
        chosen = [examples[i] for i in rng.integers(len(examples), size=n)]
        writers = {example.writer for example in chosen}
        if len(writers) == n or writers == {""}:
            return chosen


def measure(numbers, gaps, rng, network):
    """Split and read numbers, a list of examples each, and print a line of the table."""
    n_split = n_read = 0
    seconds, wrong = [], Counter()
    for examples in numbers:
        digits = side_by_side([example.strokes for example in examples], gaps, rng)
        strokes = [stroke for digit in digits for stroke in digit]
        start = time.perf_counter()
        read = nnlib.recognise_number(strokes, network)
        seconds.append(time.perf_counter() - start)
        is_split = same(nnlib.split_digits(strokes, network), digits)
        label = "".join(str(example.label) for example in examples)
        n_split += is_split
        n_read += "".join(str(digit) for digit, _ in read) == label
        if not is_split:
            wrong[label] += 1
    n, (median, late) = len(numbers), 1000 * np.percentile(seconds, [50, 95])
    print(f"| {len(numbers[0])} | {n} | {n_split / n:.2%} | {n_read / n:.2%} | {median:.1f} | {late:.1f} |", flush=True)
    if wrong:
        print("  split wrongly:", ", ".join(f"{label}: {count}" for label, count in wrong.most_common(12)))


def side_by_side(digits, gaps, rng):
    """Return digits, a list of strokes each, moved and scaled to stand side by side like those of a number."""
    heights = np.exp(rng.uniform(*np.log(SIZES), size=len(digits)))
    placed, right = [], 0.0
    for i, (digit, height) in enumerate(zip(digits, heights, strict=True)):
        points = np.concatenate(digit)
        low, (wide, high) = points.min(axis=0), np.ptp(points, axis=0)
        factor = height / max(high, FLATTEST * wide, 1e-9)
        if i > 0:
            right += rng.uniform(*gaps) * max(heights[i - 1 : i + 1])
        corner = right, -height / 2 + rng.uniform(-OFFSET, OFFSET)
        placed.append([(stroke - low) * factor + corner for stroke in digit])
        right += wide * factor
    return placed


def same(found, expected):
    """Whether found are the expected lists of strokes, in the same order."""
    return len(found) == len(expected) and all(
        len(a) == len(b) and all(map(np.array_equal, a, b)) for a, b in zip(found, expected, strict=True)
    )


if __name__ == "__main__":
    main()
