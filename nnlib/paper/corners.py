"""Find the corner marks of a sheet in a picture, and straighten the page between them."""

import numpy as np
import scipy

from . import sheet

LONGEST = 1600  # pixels; the marks are searched in a picture of this size, to save time
THRESHOLDS = 0.5, 0.35, 0.2  # of darkness; the lower ones are for blurred and pale pictures
SMALLEST, LARGEST = 8 / LONGEST, 1 / 6  # side of a mark, as a share of the picture's longer side
PER_MM = 6  # pixels of the straightened page in a millimetre
MARGIN = 6.0  # millimetres around the middles of the marks


def find_corners(grey):
    """Find the middles of the four marks.

    Parameters
    ----------
    grey : ndarray (height, width)
        The picture, from 0, black, to 1, white.

    Returns
    -------
    ndarray (4, 2)
        Their x and y in pixels, in the order of `sheet.CORNERS`: from the top left of the page, which may lie anywhere
        in the picture.

    Raises
    ------
    ValueError
        If the picture does not show four marks as they are on a sheet.
    """
    factor = max(1, -(-max(grey.shape) // LONGEST))
    small = shrink(grey, factor)
    dark = darkness(small, window=max(small.shape) // 12)
    marks = []
    for threshold in THRESHOLDS:
        found = _rings(dark > threshold)
        marks = max(found, marks, key=len)
        if len(found) == 4:
            break
    if len(marks) != 4:
        raise ValueError(_what_is_missing(len(marks), small))
    corners = _turned_upright(dark, _clockwise(np.array(marks)))
    return (corners + 0.5) * factor - 0.5  # of pixels' middles, in the large picture


def shrink(grey, factor):
    """Return a picture whose pixels are the means of squares of `factor` x `factor` pixels."""
    height, width = (side // factor * factor for side in grey.shape)
    squares = grey[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return squares.mean(axis=(1, 3), dtype=np.float32)


def darkness(grey, window):
    """Return how dark each pixel is beside the paper around it: 0 for paper, 1 for black.

    The paper is what is left when everything dark that is narrower than `window` pixels is taken away: a grey closing.
    """
    step = max(1, window // 12)
    padded = np.pad(grey, [(0, -side % step) for side in grey.shape], mode="edge")
    paper = scipy.ndimage.grey_closing(shrink(padded, step), size=window // step + 1)
    paper = scipy.ndimage.gaussian_filter(paper, 1)
    places = [(np.arange(side, dtype=np.float32) + 0.5) / step - 0.5 for side in grey.shape]
    paper = scipy.ndimage.map_coordinates(paper, np.meshgrid(*places, indexing="ij"), order=1, mode="nearest")
    return 1 - np.clip(grey / np.maximum(paper, 0.02), 0, 1)


def _rings(mask):
    """Return the middles (x, y) of all thick rings around a thick core, in about the proportions of a mark.

    Of a mark's 7 x 7 squares, the ring has 24 and the core 9.
    """
    labels, _ = scipy.ndimage.label(mask, structure=np.ones((3, 3)))
    boxes, areas = scipy.ndimage.find_objects(labels), np.bincount(labels.ravel())
    longest = max(mask.shape)
    middles = []
    for ring, (rows, columns) in enumerate(boxes, start=1):
        corner, sides = np.array([columns.start, rows.start]), np.array(mask[rows, columns].shape[::-1])
        if sides.min() < SMALLEST * longest or sides.max() > LARGEST * longest:
            continue
        middle = corner + (sides - 1) / 2
        core = labels[tuple(np.round(middle[::-1]).astype(int))]
        whole = np.count_nonzero(scipy.ndimage.binary_fill_holes(labels[rows, columns] == ring))
        if core in (0, ring) or not (0.3 < areas[ring] / whole < 0.75 and 0.08 < areas[core] / whole < 0.35):
            continue
        core_middle = corner + scipy.ndimage.center_of_mass(labels[rows, columns] == core)[::-1]
        if np.abs(core_middle - middle).max() < 0.15 * sides.min():
            middles.append(core_middle)
    return middles


def _what_is_missing(n_found, grey):
    """Return a sentence about a picture that does not show four marks."""
    if n_found > 4:
        return f"it shows {n_found} corner marks; expected 4. Take a picture of one sheet at a time."
    if n_found in (2, 3):
        return (
            f"it shows {n_found} of the sheet's 4 corner marks. The page is cut off or covered, or too dark in a "
            "corner: take the picture again with the whole page in it."
        )
    if is_blurred(grey):
        return "it is too blurred to find the sheet's corner marks. Hold the camera still, and let it focus."
    return (
        "no sheet was found in it: the four corner marks are missing. Take a sharp picture of the whole page, printed "
        "by python -m nnlib sheet."
    )


def is_blurred(grey):
    """Whether a picture has no edges: what is finer than a few pixels adds next to nothing to it."""
    grey = scipy.ndimage.gaussian_filter(grey, 1)  # without the noise
    details = grey - scipy.ndimage.gaussian_filter(grey, 3)
    return np.abs(details).max() < 0.15 * np.ptp(grey)


def _clockwise(marks):
    """Return the middles of four marks in clockwise order, from any of them on."""
    from_middle = marks - marks.mean(axis=0)
    marks = marks[np.argsort(np.arctan2(from_middle[:, 1], from_middle[:, 0]))]  # y grows down
    along = np.roll(marks, -1, axis=0) - marks
    turns = along[:, 0] * np.roll(along[:, 1], -1) - along[:, 1] * np.roll(along[:, 0], -1)
    if turns.min() <= 0:
        raise ValueError("its corner marks do not stand as those of a sheet. Take a picture of one sheet, laid flat.")
    return marks


def _turned_upright(dark, marks):
    """Return the marks from the one on that has a black square beside it: the page's top left."""
    inside = np.linspace(-0.3, 0.3, 5) * sheet.UPRIGHT_SIDE
    points = sheet.UPRIGHT + np.stack(np.meshgrid(inside, inside), axis=-1).reshape(-1, 2)
    turned = [np.roll(marks, -k, axis=0) for k in range(4)]
    squares = []
    for corners in turned:
        x, y = project(homography(sheet.CORNERS, corners), points).T
        squares.append(scipy.ndimage.map_coordinates(dark, [y, x], order=1).mean())
    first, second = np.sort(squares)[::-1][:2]
    if first < 0.2 or second > 0.5 * first:
        raise ValueError("it has four corner marks, but not those of a sheet: the square beside the first is missing.")
    return turned[int(np.argmax(squares))]


def homography(source, target):
    """Return the matrix (3, 3) of the projective transform that takes four points (x, y) to four others.

    With h22 = 1, x' (h20 x + h21 y + 1) = h00 x + h01 y + h02, and so for y': two linear equations for each point.
    """
    equations, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(equations, values), 1).reshape(3, 3)


def project(matrix, points):
    """Return points (n, 2), transformed."""
    x, y, scale = matrix @ np.column_stack([points, np.ones(len(points))]).T
    return np.column_stack([x / scale, y / scale])


def straighten(grey, corners):
    """Return the page as if seen from straight above, `PER_MM` pixels in a millimetre; see `to_pixels`."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1) / np.tile([sheet.WIDTH, sheet.HEIGHT], 2)
    factor = max(1, int(sides.min() / PER_MM))  # so that no pixel of a large picture is skipped
    grey, corners = shrink(grey, factor), (corners + 0.5) / factor - 0.5
    width, height = (int((side + 2 * MARGIN) * PER_MM) for side in (sheet.WIDTH, sheet.HEIGHT))
    x, y = np.meshgrid(np.arange(width) / PER_MM - MARGIN, np.arange(height) / PER_MM - MARGIN)
    u, v = project(homography(sheet.CORNERS, corners), np.column_stack([x.ravel(), y.ravel()])).T
    return scipy.ndimage.map_coordinates(grey, [v, u], order=1, mode="nearest").reshape(height, width)


def to_pixels(millimetres):
    """Return where a place on the sheet, its x or its y, lies on the straightened page."""
    return (millimetres + MARGIN) * PER_MM
