"""The questions of the exercises, with their answers: not in the notebooks, where they would be read too soon."""

from typing import NamedTuple


class Question(NamedTuple):
    """A prediction to make: the text, the answers to choose from, the place of the right one, and why it is right."""

    name: str
    text: str
    options: tuple
    right: int
    why: str


_ALL = (
    Question(
        "01-bytes",
        "What is 200 + 100, in arrays of type uint8?",
        ("300", "255", "44"),
        2,
        "A byte ends at 255 and starts again from 0: 300 − 256 = 44.",
    ),
    Question(
        "01-worst",
        "Which digit does the nearest mean read worst?",
        ("1", "5", "7"),
        1,
        "People write the 5 in the most different ways: its mean is the most blurred, and fits few of them well.",
    ),
    Question(
        "01-first",
        "What share of the test digits is right, with means from the first 10,000 images?",
        ("about 80 %", "about 50 %", "about 20 %"),
        2,
        "The first 10,000 are zeros and ones only. Of the test digits, 21 % are such; all others must be wrong.",
    ),
    Question(
        "02-shape",
        "What is the shape of the second theta of a 784-100-10 network?",
        ("(100, 10)", "(10, 100)", "(10, 101)"),
        2,
        "Ten outputs, each with a weight for each of the 100 hidden units, and one bias.",
    ),
    Question(
        "02-order",
        "What happens to the outputs of the network?",
        ("Nothing, but for rounding", "They change a little", "The network guesses at random"),
        0,
        "Each hidden unit keeps its own weights, in and out. An output adds up the same numbers, in another order.",
    ),
    Question(
        "02-split",
        "How does the number of parameters change?",
        ("It stays about the same", "It falls to about half", "It nearly doubles"),
        1,
        "Nearly all parameters lie between the 784 pixels and the first hidden layer, which now has half the units.",
    ),
    Question(
        "03-columns",
        "What do you get when you add up the rows of the one-hot test labels, with sum(axis=0)?",
        (
            "Ten ones",
            "How often each digit comes among the test digits",
            "The 10,000 labels",
        ),
        1,
        "A column holds a 1 for each example of its class, so its sum counts them. Each row has a single 1: "
        "sum(axis=1) gives nothing but ones.",
    ),
    Question(
        "03-double",
        "Every z of the trained network is doubled. The guesses stay the same. What of the cost on the test digits?",
        ("It stays the same", "It falls", "It rises"),
        2,
        "Doubling makes each answer more sure. The right ones gain little, for they cost nearly nothing already. "
        "The few wrong ones pay in proportion to how sure they are: about twice as much.",
    ),
    Question(
        "03-price",
        "In the trained network (λ = 3, 60,000 images), which part of the cost is the larger one?",
        (
            "The fit to the training images",
            "The price of the weights",
            "They are equal: that is where training stops",
        ),
        1,
        "Training makes the sum small, and cares not which part it comes from. It stops where the two parts change at "
        "the same rate in opposite directions, not where they are equal. Here the price is larger.",
    ),
    Question(
        "04-step",
        "The step h of a central difference is made ten times smaller. What happens to its error?",
        (
            "It becomes ten times smaller",
            "It becomes a hundred times smaller",
            "It stays the same",
        ),
        1,
        "The error of a central difference goes with h²: here ((1 + h)³ − (1 − h)³) / (2h) = 3 + h². "
        "It holds until rounding takes over.",
    ),
    Question(
        "04-corner",
        "The top left pixel is 0 in each image. What are the slopes of its ten weights?",
        (
            "The same as those of the biases",
            "Positive: weights that do nothing should shrink",
            "0",
        ),
        2,
        "A slope is the mean of delta times the input, and this input is always 0. Whatever the weight is, "
        "the output does not change. (Regularisation would pull it towards 0; there is none here.)",
    ),
    Question(
        "04-passes",
        "A hidden unit has the activation 0.99. How much of what comes back passes its sigmoid?",
        ("About 99 %", "About 25 %", "About 1 %"),
        2,
        "The slope is a (1 − a) = 0.99 · 0.01 = 0.0099. The sigmoid is nearly flat there: what goes in hardly changes "
        "what comes out. A quarter is the most that can pass, at a = 0.5.",
    ),
    Question(
        "05-sign",
        "The whole gradient has its sign turned. What will the report say?",
        ("Ratio 1, angle 180°", "Ratio −1, angle 0°", "Ratio 1, angle 0°: the lengths agree"),
        0,
        "The vector is as long as it should be, and points the opposite way. A length is never below 0.",
    ),
    Question(
        "05-lambda",
        "Which of the five broken programs pass the check when λ is 0?",
        ("None", "Programs 1 and 3", "Programs 1, 3 and 4", "All"),
        1,
        "These two are wrong in the regularisation alone, and with λ = 0 there is none.",
    ),
    Question(
        "05-learn",
        "How many of the five broken programs learn to read at least three digits in four?",
        ("None", "One", "Three", "All five"),
        2,
        "From this start, 1, 3 and 4 do. Program 2 depends much on the start, and 5 learns nothing.",
    ),
    Question(
        "06-rate",
        "J(p) = 10 p², from p = 1, with α = 0.1. What does gradient descent do?",
        ("It walks down to 0", "It jumps between 1 and −1 for ever", "It explodes"),
        1,
        "The gradient is 20 p. So each step goes from p to p − 0.1 · 20 p = −p.",
    ),
    Question(
        "06-sorted",
        "What accuracy will it have on the last 10,000 rows?",
        ("Above 80 %", "About 50 %", "Below 40 %"),
        2,
        "The file is sorted. The last 10,000 rows are 8s and 9s, and the rows before them hold few 8s and no 9.",
    ),
    Question(
        "06-curve",
        "From 100 training digits to 2,000: how do the two accuracies move?",
        (
            "Both rise",
            "Training stays near 100 % or falls a little, validation rises",
            "Training rises, validation falls",
        ),
        1,
        "A hundred digits are easily learned by heart; two thousand less so. More of them help with new ones.",
    ),
    Question(
        "07-lazy",
        "What are its precision and its recall for class 3?",
        (
            "precision 0.1, recall 0.1",
            "precision 1, recall 0.1",
            "precision 0.1, recall 1",
            "precision 1, recall 1",
        ),
        2,
        "It finds every 3, so the recall is 1. But of all that it calls a 3, only one in ten is one.",
    ),
    Question(
        "07-pair",
        "Which mistake does the plain network make most often on the test digits?",
        ("a 3 taken for a 5", "a 9 taken for a 4", "a 7 taken for a 1", "an 8 taken for a 3"),
        1,
        "A 9 with an open top is close to a 4. The reverse, a 4 taken for a 9, is almost as common.",
    ),
    Question(
        "07-unit",
        "Without the most needed of the 100 hidden units, how many more of the 10,000 test digits are wrong?",
        ("about 5", "about 50", "about 500", "about 5,000"),
        1,
        "Less than half a point of accuracy. Many units have a say in each answer, and the others outvote the gap.",
    ),
    Question(
        "08-corner",
        "Of 100 test digits in the upper left corner, how many does the plain network read?",
        ("about 90", "about 50", "about 10"),
        2,
        "No more than by guessing. The ink falls on weights that were learned for other strokes.",
    ),
    Question(
        "08-slim",
        "A 1 is 10 wide and 100 high. How wide is it after fit_box(points, 20)?",
        ("2", "10", "20"),
        0,
        "The longer side goes from 100 to 20, so the factor is 0.2, and it is the same for the width.",
    ),
    Question(
        "08-sign",
        "Rows are counted from the top. Is the slant of a / above or below 0?",
        ("above 0", "below 0", "exactly 0"),
        1,
        "On its way down a / goes to the left: as y grows, x falls.",
    ),
    Question(
        "09-split",
        "What is wrong with a test that is chosen at random from all drawings?",
        (
            "Nothing: lesson 01 says that whenever you take a part, take a random part.",
            "Each writer is in the training, too, so the result says nothing about new people.",
            "Some digits may be missing in the test.",
        ),
        1,
        "You ask how it reads a stranger. Then the random part must be one of people, not of drawings.",
    ),
    Question(
        "09-forget",
        "You teach the network with the drawings of your class. What happens to its accuracy on the MNIST test set?",
        ("It falls by less than one point.", "It falls by about ten points.", "It rises to 100 %."),
        0,
        "The 10,000 reminders hold it. Without them it would forget much more.",
    ),
    Question(
        "09-memory",
        "On which people's drawings is a taught network most probably better?",
        ("Those of the people who taught it.", "Those of other people.", "There is no difference."),
        0,
        "It has seen those very drawings. So the figure for other people is the one to report. "
        "With made-up writers you may see hardly a difference: they all have the same hand.",
    ),
)

QUESTIONS = {question.name: question for question in _ALL}
