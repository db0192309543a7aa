"""Interrupt short trainings at random moments, with real signals, and look at what is left behind.

    python tests/fuzz/interrupts.py --rounds 5000

Each round trains a small network in this process's main thread while another thread sends SIGINT. Afterwards there must
be no thread of a pool, BLAS must have its threads back, and Ctrl-C must do what it did before. Prints how the rounds
ended; exits with 1 where something was left behind. A round that hangs ends the process, with a traceback.
"""

import argparse
import collections
import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time

import numpy as np
import threadpoolctl

import nnlib

SECONDS = 60  # after which a round counts as hanging


def blas_threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


def pool_threads():
    return [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]


def interrupt_after(seconds):
    """Send SIGINT to this process once, from another thread."""

    def send():
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


def one_round(X, y, longest, rng):
    """Return how a training ended that was interrupted after a random time."""
    outcome, sender = "interrupted before it began", None
    try:
        sender = interrupt_after(rng.uniform(0, longest))
        outcome = "KeyboardInterrupt"
        result = nnlib.train(X, y, layer_sizes=(20, 15, 10), max_iter=3, seed=0, progress=False, n_threads=2)
        outcome = "the best network" if result.message.startswith("Interrupted") else "ended before the interrupt"
        assert np.isfinite(result.cost)
        assert all(np.isfinite(theta).all() for theta in result.thetas)
        sender.join()
        time.sleep(0.001)  # the signal is handled here at the latest
    except KeyboardInterrupt:
        pass
    while sender and sender.is_alive():
        with contextlib.suppress(KeyboardInterrupt):
            sender.join()
    return outcome


def main(arguments=None):
    """Interrupt as often as asked; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="for the moments (%(default)s)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
    rng = np.random.default_rng(options.seed)
    X, y = rng.random((3500, 20)), rng.integers(0, 10, 3500)
    nnlib.train(X, y, layer_sizes=(20, 15, 10), max_iter=3, seed=0, progress=False)  # imports SciPy
    started = time.perf_counter()
    nnlib.train(X, y, layer_sizes=(20, 15, 10), max_iter=3, seed=0, progress=False)
    longest = 1.2 * (time.perf_counter() - started)
    threadpoolctl.threadpool_limits(limits=2, user_api="blas")
    before = blas_threads()

    outcomes, faults = collections.Counter(), collections.Counter()
    for _ in range(options.rounds):
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        outcomes[one_round(X, y, longest, rng)] += 1
        faults["BLAS was left with other limits"] += blas_threads() != before
        faults["threads of a pool were left"] += bool(pool_threads())
        faults["Ctrl-C was left with another handler"] += signal.getsignal(signal.SIGINT) != signal.default_int_handler
        faulthandler.cancel_dump_traceback_later()
        threadpoolctl.threadpool_limits(limits=2, user_api="blas")
    for name, count in [*outcomes.most_common(), *faults.items()]:
        print(f"{count:6} {name}")
    return int(faults.total() > 0)


if __name__ == "__main__":
    sys.exit(main())
