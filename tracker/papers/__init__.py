"""Board papers and their cover sheets."""
