"""What can be done in a terminal: ``python -m nnlib`` trains a network; its commands are in `COMMANDS`."""

import argparse
import signal
import sys
from pathlib import Path

from . import load_mnist, load_network, predict, read_page, save_thetas, train
from .ctrl_c import INTERRUPTED, ctrl_c
from .files import write_atomically
from .metrics import accuracy, class_report
from .network import check_saving
from .paper.sheet import PAPERS, save_sheet
from .preparation import PREPARATIONS, prepare

PROGRAM = "python -m nnlib"


def parse(arguments):
    """Return the options of the training command."""
    commands = "\n".join(f"  {name:8}{words}" for name, (_, words) in COMMANDS.items())
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
        "--lam", type=float, default=0.1, metavar="L", help="strength of the regularisation (%(default)s)"
    )
    parser.add_argument(
        "--preparation", choices=PREPARATIONS, default="none", help="how the images are prepared first (%(default)s)"
    )
    parser.add_argument("--max-iter", type=int, default=100, metavar="N", help="iterations at most (%(default)s)")
    parser.add_argument(
        "--epsilon", type=float, default=0.15, metavar="E", help="initial weights lie in [-E, E] (%(default)s)"
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
    for name, path in (("--save", options.save), ("--save-text", options.save_text)):
        if path:
            try:  # now, since it would be too late after the training
                check_saving(path, layer_sizes(options), options.preparation)
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
    result = train(
        mnist.X_train,
        mnist.y_train,
        layer_sizes=layer_sizes(options),
        lam=options.lam,
        max_iter=options.max_iter,
        epsilon=options.epsilon,
        seed=options.seed,
        progress=not options.quiet,
        callback=ctrl_c.end_training,
    )
    message = f"Interrupted after {result.n_iterations} iterations." if ctrl_c.was_pressed else result.message
    print(f"{message} Cost {result.cost:.4f}, {result.n_evaluations} evaluations, {result.seconds:.1f} s.")
    figures = {}
    for part, X, y in (("training", mnist.X_train, mnist.y_train), ("test", mnist.X_test, mnist.y_test)):
        guesses = predict(result.thetas, X)
        figures[part] = {"accuracy": accuracy(y, guesses), "precision": class_report(y, guesses).macro_precision}
    for part, figure in figures.items():
        print(f"{part:>8} accuracy  {100 * figure['accuracy']:.2f} %    precision (macro)  {figure['precision']:.4f}")
    settings = {
        "lam": options.lam,
        "max_iter": options.max_iter,
        "epsilon": options.epsilon,
        "seed": options.seed,
        "test_accuracy": figures["test"]["accuracy"],
    }
    for path in filter(None, (options.save, options.save_text)):
        save_thetas(path, result.thetas, preparation=options.preparation, settings=settings)
        print(f"Saved {path}")


# Each with its function and what --help says about it.
COMMANDS = {
    "train": (train_command, "train a network; so does no command at all"),
    "read": (read_command, "read the digits on a photograph or scan of paper"),
    "sheet": (sheet_command, "save a page to print, on which a class writes its digits"),
}

if __name__ == "__main__":
    try:
        main()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # everything is done
