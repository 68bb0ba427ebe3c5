"""Spreadsheets (XLSX, CSV) out and in. Knows plain data only, as documents/ does."""
