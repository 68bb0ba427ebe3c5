"""Workshops, participants, points heard."""
