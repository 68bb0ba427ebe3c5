"""Letterheads: the reference documents of a taskforce, from which its letters and cover sheets take their look."""
