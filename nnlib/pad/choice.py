"""The pad's control to choose which network reads; it is there where there is more than one."""

import ipywidgets as widgets


class Choice(widgets.Dropdown):
    """A list of networks.

    Parameters
    ----------
    names : list of str
        Their names.
    choose : callable
        Called with a name when somebody chooses it.
    """

    def __init__(self, names, choose):
        super().__init__(
            options=names,
            description="Network:",
            tooltip="Which network reads what you draw",
            style={"description_width": "auto"},
            layout={"width": "auto", "max_width": "100%"},
        )
        self._is_updating = False
        self.observe(lambda change: None if self._is_updating else choose(change["new"]), "value")

    def update(self, names, chosen):
        """Show these names, and which one is chosen."""
        if (list(self.options), self.value) == (names, chosen):
            return
        self._is_updating = True
        try:
            self.options, self.value = names, chosen
        finally:
            self._is_updating = False
