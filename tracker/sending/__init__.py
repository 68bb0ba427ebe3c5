"""Sending: an issued letter goes out, by e-mail from here, by one's own mail program, by post or by hand; its PDFs."""
