"""A person's own due dates as a calendar feed (iCalendar)."""
