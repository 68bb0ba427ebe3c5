"""What one page shows and the next one makes: carried in a hidden field, and read with suspicion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import HiddenField
from wtforms.validators import StopValidation


class CarriedField(HiddenField):
    """A text that `read` understands; `found` is what it says, None where it raises ValueError."""

    def __init__(self, read: Callable[[str], Any], message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read, self.message = read, message
        self.found: Any = None

    def pre_validate(self, _form: Any) -> None:
        try:
            self.found = self.read(self.data or "")
        except ValueError:
            raise StopValidation(self.message) from None
