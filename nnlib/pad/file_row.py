"""The pad's controls for files: a file beside the notebook or, where visitors share a server, their own downloads."""

import ipywidgets as widgets

from . import view
from .controls import button, row


class FileRow(widgets.VBox):
    """A file beside the notebook, to save to and to load from.

    Parameters
    ----------
    name : str
        The name to begin with.
    save, load : callable
        Called without arguments.
    """

    def __init__(self, name, save, load):
        self._name = widgets.Text(
            name, description="File:", style={"description_width": "auto"}, layout={"width": "200px"}
        )
        self._keep_others = widgets.Checkbox(
            True,
            description="Also keep what is in the file",
            tooltip="Save leaves drawings in the file that were never in this pad. Without the tick, it removes them.",
            indent=False,
            layout={"width": "auto"},
        )
        buttons = [
            button("Save", save, "Save the kept drawings to this file"),
            button("Load", load, "Add the drawings in this file to the kept ones"),
        ]
        super().__init__([row([self._name, *buttons, self._keep_others])])

    @property
    def name(self):
        """What is typed into the box."""
        return self._name.value

    @property
    def keeps_others(self):
        """Whether other drawings in the file stay there."""
        return self._keep_others.value

    def update(self, examples):
        """Do nothing: the file is written when somebody saves."""


class Exchange(widgets.VBox):
    """A link that downloads the kept drawings, and a button to upload such a file.

    Parameters
    ----------
    name : str
        The name of the downloaded file.
    upload : callable
        Called with the name of a file and its content, as bytes.
    """

    def __init__(self, name, upload):
        self._name = name
        self._link = widgets.HTML()
        self._upload = widgets.FileUpload(
            accept=".json", multiple=False, tooltip="Add the drawings in a file of yours", layout={"width": "auto"}
        )
        self._upload.observe(lambda change: self._take(change["new"], upload), "value")
        super().__init__([row([self._link, self._upload])])

    def update(self, examples):
        """Put the kept drawings into the link."""
        self._link.value = view.download_html(self._name, examples)

    def _take(self, files, upload):
        if files:
            self._upload.value = ()  # so that the same file can be uploaded again
            upload(files[0]["name"], bytes(files[0]["content"]))
