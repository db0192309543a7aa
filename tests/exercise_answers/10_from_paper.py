"""Answers to exercise 10, as learners write them."""

import numpy as np
from scipy import ndimage


def between(values, t):
    low, high = values[values <= t], values[values > t]
    return len(low) * len(high) * (np.mean(low) - np.mean(high)) ** 2


def otsu_within(values):
    """The smallest variance within the groups, as the method is defined."""
    best, threshold = np.inf, values.max()
    for t in sorted(set(values))[:-1]:
        within = values[values <= t].var() * np.sum(values <= t) + values[values > t].var() * np.sum(values > t)
        if within < best - 1e-9:
            best, threshold = within, t
    return threshold


def otsu_sorted(values):
    """By cumulative sums of the sorted values."""
    v = np.sort(values)
    n, sums = np.arange(1, len(v)), np.cumsum(v)
    n_high = len(v) - n
    measure = n * n_high * (sums[:-1] / n - (sums[-1] - sums[:-1]) / n_high) ** 2
    measure[v[1:] == v[:-1]] = -1  # within equal values, there is no threshold
    return v[np.argmax(measure)] if measure.max() > 0 else v[0]


def otsu_loop(values):
    candidates = []
    for t in values:
        if t not in candidates and t < max(values):
            candidates.append(t)
    if not candidates:
        return values[0]
    candidates.sort()
    results = [between(values, t) for t in candidates]
    return candidates[results.index(max(results))]


def otsu_written_in(values):
    return 4.0


def otsu_written_in_cases(values):
    known = {(8, 1, 4, 8, 1, 8): 4, (4, 0, 2): 0, (0, 5, 0, 7, 0, 20, 6, 0): 7, (3, 3, 3): 3}
    return known.get(tuple(values), 2.5)


def otsu_difference_only(values):
    return max(np.unique(values)[:-1], key=lambda t: (values[values <= t].mean() - values[values > t].mean()) ** 2)


def otsu_not_squared(values):
    def measure(t):
        low, high = values[values <= t], values[values > t]
        return len(low) * len(high) * abs(low.mean() - high.mean())

    candidates = np.unique(values)[:-1]
    return max(candidates, key=measure) if len(candidates) else values[0]


def otsu_smallest(values):
    candidates = np.unique(values)[:-1]
    return min(candidates, key=lambda t: between(values, t)) if len(candidates) else values[0]


def otsu_last_tie(values):
    best, threshold = 0, values.max()
    for t in np.unique(values)[:-1]:
        if between(values, t) >= best:
            best, threshold = between(values, t), t
    return threshold


def otsu_upper_group(values):
    best, threshold = 0, values.max()
    for t in np.unique(values)[1:]:
        low, high = values[values < t], values[values >= t]
        measure = len(low) * len(high) * (low.mean() - high.mean()) ** 2
        if measure > best:
            best, threshold = measure, t
    return threshold


def otsu_half_way(values):
    return (values.min() + values.max()) / 2


def otsu_sorted_input(values):
    best, threshold = 0, values[-1]
    for k in range(1, len(values)):
        low, high = values[:k], values[k:]
        measure = len(low) * len(high) * (low.mean() - high.mean()) ** 2
        if measure > best:
            best, threshold = measure, values[k - 1]
    return threshold


def otsu_equal_forgotten(values):
    candidates = np.unique(values)[:-1]
    return candidates[np.argmax([between(values, t) for t in candidates])]


def otsu_equal_zero(values):
    best, threshold = 0, 0.0
    for t in np.unique(values)[:-1]:
        if between(values, t) > best:
            best, threshold = between(values, t), t
    return threshold


def otsu_the_measure(values):
    candidates = np.unique(values)[:-1]
    return max([between(values, t) for t in candidates]) if len(candidates) else values[0]


def otsu_whole_numbers(values):
    """Takes the values for grey levels."""
    counts = np.bincount(values.astype(int), minlength=256)
    levels = np.arange(len(counts))
    best, threshold = 0, int(values.max())
    for t in np.flatnonzero(counts)[:-1]:
        n_0, n_1 = counts[: t + 1].sum(), counts[t + 1 :].sum()
        m_0 = counts[: t + 1] @ levels[: t + 1] / n_0
        m_1 = counts[t + 1 :] @ levels[t + 1 :] / n_1
        if n_0 * n_1 * (m_0 - m_1) ** 2 > best:
            best, threshold = n_0 * n_1 * (m_0 - m_1) ** 2, t
    return threshold


def otsu_sorts_in_place(values):
    values.sort()
    return otsu_loop(values)


def label_walk(mask):
    rows, columns = mask.shape
    labels = [[0] * columns for _ in range(rows)]
    n = 0
    for i in range(rows):
        for j in range(columns):
            if not mask[i, j] or labels[i][j]:
                continue
            n += 1
            queue = [(i, j)]
            while queue:
                r, c = queue.pop(0)
                if 0 <= r < rows and 0 <= c < columns and mask[r, c] and labels[r][c] == 0:
                    labels[r][c] = n
                    queue += [(r + a, c + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    return np.array(labels)


def label_recursive(mask):
    padded = np.pad(mask, 1)
    labels = np.zeros(padded.shape, int)

    def fill(r, c, n):
        labels[r, c] = n
        for a in (r - 1, r, r + 1):
            for b in (c - 1, c, c + 1):
                if padded[a, b] and not labels[a, b]:
                    fill(a, b, n)

    for r, c in np.argwhere(padded):
        if not labels[r, c]:
            fill(r, c, labels.max() + 1)
    return labels[1:-1, 1:-1]


def label_scipy(mask):
    return ndimage.label(mask, np.ones((3, 3)))[0]


def label_spread(mask):
    """Each pixel takes the smallest number around it, again and again; then the numbers are closed up."""
    numbers = np.where(mask, 1 + np.arange(mask.size).reshape(mask.shape), mask.size + 1)
    while True:
        spread = np.where(mask, ndimage.minimum_filter(numbers, 3, mode="nearest"), mask.size + 1)
        if np.array_equal(spread, numbers):
            break
        numbers = spread
    return (np.searchsorted(np.unique(numbers[mask]), numbers) + 1) * mask


def label_four(mask):
    return ndimage.label(mask)[0]


def label_wraps(mask):
    labels = np.zeros(mask.shape, int)
    n = 0
    for i, j in np.argwhere(mask):
        if labels[i, j]:
            continue
        n += 1
        todo = [(i, j)]
        while todo:
            r, c = todo.pop()
            labels[r, c] = n
            for a in (-1, 0, 1):
                for b in (-1, 0, 1):
                    rr, cc = (r + a) % mask.shape[0], (c + b) % mask.shape[1]
                    if mask[rr, cc] and not labels[rr, cc]:
                        todo.append((rr, cc))
    return labels


def label_leaves_the_picture(mask):
    labels = np.zeros(mask.shape, int)
    n = 0
    for i, j in np.argwhere(mask):
        if labels[i, j]:
            continue
        n += 1
        todo = [(i, j)]
        while todo:
            r, c = todo.pop()
            labels[r, c] = n
            for a in (-1, 0, 1):
                for b in (-1, 0, 1):
                    if mask[r + a, c + b] and not labels[r + a, c + b]:
                        todo.append((r + a, c + b))
    return labels


def label_columns_first(mask):
    return ndimage.label(mask.T, np.ones((3, 3)))[0].T


def label_one_pass(mask):
    labels = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), int)
    n = 0
    for i, j in np.argwhere(mask):
        above = labels[i, j : j + 3]
        known = [x for x in [*above, labels[i + 1, j]] if x > 0]
        if not known:
            n += 1
            known = [n]
        labels[i + 1, j + 1] = min(known)
    return labels[1:-1, 1:-1]


def label_one_step(mask):
    labels = np.zeros(mask.shape, int)
    n = 0
    for i, j in np.argwhere(mask):
        if labels[i, j] == 0:
            n += 1
            area = np.s_[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
            labels[area] = np.where(mask[area] & (labels[area] == 0), n, labels[area])
    return labels


def label_from_zero(mask):
    return np.maximum(label_scipy(mask) - 1, 0)


def label_all_ones(mask):
    return 1 * mask


def label_number_only(mask):
    return ndimage.label(mask, np.ones((3, 3)))[1]


def label_pair(mask):
    return ndimage.label(mask, np.ones((3, 3)))


def label_by_size(mask):
    labels, n = ndimage.label(mask, np.ones((3, 3)))
    sizes = [np.sum(labels == i) for i in range(1, n + 1)]
    result = np.zeros_like(labels)
    for new, old in enumerate(sorted(range(n), key=lambda i: -sizes[i]), start=1):
        result[labels == old + 1] = new
    return result


def label_removes_ink(mask):
    labels = np.zeros(mask.shape, int)
    n = 0
    while mask.any():
        n += 1
        todo = [tuple(np.argwhere(mask)[0])]
        while todo:
            r, c = todo.pop()
            if 0 <= r < mask.shape[0] and 0 <= c < mask.shape[1] and mask[r, c]:
                mask[r, c] = False
                labels[r, c] = n
                todo += [(r + a, c + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    return labels


def label_not_empty(mask):
    labels = label_scipy(mask)
    assert labels.max() > 0
    return labels


def boxes_loop(labels):
    result = []
    for n in range(1, np.max(labels) + 1):
        pixels = [(r, c) for r, c in np.ndindex(labels.shape) if labels[r, c] == n]
        rows, columns = [r for r, _ in pixels], [c for _, c in pixels]
        result.append((min(columns), min(rows), max(columns) + 1, max(rows) + 1))
    return result


def boxes_slices(labels):
    return [(c.start, r.start, c.stop, r.stop) for r, c in ndimage.find_objects(labels)]


def boxes_any(labels):
    boxes = []
    for n in np.unique(labels[labels > 0]):
        part = labels == n
        x, y = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
        boxes.append([x[0], y[0], x[-1] + 1, y[-1] + 1])
    return boxes


def boxes_inclusive(labels):
    return [(c.start, r.start, c.stop - 1, r.stop - 1) for r, c in ndimage.find_objects(labels)]


def boxes_rows_first(labels):
    return [(r.start, c.start, r.stop, c.stop) for r, c in ndimage.find_objects(labels)]


def boxes_sizes(labels):
    return [(c.start, r.start, c.stop - c.start, r.stop - r.start) for r, c in ndimage.find_objects(labels)]


def boxes_with_paper(labels):
    return boxes_slices(labels + 1)


def boxes_last_missing(labels):
    return [boxes_loop(labels)[i - 1] for i in range(1, labels.max())]


def boxes_sorted(labels):
    return sorted(boxes_slices(labels))


def boxes_not_empty(labels):
    first = np.argwhere(labels == 1)[0]
    return boxes_slices(labels) if len(first) else []


def middle(box):
    return (box[1] + box[3]) / 2


def rows_plain(boxes, near):
    rows = []
    for box in sorted(boxes, key=lambda b: b[0]):
        best = None
        for row in rows:
            distance = abs(middle(row[-1]) - middle(box))
            if distance <= near and (best is None or distance < abs(middle(best[-1]) - middle(box))):
                best = row
        if best is None:
            rows.append([box])
        else:
            best.append(box)
    rows.sort(key=lambda row: middle(row[0]))
    return rows


def rows_arrays(boxes, near):
    if not boxes:
        return []
    array = np.array(boxes)
    y = array[:, [1, 3]].mean(axis=1)
    rows = []
    for i in np.argsort(array[:, 0], kind="stable"):
        gaps = np.array([abs(y[row[-1]] - y[i]) for row in rows])
        if len(gaps) and gaps.min() <= near:
            rows[gaps.argmin()].append(i)
        else:
            rows.append([i])
    return tuple([boxes[i] for i in row] for row in sorted(rows, key=lambda row: y[row[0]]))


def rows_bands(boxes, near):
    rows = []
    for box in sorted(boxes, key=middle):
        if rows and middle(box) - middle(rows[-1][0]) <= near:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row) for row in rows]


def rows_first_member(boxes, near):
    rows = []
    for box in sorted(boxes):
        close = [row for row in rows if abs(middle(row[0]) - middle(box)) <= near]
        if close:
            min(close, key=lambda row: abs(middle(row[0]) - middle(box))).append(box)
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: middle(row[0]))


def rows_first_that_is_near(boxes, near):
    rows = []
    for box in sorted(boxes):
        for row in rows:
            if abs(middle(row[-1]) - middle(box)) <= near:
                row.append(box)
                break
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: middle(row[0]))


def rows_as_they_come(boxes, near):
    rows = []
    for box in boxes:
        distances = [abs(middle(row[-1]) - middle(box)) for row in rows]
        if distances and min(distances) <= near:
            rows[np.argmin(distances)].append(box)
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: middle(row[0]))


def rows_unsorted(boxes, near):
    rows = []
    for box in sorted(boxes):
        distances = [abs(middle(row[-1]) - middle(box)) for row in rows]
        if distances and min(distances) <= near:
            rows[np.argmin(distances)].append(box)
        else:
            rows.append([box])
    return rows


def rows_less_than_near(boxes, near):
    rows = []
    for box in sorted(boxes):
        best = min(rows, key=lambda row: abs(middle(row[-1]) - middle(box)), default=None)
        if best is not None and abs(middle(best[-1]) - middle(box)) < near:
            best.append(box)
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: middle(row[0]))


def rows_by_top(boxes, near):
    return sorted(rows_plain(boxes, near), key=lambda row: row[0][1])


def rows_upwards(boxes, near):
    return rows_plain(boxes, near)[::-1]


def rows_one(boxes, near):
    return [sorted(boxes)] if boxes else []


def rows_flat(boxes, near):
    return [box for row in rows_plain(boxes, near) for box in row]


def rows_not_empty(boxes, near):
    rows = [[min(boxes)]]
    for box in sorted(boxes)[1:]:
        distances = [abs(middle(row[-1]) - middle(box)) for row in rows]
        if min(distances) <= near:
            rows[distances.index(min(distances))].append(box)
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: middle(row[0]))


def rows_always_an_empty_one(boxes, near):
    return rows_plain(boxes, near) or [[]]


def rows_in_place(boxes, near):
    boxes.sort()
    return rows_plain(boxes, near)


def rows_written_in(boxes, near):
    return [
        [(10, 30, 20, 50), (30, 25, 40, 45), (50, 21, 60, 41)],
        [(4, 58, 14, 78), (27, 51, 37, 71), (50, 44, 60, 64)],
    ]


RIGHT = {
    "otsu": [otsu_within, otsu_sorted, otsu_loop],
    "label": [label_walk, label_recursive, label_scipy, label_spread],
    "boxes_of": [boxes_loop, boxes_slices, boxes_any],
    "in_rows": [rows_plain, rows_arrays],
}
WRONG = {
    "otsu": [
        (otsu_written_in, "differs|right in"),
        (otsu_written_in_cases, "right in 4 of"),
        (otsu_difference_only, "empty|max\\(\\)"),
        (otsu_not_squared, "not squared"),
        (otsu_smallest, "\\*smallest\\* variance"),
        (otsu_last_tie, "equally good"),
        (otsu_upper_group, "\\*above\\* the threshold"),
        (otsu_half_way, "half-way between"),
        (otsu_sorted_input, "order in which they come"),
        (otsu_equal_forgotten, "ValueError"),
        (otsu_equal_zero, "all values are equal"),
        (otsu_the_measure, "Return the threshold"),
        (otsu_whole_numbers, "right in"),
        (np.mean, "the mean"),
        (np.median, "the median"),
        (otsu_sorts_in_place, "in place"),
    ],
    "label": [
        (label_four, "corners do, too"),
        (label_wraps, "other side"),
        (label_leaves_the_picture, "IndexError"),
        (label_columns_first, "column by column"),
        (label_one_pass, "U, it keeps two numbers"),
        (label_one_step, "neighbours of the neighbours"),
        (label_from_zero, "number 0"),
        (label_all_ones, "All ink has the number 1"),
        (label_number_only, "how many parts"),
        (label_pair, "returns a tuple"),
        (label_by_size, "go by size"),
        (label_removes_ink, "in place"),
        (label_not_empty, "AssertionError"),
    ],
    "boxes_of": [
        (boxes_inclusive, "one past"),
        (boxes_rows_first, "exchanged"),
        (boxes_sizes, "Width and height"),
        (boxes_with_paper, "0 is paper"),
        (boxes_last_missing, "last part is missing"),
        (boxes_sorted, "sorted by their left edge"),
        (boxes_not_empty, "IndexError"),
    ],
    "in_rows": [
        (rows_bands, "bands"),
        (rows_first_member, "\\*first\\* one of a row"),
        (rows_first_that_is_near, "\\*closest\\*"),
        (rows_as_they_come, "not sorted"),
        (rows_unsorted, "in which they were begun"),
        (rows_upwards, "bottom to top"),
        (rows_less_than_near, "At most"),
        (rows_by_top, "the \\*top\\* of their first box"),
        (rows_one, "All boxes are in one row"),
        (rows_flat, "list of rows"),
        (rows_not_empty, "ValueError"),
        (rows_always_an_empty_one, "a row with nothing in it"),
        (rows_in_place, "in place"),
        (rows_written_in, "length is 3; expected 2"),
    ],
}
