"""What a saved view keeps of an address."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

LONGEST_QUERY = 2000
MOST_VIEWS = 50
# Where on the pages one is, and which view is open: not what a view keeps.
PASSING = frozenset({"after", "before", "view"})


def clean_query(query: str) -> str:
    """The part of an address's query that a view keeps, spelled one way. Raises ValueError for one that is too long."""
    pairs = parse_qsl(query, max_num_fields=200)
    kept = urlencode([(name, value) for name, value in pairs if value and name not in PASSING])
    if len(kept) > LONGEST_QUERY:
        raise ValueError("These are too many filters to save. Remove some of them first.")
    return kept
