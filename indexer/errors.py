"""What all errors that a person can put right have in common."""


class LaurelError(Exception):
    """Its message is a sentence that says what is wrong and what to do; `laurel` ends with it."""
