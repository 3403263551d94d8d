"""QR codes as plain values: a matrix of modules, or one SVG picture. A leaf: it knows the qrcode package only.

The error correction level is Q (a quarter of the code may be torn off or dirty) and the quiet zone is the
standard's four modules, because a poster hangs outside for months.
"""

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET = 4  # modules of white on each side
# A short address would fit version 3, of which 18 of 70 codewords may be lost: a few splashes over 6 % of it can be
# too many. Version 4 has 100 codewords, each smaller and so hit less often, and may lose 26; on 130 mm its modules are
# still 3.9 mm wide.
LEAST_VERSION = 4

Matrix = tuple[tuple[bool, ...], ...]


def qr_matrix(text: str) -> Matrix:
    """The modules of `text` row by row, True where black, without the quiet zone; 33–177 each way.

    ValueError if `text` is empty or longer than a code of level Q holds (1,663 bytes).
    """
    if not text:
        raise ValueError("a QR code needs a text")
    code = QRCode(version=LEAST_VERSION, error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(text)
    code.make(fit=True)  # from there the smallest version that holds the text: the largest modules
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def qr_svg(text: str) -> str:
    """An SVG of `text`, black on white, quiet zone included; one unit is a module.

    All black is one path: separate squares show hairlines between them when a printer smooths edges.
    """
    matrix = qr_matrix(text)
    side = len(matrix) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{_outline(matrix)}"/></svg>'
    )


def _outline(matrix: Matrix) -> str:
    return "".join(
        f"M{QUIET + start} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for start, length in _runs(row)
    )


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """The black stretches of a row as (first module, length)."""
    runs: list[tuple[int, int]] = []
    for x, black in enumerate(row):
        if black and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif black:
            runs.append((x, 1))
    return runs
