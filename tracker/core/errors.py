"""Domain errors. Each is a class; `web/errors.py` turns it into its page once."""

from __future__ import annotations


class DomainError(Exception):
    """Something the product refuses. `message` is for the person who asked; `status` is the HTTP status of its page."""

    status = 400
    title = "There is a problem"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """No such record, or none that this person may see: the two are never told apart."""

    status = 404
    title = "Page not found"


class Forbidden(DomainError):
    """The person may see the record but may not do this to it."""

    status = 403
    title = "You cannot do this"


class RuleBroken(DomainError):
    """A rule of the business says no. `field` names the form field to say it at, where there is one."""

    status = 409
    title = "This cannot be done now"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StaleVersion(DomainError):
    """The record has been saved by somebody else since this form was opened."""

    status = 409
    title = "Somebody else has changed this"

    def __init__(self) -> None:
        super().__init__("Somebody else saved this while you were working on it. Nothing of yours has been saved yet.")


class ContentMoved(DomainError):
    """The text that was decided on is not the text that is there now."""

    status = 409
    title = "The letter has changed since you opened it"

    def __init__(self) -> None:
        super().__init__("The letter was changed after you opened it. Read it again before you decide.")


class AlreadySubmitted(DomainError):
    """The same form was sent twice; the first went through and led to `location`."""

    status = 303
    title = "Already saved"

    def __init__(self, location: str) -> None:
        super().__init__("This form was already sent and saved.")
        self.location = location


class TooManyTries(DomainError):
    """Throttled. `wait` is the time until the next try, in seconds."""

    status = 429
    title = "Too many tries"

    def __init__(self, wait: int) -> None:
        minutes = max(1, round(wait / 60))
        super().__init__(f"Wait {minutes} minute{'s' if minutes > 1 else ''} and try again.")
        self.wait = wait


class BadFile(RuleBroken):
    """An uploaded file that is refused, with the reason."""

    status = 422
