"""Boards, taskforces, memberships, programmes, contacts."""
