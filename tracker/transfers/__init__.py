"""What is open finds a new owner: a taskforce winds up, a programme is renamed, merged or gets a new SRO."""
