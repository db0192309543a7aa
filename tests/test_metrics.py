"""The figures are those of scikit-learn, and of a calculation by hand."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.metrics import accuracy, class_report, confusion_matrix


@st.composite
def labelled(draw):
    """Two label arrays and a number of classes, of which some may never occur."""
    n_classes = draw(st.integers(1, 12))
    labels = st.lists(st.integers(0, n_classes - 1), min_size=1, max_size=40)
    y_true = draw(labels)
    y_pred = draw(st.lists(st.integers(0, n_classes - 1), min_size=len(y_true), max_size=len(y_true)))
    dtypes = st.sampled_from([np.uint8, np.int8, np.int32, np.int64, np.uint64])
    return np.array(y_true, draw(dtypes)), np.array(y_pred, draw(dtypes)), n_classes


@settings(max_examples=50)
@given(labelled())
def test_accuracy_is_that_of_scikit_learn(case):
    y_true, y_pred, _ = case
    found = accuracy(y_true, y_pred)
    assert type(found) is float
    assert found == sklearn.metrics.accuracy_score(y_true, y_pred)


@pytest.mark.filterwarnings("ignore:A single label was found")  # scikit-learn's, about a matrix of one cell
@settings(max_examples=50)
@given(labelled())
def test_confusion_matrix_is_that_of_scikit_learn(case):
    y_true, y_pred, n_classes = case
    found = confusion_matrix(y_true, y_pred, n_classes)
    assert found.dtype.kind == "i"
    assert np.array_equal(found, sklearn.metrics.confusion_matrix(y_true, y_pred, labels=range(n_classes)))


@settings(max_examples=50)
@given(labelled())
def test_class_report_is_that_of_scikit_learn(case):
    y_true, y_pred, n_classes = case
    report = class_report(y_true, y_pred, n_classes)
    options = {"labels": range(n_classes), "zero_division": 0}
    each = sklearn.metrics.precision_recall_fscore_support(y_true, y_pred, **options)
    for found, expected in zip((report.precision, report.recall, report.f1), each, strict=False):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    macro = sklearn.metrics.precision_recall_fscore_support(y_true, y_pred, average="macro", **options)
    np.testing.assert_allclose((report.macro_precision, report.macro_recall, report.macro_f1), macro[:3], rtol=1e-12)


def test_three_classes_by_hand():
    y_true = [0, 0, 0, 0, 1, 1, 2, 2]
    y_pred = [0, 0, 0, 1, 1, 0, 2, 0]
    assert accuracy(y_true, y_pred) == 5 / 8
    # Row: what it is. Column: what it was taken for.
    assert confusion_matrix(y_true, y_pred, 3).tolist() == [[3, 1, 0], [1, 1, 0], [1, 0, 1]]
    report = class_report(y_true, y_pred, 3)
    assert report.precision.tolist() == [3 / 5, 1 / 2, 1 / 1]
    assert report.recall.tolist() == [3 / 4, 1 / 2, 1 / 2]
    assert report.f1 == pytest.approx([2 / 3, 1 / 2, 2 / 3])
    assert report.macro_precision == pytest.approx(0.7)
    assert report.macro_recall == pytest.approx(7 / 12)
    assert report.macro_f1 == pytest.approx(11 / 18)  # the mean of the F1s, not the F1 of the means


def test_a_class_that_is_never_there_and_never_predicted_counts_as_zero():
    report = class_report([0, 1], [0, 1], 4)
    for figures in (report.precision, report.recall, report.f1):
        assert figures.tolist() == [1, 1, 0, 0]
    assert (report.macro_precision, report.macro_recall, report.macro_f1) == (0.5, 0.5, 0.5)


def test_ten_digits_unless_told_otherwise():
    assert confusion_matrix([3], [5]).shape == (10, 10)
    assert class_report([3], [5]).precision.shape == (10,)


def test_labels_are_not_written_to():
    y_true, y_pred = np.array([0, 1, 2]), np.array([2, 1, 0])
    class_report(y_true, y_pred, 3)
    assert (y_true.tolist(), y_pred.tolist()) == ([0, 1, 2], [2, 1, 0])


@pytest.mark.parametrize("function", [accuracy, confusion_matrix, class_report])
@pytest.mark.parametrize(
    ("y_true", "y_pred", "error", "message"),
    [
        ([0, 1, 2], [0, 1], ValueError, "y_pred has 2 labels for 3 examples"),
        ([0], [0, 1], ValueError, "y_pred has 2 labels for 1 examples"),
        ([], [], (TypeError, ValueError), "y_true"),
        ([0.0, 1.0], [0, 1], TypeError, "y_true has dtype float64; expected integer"),
        ([0, 1], [0.0, 1.0], TypeError, "y_pred has dtype float64; expected integer"),
        ([True, False], [0, 1], TypeError, "y_true has dtype bool"),
        (["0", "1"], [0, 1], TypeError, "y_true has dtype <U1"),
        ([[0], [1]], [0, 1], ValueError, r"y_true has shape \(2, 1\); expected \(m,\)"),
        ([0, 1], [[0, 1]], ValueError, r"y_pred has shape \(1, 2\); expected \(m,\)"),
        (0, 0, ValueError, r"y_true has shape \(\)"),
        ([0, -1], [0, 1], ValueError, "y_true holds labels from -1 to 0"),
        ([0, 1], [0, -1], ValueError, "y_pred holds labels from -1 to 0"),
    ],
)
def test_labels_that_are_none(function, y_true, y_pred, error, message):
    with pytest.raises(error, match=message):
        function(y_true, y_pred)


@pytest.mark.parametrize("function", [confusion_matrix, class_report])
def test_labels_beyond_the_classes(function):
    with pytest.raises(ValueError, match="y_true holds labels from 0 to 3; expected 0 to 2"):
        function([0, 3], [0, 1], 3)
    with pytest.raises(ValueError, match="y_pred holds labels from 0 to 10; expected 0 to 9"):
        function([0, 1], [0, 10])


@pytest.mark.parametrize("function", [confusion_matrix, class_report])
@pytest.mark.parametrize(
    ("n_classes", "error"), [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("3", TypeError)]
)
def test_number_of_classes(function, n_classes, error):
    with pytest.raises(error, match="n_classes is"):
        function([0], [0], n_classes)
