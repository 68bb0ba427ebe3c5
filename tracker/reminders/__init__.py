"""The ladder of reminders, their digests, and the reminder letter."""
