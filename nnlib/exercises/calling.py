"""Call a learner's function: whatever it does, we come back, and can say what happened."""

import contextlib
import ctypes
import io
import threading
import time
import traceback
import warnings
from dataclasses import dataclass, field


class TimeIsUp(BaseException):
    """Raised inside a function that takes too long; not an Exception, so that `except Exception` lets it pass."""


@dataclass
class Call:
    """What came of a call: a value or an error, and what was said meanwhile."""

    value: object = None
    error: BaseException | None = None
    line: str = ""  # where the error was raised, in the learner's own code
    printed: str = ""
    warned: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def too_long(self):
        """Whether the call was ended from outside."""
        return isinstance(self.error, TimeIsUp)


def call(function, arguments, seconds=5.0):
    """Call a function, and return what came of it as a `Call`: errors, endless loops and prints included.

    Parameters
    ----------
    function : callable
        Anybody's.
    arguments : tuple
        Passed on as they are: copy what must not change.
    seconds : float
        After these, the call is ended.
    """
    result, printed = Call(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        started, watch = time.perf_counter(), _Watch(seconds)
        try:
            try:
                result.value = function(*arguments)
            finally:
                watch.stop()
        except (Exception, TimeIsUp, SystemExit) as error:  # an interrupt is the learner's, and goes through
            watch.stop()  # once more: the exception may have come on the way to the first time
            result.error, result.line = error, _own_line(error, function)
        result.seconds = time.perf_counter() - started
    result.printed = printed.getvalue()
    result.warned = list(dict.fromkeys(str(warning.message) for warning in caught))
    return result


class _Watch:
    """Raises TimeIsUp in the thread that made it when the time is over, and again each second until it is stopped."""

    def __init__(self, seconds):
        self.thread = ctypes.c_ulong(threading.get_ident())
        self.stopped, self.lock = threading.Event(), threading.Lock()
        threading.Thread(target=self._watch, args=(seconds,), daemon=True).start()

    def _watch(self, pause):
        while not self.stopped.wait(pause):
            with self.lock:
                if not self.stopped.is_set():
                    self._raise(ctypes.py_object(TimeIsUp))
            pause = 1.0  # a bare `except:` may have swallowed it

    def _raise(self, error):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(self.thread, error)

    def stop(self):
        """Raise nothing any more; what is on its way already ends here."""
        while True:
            try:
                with self.lock:
                    self.stopped.set()
                    self._raise(None)
                return
            except TimeIsUp:
                pass


def _own_line(error, function):
    """Return the last line of the learner's own file or cell that an error came through."""
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    return own[-1].line.strip() if own and own[-1].line else ""
