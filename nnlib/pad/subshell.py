"""Widgets that answer while a cell runs."""


def answer_while_busy(widget):
    """Let a widget, and all widgets inside it, answer the page also while a cell runs.

    JupyterLab sends what a page says to a widget to a subshell, another thread of the kernel, which is free while a
    cell runs. But ipykernel (7.4) redirects it to where the widget itself last sent something from: for most widgets,
    that is the cell that made them, in the main thread, where it waits for the running cell to end. This leaves the
    choice to JupyterLab. Where there are no subshells, nothing changes.
    """
    comm = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = None  # ipykernel then does as if this comm had no opinion
    for child in getattr(widget, "children", ()):
        answer_while_busy(child)
