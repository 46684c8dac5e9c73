"""Log lines of the node's processes: for people on a terminal, else one JSON object a line."""

import logging
import sys

from pythonjsonlogger.json import JsonFormatter
from rich.console import Console
from rich.logging import RichHandler

OURS = "laurel"
"""The parent of all our loggers; of other libraries only warnings are shown."""


def set_up(console: Console) -> None:
    """Sends the logs of this process to `console` if it is a terminal, else to standard output.

    Each line there has `time` (ISO 8601), `level`, `logger`, `message`, and what the call put into `extra`.
    """
    handler: logging.Handler
    if console.is_terminal:
        handler = RichHandler(console=console, show_path=False, log_time_format="%H:%M:%S")
    else:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(
            JsonFormatter(
                ["levelname", "name", "message"],
                rename_fields={"levelname": "level", "name": "logger"},
                timestamp="time",
            )
        )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
