"""Users, grants, sign-in, invitations."""
