from .page import read_page, Page  # noqa
