"""Filters of a register that somebody saved under a name, for themselves or for their taskforce."""
