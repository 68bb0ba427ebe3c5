"""Links for people without an account: prepare a response, sign it off, report on an action."""
