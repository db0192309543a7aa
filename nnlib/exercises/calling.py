"""Call a learner's function: whatever it does, we come back, and can say what happened."""

import contextlib
import contextvars
import ctypes
import io
import re
import threading
import time
import traceback
import warnings
from dataclasses import dataclass, field

import numpy as np

WALL = 12  # times as long as the limit of processor time: on a busy machine, a function waits for its turn
ATTEMPTS = 5  # to end a function, one a second: a bare `except:` may swallow the first ones
THREADS_HAVE_CLOCKS = hasattr(time, "pthread_getcpuclockid")  # on Linux, not on Windows or macOS


class TimeIsUp(BaseException):
    """Raised inside a function that takes too long; not an Exception, so that `except Exception` lets it pass."""


@dataclass
class Call:
    """What came of a call: a value or an error, and what was printed and warned meanwhile."""

    value: object = None
    error: BaseException | None = None
    line: str = ""  # where the error was raised, in the learner's own code
    shapes: str = ""  # of the arrays named there
    entered: bool = True  # False where the error came before the function's first line: it takes other arguments
    printed: str = ""
    warned: list = field(default_factory=list)
    seconds: float = 0.0  # of processor time
    still_running: bool = False  # it could not be stopped

    @property
    def too_long(self):
        """Whether the call was ended from outside."""
        return isinstance(self.error, TimeIsUp)


def call(function, arguments, seconds=5.0, *, wall=None):
    """Call a function, and return what came of it as a `Call`: errors, endless loops and prints included.

    Parameters
    ----------
    function : callable
        Anybody's.
    arguments : tuple
        Passed on as they are: copy what must not change.
    seconds : float
        Of processor time, after which the call is ended. Where the platform does not tell that of a thread, they
        are seconds on the clock.
    wall : float or None
        Seconds on the clock, after which it is ended in any case, also while it waits for something.
        None takes 12 times `seconds`.
    """
    worker, printed = _Worker(function, arguments), io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            worker.start()
            worker.wait(seconds, WALL * seconds if wall is None else wall)
        finally:  # also where the learner interrupts us
            worker.stop()
    if worker.came_back:
        result = Call(worker.value, worker.error, seconds=worker.seconds)
    else:
        result = Call(error=TimeIsUp(), still_running=not worker.finished)
    if result.error is not None:
        if not isinstance(result.error, (Exception, TimeIsUp, SystemExit)):
            raise result.error  # an interrupt is the learner's, and goes through
        _find_own_line(result, function)
    result.printed = "" if printed.closed else printed.getvalue()
    result.warned = list(dict.fromkeys(str(warning.message) for warning in caught))
    return result


class _Worker(threading.Thread):
    """A thread that calls a function.

    To end the function, `TimeIsUp` is raised in its thread. It may arrive late, when the function has returned
    already. In a thread of its own, it then hits nothing but the few lines of `run`, which are made for it; and the
    thread stays until the caller dismisses it, so that it never hits another one that got the same number.

    What these lines do must hold wherever `TimeIsUp` strikes. So they set attributes and use bare locks: an event
    or a `with` could be left half done. What waits here can be interrupted; an interrupt in `Thread.join` would
    make Python 3.11 take the thread for ended.
    """

    def __init__(self, function, arguments):
        super().__init__(daemon=True)
        self.function, self.arguments = function, arguments
        self.context = contextvars.copy_context()  # np.errstate, and where a notebook shows what is displayed
        self.value, self.error, self.seconds, self.came_back = None, None, 0.0, False
        self.clock, self.begun, self.finished = None, threading.Event(), False
        self.until_finished, self.until_dismissed = threading.Lock(), threading.Lock()
        self.until_finished.acquire()
        self.until_dismissed.acquire()

    def run(self):
        try:
            self._call()
            self._finish()
        except TimeIsUp:  # the function had returned already; if there is another one, it is a second away
            self._finish()

    def _call(self):
        if THREADS_HAVE_CLOCKS:
            self.clock = time.pthread_getcpuclockid(threading.get_ident())
        self.begun.set()  # from here on, TimeIsUp may come
        try:
            self.value = self.context.run(self.function, *self.arguments)
        except BaseException as error:
            self.error = error
        self.seconds, self.came_back = time.thread_time(), True

    def _finish(self):
        if not self.finished:
            self.finished = True
            self.until_finished.release()
        self.until_dismissed.acquire()

    def wait(self, seconds, wall):
        """Wait until the function has returned, or has used its time up."""
        self.begun.wait()
        started = time.monotonic()
        while not self.finished:
            elapsed = time.monotonic() - started
            left = min(wall - elapsed, seconds - self._processor_time(elapsed))
            if left <= 0:
                return
            # No longer than half a second: on Windows, an interrupt waits for the end of it.
            self.until_finished.acquire(timeout=min(max(left, 0.001), 0.5))

    def _processor_time(self, elapsed):
        return time.clock_gettime(self.clock) if THREADS_HAVE_CLOCKS else elapsed

    def stop(self):
        """End the function, if it is still running, and then the thread; what cannot be ended is left to itself."""
        raised = False
        try:
            for _ in range(ATTEMPTS):
                if self.finished or not self.begun.wait(1.0):  # or it could not even be started
                    break
                _raise_in(self.ident, TimeIsUp)
                raised = True
                self.until_finished.acquire(timeout=1.0)
            if self.finished and raised:
                _take_back(self.ident)
        finally:
            self.until_dismissed.release()


def _raise_in(thread, error):
    """Have an exception raised in a thread, at its next step in Python; None takes back what was not raised yet."""
    error = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)


def _take_back(thread):
    """Take back an exception that was not raised yet.

    Up to Python 3.12 the interpreter remembers that there was one, and looks for it at every step from then on; a
    function that is profiled even stops there for ever. It forgets when an exception arrives, so one arrives here.
    """
    _raise_in(thread, None)
    with contextlib.suppress(TimeIsUp):
        _raise_in(threading.get_ident(), TimeIsUp)
        for _ in range(100):
            pass


def _find_own_line(result, function):
    """Note the last line of the learner's own file or cell that an error came through, and the arrays there."""
    code = getattr(function, "__code__", None)
    if code is None:
        return
    frames = [frame for frame, _ in traceback.walk_tb(result.error.__traceback__)]
    lines = traceback.extract_tb(result.error.__traceback__)
    own = [pair for pair in zip(frames, lines, strict=True) if pair[0].f_code.co_filename == code.co_filename]
    result.entered = any(frame.f_code is code for frame in frames)
    if own and own[-1][1].line:
        frame, result.line = own[-1][0], own[-1][1].line.strip()
        arrays = {name: value for name, value in frame.f_locals.items() if isinstance(value, np.ndarray)}
        named = [name for name in arrays if re.search(rf"\b{re.escape(name)}\b", result.line)]
        result.shapes = ", ".join(f"{name} {arrays[name].shape}" for name in named)
