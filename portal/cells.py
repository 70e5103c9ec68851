"""Cells of a table: a spreadsheet computes what begins like a formula, so an apostrophe goes before it."""

FORMULA = "=+-@\t\r"


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(tuple(FORMULA)) else text


def bare(cell: str) -> str:
    """The cell without that guard."""
    text = cell.strip(" ")
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(tuple(FORMULA)) else text
