"""Exercise 10: from a photo of a page to digits in reading order."""

import numpy as np

from ..exercise import Exercise

exercise = Exercise({"otsu": 3, "label": 3, "boxes_of": 1, "in_rows": 3})


def _two_groups(rng):
    """Return many low values and few high ones, out of order, and one far above: it must not become a group."""
    low, high = rng.normal(1.0, 0.5, size=14), rng.normal(5.0, 0.7, size=int(rng.integers(5, 8)))
    return (rng.permutation([*low, *high, 8.5]).round(2),)


def _between(values, t):
    below, above = values[values <= t], values[values > t]
    return len(below) * len(above) * (below.mean() - above.mean()) ** 2


def _best(measure, *, choose=np.argmax, of=lambda values, t: t):
    """Return a wrong `otsu`, which chooses a threshold by another measure, or returns something else of it."""

    def function(values):
        candidates = np.unique(values)[:-1]
        if not len(candidates):
            return values[0]
        return of(values, candidates[choose([measure(values, t) for t in candidates])])

    return function


def _last_of_the_best(numbers):
    return len(numbers) - 1 - np.argmax(numbers[::-1])


def _in_the_order_given(values):
    measures = [
        k * (len(values) - k) * (values[:k].mean() - values[k:].mean()) ** 2 if len(set(values)) > 1 else 0
        for k in range(1, len(values))
    ]
    return values[int(np.argmax(measures))]


def _by_histogram(values):
    """Return the threshold as the lesson does, for which all values lie between 0 and 1."""
    counts, edges = np.histogram(values, bins=200, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    best, threshold = 0, 0
    for k in range(1, len(counts)):
        below, above = counts[:k], counts[k:]
        if below.any() and above.any():
            step = np.average(middles[:k], weights=below) - np.average(middles[k:], weights=above)
            between = below.sum() * above.sum() * step**2
            if between > best:
                best, threshold = between, edges[k]
    return threshold


def _whole_numbers(values):
    candidates = range(int(values.min()), int(values.max()))
    return max(candidates, key=lambda t: _between(values, t) if (values <= t).any() else 0, default=values.max())


def _or_if_all_are_equal(result):
    return lambda values: otsu(values) if np.ptp(values) else result


def _zero_if_all_are_equal(function):
    return lambda values: function(values) if np.ptp(values) else 0


def _next_above(values, t):
    return values[values > t].min()


@exercise.task(
    examples=[
        (np.array([8.0, 1.0, 4.0, 8.0, 1.0, 8.0]),),
        (np.array([4.0, 0.0, 2.0]),),
        (np.array([1.0, 0.0, 2.0, 9.0]),),  # here the last value decides
        (np.array([0.0, 5.0, 0.0, 7.0, 0.0, 20.0, 6.0, 0.0]),),  # here the square decides
        (np.array([3.0, 3.0, 3.0]),),
    ],
    draw=_two_groups,
    hints=[
        "`np.unique(values)` gives the different values, sorted. All but the last one are thresholds to try.",
        "For each of them: `low, high = values[values <= t], values[values > t]`, "
        "and `len(low) * len(high) * (low.mean() - high.mean()) ** 2`. Keep the t of the largest.",
        "Begin with `best, threshold = 0, values.max()`. Where all values are equal, the loop has nothing to do, and "
        "that is what remains. A new t must be better than the best, `>`, not as good.",
    ],
    mistakes={
        "n₀ n₁ is missing. Without it a single far value makes a group of its own.": _best(
            lambda values, t: (values[values <= t].mean() - values[values > t].mean()) ** 2
        ),
        "It takes the threshold with the *smallest* variance between the groups. Take the largest.": _best(
            _between, choose=np.argmin
        ),
        "Where two thresholds are equally good, it takes the larger one. The smaller one is asked for: "
        "compare with `>`, not with `>=`.": _best(_between, choose=_last_of_the_best),
        "It returns the smallest value *above* the threshold. What is equal to the threshold is in the lower group.": (
            [_best(_between, of=_next_above), _zero_if_all_are_equal(_best(_between, of=_next_above))]
        ),
        "It returns the middle between the two groups. Return the largest value of the lower group.": _best(
            _between, of=lambda values, t: (t + _next_above(values, t)) / 2
        ),
        "It returns the largest variance between groups. Return the threshold at which it is reached.": _best(
            _between, of=_between
        ),
        "It returns the place of the threshold. Return the threshold itself.": _best(
            _between, of=lambda values, t: int(np.searchsorted(np.unique(values), t))
        ),
        "This is the lesson's function: its histogram only has room for values between 0 and 1. Here, try each "
        "of the different values.": _by_histogram,
        "It tries whole numbers only. Try each of the different values.": _whole_numbers,
        "It splits the values in the order in which they come. They are not sorted: compare each with t.": (
            _in_the_order_given
        ),
        "The difference of the means is not squared.": _best(
            lambda values, t: len(values[values <= t]) * len(values[values > t]) * _step(values, t)
        ),
        "This is the mean. Otsu's threshold is the one that leaves two groups with the largest variance "
        "between them.": np.mean,
        "This is half-way between the smallest and the largest value. A few pixels decide it; "
        "Otsu's method asks all of them.": lambda values: (values.min() + values.max()) / 2,
        "This is the median: it leaves half of the pixels on each side, however many are ink.": np.median,
        "Where all values are equal it gives NaN, 0 or infinity. There is no threshold to try then: "
        "return that value.": [_or_if_all_are_equal(np.nan), _or_if_all_are_equal(0.0), _or_if_all_are_equal(np.inf)],
    },
)
def otsu(values):
    best, threshold = 0, values.max()
    for t in np.unique(values)[:-1]:
        between = _between(values, t)
        if between > best:
            best, threshold = between, t
    return threshold


def _step(values, t):
    return values[values > t].mean() - values[values <= t].mean()


_CORNERS = np.array([[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0]], dtype=bool)
# Its two arms are met before they are known to be one part.
_U = np.array([[1, 0, 1, 0, 1], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 0, 1]], dtype=bool)

# Above its right end lies another part, one row of paper away.
_APART = np.array([[1, 0, 0, 0, 0], [1, 0, 0, 0, 1], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)


def _mask(rng):
    """Return a picture in which parts touch at corners, and would touch across the picture's edges."""
    while True:
        mask = rng.random((6, 9)) < 0.3
        wrong = (_four(mask), _around_the_edges(mask), _column_by_column(mask), _one_pass(mask), _by_size(mask))
        if not any(np.array_equal(label(mask), labels) for labels in wrong):
            return (mask,)


def _labelled(mask, neighbours, *, wrap=False, deep=True):
    """Return labels in reading order, by a walk over these neighbours; from some pixels on, it may not go on."""
    labels = np.zeros(mask.shape, dtype=int)
    n_rows, n_columns = mask.shape
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start]:
            continue
        number = labels.max() + 1
        labels[start] = number
        to_visit = [start]
        while to_visit:
            row, column = to_visit.pop()
            for down, right in neighbours:
                r, c = row + down, column + right
                if wrap:
                    r, c = r % n_rows, c % n_columns
                if 0 <= r < n_rows and 0 <= c < n_columns and mask[r, c] and not labels[r, c]:
                    labels[r, c] = number
                    to_visit += [(r, c)] if deep else []
    return labels


_BESIDE = [(-1, 0), (0, -1), (0, 1), (1, 0)]
_AROUND = [*_BESIDE, (-1, -1), (-1, 1), (1, -1), (1, 1)]


def _four(mask):
    return _labelled(mask, _BESIDE)


def _around_the_edges(mask):
    return _labelled(mask, _AROUND, wrap=True)


def _column_by_column(mask):
    return _labelled(mask.T, _AROUND).T


def _one_pass(mask):
    """Give each pixel the number of a neighbour that was met before it, and never find out that two numbers are one."""
    labels = np.zeros(np.add(mask.shape, 2), dtype=int)
    for row, column in zip(*np.nonzero(mask), strict=True):
        before = [*labels[row, column : column + 3], labels[row + 1, column]]
        known = [number for number in before if number]
        labels[row + 1, column + 1] = min(known) if known else labels.max() + 1
    return labels[1:-1, 1:-1]


def _by_size(mask):
    labels = label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    places = np.empty(len(sizes) + 1, dtype=int)
    places[0] = 0
    places[1 + np.argsort(-sizes, kind="stable")] = 1 + np.arange(len(sizes))
    return places[labels]


@exercise.task(
    examples=[(_CORNERS,), (_U,), (_APART,), (np.zeros((2, 3), dtype=bool),)],
    draw=_mask,
    hints=[
        "Two loops over rows and columns find the first pixel of each part: one that is ink and has no number yet.",
        "From there, walk: a list `to_visit` holds pixels whose neighbours must still be looked at. "
        "`to_visit.pop()` takes one; each neighbour that is ink and has no number gets it, and goes into the list.",
        "The neighbours are `for r in range(max(row - 1, 0), min(row + 2, mask.shape[0]))`, and the same for the "
        "columns. `range` stops at the edges; the pixel itself has its number already.",
    ],
    mistakes={
        "Only the four pixels beside count as neighbours. Here the four at the corners do, too.": _four,
        "At the edge it goes on at the other side: index −1 is the *last* row. Check that a neighbour is inside.": (
            _around_the_edges
        ),
        "The numbers go column by column. Go row by row: the part that is met first in reading order is 1.": (
            _column_by_column
        ),
        "Each pixel takes the number of a neighbour that has one. Where two arms of a part meet later, "
        "as in a U, it keeps two numbers.": _one_pass,
        "It stops after the first step: the neighbours of the neighbours belong to the part, too.": lambda mask: (
            _labelled(mask, _AROUND, deep=False)
        ),
        "The first part has the number 0, like paper. Begin with 1.": lambda mask: np.maximum(label(mask) - 1, 0),
        "The first part has the number 2. Begin with 1.": lambda mask: label(mask) + mask,
        "Every pixel of ink has a number of its own. Pixels that hang together get the same one.": lambda mask: (
            mask * np.cumsum(mask).reshape(mask.shape)
        ),
        "All ink has the number 1. Each part gets one of its own. (An array made by `np.zeros_like(mask)` can only "
        "hold True and False.)": lambda mask: mask.astype(int),
        "The numbers go by size. The part that is met first in reading order is 1.": _by_size,
        "This is how many parts there are. Return the numbers of all pixels.": lambda mask: int(label(mask).max()),
    },
)
def label(mask):
    return _labelled(mask, _AROUND)


def _labels(rng):
    return (label(*_mask(rng)),)


def _each_part(function):
    """Return a function of labels that applies one to the rows and the columns of each part."""

    def boxes(labels):
        return [function(*np.nonzero(labels == number)) for number in range(1, labels.max() + 1)]

    return boxes


@exercise.task(
    examples=[(label(_CORNERS),), (np.zeros((2, 3), dtype=int),)],
    draw=_labels,
    hints=[
        "The numbers are 1 to `labels.max()`. `rows, columns = np.nonzero(labels == number)` finds a part's pixels.",
        "left is `columns.min()`; right is one past the last column, `columns.max() + 1`.",
        "The whole of it: `[(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) for … ]`.",
    ],
    mistakes={
        "right and bottom are the last column and row *of* the part. They must be one past it, so that "
        "`right - left` is the width.": _each_part(lambda y, x: (x.min(), y.min(), x.max(), y.max())),
        "Rows and columns are exchanged: left and right are columns.": _each_part(
            lambda y, x: (y.min(), x.min(), y.max() + 1, x.max() + 1)
        ),
        "The order is left, right, top, bottom. It must be left, top, right, bottom.": _each_part(
            lambda y, x: (x.min(), x.max() + 1, y.min(), y.max() + 1)
        ),
        "Width and height are in place of right and bottom.": _each_part(
            lambda y, x: (x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1)
        ),
        "There is a box too many: the number 0 is paper.": lambda labels: boxes_of(labels + 1),
        "The last part is missing: `range` stops *before* its end.": lambda labels: boxes_of(labels)[:-1],
        "The boxes are sorted by their left edge. Keep the order of the numbers.": lambda labels: sorted(
            boxes_of(labels)
        ),
    },
)
def boxes_of(labels):
    return _each_part(lambda y, x: (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1))(labels)


# The rows rise to the right, the second one begins further left, and two boxes have the same left edge.
_SLOPING = [(50, 21, 60, 41), (10, 30, 20, 50), (4, 58, 14, 78), (30, 25, 40, 45), (50, 44, 60, 64), (27, 51, 37, 71)]

# Where the third from the left, and then the last, are near to both rows.
_CLOSE = [(30, 7, 38, 17), (2, 25, 10, 35), (20, 17, 28, 27), (0, 5, 8, 15)]

# The third is just as far as `near` from the first; the second, a row of its own, reaches up above it.
_AT_THE_LIMIT = [(0, 20, 10, 30), (2, 0, 12, 110), (20, 0, 30, 10)]


def _sloping(rng):
    """Return the boxes of rows that slope so much that bands would cut them, out of order; and what is near.

    Where the rows would be right without sorting, others are drawn.
    """
    while True:
        slope = rng.choice([-1, 1]) * rng.uniform(0.3, 0.4)
        rows = []
        for y in (100, 140, 180):
            x, row = rng.uniform(0, 25), []
            for _ in range(int(rng.integers(4, 7))):
                middle, (width, height) = y + slope * x + rng.uniform(-2, 2), rng.uniform(10, 20, size=2)
                row.append(tuple(map(int, (x, middle - height / 2, x + width, middle + height / 2))))
                x += width + rng.uniform(4, 14)
            rows.append(row)
        boxes = [box for row in rows for box in row]
        case = [boxes[i] for i in rng.permutation(len(boxes))], 18.0
        if in_rows(*case) == rows and _unsorted(*case) != rows and _grouped(*case) != rows:
            return case


def _middle(box):
    return (box[1] + box[3]) / 2


def _grouped(boxes, near, *, order=None, member=-1, choose=min):
    """Return boxes as rows in the order in which they were begun; where `order` is None, from left to right.

    A box is compared with this member of each row; `choose` takes one of the rows that are near.
    """
    rows = []
    for box in sorted(boxes) if order is None else order(boxes):

        def distance(row, box=box):
            return abs(_middle(row[member]) - _middle(box))

        close = [row for row in rows if distance(row) <= near]
        if close:
            choose(close, key=distance).append(box)
        else:
            rows.append([box])
    return rows


def _from_top(rows):
    return sorted(rows, key=lambda row: _middle(row[0]))


def _bands(boxes, near):
    rows = []
    for box in sorted(boxes, key=_middle):
        if not rows or _middle(box) - _middle(rows[-1][0]) > near:
            rows.append([])
        rows[-1].append(box)
    return [sorted(row) for row in rows]


def _by_first(boxes, near):
    return _from_top(_grouped(boxes, near, member=0))


def _first(rows, key):
    return rows[0]


def _first_near(boxes, near):
    return _from_top(_grouped(boxes, near, choose=_first))


def _last_near(boxes, near):
    return _from_top(_grouped(boxes, near, choose=lambda rows, key: rows[-1]))


def _unsorted(boxes, near):
    return _from_top(_grouped(boxes, near, order=list))


@exercise.task(
    examples=[(_SLOPING, 12.0), (_CLOSE, 15.0), (_AT_THE_LIMIT, 20.0), ([], 12.0)],
    draw=_sloping,
    hints=[
        "`sorted(boxes)` goes from left to right: tuples are compared by their first number.",
        "For each box, find the row whose last box, `row[-1]`, has the closest middle: "
        "`min(rows, key=…)`. Is the distance at most `near`? Append. If not, or if there is no row yet: "
        "`rows.append([box])`.",
        "At the end, sort the rows by the middle of their first box: `sorted(rows, key=lambda row: middle(row[0]))`.",
    ],
    mistakes={
        "The page is cut into bands by height. Where rows slope, a row's end lies in another band: "
        "compare each box with the *last* one of the row, from left to right.": _bands,
        "Each box is compared with the *first* one of a row. Where rows slope, the last one is closer.": _by_first,
        "Each box joins a row that is near, but not the one that is *closest*. Compare it with all rows first.": [
            _first_near,
            _last_near,
        ],
        "The boxes are taken in the order in which they come. They are not sorted: go from left to right.": _unsorted,
        "The rows are in the order in which they were begun, and the one that reaches furthest to the left is first. "
        "Sort them from top to bottom.": [_grouped, lambda boxes, near: _grouped(boxes, near, choose=_first)],
        "*At most* `near` counts as near: the distance may be equal to it.": lambda boxes, near: in_rows(
            boxes, near - 1e-9
        ),
        "The rows are sorted by the *top* of their first box. A tall one reaches up: sort by the middle.": (
            lambda boxes, near: sorted(_grouped(boxes, near), key=lambda row: row[0][1])
        ),
        "The rows go from bottom to top. y grows down: the smallest is at the top.": lambda boxes, near: in_rows(
            boxes, near
        )[::-1],
        "Each row goes from right to left.": lambda boxes, near: [row[::-1] for row in in_rows(boxes, near)],
        "All boxes are in one row. Where no row is near, a box begins a new one.": lambda boxes, near: (
            [sorted(boxes)] if boxes else []
        ),
        "Every box is a row of its own. Where a row is near, a box goes to it.": lambda boxes, near: [
            [box] for box in sorted(boxes, key=_middle)
        ],
        "Without boxes there is a row with nothing in it. Return an empty list.": lambda boxes, near: (
            in_rows(boxes, near) or [[]]
        ),
        "The boxes are in the right order, but in one list. Return a list of rows.": lambda boxes, near: [
            box for row in in_rows(boxes, near) for box in row
        ],
        "The left edges are compared where the heights should be: the middle of a box is `(top + bottom) / 2`.": (
            lambda boxes, near: _swapped_rows(boxes, near)
        ),
    },
)
def in_rows(boxes, near):
    return _from_top(_grouped(boxes, near))


def _swapped_rows(boxes, near):
    swapped = [(top, left, bottom, right) for left, top, right, bottom in boxes]
    return [[(left, top, right, bottom) for top, left, bottom, right in row] for row in in_rows(swapped, near)]


exercise.question(
    "10-blank",
    "You give Otsu's method a sheet on which nothing is written: paper with some grain. What does it call ink?",
    ["nothing", "a pixel here and there", "about half of the paper", "everything"],
    right=2,
    wrong=[
        "Then one of the two groups would be empty. How large can the variance between them be then?",
        "A small group makes the product of the two counts small. What does that do to the maximum?",
        "Then the other group would be empty. How large can the variance between them be then?",
    ],
    why="It always makes two groups. Of pure grain, the best two groups are the brighter half and the darker half. "
    "So a reader must also ask whether the darker group is dark enough to be ink.",
)

exercise.question(
    "10-corners",
    "Five pixels lie on a diagonal, like the steps of a stair. How many parts are that with four neighbours?",
    ["1", "2", "5"],
    right=2,
    wrong=[
        "Which of a pixel's four neighbours would lead from one to the next?",
        "Go from the first pixel to the second: which step is it, and do four neighbours have it?",
    ],
    why="They touch at corners only, and with four neighbours a corner does not count. With eight it is one part.",
)

exercise.question(
    "10-bands",
    "Each digit of a row stands a quarter of its height above the one before. The row has nine digits. "
    "How far is the last one above the first?",
    ["a quarter of a digit's height", "one height", "two heights"],
    right=2,
    wrong=[
        "That is one step. How many steps are there from the first digit to the ninth?",
        "How many steps are there from the first digit to the ninth? Count the gaps.",
    ],
    why="Eight steps of a quarter make two heights. That is as far as the row above is away, so bands mix the two.",
)
