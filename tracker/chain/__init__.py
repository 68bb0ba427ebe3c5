"""What came from what: the chain panel."""
