"""Pages of the directory."""

from __future__ import annotations

import re

from flask import Blueprint, abort, render_template, request
from wtforms import Form

from tracker.core.events import Subject
from tracker.core.permissions import Person
from tracker.directory.picker import ContactField
from tracker.web.access import permission

bp = Blueprint("directory", __name__)


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
    return render_template("directory/_picker_found.html", field=field)
