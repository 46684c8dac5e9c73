"""Rendered HTML, made ready for a page."""

from markupsafe import Markup


def prose(html: str) -> Markup:
    """Rendered HTML for a page: a table scrolls by itself where it is too wide.

    The renderer puts line ends next to a table's tags and into no attribute, so only tags are replaced.
    """
    region = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
    html = html.replace("<table>\n<thead>", f"{region}<table>\n<thead>")
    return Markup(html.replace("\n</table>", "\n</table></div>"))
