"""What every feature stands on. Its tables are imported here, so that the metadata is always whole."""

from tracker.core import events, files, form_keys, outbox, references, throttle

__all__ = ["events", "files", "form_keys", "outbox", "references", "throttle"]
