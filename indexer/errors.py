"""The base class of all errors that a person can put right."""


class LaurelError(Exception):
    """The message is a sentence that says what is wrong and what to do; `laurel` prints it and ends."""
