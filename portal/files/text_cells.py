"""Text that a spreadsheet must never read as a formula (CSV has no types, so the text itself must not begin like one)."""

FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it where Excel or WPS would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def plain_text(text: str) -> str:
    """What `safe_text` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
