"""Answers to exercise 09, as learners write them."""

import json
from itertools import groupby

import numpy as np

import nnlib
from nnlib import strokes_to_image
from nnlib.examples import Example, not_among


def merge_one_by_one(files):
    merged = []
    for name in files:
        for strokes, label, writer in files[name]:
            example = Example(strokes, label, writer if writer != "" else name)
            if not_among([example], merged):
                merged.append(example)
    return merged


def merge_by_key(files):
    found = {}
    for name, examples in files.items():
        for example in examples:
            key = example.label, json.dumps([np.round(stroke, 4).tolist() for stroke in example.strokes])
            found.setdefault(key, example if example.writer else example._replace(writer=name))
    return list(found.values())


def merge_all(files):
    merged = []
    for name, examples in files.items():
        for example in examples:
            merged.append(example._replace(writer=example.writer or name))
    return merged


def merge_renamed(files):
    merged = []
    for name, examples in files.items():
        merged.extend(not_among([e._replace(writer=name) for e in examples], merged))
    return merged


def merge_nameless(files):
    merged = []
    for examples in files.values():
        merged += not_among(examples, merged)
    return merged


def merge_lists(files):
    merged = []
    for examples in files.values():
        merged = merged + examples
    return merged


def merge_renamed_and_twice(files):
    return [Example(e.strokes, e.label, name) for name, examples in files.items() for e in examples]


def merge_in_place(files):
    merged = []
    for name, examples in files.items():
        for i in range(len(examples)):
            examples[i] = examples[i]._replace(writer=examples[i].writer or name)
        merged += not_among(examples, merged)
    return merged


def merge_sorted(files):
    merged = []
    for name in sorted(files):
        merged += not_among([e._replace(writer=e.writer or name) for e in files[name]], merged)
    return merged


def merge_by_writer(files):
    return sorted(merge_one_by_one(files), key=lambda example: example.writer)


def merge_three(files):
    (a, first), (b, second), (c, third) = files.items()
    return merge_one_by_one({a: first, b: second, c: third})


def merge_tuples(files):
    return [tuple(example) for example in merge_one_by_one(files)]


def merge_into_the_first(files):
    merged = next(iter(files.values()), [])
    for examples in files.values():
        merged += not_among(examples, merged)
    return merged


def merge_assigned(files):
    merged = []
    for name, examples in files.items():
        for example in examples:
            if not example.writer:
                example.writer = name
            merged.append(example)
    return merged


def merge_compared(files):
    merged = []
    for name, examples in files.items():
        for e in examples:
            e = e._replace(writer=e.writer or name)
            if e not in merged:
                merged.append(e)
    return merged


def split_loop(examples, test_writers):
    training, test = [], []
    for example in examples:
        (test if example.writer in test_writers else training).append(example)
    return training, test


def split_mask(examples, test_writers):
    is_test = np.isin([e.writer for e in examples], test_writers)
    return [[e for e, t in zip(examples, is_test, strict=True) if t == wanted] for wanted in (False, True)]


def split_set(examples, test_writers):
    names = set(test_writers)
    return [e for e in examples if e.writer not in names], [e for e in examples if e.writer in names]


def split_where(is_test):
    def split(examples, test_writers):
        test = [e for e in examples if is_test(e.writer, test_writers)]
        return [e for e in examples if not is_test(e.writer, test_writers)], test

    return split


split_in_joined = split_where(lambda writer, names: writer in " ".join(names))
split_in_text_of_list = split_where(lambda writer, names: writer in str(names))
split_contained = split_where(lambda writer, names: any(name in writer for name in names))
split_without_case = split_where(lambda writer, names: writer.lower() in [name.lower() for name in names])
split_last_writer = split_where(lambda writer, names: writer == names[-1])


def split_exchanged(examples, test_writers):
    return [e for e in examples if e.writer in test_writers], [e for e in examples if e.writer not in test_writers]


def split_training_is_all(examples, test_writers):
    return list(examples), [e for e in examples if e.writer in test_writers]


def split_one_writer(examples, test_writers):
    writer = test_writers[0]
    return [e for e in examples if e.writer != writer], [e for e in examples if e.writer == writer]


def split_compared_with_list(examples, test_writers):
    return [e for e in examples if e.writer != test_writers], [e for e in examples if e.writer == test_writers]


def split_by_position(examples, test_writers):
    half = len(examples) // 2
    return examples[:half], examples[half:]


def split_sorted(examples, test_writers):
    test = []
    for writer in test_writers:
        test += [e for e in examples if e.writer == writer]
    return [e for e in examples if e.writer not in test_writers], test


def split_in_place(examples, test_writers):
    test = [e for e in examples if e.writer in test_writers]
    for i in range(len(examples) - 1, -1, -1):
        if examples[i].writer in test_writers:
            del examples[i]
    return examples, test


def split_test_only(examples, test_writers):
    return [e for e in examples if e.writer in test_writers]


def arrays_loop(examples):
    X, y = np.zeros((len(examples), 784)), np.zeros(len(examples), dtype=int)
    for i, (strokes, label, _) in enumerate(examples):
        X[i], y[i] = strokes_to_image(strokes).flatten(), label
    return X, y


def arrays_stack(examples):
    X = np.stack([strokes_to_image(e.strokes) for e in examples])
    return [X.reshape(len(X), -1).astype(np.float32), np.array([e.label for e in examples], dtype=np.uint8)]


def arrays_with_list(examples):
    X, y = arrays_loop(examples)
    return X, y.tolist()


def arrays_with_floats(examples):
    X, y = arrays_loop(examples)
    return X, y.astype(float)


def arrays_of_three(examples):
    X = np.zeros((3, 784))
    for i, example in enumerate(examples[:3]):
        X[i] = strokes_to_image(example.strokes).ravel()
    return X, np.array([e.label for e in examples])


def arrays_squeezed(examples):
    X, y = arrays_loop(examples)
    return np.squeeze(X), np.squeeze(y)


def arrays_of_whole_pixels(examples):
    X, y = arrays_loop(examples)
    return X.astype(int), y


def arrays_sorted(examples):
    return arrays_loop(sorted(examples, key=lambda e: e.label))


def arrays_column_of_labels(examples):
    X, y = arrays_loop(examples)
    return X, y[:, np.newaxis]


def arrays_square(examples):
    return np.array([strokes_to_image(e.strokes) for e in examples]), np.array([e.label for e in examples])


def arrays_of_example(examples):
    return np.array([strokes_to_image(e).ravel() for e in examples]), np.array([e.label for e in examples])


def arrays_without_labels(examples):
    return np.array([strokes_to_image(e.strokes).ravel() for e in examples])


def arrays_scaled_down(examples):
    X, y = arrays_loop(examples)
    return X / 255, y


def arrays_bytes(examples):
    X, y = arrays_loop(examples)
    return 255 * X, y


def arrays_columns(examples):
    X, y = arrays_loop(examples)
    return X.T, y


def arrays_unreturned(examples):
    X = np.array([strokes_to_image(e.strokes).ravel() for e in examples])
    y = np.array([e.label for e in examples])
    print(X.shape, y.shape)


def accuracy_counts(network, examples):
    right, total = {}, {}
    guesses = network.predict(arrays_loop(examples)[0])
    for example, guess in zip(examples, guesses, strict=True):
        total[example.writer] = total.get(example.writer, 0) + 1
        right[example.writer] = right.get(example.writer, 0) + (guess == example.label)
    return {writer: right[writer] / total[writer] for writer in total}


def accuracy_masks(network, examples):
    X, y = arrays_loop(examples)
    writers = np.array([e.writer for e in examples])
    hits = network.predict(X) == y
    return {writer: hits[writers == writer].mean() for writer in np.unique(writers)}


def accuracy_scores(network, examples):
    right = {}
    for example in examples:
        X = strokes_to_image(example.strokes).reshape(1, -1)
        guess = network.predict_scores(X).argmax(axis=1)[0]
        right.setdefault(example.writer, []).append(guess == example.label)
    return {writer: np.float32(np.mean(values)) for writer, values in right.items()}


def accuracy_without_preparation(network, examples):
    X, y = arrays_loop(examples)
    writers = np.array([e.writer for e in examples])
    hits = nnlib.predict(network.thetas, X) == y
    return {writer: hits[writers == writer].mean() for writer in np.unique(writers)}


def accuracy_of_the_shipped(network, examples):
    return accuracy_masks(nnlib.load_network(), examples)


def accuracy_grouped(network, examples):
    return {w: accuracy_one_number(network, list(es)) for w, es in groupby(examples, key=lambda e: e.writer)}


def accuracy_first_writer(network, examples):
    return {examples[0].writer: accuracy_counts(network, examples)[examples[0].writer]}


def accuracy_of_ann(network, examples):
    shares = accuracy_counts(network, examples)
    return {name: shares.get(name, 0.0) for name in ("ann", "ben")}


def accuracy_by_digit(network, examples):
    return accuracy_masks(network, [e._replace(writer=e.label) for e in examples])


def accuracy_same_for_all(network, examples):
    result = {}
    for writer in {e.writer for e in examples}:
        X, y = arrays_loop(examples)
        result[writer] = np.mean(network.predict(X) == y)
    return result


def accuracy_one_number(network, examples):
    X, y = arrays_loop(examples)
    return (network.predict(X) == y).mean()


def accuracy_percent(network, examples):
    return {writer: share * 100 for writer, share in accuracy_counts(network, examples).items()}


def accuracy_errors(network, examples):
    X, y = arrays_loop(examples)
    writers = np.array([e.writer for e in examples])
    return {writer: np.mean(network.predict(X[writers == writer]) != y[writers == writer]) for writer in writers}


def accuracy_number_right(network, examples):
    X, y = arrays_loop(examples)
    writers = np.array([e.writer for e in examples])
    return {writer: np.sum(network.predict(X)[writers == writer] == y[writers == writer]) for writer in writers}


def accuracy_of_a_list(network, examples):
    return list(accuracy_counts(network, examples).values())


def accuracy_of_strokes(network, examples):
    result = {}
    for writer in {e.writer for e in examples}:
        own = [e for e in examples if e.writer == writer]
        result[writer] = np.mean(network.predict([e.strokes for e in own]) == [e.label for e in own])
    return result


def accuracy_no_return(network, examples):
    accuracies = accuracy_counts(network, examples)
    for writer, share in accuracies.items():
        print(writer, share)


RIGHT = {
    "merge": [merge_one_by_one, merge_by_key],
    "split_by_writer": [split_loop, split_mask, split_set],
    "to_arrays": [arrays_loop, arrays_stack],
    "accuracy_by_writer": [accuracy_counts, accuracy_masks, accuracy_scores],
}
WRONG = {
    "merge": [
        (merge_all, "two files is there twice"),
        (merge_renamed, "replaced by the name of the file"),
        (merge_nameless, "The writers are missing"),
        (merge_lists, "only put together"),
        (merge_renamed_and_twice, "replaced.*twice"),
        (merge_in_place, "in place"),
        (merge_into_the_first, "in place"),
        (merge_assigned, "AttributeError"),
        (merge_compared, "once under each name"),
        (merge_sorted, "sorted by name"),
        (merge_by_writer, "sorted by writer"),
        (merge_three, "raises ValueError"),
        (merge_tuples, "Example"),
    ],
    "split_by_writer": [
        (split_exchanged, "exchanged"),
        (split_training_is_all, "are in the training, too"),
        (split_one_writer, "Only the first"),
        (split_compared_with_list, "Nobody is in the test"),
        (split_by_position, "cut in halves"),
        (split_sorted, "order differs"),
        (split_in_joined, "ann beside anna"),
        (split_in_text_of_list, "ann beside anna"),
        (split_contained, "joanna beside anna"),
        (split_without_case, "Capital letters"),
        (split_last_writer, "Only the last|Only one"),
        (split_in_place, "in place"),
        (split_test_only, "[Tt]raining"),
    ],
    "to_arrays": [
        (arrays_square, "still square"),
        (arrays_of_example, "raises"),
        (arrays_without_labels, "labels are missing"),
        (lambda examples: arrays_loop(examples)[::-1], "exchanged"),
        (arrays_scaled_down, "divided by 255"),
        (arrays_bytes, "go to 255"),
        (arrays_columns, "transposed"),
        (arrays_with_list, "The array y is a list; expected an array"),
        (arrays_with_floats, "expected whole numbers"),
        (arrays_of_three, "raises|shape is"),
        (arrays_squeezed, "shape is"),
        (arrays_of_whole_pixels, "The array X differs"),
        (arrays_sorted, "differs"),
        (arrays_column_of_labels, "shape is"),
        (arrays_unreturned, "returns nothing"),
    ],
    "accuracy_by_writer": [
        (accuracy_same_for_all, "Everybody has the same"),
        (accuracy_one_number, "one number for all"),
        (accuracy_percent, "percent"),
        (accuracy_errors, "share of wrong answers"),
        (accuracy_number_right, "number of right"),
        (accuracy_without_preparation, "preparation of the network is left out"),
        (accuracy_of_the_shipped, "passed in, `network`"),
        (accuracy_grouped, "neighbours in the list"),
        (accuracy_first_writer, "differs"),
        (accuracy_of_ann, "differs"),
        (accuracy_by_digit, "differs"),
        (accuracy_of_a_list, "expected a dict"),
        (accuracy_of_strokes, "raises"),
        (accuracy_no_return, "returns nothing"),
    ],
}
