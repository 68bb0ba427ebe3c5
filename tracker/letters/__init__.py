"""Letters, with the recommendations as written: drafting, clearance, versions, issue."""
