"""Answers to exercise 08, as learners write them."""

import numpy as np

import nnlib.drawing


def centre_loop(image):
    x = y = ink = 0.0
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            x += j * image[i, j]
            y += i * image[i, j]
            ink += image[i, j]
    return np.array([x / ink, y / ink])


def centre_tuple(image):
    x, y = centre_loop(image)
    return float(x), float(y)


def centre_in_float32(image):
    rows, columns = np.indices(image.shape, dtype=np.float32)
    image = image.astype(np.float32)
    return np.array([np.sum(columns * image), np.sum(rows * image)]) / np.sum(image)


def centre_of_dark_ink(image):
    return centre_average(np.where(image > 0.5, image, 0))


def centre_rounded(image):
    return np.round(centre_loop(image))


def centre_by_the_library(image):
    return nnlib.drawing.centre_of_mass(image)


def centre_average(image):
    height, width = image.shape
    x = np.average(np.arange(width), weights=image.sum(axis=0))
    y = np.average(np.arange(height), weights=image.sum(axis=1))
    return np.array([x, y])


def centre_product(image):
    return np.array([image.sum(0) @ np.arange(image.shape[1]), image.sum(1) @ np.arange(len(image))]) / image.sum()


def centre_rows_first(image):
    rows, columns = np.indices(image.shape)
    return np.array([np.sum(rows * image), np.sum(columns * image)]) / image.sum()


def centre_of_inked_pixels(image):
    rows, columns = np.nonzero(image)
    return np.array([columns.mean(), rows.mean()])


def centre_of_box(image):
    rows, columns = np.nonzero(image)
    return np.array([(columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2])


def centre_from_one(image):
    height, width = image.shape
    x = np.sum(image * np.arange(1, width + 1)) / image.sum()
    y = np.sum(image.T * np.arange(1, height + 1)) / image.sum()
    return np.array([x, y])


def centre_with_mean(image):
    rows, columns = np.indices(image.shape)
    return np.array([np.mean(columns * image), np.mean(rows * image)])


def centre_sum(image):
    rows, columns = np.indices(image.shape)
    return np.array([(columns * image).sum(), (rows * image).sum()])


def centre_in_place(image):
    image /= image.sum()
    rows, columns = np.indices(image.shape)
    return np.array([np.sum(columns * image), np.sum(rows * image)])


def centre_square_only(image):
    columns = np.tile(np.arange(28), (28, 1))
    return np.array([np.sum(columns * image), np.sum(columns.T * image)]) / image.sum()


def middle_two_rolls(image):
    x, y = centre_average(image)
    return np.roll(np.roll(image, round(14 - y), axis=0), round(14 - x), axis=1)


def middle_loop(image):
    x, y = centre_loop(image)
    right, down = int(np.floor(14.5 - x)), int(np.floor(14.5 - y))
    moved = np.zeros((28, 28))
    for i, j in np.argwhere(image > 0):
        moved[i + down, j + right] = image[i, j]
    return moved


def middle_wrong_way(image):
    x, y = np.rint(centre_average(image) - 14).astype(int)
    return np.roll(image, (y, x), axis=(0, 1))


def middle_axes_exchanged(image):
    x, y = np.rint(14 - centre_average(image)).astype(int)
    return np.roll(image, (x, y), axis=(0, 1))


def middle_int(image):
    x, y = centre_average(image)
    return np.roll(image, (int(14 - y), int(14 - x)), (0, 1))


def middle_floor(image):
    x, y = centre_average(image)
    return np.roll(image, (int((14 - y) // 1), int((14 - x) // 1)), (0, 1))


def middle_ceil(image):
    right, down = np.ceil(14 - centre_average(image)).astype(int)
    return np.roll(image, (down, right), (0, 1))


def middle_true_middle(image):
    x, y = np.round(27 / 2 - centre_average(image)).astype(int)
    return np.roll(image, (y, x), axis=(0, 1))


def middle_in_float32(image):
    x, y = np.round(np.float32(14) - centre_in_float32(image)).astype(int)
    return np.roll(image.astype(np.float32), (y, x), axis=(0, 1))


def middle_x_only(image):
    return np.roll(image, round(14 - centre_average(image)[0]), axis=1)


def middle_lists(image):
    return middle_two_rolls(image).tolist()


def middle_box(image):
    x, y = np.round(14 - centre_of_box(image)).astype(int)
    return np.roll(image, (y, x), axis=(0, 1))


def middle_not_whole(image):
    x, y = 14 - centre_average(image)
    moved = np.zeros((28, 28))
    moved[y:, x:] = image[:-y, :-x]
    return moved


def middle_in_place(image):
    x, y = np.round(14 - centre_average(image)).astype(int)
    image[:] = np.roll(image, (y, x), axis=(0, 1))
    return image


def middle_without_return(image):
    x, y = np.round(14 - centre_average(image)).astype(int)
    image = np.roll(image, (y, x), axis=(0, 1))


def box_loop(points, side):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    longest = max(max(xs) - min(xs), max(ys) - min(ys))
    factor = side / longest if longest else 1
    x0, y0 = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return np.array([[(x - x0) * factor, (y - y0) * factor] for x, y in points])


def box_ptp(points, side):
    size = np.ptp(points, axis=0)
    moved = points - points.min(0) - size / 2
    return moved if size.max() == 0 else moved / size.max() * side


def box_in_float32(points, side):
    return box_ptp(points.astype(np.float32), side)


def box_to_twenty(points, side):
    return box_ptp(points, 20)


def box_by_number(points, side):
    middle = (points.min(0) + points.max(0)) / 2
    if len(points) == 1:
        return points - middle
    return (points - middle) * side / np.ptp(points, axis=0).max()


def box_by_height(points, side):
    height = np.ptp(points[:, 1])
    return (points - (points.min(0) + points.max(0)) / 2) * (side / height if height > 0 else 1)


def box_by_width(points, side):
    width = np.ptp(points[:, 0])
    return (points - (points.min(0) + points.max(0)) / 2) * (side / width if width > 0 else 1)


def box_lists(points, side):
    return box_loop(points, side).tolist()


def box_stretched(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - (low + high) / 2) * side / (high - low)


def box_shorter(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - (low + high) / 2) * side / min(high - low)


def box_from_corner(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    longest = np.max(high - low)
    return (points - low) * (side / longest if longest > 0 else 1)


def box_mean(points, side):
    return (points - points.mean(axis=0)) * side / np.ptp(points, axis=0).max()


def box_not_moved(points, side):
    return points * side / np.ptp(points, axis=0).max()


def box_single_forgotten(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - (low + high) / 2) * side / (high - low).max()


def box_in_place(points, side):
    points -= (points.min(axis=0) + points.max(axis=0)) / 2
    longest = np.ptp(points, axis=0).max()
    return points * (side / longest if longest > 0 else 1)


def box_to_middle(points, side):
    return box_ptp(points, side) + side / 2


def slant_loop(image):
    x0, y0 = centre_loop(image)
    over = under = 0.0
    for (i, j), ink in np.ndenumerate(image):
        over += ink * (j - x0) * (i - y0)
        under += ink * (i - y0) ** 2
    return over / under


def slant_fit(image):
    rows, columns = np.nonzero(image)
    return np.polyfit(rows, columns, 1, w=np.sqrt(image[rows, columns]))[0]


def slant_cov(image):
    rows, columns = np.indices(image.shape)
    covariance = np.cov(columns.ravel(), rows.ravel(), aweights=image.ravel())
    return covariance[0, 1] / covariance[1, 1]


def slant_in_float32(image):
    image = image.astype(np.float32)
    x0, y0 = centre_in_float32(image)
    rows, columns = np.indices(image.shape, dtype=np.float32)
    return np.sum(image * (columns - x0) * (rows - y0)) / np.sum(image * (rows - y0) ** 2)


def slant_in_degrees(image):
    return np.degrees(np.arctan(slant_loop(image)))


def slant_of_dark_ink(image):
    return slant_loop(np.where(image > 0.5, image, 0))


def slant_other_axis(image):
    rows, columns = np.indices(image.shape)
    covariance = np.cov(columns.ravel(), rows.ravel(), aweights=image.ravel())
    return covariance[0, 1] / covariance[0, 0]


def slant_from_corner(image):
    y, x = np.indices(image.shape)
    return (image * x * y).sum() / (image * y * y).sum()


def slant_up(image):
    x0, y0 = centre_average(image)
    rows, columns = np.indices(image.shape)
    x, y = columns - x0, y0 - rows
    return (image * x * y).sum() / (image * y * y).sum()


def slant_correlation(image):
    rows, columns = np.indices(image.shape)
    covariance = np.cov(columns.ravel(), rows.ravel(), aweights=image.ravel())
    return covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])


def slant_unweighted(image):
    rows, columns = np.nonzero(image)
    return np.polyfit(rows, columns, 1)[0]


def slant_nothing(image):
    x0, y0 = centre_average(image)
    rows, columns = np.indices(image.shape)
    print(np.sum(image * (columns - x0) * (rows - y0)) / np.sum(image * (rows - y0) ** 2))


def slant_matrix(image):
    x0, y0 = centre_average(image)
    x, y = np.arange(image.shape[1]) - x0, np.arange(image.shape[0]) - y0
    return (x @ image @ y) / (y**2 @ image).sum()


RIGHT = {
    "centre_of_mass": [centre_loop, centre_average, centre_product, centre_in_float32],
    "to_middle": [middle_two_rolls, middle_loop, middle_in_float32],
    "fit_box": [box_loop, box_ptp, box_in_float32],
    "slant": [slant_loop, slant_fit, slant_cov, slant_in_float32],
}
WRONG = {
    "centre_of_mass": [
        (centre_rows_first, "x and y are exchanged"),
        (centre_of_inked_pixels, "Weight each by its ink"),
        (centre_of_box, "middle of the box"),
        (centre_from_one, "counts pixels from 1"),
        (centre_with_mean, "number of pixels"),
        (centre_sum, "not divided by the ink"),
        (centre_in_place, "in place"),
        (centre_square_only, "ValueError.*shapes do not fit"),
        (centre_tuple, "a tuple; expected an array"),
        (centre_of_dark_ink, "differs|in [0-9]+ of"),
        (centre_rounded, "rounded to whole pixels"),
        (centre_by_the_library, "library's `centre_of_mass`"),
    ],
    "to_middle": [
        (middle_wrong_way, "wrong way"),
        (middle_axes_exchanged, "exchanged"),
        (middle_int, "not rounded"),
        (middle_floor, "rounded down"),
        (middle_ceil, "rounded up"),
        (middle_true_middle, "goes to 13.5"),
        (middle_box, "\\*box\\* of the ink"),
        (middle_not_whole, "TypeError|slice indices"),
        (middle_in_place, "in place"),
        (middle_x_only, "in x only"),
        (middle_lists, "a list; expected an array"),
        (middle_without_return, "returns nothing"),
    ],
    "fit_box": [
        (box_stretched, "factor of its own"),
        (box_shorter, "shorter"),
        (box_from_corner, "begins at 0"),
        (box_mean, "mean of the points"),
        (box_not_moved, "first subtract the middle"),
        (box_single_forgotten, "single point gives NaN"),
        (box_in_place, "in place"),
        (box_to_middle, "side / 2"),
        (box_to_twenty, "whatever `side` is"),
        (box_by_number, "Two points in the same place"),
        (box_by_height, "scaled by the height"),
        (box_by_width, "scaled by the width"),
        (box_lists, "a list; expected an array"),
    ],
    "slant": [
        (slant_other_axis, "spread in x"),
        (slant_from_corner, "counted from the corner"),
        (slant_up, "sign is turned"),
        (slant_correlation, "correlation"),
        (slant_unweighted, "Weight each by its ink"),
        (lambda image: np.arctan(slant_loop(image)), "angle"),
        (slant_nothing, "returns nothing"),
        (slant_in_degrees, "angle, in degrees"),
        (slant_of_dark_ink, "differs|in [0-9]+ of"),
        (slant_matrix, "ValueError.*shapes do not fit"),
    ],
}
