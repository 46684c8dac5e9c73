"""The base class of all content errors."""

from typing import ClassVar

from indexer.errors import LaurelError


class ContentError(LaurelError):
    """A refusal with a stable `code` for programs; `str(error)` is a sentence for people."""

    code: ClassVar[str] = "content"
