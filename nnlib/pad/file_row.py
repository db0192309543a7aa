"""The pad's controls for files: a file beside the notebook or, where visitors share a server, their own downloads."""

from html import escape

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


class Offer(widgets.Box):
    """Offers drawings that were kept before; it is hidden where there are none.

    Parameters
    ----------
    count : int
        How many there are.
    name : str or None
        The name of the file that holds them.
    bring_back : callable
        Called without arguments when they are wanted.
    """

    def __init__(self, count, name, bring_back):
        they_are = f"{view.drawings(count)} from before {'is' if count == 1 else 'are'} in {name}."
        bring, leave = ("Bring it back", "Leave it") if count == 1 else ("Bring them back", "Leave them")
        super().__init__(
            [
                widgets.HTML(f'<div class="nnlib-note">{escape(they_are)}</div>'),
                button(bring, bring_back, "Keep what is in this file, too"),
                button(leave, self.end, "Go on without; the file stays as it is"),
            ]
        )
        for name in ("nnlib-row", "nnlib-offer"):
            self.add_class(name)
        if not count:
            self.end()

    def end(self):
        """Offer no longer."""
        self.layout.display = "none"
