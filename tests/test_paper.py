"""Reading paper: each stage on small pictures made by hand, and whole pages whose truth is known."""

import io

import made_pages
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

import nnlib
from nnlib.paper import ink, light, lines, page, parts, rows, shape

DIGITS = {example.label: nnlib.strokes_to_image(example.strokes) for example in nnlib.load_examples()}


def written(text, *, height=60, size=None):
    """Return a page (h, w) of grey, from 0 to 1: rows of plain digits, dark on white."""
    lines = text.split("\n")
    side = round(1.4 * height)
    result = np.ones(size or (side * (len(lines) + 1), side * (max(map(len, lines)) + 1)))
    for i, row in enumerate(lines):
        for j, character in enumerate(row):
            if character != " ":
                y, x = side // 2 + i * side, side // 2 + j * side
                digit = ndimage.zoom(DIGITS[int(character)], side / 28, order=1).clip(0, 1)
                result[y : y + side, x : x + side] = 1 - 0.8 * digit
    return result


PAGE = written("3141\n59 2\n6538")


# ---- Whole pages


@pytest.mark.parametrize("condition", made_pages.CONDITIONS)
def test_digits_are_read_under_all_conditions(condition, mnist):
    total = np.zeros(5, int)
    for seed in (101, 102):
        made = made_pages.make_page(condition, seed, mnist)
        total += made_pages.compare(made, nnlib.read_page(made.picture))
    n, right, _, _, invented = total
    assert right >= 0.9 * n - 1
    assert invented <= 1


@pytest.mark.parametrize("condition", made_pages.NO_DIGITS)
def test_nothing_is_read_where_there_are_no_digits(condition, mnist):
    for seed in (101, 102):
        assert nnlib.read_page(made_pages.make_page(condition, seed, mnist).picture).text == ""


def test_rows_are_lines_of_text():
    read = nnlib.read_page(PAGE)
    assert read.text == "3141\n592\n6538"
    assert [len(row) for row in read.rows] == [4, 3, 4]
    assert read.left_out == []
    digit = read.rows[1][0]
    assert digit.digit == 5 == digit.scores.argmax()
    np.testing.assert_allclose(
        nnlib.load_network().predict_scores(digit.image.reshape(1, -1))[0], digit.scores, atol=1e-12
    )


def test_an_image_is_like_those_of_mnist():
    for digit in (digit for row in nnlib.read_page(PAGE).rows for digit in row):
        rows, columns = np.nonzero(digit.image > 0.3)
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        np.testing.assert_allclose(ndimage.center_of_mass(digit.image), 13.5, atol=0.2)


@pytest.mark.parametrize("factor", [0.5, 1, 4])
def test_boxes_are_in_pixels_of_the_picture(factor):
    size = (round(PAGE.shape[1] * factor), round(PAGE.shape[0] * factor))
    picture = Image.fromarray((255 * PAGE).astype(np.uint8)).resize(size)
    read = nnlib.read_page(picture)
    assert read.size == size
    assert read.text == "3141\n592\n6538"
    dark = np.asarray(picture) < 128
    for digit in (digit for row in read.rows for digit in row):
        left, top, right, bottom = digit.box
        middle = dark[top:bottom, left:right].sum()
        wider = max(2, round(3 * factor))
        around = dark[max(0, top - wider) : bottom + wider, max(0, left - wider) : right + wider].sum()
        assert middle >= 0.95 * around > 0


def test_a_page_on_a_desk():
    desk = np.full((PAGE.shape[0] + 160, PAGE.shape[1] + 220), 0.3)
    desk[80:-80, 110:-110] = PAGE
    assert nnlib.read_page(desk).text == "3141\n592\n6538"
    assert nnlib.read_page(1 - desk).text == "3141\n592\n6538"
    turned = ndimage.rotate(desk, 5, mode="nearest", order=1).clip(0, 1)
    assert nnlib.read_page(turned).text == "3141\n592\n6538"


def test_what_is_no_digit_is_named():
    spoilt = np.pad(PAGE, ((40, 150), (40, 300)), constant_values=1.0)
    y, x = np.indices(spoilt.shape)
    spoilt[np.abs(np.hypot(y - 200, x - 600) - 110) < 6] = 0.1  # a large ring
    spoilt[200:215, 580:600] = 0.1  # something small in it
    spoilt[-60:, 60:68] = 0.1  # a strip that is cut off by the picture's edge, and looks like a 1
    read = nnlib.read_page(spoilt)
    assert read.text == "3141\n592\n6538"
    assert sorted(reason for _, reason in read.left_out) == ["too large", "too small", "touches the edge"]


# ---- Pictures of all kinds


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    buffer.seek(0)
    return buffer


GREY = Image.fromarray((255 * written("27")).astype(np.uint8))
DEEP = Image.fromarray((65_535 * written("27")).astype(np.uint16))
CLEAR = Image.new("RGBA", GREY.size)
CLEAR.putalpha(Image.eval(GREY, lambda value: 255 - value))  # black ink, and no paper
KINDS = {
    "grey.png": lambda: saved(GREY, "PNG"),
    "colour.jpg": lambda: saved(GREY.convert("RGB"), "JPEG"),
    "cmyk.jpg": lambda: saved(GREY.convert("CMYK"), "JPEG"),
    "palette.gif": lambda: saved(GREY.convert("P"), "GIF"),
    "1 bit.png": lambda: saved(GREY.convert("1"), "PNG"),
    "16 bits.png": lambda: saved(DEEP, "PNG"),
    "transparent.png": lambda: saved(CLEAR, "PNG"),
    "moving.gif": lambda: saved(GREY, "GIF", save_all=True, append_images=[Image.new("L", GREY.size)]),
    "webp.webp": lambda: saved(GREY.convert("RGB"), "WEBP"),
    "tiff.tiff": lambda: saved(GREY, "TIFF"),
    "bmp.bmp": lambda: saved(GREY, "BMP"),
}


@pytest.mark.parametrize("name", KINDS)
def test_pictures_of_all_kinds(tmp_path, name):
    (tmp_path / name).write_bytes(KINDS[name]().getvalue())
    assert nnlib.read_page(tmp_path / name).text == "27"
    assert nnlib.read_page(Image.open(KINDS[name]())).text == "27"


@pytest.mark.parametrize("change", [lambda p: p, lambda p: (255 * p).astype(np.uint8), lambda p: p.astype(np.float32)])
def test_arrays_of_all_kinds(change):
    pixels = change(written("27"))
    for picture in (pixels, pixels[..., np.newaxis], np.stack([pixels] * 3, axis=-1), np.asfortranarray(pixels)):
        assert nnlib.read_page(picture).text == "27"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phone_notes_how_it_was_held(tmp_path, orientation):
    # What EXIF says must be done to the stored pixels, undone: the picture is then stored as such a phone would.
    stored = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.T,
        6: lambda a: np.rot90(a),
        7: lambda a: np.rot90(a.T, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation](np.asarray(GREY))
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).convert("RGB").save(tmp_path / "photo.jpg", exif=exif)
    read = nnlib.read_page(tmp_path / "photo.jpg")
    assert (read.text, read.size) == ("27", GREY.size)


@pytest.mark.parametrize(
    ("picture", "error", "message"),
    [
        ("none.jpg", FileNotFoundError, r"no file .*none\.jpg"),
        (".", FileNotFoundError, "no file"),
        (7, TypeError, "picture is 7"),
        (np.zeros((9, 9), complex), TypeError, "picture"),
        (np.zeros((9, 9), int), TypeError, "dtype int64; expected uint8"),
        (np.zeros(9), ValueError, r"shape \(9,\)"),
        (np.zeros((0, 9)), ValueError, r"shape \(0, 9\)"),
        (np.full((9, 9), 255.0), ValueError, "values from 255 to 255"),
        (np.full((9, 9), np.nan), ValueError, "picture"),
        (np.zeros((8000, 8000), np.uint8), ValueError, "8,000 x 8,000 pixels"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, monkeypatch, picture, error, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        nnlib.read_page(picture)


@pytest.mark.parametrize("content", [b"", b"no picture", KINDS["grey.png"]().getvalue()[:90], b"ftypheic" + bytes(99)])
def test_a_file_that_is_no_picture_is_named(tmp_path, content):
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(ValueError, match=r"photo\.jpg"):
        nnlib.read_page(tmp_path / "photo.jpg")


def test_a_network_of_ones_own():
    network = nnlib.Network([np.zeros((10, 785))])
    assert nnlib.read_page(PAGE, network).rows[0][0].scores.tolist() == [0.5] * 10
    with pytest.raises(TypeError, match="network"):
        nnlib.read_page(PAGE, [np.zeros((10, 785))])


# ---- Stages


def test_paper_keeps_shadows_and_loses_strokes():
    shadow = np.ones((200, 300))
    shadow[:, 150:] = 0.5
    written_on = shadow.copy()
    written_on[90:100, 20:280] *= 0.2
    paper = light.paper_of(written_on)
    away = np.abs(np.arange(300) - 150) > 12  # from the edge of the shadow
    np.testing.assert_allclose(paper[:, away], shadow[:, away], atol=0.02)
    amount = light.ink_of(written_on, paper)
    np.testing.assert_allclose(amount[92:98, away & (np.arange(300) > 30) & (np.arange(300) < 270)], 0.8, atol=0.03)


def test_steps_of_the_paper_beside_a_box():
    paper = np.ones((100, 100))
    paper[:, 50:] = 0.5
    assert light.is_at_step(paper, (30, 40, 48, 60))
    assert not light.is_at_step(paper, (10, 40, 30, 60))
    assert not light.is_at_step(paper, (60, 40, 100, 60))  # reaches the picture's edge
    assert not light.is_at_step(paper, (0, 0, 100, 100))


def test_what_is_brighter_writing_or_paper():
    assert not light.is_dark_paper(PAGE)
    assert light.is_dark_paper(1 - PAGE)


def test_otsu_leaves_the_least_variance_within_the_groups():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(0.3, 0.05, 500), rng.normal(0.7, 0.1, 200)])

    def variance(threshold):
        return sum(len(group) * group.var() for group in (values[values < threshold], values[values >= threshold]))

    candidates = np.sort(values)[1:-1]
    least = min(map(variance, candidates))
    assert variance(ink.otsu(values)) == pytest.approx(least, rel=0.01)


def test_otsu_of_values_that_are_nearly_equal():
    values = np.repeat(np.array([0.8, np.nextafter(np.float32(0.8), np.float32(1))], np.float32), 50)
    assert 0 < ink.otsu(values) <= 0.8001
    assert 0 < ink.otsu(np.full(9, 0.8)) < 0.8


def test_ink_that_only_the_paper_has_is_no_writing():
    rng = np.random.default_rng(0)
    grain = rng.normal(0, 0.02, (200, 200))
    assert not ink.marks_of(grain).any()
    faint = grain.copy()
    faint[50:60, 20:180] = 0.15
    assert not ink.marks_of(faint).any()
    faint[50:60, 20:180] = 0.4
    marks = ink.marks_of(faint)
    assert marks[50:60, 20:180].mean() > 0.99
    assert marks.sum() < 1.2 * 10 * 160


@pytest.mark.parametrize("slope", [0.0, 0.08, -0.15])
def test_lines_go_and_strokes_stay(slope):
    amount = np.zeros((300, 400))
    y, x = np.indices(amount.shape)
    is_line = np.abs((y - slope * x) % 40 - 20) < 1
    amount[is_line] = 0.4
    stroke = (np.abs(x - 200 - 0.3 * (y - 150)) < 6) & (np.abs(y - 150) < 60)
    amount[stroke] = 0.8
    left = lines.without_lines(amount)
    assert left[is_line & ~stroke].mean() < 0.03
    assert left[stroke].mean() > 0.6


def test_parts_and_their_boxes():
    marks = np.zeros((60, 90), bool)
    marks[10:40, 5:9] = True
    marks[20:50, 30:60] = True
    marks[24:46, 34:56] = False  # a ring is one part, with a hole
    marks[0, 80] = True  # a speck
    found = parts.parts_of(marks)
    assert sorted(part[:4] for part in found) == [(5, 10, 9, 40), (30, 20, 60, 50)]
    assert sorted(int(part.shape.sum()) for part in found) == [120, 900 - 22 * 22]


def part(left, top, right, bottom):
    return parts.Part(left, top, right, bottom, np.ones((bottom - top, right - left), bool), is_at_edge=False)


def test_the_bar_of_a_5_is_joined_and_neighbours_are_not():
    body, bar, neighbour = part(100, 30, 130, 80), part(105, 22, 135, 27), part(140, 22, 160, 80)
    joined = parts.join_pieces([body, bar, neighbour], 58)
    assert sorted(found[:4] for found in joined) == [(100, 22, 135, 80), (140, 22, 160, 80)]
    five = next(found for found in joined if found.left == 100)
    assert five.shape.sum() == 30 * 50 + 30 * 5


def test_rows_in_reading_order_on_a_sloping_page():
    boxes, expected = [], []
    for row in range(3):
        expected.append([])
        for column in range(5):
            expected[-1].append(len(boxes))
            x, y = 100 + 80 * column, 100 + 90 * row + 0.15 * 80 * column
            boxes.append((x, y, x + 30, y + 50))
    assert rows.rows_of(boxes) == expected
    order = np.random.default_rng(0).permutation(len(boxes))
    found = rows.rows_of([boxes[i] for i in order])
    assert [[int(order[i]) for i in row] for row in found] == expected
    assert rows.rows_of([]) == []


@pytest.mark.parametrize("width", [3, 8, 16])
def test_thin_and_thick_pens_give_alike_images(width):
    y, x = np.indices((120, 100))
    ring = np.abs(np.hypot(y - 60, x - 50) - 38) < width / 2
    thickest = np.abs(np.hypot(y - 60, x - 50) - 38) < 6
    image, expected = shape.image_of(ring[10:110, 5:95]), shape.image_of(thickest[10:110, 5:95])
    assert np.corrcoef(image.ravel(), expected.ravel())[0, 1] > 0.85
    assert 2 < 4 * (ndimage.distance_transform_edt(image > 0.5)[image > 0.5].mean() - 0.5) < 3.6


def test_a_stage_changes_nothing_that_it_is_given():
    pixels = (255 * PAGE).astype(np.uint8)
    before = pixels.copy()
    nnlib.read_page(pixels)
    np.testing.assert_array_equal(pixels, before)
    grey = PAGE.copy()
    page.read_grey(grey, nnlib.load_network())
    np.testing.assert_array_equal(grey, PAGE)
