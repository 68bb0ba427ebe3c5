"""Forms of accounts."""

from __future__ import annotations

from tracker.web.fields import EmailField, SecretField
from tracker.web.forms import TrackerForm


class SignInForm(TrackerForm):
    email = EmailField("E-mail address", required="Enter your e-mail address", autocomplete="username")
    password = SecretField("Password", required="Enter your password", autocomplete="current-password", longest=1000)
