"""The class's sheet: what is printed can be filled in, photographed and read; what is no sheet is refused in words."""

import io
import re

import numpy as np
import pytest
from loading import ROOT, load
from PIL import Image, ImageFilter, ImageOps
from scipy import ndimage

import nnlib
from nnlib.data import DATA_FOLDER
from nnlib.paper import corners, cutting, sheet

bench = load(ROOT / "tests" / "benchmarks" / "bench_sheet.py")
PENS = nnlib.load_pens()


def photographed(writer, photo, seed=0, paper="a4", **options):
    """Return a photo of a sheet filled in by a writer, and what is written in which box."""
    rng = np.random.default_rng(seed)
    page = bench.printed(paper)
    chosen = bench.some_boxes([example for example in PENS if example.writer == writer], rng)
    bench.filled_in(page, chosen, rng, **options)
    return bench.photograph(page, photo, rng), chosen


@pytest.fixture(scope="module")
def photo():
    content, chosen = photographed("w02", bench.Photo(longest=1600))
    return Image.open(io.BytesIO(content)), chosen


@pytest.mark.parametrize(
    ("paper", "photo", "options"),
    [
        ("a4", bench.Photo(askew=0.12, light=0.6, blur=0.2, turns=2), {"width": 0.4, "ink": 90}),
        ("letter", bench.Photo(longest=1600, noise=0.04, quality=50, turns=1), {"width": 1.2}),
    ],
)
def test_photographed_sheets_are_read(tmp_path, paper, photo, options):
    content, chosen = photographed("w05", photo, seed=1, paper=paper, **options)
    assert len(chosen) < 60  # some boxes are empty
    path = tmp_path / "pupil 7.jpg"
    path.write_bytes(content)
    found = nnlib.read_sheet(path)
    assert [example.label for example in found] == [place[0] for place in sorted(chosen)]
    assert {example.writer for example in found} == {"pupil 7"}
    assert all(example.image.shape == (28, 28) for example in found)
    assert bench.judge(found, chosen) == len(chosen)


def test_files_images_and_arrays_give_the_same(photo):
    picture, chosen = photo
    pixels = np.asarray(picture)
    turned = picture.rotate(90, expand=True)
    turned.getexif()[0x0112] = 6  # "turn it by 90 degrees to the right"
    expected = nnlib.read_sheet(picture, "ann")
    assert bench.judge(expected, chosen) == len(chosen)
    for same in (pixels, np.stack([pixels] * 3, axis=-1), pixels / 255, turned):
        assert nnlib.read_sheet(same, "ann") == expected


def test_an_empty_sheet_has_no_examples():
    assert nnlib.read_sheet(bench.printed()) == []


def bent(picture, pixels):
    """Return a picture whose lines are bent, as on paper that does not lie flat."""
    grey = np.asarray(picture, dtype=float)
    y, x = np.indices(grey.shape)
    waves = np.array([np.sin(np.pi * x / grey.shape[1]), 0.5 * np.sin(np.pi * y / grey.shape[0])])
    return ndimage.map_coordinates(grey, np.array([y, x]) + pixels * waves, order=1) / 255


def test_a_bent_page_is_read(photo):
    picture, chosen = photo
    millimetre = picture.width / 230
    assert bench.judge(nnlib.read_sheet(bent(picture, 3 * millimetre)), chosen) == len(chosen)


def test_digits_may_cross_the_lines_of_their_box():
    ink = np.zeros((round((sheet.BOX + 2 * cutting.AROUND) * corners.PER_MM),) * 2)
    places = np.abs(cutting._from_line(len(ink)))
    ink[places < 1.5] = 1.0  # the printed box
    assert cutting.digit_image(ink) is None
    ink[20:-2, 60:64] = 0.8  # a 1 that ends below it
    image = cutting.digit_image(ink)
    rows, columns = np.nonzero(image > 0.5)
    assert np.ptp(rows) == 19
    assert np.ptp(columns) <= 2
    assert (image[rows.min() : rows.max() + 1].max(axis=1) > 0.5).all()  # in one piece


REFUSED = {
    "cut off": (lambda p: p.crop((p.width // 6, 0, p.width, p.height)), "2 of the sheet's 4 corner marks"),
    "blurred": (lambda p: p.filter(ImageFilter.GaussianBlur(12)), "too blurred"),
    "a little blurred": (lambda p: p.filter(ImageFilter.GaussianBlur(3.2)), "too blurred|sharp picture"),
    "mirrored": (ImageOps.mirror, "not those of a sheet"),
    "white": (lambda p: Image.new("L", p.size, 255), "no sheet was found"),
    "noise": (lambda p: np.random.default_rng(0).random((600, 400)), "no sheet was found"),
    "two": (lambda p: np.hstack([np.asarray(p)] * 2), "8 corner marks; expected 4"),
    "covered": (lambda p: Image.composite(p, Image.new("L", p.size, 255), _hand(p)), "boxes cannot be seen"),
}


def _hand(picture):
    mask = Image.new("L", picture.size, 255)
    mask.paste(0, (400, 700, 700, 1000))
    return mask


@pytest.mark.parametrize("name", REFUSED)
def test_other_pictures_are_refused_in_words(tmp_path, photo, name):
    change, message = REFUSED[name]
    changed = change(photo[0])
    with pytest.raises(ValueError, match=message):
        nnlib.read_sheet(changed)
    if isinstance(changed, Image.Image):
        changed.save(tmp_path / "a page.png")
        with pytest.raises(ValueError, match=f"a page.png.*({message})"):
            nnlib.read_sheet(tmp_path / "a page.png")


def test_bad_arguments(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.jpg"):
        nnlib.read_sheet(tmp_path / "none.jpg")
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(ValueError, match=r"text\.jpg is no picture"):
        nnlib.read_sheet(tmp_path / "text.jpg")
    for bad in (7, np.zeros((9, 9), complex), np.zeros((9, 9), int)):
        with pytest.raises(TypeError, match="picture"):
            nnlib.read_sheet(bad)
    for bad in (np.zeros((2, 2)), np.zeros(9), np.full((9, 9), 255.0), np.full((9, 9), np.nan)):
        with pytest.raises(ValueError, match="picture"):
            nnlib.read_sheet(bad)
    with pytest.raises(TypeError, match="writer is 3"):
        nnlib.read_sheet(np.zeros((99, 99)), 3)


def test_a_projective_transform_keeps_its_corners_and_straight_lines():
    target = np.array([[10, 20], [95, 5], [110, 160], [-5, 130]], dtype=float)
    matrix = corners.homography(sheet.CORNERS, target)
    np.testing.assert_allclose(corners.project(matrix, sheet.CORNERS), target, atol=1e-9)
    a, b, c = corners.project(matrix, np.array([[0, 0], [40, 50], [80, 100]]))
    assert abs(np.linalg.det([b - a, c - a])) < 1e-9
    back = corners.homography(target, sheet.CORNERS)
    np.testing.assert_allclose(corners.project(back, target), sheet.CORNERS, atol=1e-9)


@pytest.mark.parametrize(("paper", "points"), [("a4", (595.276, 841.890)), ("letter", (612, 792))])
def test_the_pdf_has_the_size_of_the_paper(tmp_path, paper, points):
    sheet.save_sheet(tmp_path / "digits.pdf", paper)
    content = (tmp_path / "digits.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    found = re.search(rb"/MediaBox \[ 0 0 (\S+) (\S+) \]", content).groups()
    np.testing.assert_allclose([float(number) for number in found], points, atol=0.01)


@pytest.mark.slow
def test_a_sheet_teaches_a_hand():
    content, chosen = photographed("w02", bench.Photo())
    found = nnlib.read_sheet(Image.open(io.BytesIO(content)))
    taken = {id(example) for example in chosen.values()}
    others = [example for example in PENS if example.writer == "w02" and id(example) not in taken]
    network = nnlib.load_network(DATA_FOLDER / "network-mnist.npz")  # it never saw this writer
    with bench.without("w02", PENS):
        taught = nnlib.teach(network, [e.strokes for e in found], [e.label for e in found])
    assert bench.share_read(network, others) < 0.93
    assert bench.share_read(taught, others) > 0.97
