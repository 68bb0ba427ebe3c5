"""Demonstration data, and data of any size for measuring."""
