"""Correspondence: everything in and out about a letter, in order, with its files."""
