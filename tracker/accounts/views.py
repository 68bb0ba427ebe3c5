"""Signing in and out, one's own account, and the links that set a password."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from tracker.accounts import (
    delegation,
    operations,
    passwords,
    queries,
    sessions,
    signature_views,
    signatures,
    user_views,
)
from tracker.accounts import sign_in as checks
from tracker.accounts.blueprint import bp
from tracker.accounts.forms import AskForResetForm, ChangePasswordForm, SetPasswordForm, SignInForm
from tracker.accounts.models import User
from tracker.web import errors, htmx
from tracker.web.access import permission, person, public
from tracker.web.forms import submit
from tracker.web.security import safe_path

# The factory takes the blueprint from here, with the administrator's pages on it.
__all__ = ["bp", "signature_views", "user_views"]


@sessions.login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> Response:
    """Nobody is signed in: to the sign-in page and back, the whole page also where htmx asked for a piece.

    A form that was sent keeps its text: it is given back on the page that says so, or stays on the screen for htmx.
    """
    if request.method == "POST":
        return errors.signed_out()
    back = request.full_path.rstrip("?") if request.method == "GET" and not htmx.is_htmx() else None
    return htmx.leave(url_for("accounts.sign_in", next=safe_path(back)))


@bp.get("/sign-in")
@public
def sign_in() -> str | BaseResponse:
    if current_user.is_authenticated:
        return redirect(_after_sign_in())
    return render_template("accounts/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def sign_in_with_password() -> Response:
    form = SignInForm()
    if form.validate_on_submit():
        found = checks.check_password(form.email.data, form.password.data, _address())
        if found is not None:
            sessions.start(*found)
            return htmx.see_other(_after_sign_in())
        form.say("email", "The e-mail address or the password is not right")
    return make_response(render_template("accounts/sign_in.html", form=form), 422)


def _after_sign_in() -> str:
    return safe_path(request.args.get("next")) or url_for("home.due_for_me")


def _address() -> str:
    return request.remote_addr or ""


@bp.post("/sign-out")
@permission("account.edit")
def sign_out() -> Response:
    sessions.end_this(current_user)
    return htmx.see_other(url_for("accounts.sign_in"))


@bp.get("/account")
@permission("account.edit", queries.get_own_account)
def show_account(user: User) -> str:
    chaired = [s for s in queries.list_taskforce_scopes() if delegation.own_role(person(), s.id)]
    values = {
        "grants": queries.list_grants(user.contact_id),
        "has_signature": signatures.get_signature(user.contact_id) is not None,
        "chaired": chaired,
    }
    return render_template("accounts/account.html", user=user, **values)


@bp.route("/account/password", methods=["GET", "POST"])
@permission("account.edit", queries.get_own_account)
def change_password(user: User) -> Response | str:
    form = ChangePasswordForm()
    form.known_words = (user.email, user.contact.name)

    def render(form: ChangePasswordForm) -> str:
        return render_template("accounts/change_password.html", form=form)

    if request.method == "GET":
        return render(form)
    valid = form.validate_on_submit()
    if valid and not checks.check_own_password(person(), form.current.data):
        form.say("current", "The current password is not right")
        valid = False
    # Hashed here: it takes time that would hold other writers up.
    password_hash = passwords.hash_password(form.password.data) if valid else ""

    def write(user: User) -> Response:
        operations.change_password(user, password_hash, session_id=current_user.session_id, by=person())
        flash("Your password is changed. Every other browser has been signed out.")
        return htmx.see_other(url_for(".show_account"))

    return submit(form, render, write, valid)


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def ask_for_reset() -> Response | str:
    form = AskForResetForm()

    def render(form: AskForResetForm) -> str:
        return render_template("accounts/ask_for_reset.html", form=form)

    if request.method == "GET":
        return render(form)
    valid = form.validate_on_submit()
    if valid:
        checks.count_reset(form.email.data, _address())

    def write(_nothing: None) -> Response:
        operations.ask_for_reset(form.email.data)
        return htmx.see_other(url_for(".show_reset_asked"))

    return submit(form, render, write, valid)


@bp.get("/forgotten-password/sent")
@public
def show_reset_asked() -> str:
    return render_template("accounts/reset_asked.html")


@bp.route("/set-password/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> Response | str:
    """The form behind a link. Opening it uses nothing up: mail scanners open links too."""
    user = queries.get_user_by_link(token)
    if user is None:
        return make_response(render_template("accounts/link_gone.html"), 404)
    form = SetPasswordForm()
    form.known_words = (user.email, user.contact.name)

    def render(form: SetPasswordForm) -> str:
        return render_template("accounts/set_password.html", form=form)

    if request.method == "GET":
        return render(form)
    valid = form.validate_on_submit()
    password_hash = passwords.hash_password(form.password.data) if valid else ""

    def write(_nothing: None) -> Response:
        operations.set_password_by_link(token, password_hash)
        flash("Your password is set. Sign in with it.")
        return htmx.see_other(url_for(".sign_in"))

    return submit(form, render, write, valid)
