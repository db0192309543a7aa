"""Jupyter calls widgets from another thread, a subshell, while a cell runs: a training there is the same training."""

import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.slow

TRAIN = """
import threading
import numpy as np, threadpoolctl
import nnlib

def blas_threads():
    return sorted(pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas")

def train():
    rng = np.random.default_rng(0)
    X, y = rng.random((3500, 80), dtype=np.float32), rng.integers(0, 10, 3500)
    during = []
    result = nnlib.train(X, y, layer_sizes=(80, 60, 10), max_iter=4, seed=0, progress=False,
                         callback=lambda history: during.extend(blas_threads()))
    params = nnlib.pack(result.thetas)
    cost, gradient = nnlib.cost_and_gradient(params, (80, 60, 10), X, y)
    in_main = threading.current_thread() is threading.main_thread()
    print(in_main, set(during), hash((params.tobytes(), gradient.tobytes())))
"""


class Kernel:
    """A real kernel, of which cells and subshells are asked for as JupyterLab asks."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="python3")

    def subshell(self):
        """Start a subshell, and return its id."""
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        return self.client.get_control_msg(timeout=180)["content"]["subshell_id"]

    def run(self, code, subshell=None):
        """Run a cell, in the main thread or in a subshell; return what it prints."""
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content)
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        printed = ""
        while True:
            answer = self.client.get_iopub_msg(timeout=180)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if answer["msg_type"] == "error":
                raise AssertionError("\n".join(answer["content"]["traceback"]))
            if answer["msg_type"] == "stream":
                printed += answer["content"]["text"]
            if answer["content"].get("execution_state") == "idle":
                return printed

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel():
    kernel = Kernel()
    yield kernel
    kernel.stop()


def test_a_training_in_a_subshell_gives_the_same_bits_with_one_thread_of_blas(kernel):
    kernel.run(TRAIN)
    subshell = kernel.subshell()
    main, in_subshell, main_again = kernel.run("train()"), kernel.run("train()", subshell), kernel.run("train()")
    assert main.startswith("True {1} ")
    assert main_again == main
    assert in_subshell == main.replace("True", "False")
    afterwards = (
        "with threadpoolctl.threadpool_limits(limits=2, user_api='blas'):\n    train(); print(set(blas_threads()))"
    )
    for place in (None, subshell):
        assert kernel.run(afterwards, place).endswith("{2}\n")
