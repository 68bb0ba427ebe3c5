"""Standard passages of a taskforce, with fields that the record fills in."""
