"""Pages of winding up, of offers and of the legacy list. Programmes and covering notes stand beside it."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for

from tracker.core import clock, files
from tracker.core.errors import NotFound
from tracker.directory import picker
from tracker.directory import queries as directory
from tracker.directory.models import Taskforce
from tracker.directory.rules import TaskforceLife
from tracker.recommendations.register import short_title
from tracker.transfers import documents, forms, programme_views, queries, winding
from tracker.transfers.blueprint import bp
from tracker.transfers.models import Transfer
from tracker.transfers.rules import TransferOutcome, why_not_closed
from tracker.transfers.winding import Offer
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import submit

__all__ = ["bp", "programme_views"]
MOST_OFFERED = 200
BEFORE_WINDING_UP = (
    "From today no reminders go out for this taskforce. Everything that is open is listed, so that each piece ends or "
    "finds a new owner. Nothing is closed by this step, and it can be taken back."
)


@bp.get("/taskforces/<code>/winding-up")
@permission("winding_up.view", directory.get_taskforce_for)
def show_winding_up(taskforce: Taskforce) -> str:
    return _winding_up(taskforce, forms.ConfirmForm.of(taskforce))


def _winding_up(taskforce: Taskforce, form: forms.ConfirmForm) -> str:
    what = "actions" if request.args.get("what") == "actions" else "recommendations"
    listed = queries.list_open_actions if what == "actions" else queries.list_open_recommendations
    counts = queries.count_open(taskforce.id)
    return render_template(
        "transfers/winding_up.html",
        taskforce=taskforce,
        form=form,
        what=what,
        page=listed(taskforce.id, request.args),
        counts=counts,
        obstacle=why_not_closed(*counts),
        due_words=queries.due_words,
        title_of=short_title,
    )


def _page_of(taskforce: Taskforce) -> str:
    return url_for("transfers.show_winding_up", code=taskforce.code)


@bp.route("/taskforces/<code>/winding-up/start", methods=["GET", "POST"])
@permission("winding_up.edit", directory.get_taskforce_for)
def start_winding_up(taskforce: Taskforce) -> Response | str:
    return _with_reason(taskforce, "Begin to wind up", BEFORE_WINDING_UP)


@bp.route("/taskforces/<code>/winding-up/stop", methods=["GET", "POST"])
@permission("winding_up.edit", directory.get_taskforce_for)
def stop_winding_up(taskforce: Taskforce) -> Response | str:
    return _with_reason(taskforce, "Go on after all")


def _with_reason(taskforce: Taskforce, words: str, explains: str = "") -> Response | str:
    form = forms.ReasonForm.of(taskforce)
    shown = {"words": words, "explains": explains, "back": _page_of(taskforce), "name": taskforce.name}

    def render(form: forms.ReasonForm) -> str:
        return render_template("transfers/reason.html", form=form, **shown)

    def write(taskforce: Taskforce) -> Response:
        is_active = taskforce.life is TaskforceLife.ACTIVE
        change = winding.start_winding_up if is_active else winding.stop_winding_up
        change(taskforce, form.reason.data, by=person())
        flash("The taskforce is winding up. Reminders have stopped." if is_active else "The taskforce is active again.")
        return htmx.see_other(_page_of(taskforce))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.post("/taskforces/<code>/winding-up/close")
@permission("winding_up.edit", directory.get_taskforce_for)
def close_taskforce(taskforce: Taskforce) -> Response | str:
    def render(form: forms.ConfirmForm) -> str:
        return _winding_up(directory.get_taskforce_for(person(), taskforce_code) or taskforce, form)

    def write(taskforce: Taskforce) -> Response:
        winding.close_taskforce(taskforce, by=person())
        flash(f"{taskforce.name} is closed.")
        return htmx.see_other(_page_of(taskforce))

    taskforce_code = taskforce.code
    return submit(forms.ConfirmForm.of(taskforce), render, write)


@bp.route("/taskforces/<code>/winding-up/offer", methods=["GET", "POST"])
@permission("winding_up.edit", directory.get_taskforce_for)
def offer(taskforce: Taskforce) -> Response | str:
    """Offer what was chosen in the list (`recommendation`, `action`: ids in the address) to one new owner."""
    chosen = _ids("recommendation"), _ids("action")
    form = forms.OfferForm()
    form.who.taskforce_id = taskforce.id
    assignments, actions = queries.list_to_offer(taskforce.id, *chosen)
    shown = {
        "taskforce": taskforce.name,
        "back": _page_of(taskforce),
        "listed": [a.recommendation.reference for a in assignments] + [a.reference for a in actions],
    }
    if request.method == "GET" and not shown["listed"]:
        flash("Choose what to offer first: it must be open and not offered to anybody yet.", "important")
        return htmx.see_other(_page_of(taskforce))

    def render(form: forms.OfferForm) -> str:
        return render_template("transfers/offer.html", form=form, **shown)

    def write(taskforce: Taskforce) -> Response:
        contact_id = picker.settle(form.who, by=person())
        details = Offer(form.to_body.data, picker.contact_name(contact_id), contact_id, form.reason.data)
        made = winding.offer(taskforce, *queries.list_to_offer(taskforce.id, *chosen), details, by=person())
        flash(f"Offered to {details.to_owner}: {len(made)}. Record their answer when it comes.")
        return htmx.see_other(_page_of(taskforce))

    return render(form) if request.method == "GET" else submit(form, render, write)


def _ids(name: str) -> list[int]:
    """The ids in the address under this name, at most MOST_OFFERED."""
    given = request.args.getlist(name)[:MOST_OFFERED]
    return [int(v) for v in given if v.isascii() and v.isdigit() and len(v) < 10]


@bp.get("/transfers/<id:transfer_id>")
@permission("transfer.view", queries.get_transfer_for)
def show_transfer(transfer: Transfer) -> str:
    return render_template("transfers/transfer.html", transfer=transfer, reference=winding.reference_of(transfer))


def _address(transfer: Transfer) -> str:
    return url_for("transfers.show_transfer", transfer_id=transfer.id)


@bp.route("/transfers/<id:transfer_id>/answer", methods=["GET", "POST"])
@permission("transfer.answer", queries.get_transfer_for)
def answer_transfer(transfer: Transfer) -> Response | str:
    form = forms.AnswerOfferForm(data={"version": transfer.version, "on": clock.today()})
    shown = {"reference": winding.reference_of(transfer), "back": _address(transfer), "to": transfer.to_owner}

    def render(form: forms.AnswerOfferForm) -> str:
        return render_template("transfers/answer.html", form=form, **shown)

    def write(transfer: Transfer) -> Response:
        answered = winding.accept if form.outcome.data is TransferOutcome.ACCEPTED else winding.decline
        answered(transfer, form.said(), by=person())
        flash("The answer is recorded.")
        return htmx.see_other(_address(transfer))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/transfers/<id:transfer_id>/withdraw", methods=["GET", "POST"])
@permission("transfer.edit", queries.get_transfer_for)
def withdraw_transfer(transfer: Transfer) -> Response | str:
    form = forms.ReasonForm(data={"version": transfer.version})
    shown = {"words": "Take the offer back", "back": _address(transfer), "name": winding.reference_of(transfer)}

    def render(form: forms.ReasonForm) -> str:
        return render_template("transfers/reason.html", form=form, **shown)

    def write(transfer: Transfer) -> Response:
        winding.withdraw(transfer, form.reason.data, by=person())
        flash("The offer is taken back.")
        return htmx.see_other(_address(transfer))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/transfers/<id:transfer_id>/file")
@permission("transfer.view", queries.get_transfer_for)
def download_transfer_file(transfer: Transfer) -> Response:
    if transfer.file_sha256 is None:
        raise NotFound("There is no file with this answer.")
    content = files.read(transfer.file_sha256)
    kind = files.any_kind_of(content)
    return attachment(content, kind, f"transfer-{transfer.id}.{files.ENDINGS.get(kind, 'bin')}")


@bp.get("/taskforces/<code>/legacy-list.docx")
@permission("winding_up.view", directory.get_taskforce_for)
def download_legacy_list(taskforce: Taskforce) -> Response:
    return attachment(documents.legacy_list(taskforce), files.DOCX, f"{taskforce.code}-legacy-list.docx")


@bp.get("/taskforces/<code>/legacy-list.xlsx")
@permission("winding_up.view", directory.get_taskforce_for)
def download_legacy_sheet(taskforce: Taskforce) -> Response:
    return attachment(documents.legacy_sheet(taskforce), files.XLSX, f"{taskforce.code}-legacy-list.xlsx")
