"""Ctrl-C in ``python -m nnlib``: one sentence at any moment, and nothing that was trained is lost."""

import os
import signal
import sys

INTERRUPTED = 130  # the exit status of a program that Ctrl-C ended


class CtrlC:
    """What Ctrl-C does: it ends the program or, once `waits` is set, only notes that it has been pressed."""

    def __init__(self):
        self.waits = self.was_pressed = False

    def __call__(self, number, frame):
        """Do it; Python calls this in the main thread, between two steps of whatever runs there."""
        if not self.waits:
            # Not by an exception, which would end up in whatever is being imported.
            os.write(2, b"\npython -m nnlib: interrupted before it was done.\n")
            os._exit(INTERRUPTED)
        if not self.was_pressed:
            self.was_pressed = True
            os.write(2, b"\npython -m nnlib: interrupted; what has been trained so far is measured and saved.\n")

    def end_training(self, history):
        """End the training after this iteration, if Ctrl-C was pressed: a callback for `train`."""
        if self.was_pressed:
            raise StopIteration


ctrl_c = CtrlC()
if sys.argv[0] == "-m" and "nnlib" in sys.orig_argv:  # Python is just importing what `python -m nnlib` runs
    signal.signal(signal.SIGINT, ctrl_c)
