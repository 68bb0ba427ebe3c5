"""Signing in and out, one's own account, and the administrator's pages of users."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from tracker.accounts import operations, sessions
from tracker.accounts.forms import SignInForm
from tracker.web import htmx
from tracker.web.access import permission, public
from tracker.web.security import safe_path

bp = Blueprint("accounts", __name__)


@sessions.login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> Response:
    """Nobody is signed in: to the sign-in page and back, the whole page also where htmx asked for a piece."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not htmx.is_htmx() else None
    return htmx.leave(url_for("accounts.sign_in", next=safe_path(back)))


@bp.get("/sign-in")
@public
def sign_in() -> str | BaseResponse:
    if current_user.is_authenticated:
        return redirect(url_for("home.due_for_me"))
    return render_template("accounts/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def sign_in_with_password() -> Response:
    form = SignInForm()
    if form.validate_on_submit():
        found = operations.check_password(form.email.data, form.password.data, request.remote_addr or "")
        if found is not None:
            sessions.start(*found)
            return htmx.see_other(safe_path(request.args.get("next")) or url_for("home.due_for_me"))
        form.say("email", "The e-mail address or the password is not right")
    return make_response(render_template("accounts/sign_in.html", form=form), 422)


@bp.post("/sign-out")
@permission("account.edit")
def sign_out() -> Response:
    sessions.end_this(current_user)
    return htmx.see_other(url_for("accounts.sign_in"))


@bp.get("/account")
@permission("account.edit")
def show_account() -> str:
    return render_template("accounts/account.html")
