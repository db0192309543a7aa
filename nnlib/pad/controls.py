"""Small parts that the pad is made of."""

import ipywidgets as widgets


def button(name, action, tooltip):
    """Return a button that calls `action` without arguments."""
    made = widgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
    made.on_click(lambda _: action())
    return made


def row(children, name=None):
    """Return widgets side by side, as many as there is room for."""
    made = widgets.Box(children)
    made.add_class("nnlib-row")
    if name:
        made.add_class(name)
    return made
