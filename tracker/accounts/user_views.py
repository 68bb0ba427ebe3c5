"""The administrator's pages of users and their grants."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, render_template, request, url_for

from tracker.accounts import operations, queries
from tracker.accounts.blueprint import bp
from tracker.accounts.forms import ConfirmForm, EndGrantForm, GrantForm, UserForm
from tracker.accounts.models import User
from tracker.core import events
from tracker.core.permissions import Person
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.get("/users")
@permission("user.view")
def list_users() -> str:
    page = queries.list_users(request.args)
    states = [*((s.value, s.label) for s in queries.UserState), (queries.NO_ROLE, "Without a role")]
    return render_template("accounts/users.html", page=page, states=states)


@bp.route("/users/new", methods=["GET", "POST"])
@permission("user.edit")
def make_user() -> Response | str:
    form = UserForm()

    def render(form: UserForm) -> str:
        return render_template("accounts/edit_user.html", form=form, user=None)

    def write(_nothing: None) -> Response:
        user = operations.create_user(**form.details(), by=person())
        operations.invite_user(user, by=person())
        flash(f"The account for {user.contact.name} is made, and an invitation is on its way to {user.email}.")
        return htmx.see_other(url_for(".show_user", user_id=user.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/users/<id:user_id>")
@permission("user.view", queries.get_user_for)
def show_user(user: User) -> str:
    return _user_page(user, ConfirmForm())


def _user_page(user: User, form: ConfirmForm) -> str:
    return render_template(
        "accounts/user.html",
        user=user,
        state=queries.state_of(user),
        grants=queries.list_grants(user.contact_id),
        sessions=queries.count_sessions(user.id),
        happenings=events.list_timeline([("user_account", user.id)]),
        form=form,
    )


@bp.route("/users/<id:user_id>/edit", methods=["GET", "POST"])
@permission("user.edit", queries.get_user_for)
def edit_user(user: User) -> Response | str:
    form = UserForm.of(user)

    def render(form: UserForm) -> str:
        return render_template("accounts/edit_user.html", form=form, user=user)

    def write(user: User) -> Response:
        operations.edit_user(user, **form.details(), by=person())
        flash("The account is saved.")
        return htmx.see_other(url_for(".show_user", user_id=user.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _do(user: User, change: Callable[..., None], said: str) -> Response:
    """Press a button of a user's page: `change(user, by=person)`, then back to the page with what happened."""

    def write(user: User) -> Response:
        change(user, by=person())
        flash(said)
        return htmx.see_other(url_for(".show_user", user_id=user.id))

    return submit(ConfirmForm(), lambda form: _user_page(user, form), write)


@bp.route("/users/<id:user_id>/disable", methods=["GET", "POST"])
@permission("user.edit", queries.get_user_for)
def disable_user(user: User) -> Response | str:
    """Asks first: it signs the person out wherever they are."""
    if request.method == "GET":
        grants = queries.list_grants(user.contact_id)
        return render_template("accounts/disable_user.html", user=user, grants=grants, form=ConfirmForm())
    return _do(
        user, operations.disable_user, "The account is disabled, and every browser signed in to it is signed out."
    )


@bp.post("/users/<id:user_id>/enable")
@permission("user.edit", queries.get_user_for)
def enable_user(user: User) -> Response:
    return _do(user, operations.enable_user, "The account is enabled again.")


@bp.post("/users/<id:user_id>/invite")
@permission("user.edit", queries.get_user_for)
def invite_user(user: User) -> Response:
    return _do(user, operations.invite_user, "A new invitation is on its way. The earlier one no longer works.")


@bp.route("/users/<id:user_id>/grants/new", methods=["GET", "POST"])
@permission("user.edit", queries.get_user_for)
def give_grant(user: User) -> Response | str:
    form = GrantForm()
    taskforces, programmes = queries.list_taskforce_scopes(), queries.list_programme_scopes()
    form.taskforce.choices = [("", "None"), *((str(s.id), s.label) for s in taskforces)]
    form.programme.choices = [("", "None"), *((str(s.id), s.label) for s in programmes)]

    def render(form: GrantForm) -> str:
        return render_template("accounts/give_grant.html", form=form, user=user)

    def write(user: User) -> Response:
        operations.give_grant(user, form.role.data, form.scope_id(), **form.dates(), by=person())
        flash(f"{user.contact.name} has the role {form.role.data.label.lower()}.")
        return htmx.see_other(url_for(".show_user", user_id=user.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _get_user_with_grant(who: Person, user_id: int, grant_id: int) -> User | None:
    """The user, where the grant in the address is theirs."""
    user = queries.get_user_for(who, user_id)
    return user if user is not None and queries.get_grant(user.contact_id, grant_id) is not None else None


@bp.route("/users/<id:user_id>/grants/<id:grant_id>/end", methods=["GET", "POST"])
@permission("user.edit", _get_user_with_grant)
def end_grant(user: User) -> Response | str:
    form = EndGrantForm()
    grant_id = int((request.view_args or {})["grant_id"])

    def render(form: EndGrantForm) -> str:
        grant = next(g for g in queries.list_grants(user.contact_id) if g.id == grant_id)
        return render_template("accounts/end_grant.html", form=form, user=user, grant=grant)

    def write(user: User) -> Response:
        operations.end_grant(user, grant_id, last_day=form.chosen_day(), by=person())
        flash("The role is ended.")
        return htmx.see_other(url_for(".show_user", user_id=user.id))

    return render(form) if request.method == "GET" else submit(form, render, write)
