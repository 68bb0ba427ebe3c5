"""Pages of board papers."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, send_file, url_for

from tracker.core import clock, events, files
from tracker.core.db import db
from tracker.core.permissions import TASKFORCE_ROLES, Role
from tracker.directory import queries as directory
from tracker.directory.models import Taskforce
from tracker.directory.picker import settle
from tracker.papers import documents, operations, queries
from tracker.papers.forms import (
    ClearanceForm,
    ConfirmForm,
    NewPaperForm,
    PaperForm,
    ReasonForm,
    ReportedForm,
    ResolutionForm,
)
from tracker.papers.models import Paper
from tracker.papers.rules import (
    DECIDABLE,
    EDITABLE,
    PaperState,
    can_consider,
    can_move,
    duty_statement,
    missing,
    task_list,
)
from tracker.web import htmx
from tracker.web.access import begin_write, permission, person
from tracker.web.fields import choices_of
from tracker.web.forms import submit

bp = Blueprint("papers", __name__)


def _to(paper: Paper, **values: Any) -> Response:
    return htmx.see_other(url_for(".show_paper", key=paper.reference, **values))


def _meetings() -> list[tuple[str, str]]:
    return [(str(m.id), f"{m.held_on.day} {m.held_on:%B %Y}, {m.board.name}") for m in directory.list_board_meetings()]


@bp.get("/papers")
@permission("paper.list")
def list_papers() -> str:
    return render_template(
        "papers/list.html",
        page=queries.list_papers(person(), request.args),
        filters=[
            (
                "taskforce",
                "Taskforce",
                "All taskforces",
                [(t.code, t.name) for t in directory.list_taskforces_for(person(), TASKFORCE_ROLES)],
            ),
            ("state", "State", "All states", choices_of(PaperState)),
            ("meeting", "Board meeting", "All meetings", _meetings()),
        ],
    )


@bp.route("/papers/new", methods=["GET", "POST"])
@permission("paper.create")
def new_paper() -> Response | str:
    return _begin_paper(recorded=False)


@bp.route("/papers/record", methods=["GET", "POST"])
@permission("paper.create")
def record_paper() -> Response | str:
    return _begin_paper(recorded=True)


def _begin_paper(*, recorded: bool) -> Response | str:
    form, own = NewPaperForm(), directory.list_taskforces_for(person(), {Role.SECRETARIAT})
    form.taskforce_id.choices = [(str(t.id), t.name) for t in own]
    form.board_meeting_id.choices = [("", "Choose a meeting"), *_meetings()]

    def render(form: NewPaperForm) -> str:
        return render_template("papers/new.html", form=form, recorded=recorded)

    def write(_: None) -> Response:
        taskforce = db.session.get_one(Taskforce, form.taskforce_id.data)
        paper = operations.start_paper(
            taskforce, form.board_meeting_id.data, form.title.data, by=person(), recorded=recorded
        )
        flash(f"{paper.reference} is {'recorded' if recorded else 'started'}. Fill in its cover sheet.")
        return htmx.see_other(url_for(".edit_paper", key=paper.reference))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/papers/<record:key>")
@permission("paper.view", queries.get_paper_for)
def show_paper(paper: Paper) -> str:
    filled = operations.filled(paper)
    return render_template(
        "papers/detail.html",
        paper=paper,
        button=ConfirmForm.of(paper),
        duty=duty_statement(paper.duty, paper.duty_text),
        reported=documents.reported(queries.list_reported(paper.id)),
        todos=task_list(filled),
        is_complete=not missing(filled),
        is_editable=paper.state in EDITABLE,
        is_decidable=paper.state in DECIDABLE,
        is_settled=can_consider(paper.state, [i.outcome for i in paper.invitations]),
        timeline=events.list_timeline([(Paper.__tablename__, paper.id)]),
    )


@bp.route("/papers/<record:key>/edit", methods=["GET", "POST"])
@permission("paper.edit", queries.get_paper_for)
def edit_paper(paper: Paper) -> Response | str:
    form, key = PaperForm.of(paper), paper.reference
    form.board_meeting_id.choices = _meetings()
    for lead in form.leads:
        lead.taskforce_id = paper.taskforce_id
    if paper.state not in EDITABLE:
        return _to(paper)

    def render(form: PaperForm) -> str:
        return render_template("papers/edit.html", form=form, key=key)

    def write(paper: Paper) -> Response:
        operations.edit_paper(paper, form.details(lambda field: settle(field, by=person())), by=person())
        flash("The cover sheet is saved.")
        return _to(paper)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/papers/<record:key>/recommendations", methods=["GET", "POST"])
@permission("paper.edit", queries.get_paper_for)
def choose_recommendations(paper: Paper) -> Response | str:
    form, key = ReportedForm.of(paper), paper.reference
    if paper.state not in EDITABLE:
        return _to(paper)
    shown = queries.list_own_assignments(paper.taskforce_id, form.shown_ids()) if request.method == "POST" else []
    form.chosen.choices = [(str(i), str(i)) for i in shown]
    page = queries.list_offered(paper, request.args)

    def render(form: ReportedForm) -> str:
        form.chosen.error_anchor = f"chosen-{page.rows[0].id}" if page.rows else "maincontent"
        return render_template("papers/recommendations.html", form=form, key=key, page=page)

    def write(paper: Paper) -> Response:
        operations.set_reported(paper, shown, form.chosen.data, by=person())
        flash("The recommendations that the paper reports on are saved.")
        return _to(paper, _anchor="reported")

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/papers/<record:key>/preview")
@permission("paper.view", queries.get_paper_for)
def preview_paper(paper: Paper) -> str:
    return render_template("papers/preview.html", paper=paper, sheet=_sheet(paper))


def _sheet(paper: Paper) -> Any:
    draft = paper.state in documents.DRAFTS
    return documents.cover_sheet(paper, queries.last_changed(paper), draft=draft)


@bp.get("/papers/<record:key>/cover-sheet.docx")
@permission("paper.view", queries.get_paper_for)
def download_cover_sheet(paper: Paper) -> Response:
    """What was cleared, byte for byte; before that the sheet as it stands, marked as a draft."""
    content = io.BytesIO(documents.current_document(paper))
    return send_file(content, files.DOCX, as_attachment=True, download_name=f"{paper.reference}-cover-sheet.docx")


@bp.post("/papers/<record:key>/send")
@permission("paper.edit", queries.get_paper_for)
def send_to_lead(_: Paper) -> Response:
    return _press(operations.send_to_lead, "The paper is with its lead director.")


@bp.post("/papers/<record:key>/submit")
@permission("paper.edit", queries.get_paper_for)
def submit_paper(_: Paper) -> Response:
    return _press(operations.submit_paper, "The paper is marked as submitted to the board.")


@bp.post("/papers/<record:key>/consider")
@permission("paper.resolve", queries.get_paper_for)
def consider_paper(_: Paper) -> Response:
    return _press(operations.consider_paper, "The paper is marked as considered.")


def _press(operation: Any, said: str) -> Response:
    """A button without fields: a stale one, or a rule that says no, gets the error's own page."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    paper = begin_write(form)
    operation(paper, by=person())
    flash(said)
    return _to(paper)


@bp.route("/papers/<record:key>/clear", methods=["GET", "POST"])
@permission("paper.clear", queries.get_paper_for)
def clear_paper(paper: Paper) -> Response | str:
    """A lead director's own click; for a lead without an account the secretariat writes down how it was given."""
    leads = person().contact_id in paper.lead_contact_ids
    form: Any = ConfirmForm.of(paper) if leads else ClearanceForm.of(paper)
    if not leads:
        absent = queries.list_leads_without_account(paper)
        form.lead.choices = [(str(contact.id), contact.name) for contact in absent]
    if paper.state is not PaperState.WITH_LEAD_DIRECTOR:
        return _to(paper)

    def render(form: Any) -> str:
        now = queries.get_paper_for(person(), request.view_args["key"])  # type: ignore[index]
        return render_template("papers/clear.html", form=form, leads=leads, paper=now, sheet=_sheet(now or paper))

    def write(paper: Paper) -> Response:
        if leads:
            operations.clear_paper(paper, by=person())
        else:
            operations.record_clearance(paper, form.lead.data, form.cleared_on.data, form.how.data, by=person())
        flash("The paper is cleared. Its Word file is kept as it is now.")
        return _to(paper)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/papers/<record:key>/return", methods=["GET", "POST"])
@permission("paper.clear", queries.get_paper_for)
def return_paper(paper: Paper) -> Response | str:
    return _give_back(paper, operations.return_paper, "Return the paper", "The paper is a draft again.")


@bp.route("/papers/<record:key>/reopen", methods=["GET", "POST"])
@permission("paper.edit", queries.get_paper_for)
def reopen_paper(paper: Paper) -> Response | str:
    return _give_back(
        paper, operations.reopen_paper, "Reopen the paper", "The paper is a draft again, and its clearance is void."
    )


def _give_back(paper: Paper, operation: Any, words: str, said: str) -> Response | str:
    form, key = ReasonForm.of(paper), paper.reference
    if not can_move(paper.state, PaperState.DRAFT):
        return _to(paper)

    def render(form: ReasonForm) -> str:
        return render_template("papers/reason.html", form=form, key=key, words=words)

    def write(paper: Paper) -> Response:
        operation(paper, form.reason.data, by=person())
        flash(said)
        return _to(paper)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/papers/<record:key>/invitations/<id:invitation_id>", methods=["GET", "POST"])
@permission("paper.resolve", queries.get_paper_of_invitation)
def record_resolution(paper: Paper) -> Response | str:
    invitation_id = int(request.view_args["invitation_id"])  # type: ignore[index]
    invitation = next(i for i in paper.invitations if i.id == invitation_id)
    form, key, words = ResolutionForm.for_invitation(paper, invitation, clock.today()), paper.reference, invitation.text

    def render(form: ResolutionForm) -> str:
        return render_template("papers/resolution.html", form=form, key=key, words=words, invitation_id=invitation_id)

    def write(paper: Paper) -> Response:
        invitation = next(i for i in paper.invitations if i.id == invitation_id)
        data = (form.outcome.data, form.resolved_on.data, form.minute_reference.data, form.note.data)
        operations.record_resolution(paper, invitation, *data, by=person())
        flash("The board’s resolution is recorded.")
        return _to(paper, _anchor=f"invitation-{invitation_id}")

    return render(form) if request.method == "GET" else submit(form, render, write)
