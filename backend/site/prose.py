"""Rendered words, made ready for a page."""

from markupsafe import Markup


def prose(html: str) -> Markup:
    """Rendered words for a page: a table scrolls by itself where it is too wide.

    Beside a table's tags are line ends, which no attribute of rendered words has.
    """
    region = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
    html = html.replace("<table>\n<thead>", f"{region}<table>\n<thead>")
    return Markup(html.replace("\n</table>", "\n</table></div>"))
