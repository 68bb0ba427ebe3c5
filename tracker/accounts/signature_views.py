"""One's own signature image."""

from __future__ import annotations

from io import BytesIO

from flask import Response, flash, render_template, request, send_file, url_for

from tracker.accounts import queries, signatures
from tracker.accounts.blueprint import bp
from tracker.accounts.forms import ConfirmForm, SignatureForm
from tracker.accounts.models import User
from tracker.core import files
from tracker.core.errors import NotFound
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.route("/account/signature", methods=["GET", "POST"])
@permission("account.edit", queries.get_own_account)
def edit_signature(user: User) -> Response | str:
    form = SignatureForm()

    def render(form: SignatureForm) -> str:
        own = signatures.get_signature(person().contact_id)
        return render_template("accounts/signature.html", form=form, own=own)

    def write(user: User) -> Response:
        signatures.put_up_signature(user, form.png, by=person())
        flash("Your signature image is up. You choose at each letter whether to sign with it.")
        return htmx.see_other(url_for(".edit_signature"))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/account/signature.png")
@permission("account.edit", queries.get_own_account)
def show_signature(user: User) -> Response:
    """The picture itself, for a page of its owner's."""
    own = signatures.get_signature(user.contact_id)
    if own is None:
        raise NotFound("You have no signature image.")
    return send_file(BytesIO(files.read(own.file_sha256)), files.PNG)


@bp.route("/account/signature/take-down", methods=["GET", "POST"])
@permission("account.edit", queries.get_own_account)
def take_down_signature(user: User) -> Response | str:
    form = ConfirmForm()

    def render(form: ConfirmForm) -> str:
        return render_template("accounts/take_down_signature.html", form=form)

    def write(user: User) -> Response:
        signatures.take_down_signature(user, by=person())
        flash("Your signature image is taken down.")
        return htmx.see_other(url_for(".show_account"))

    return render(form) if request.method == "GET" else submit(form, render, write)
