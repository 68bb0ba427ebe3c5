"""Pages of contacts, and the search of the contact field."""

from __future__ import annotations

import re

from flask import Response, abort, flash, render_template, request, url_for
from wtforms import Form

from tracker.accounts.models import Contact
from tracker.core import events
from tracker.core.events import Subject
from tracker.core.permissions import Person
from tracker.directory import contacts, queries
from tracker.directory.blueprint import bp
from tracker.directory.forms import ContactForm
from tracker.directory.models import Taskforce
from tracker.directory.picker import ContactField
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


def _search_of(_person: Person) -> Subject | None:
    """Whose contacts are searched: a taskforce's, or nobody's (an administrator's forms)."""
    wanted = request.args.get("taskforce", "")
    if wanted and not re.fullmatch(r"[0-9]{1,9}", wanted):
        return None
    return Subject("taskforce", int(wanted or 0), int(wanted) if wanted else None)


@bp.get("/contacts/find")
@permission("contact_search.view", _search_of)
def find_contacts(search: Subject) -> str:
    """What a contact field shows under its box while one types."""
    name = request.args.get("field", "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,59}", name):
        abort(400)
    field = ContactField("", required=request.args.get("required", "")).bind(Form(), name)
    field.taskforce_id = search.taskforce_id
    field.read(request.args)
    field.is_looking = True
    return render_template("directory/_picker_found.html", field=field)


@bp.get("/taskforces/<code>/contacts")
@permission("contact.list", queries.get_taskforce_for)
def list_contacts(taskforce: Taskforce) -> str:
    page = queries.list_contacts(taskforce.id, request.args)
    return render_template("directory/contacts.html", taskforce=taskforce, page=page)


@bp.route("/taskforces/<code>/contacts/new", methods=["GET", "POST"])
@permission("contact.edit", queries.get_taskforce_for)
def new_contact(taskforce: Taskforce) -> Response | str:
    form = ContactForm()

    def render(form: ContactForm) -> str:
        return render_template("directory/edit_contact.html", form=form, contact=None, taskforce=taskforce)

    def write(taskforce: Taskforce) -> Response:
        contact = contacts.add_contact(taskforce.id, **form.details(), by=person())
        flash(f"{contact.name} is added.")
        return htmx.see_other(url_for(".show_contact", contact_id=contact.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/contacts/<id:contact_id>")
@permission("contact.view", queries.get_contact_for)
def show_contact(contact: Contact) -> str:
    return render_template(
        "directory/contact.html",
        contact=contact,
        taskforce=queries.get_keeper(contact),
        seats=[s for s in queries.list_memberships_of(contact.id) if s.taskforce_id in person().taskforces()],
        appointments=queries.list_appointments_of(contact.id),
        happenings=events.list_timeline([("contact", contact.id)]),
    )


@bp.route("/contacts/<id:contact_id>/edit", methods=["GET", "POST"])
@permission("contact.edit", queries.get_contact_for)
def edit_contact(contact: Contact) -> Response | str:
    form = ContactForm.of(contact)

    def render(form: ContactForm) -> str:
        return render_template("directory/edit_contact.html", form=form, contact=contact, taskforce=None)

    def write(contact: Contact) -> Response:
        contacts.edit_contact(contact, form.details(), by=person())
        flash("The contact is saved.")
        return htmx.see_other(url_for(".show_contact", contact_id=contact.id))

    return render(form) if request.method == "GET" else submit(form, render, write)
