"""What can be done in a terminal: ``python -m nnlib`` trains a network; its commands are in `COMMANDS`."""

import argparse
import signal
import sys
from pathlib import Path

from . import load_mnist, load_network, predict, read_page, save_thetas, train, train_minibatch
from .ctrl_c import INTERRUPTED, ctrl_c
from .files import write_atomically
from .metrics import accuracy, class_report
from .model import ACTIVATIONS
from .network import check_saving
from .paper.sheet import PAPERS, save_sheet
from .preparation import PREPARATIONS, prepare

LAM, MAX_ITER = 0.1, 100  # unless told otherwise
PROGRAM = "python -m nnlib"


def parse(arguments):
    """Return the options of the training command."""
    commands = "\n".join(f"  {name:9}{words}" for name, (_, words) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [COMMAND] [options]",
        description="Train a network on the 60,000 MNIST digits and measure it on the 10,000 test digits.",
        epilog=f"commands:\n{commands}\n\nEach has its own --help; the options above are those of train.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="FILE", help="use this mnist-original.mat instead of the one that ships")
    parser.add_argument(
        "--hidden", type=int, nargs="+", default=[100], metavar="N", help="hidden units, one number per layer (100)"
    )
    parser.add_argument(
        "--activation", choices=ACTIVATIONS, default="sigmoid", help="what the hidden units do (%(default)s)"
    )
    parser.add_argument("--lam", type=float, metavar="L", help=f"strength of the regularisation ({LAM})")
    parser.add_argument(
        "--preparation", choices=PREPARATIONS, default="none", help="how the images are prepared first (%(default)s)"
    )
    parser.add_argument("--max-iter", type=int, metavar="N", help=f"iterations at most ({MAX_ITER})")
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="train in small steps, with Adam, N times through the digits"
    )
    parser.add_argument(
        "--epsilon",
        type=float,
        default=0.15,
        metavar="E",
        help="initial weights lie in [-E, E], of sigmoids (%(default)s)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="for the initial weights; default: a new one each time")
    parser.add_argument("--save", type=Path, metavar="FILE.npz", help="where to save the network")
    parser.add_argument("--save-text", type=Path, metavar="FOLDER", help="where to save Theta1.txt and Theta2.txt")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    options = parser.parse_args(arguments)
    if options.save and options.save.suffix != ".npz":
        parser.error(f"--save is {options.save}; expected a name that ends in .npz")
    if options.save_text and options.save_text.suffix == ".npz":
        parser.error(f"--save-text is {options.save_text}; expected a folder")
    if options.save_text and options.preparation != "none":
        parser.error("--save-text cannot keep a preparation; use --save, or --preparation none")
    if options.epochs is not None and (options.lam is not None or options.max_iter is not None):
        parser.error("--epochs trains with Adam; --lam and --max-iter are for L-BFGS-B")
    for name, path in (("--save", options.save), ("--save-text", options.save_text)):
        if path:
            try:  # now, since it would be too late after the training
                check_saving(path, layer_sizes(options), options.preparation, options.activation)
            except (ValueError, OSError) as error:
                parser.error(f"{name} is {path}: {error}")
    return options


def layer_sizes(options):
    """Return the units in each layer, inputs first."""
    return (784, *options.hidden, 10)


def main(arguments=None):
    """Run the command that the arguments begin with; without one, train."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    command = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "train"
    try:
        COMMANDS[command][0](arguments)
    except (ValueError, TypeError, OSError) as error:
        sys.exit(f"{PROGRAM}: {error}")
    if ctrl_c.was_pressed:
        sys.exit(INTERRUPTED)


def sheet_command(arguments):
    """Save the sheet on which a class writes its digits."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} sheet",
        description="Save a page to print, with a box for each digit. nnlib.read_sheet reads what was written on it.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.pdf", help="where to save it, such as digits.pdf")
    parser.add_argument("--paper", choices=PAPERS, default="a4", help="its size (%(default)s)")
    options = parser.parse_args(arguments)
    save_sheet(options.file, options.paper)
    print(f"Saved {options.file}")


def read_command(arguments):
    """Read the digits on photographs or scans of paper, and print them."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} read",
        description="Read the digits on photographs or scans of paper, and print them, one row a line.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="such as photo.jpg")
    parser.add_argument("--network", type=Path, metavar="FILE.npz", help="read with this network")
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="save the picture with a box for each digit")
    options = parser.parse_args(arguments)
    if options.picture and (len(options.files) > 1 or options.picture.suffix.lower() != ".png"):
        parser.error(f"--picture is {options.picture}, for {len(options.files)} pictures; expected one, and a .png")
    if options.picture and not options.picture.parent.is_dir():
        parser.error(f"--picture is {options.picture}: there is no folder {options.picture.parent}")
    network = load_network(options.network)
    unread = 0
    for file in options.files:
        if len(options.files) > 1:
            print(f"{file}:")
        try:
            page = read_page(file, network)
        except (ValueError, OSError) as error:  # the other pictures may be whole
            print(f"{PROGRAM}: {error}", file=sys.stderr)
            unread += 1
            continue
        print(page.text or f"No digits were found; {len(page.left_out)} other marks were left out.", flush=True)
        if options.picture:
            save_picture(options.picture, page)
    if unread:
        sys.exit(1)


def save_picture(path, page):
    """Save what `nnlib.plots.plot_page` shows."""
    from .plots import PIXELS_PER_INCH, plot_page  # Matplotlib, which the other commands do without

    figure = plot_page(page, width=10.0)
    write_atomically({path: lambda file: figure.savefig(file, format="png", dpi=PIXELS_PER_INCH)})


def train_command(arguments):
    """Load, train, measure and save, as the options say."""
    options = parse(arguments)
    mnist = load_mnist(options.data)
    mnist = mnist._replace(
        X_train=prepare(mnist.X_train, options.preparation), X_test=prepare(mnist.X_test, options.preparation)
    )
    ctrl_c.waits = True
    by, how = training(options)
    shared = {"epsilon": options.epsilon, "seed": options.seed}
    result = by(
        mnist.X_train,
        mnist.y_train,
        layer_sizes=layer_sizes(options),
        activation=options.activation,
        progress=not options.quiet,
        callback=ctrl_c.end_training,
        **how,
        **shared,
    )
    steps = "epochs" if "epochs" in how else "iterations"
    message = f"Interrupted after {result.n_iterations} {steps}." if ctrl_c.was_pressed else result.message
    print(f"{message} Cost {result.cost:.4f}, {result.n_evaluations} evaluations, {result.seconds:.1f} s.")
    for part, X, y in (("training", mnist.X_train, mnist.y_train), ("test", mnist.X_test, mnist.y_test)):
        on_part = print_figures(part, y, predict(result.thetas, X, activation=options.activation))
    about = {"preparation": options.preparation, "activation": options.activation}
    for path in filter(None, (options.save, options.save_text)):
        save_thetas(path, result.thetas, settings=how | shared | {"test_accuracy": on_part}, **about)
        print(f"Saved {path}")


def training(options):
    """Return the function that trains, and those of its arguments that no other has."""
    if options.epochs is not None:
        return train_minibatch, {"epochs": options.epochs}
    lam = LAM if options.lam is None else options.lam
    return train, {"lam": lam, "max_iter": MAX_ITER if options.max_iter is None else options.max_iter}


def print_figures(part, y, guesses):
    """Print how a part of the digits is read, and return the accuracy."""
    on_part, precision = accuracy(y, guesses), class_report(y, guesses).macro_precision
    print(f"{part:>8} accuracy  {100 * on_part:.2f} %    precision (macro)  {precision:.4f}")
    return on_part


def measure_command(arguments):
    """Measure a saved network on the test digits."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} measure", description="Measure a saved network on the 10,000 MNIST test digits."
    )
    parser.add_argument("network", type=Path, metavar="FILE.npz", help="such as my_network.npz, or a folder of text")
    parser.add_argument("--data", metavar="FILE", help="use this mnist-original.mat instead of the one that ships")
    options = parser.parse_args(arguments)
    network = load_network(options.network)
    mnist = load_mnist(options.data)
    print(network)
    print_figures("test", mnist.y_test, network.predict(mnist.X_test))


# Each with its function and what --help says about it.
COMMANDS = {
    "train": (train_command, "train a network; so does no command at all"),
    "measure": (measure_command, "measure a saved network on the test digits"),
    "read": (read_command, "read the digits on a photograph or scan of paper"),
    "sheet": (sheet_command, "save a page to print, on which a class writes its digits"),
}

if __name__ == "__main__":
    try:
        main()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # everything is done
