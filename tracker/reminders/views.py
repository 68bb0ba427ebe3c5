"""Pages of reminders: who is being reminded, what goes, and what went."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for

from tracker.core import clock, outbox
from tracker.directory.models import Taskforce
from tracker.directory.queries import get_taskforce_for
from tracker.letters.models import Letter
from tracker.recommendations.response_models import Response as Answered
from tracker.reminders import digests, ladders, operations, pages, plans, queries, reminder_letters, words
from tracker.reminders.forms import ConfirmForm, PauseForm, PlanForm, SendForm, plan_values, shown_of
from tracker.reminders.models import ReminderDigest
from tracker.sending.queries import get_sent_letter_for
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit

bp = Blueprint("reminders", __name__)


def _writer(taskforce: Taskforce) -> words.Writer:
    return digests.writer_of(taskforce, current_app.config["BASE_URL"], person())


@bp.get("/taskforces/<code>/reminders")
@permission("reminder.view", get_taskforce_for)
def list_ladders(taskforce: Taskforce) -> str:
    return render_template("reminders/list.html", **pages.list_page(taskforce, request.args, clock.today()))


@bp.route("/taskforces/<code>/reminders/settings", methods=["GET", "POST"])
@permission("reminder.edit", get_taskforce_for)
def edit_plan(taskforce: Taskforce) -> Response | str:
    form = PlanForm(data=plan_values(plans.get_default(taskforce.id)))
    code, name = taskforce.code, taskforce.name
    back = url_for(".list_ladders", code=code)

    def render(form: PlanForm) -> str:
        return render_template("reminders/plan.html", form=form, caption=name, back=back, letter=None)

    def write(taskforce: Taskforce) -> Response:
        changed = plans.set_plan(taskforce, form.plan(), by=person())
        flash("The settings are saved." if changed else "Nothing has changed, so nothing was saved.")
        return htmx.see_other(back)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/letters/<record:key>/reminder-settings", methods=["GET", "POST"])
@permission("reminder.edit", get_sent_letter_for)
def edit_letter_plan(letter: Letter) -> Response | str:
    row = plans.get_row(letter.taskforce_id, letter.id)
    form = PlanForm(data=plan_values(plans.plan_of(row) if row else plans.get_default(letter.taskforce_id)))
    key, code = letter.key, letter.taskforce.code
    back = url_for(".list_ladders", code=code, letter=key)

    def render(form: PlanForm) -> str:
        own = row is not None
        return render_template("reminders/plan.html", form=form, caption=key, back=back, letter=key, own=own)

    def write(letter: Letter) -> Response:
        if "drop" in request.form:
            plans.drop_plan(letter, by=person())
            flash(f"{key} is reminded of as the other letters of the taskforce.")
        else:
            plans.set_plan(letter, form.plan(), by=person())
            flash(f"The settings of {key} are saved.")
        return htmx.see_other(back)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/taskforces/<code>/reminders/send", methods=["GET", "POST"])
@permission("reminder.edit", get_taskforce_for)
def send_reminders(taskforce: Taskforce) -> Response | str:
    writer, code, name, today = _writer(taskforce), taskforce.code, taskforce.name, clock.today()
    shown = [part.partition("~")[0] for part in request.form.get("shown", "").split()]
    keys = shown if request.method == "POST" else request.args.getlist("ladder")
    choice = pages.choose(taskforce, keys, writer, today)
    frame = words.frame_of(writer)
    form = SendForm.of_going(choice.going, data={"opening": frame.opening, "closing": frame.closing})
    if request.method == "GET":
        form.shown.data = shown_of(choice.going)

    def render(form: SendForm) -> str:
        mails = pages.preview(form, choice.going, today)
        return render_template("reminders/send.html", form=form, choice=choice, mails=mails, code=code, caption=name)

    def write(taskforce: Taskforce) -> Response:
        now = pages.choose(taskforce, keys, writer, today)
        pages.check_shown(form, now)
        going, typed = pages.typed(form, now.going)
        sent = digests.send(taskforce, going, typed, writer.reply_to, by=person())
        number = f"{len(sent.mails)} e-mail{'' if len(sent.mails) == 1 else 's'}"
        flash(f"{number} on the way. This page says what becomes of them.")
        return htmx.see_other(url_for(".list_ladders", code=code))

    if request.method == "GET" or ("preview" in request.form and form.validate()):
        return render(form)
    return submit(form, render, write)


@bp.get("/letters/<record:key>/reminders/<code>")
@permission("reminder.view", queries.get_response_for)
def show_response(response: Answered) -> str:
    return _response_page(response, ConfirmForm(formdata=None))


def _response_page(response: Answered, form: ConfirmForm) -> str:
    page = pages.response_page(response, _writer(response.taskforce), clock.today())
    return render_template("reminders/detail.html", form=form, **page)


def _address(response: Answered) -> str:
    return url_for(".show_response", key=response.letter.reference, code=response.programme.code)


@bp.route("/letters/<record:key>/reminders/<code>/pause", methods=["GET", "POST"])
@permission("reminder.edit", queries.get_response_for)
def pause(response: Answered) -> Response | str:
    form, back = PauseForm(), _address(response)
    caption = f"{response.letter.reference}: {response.programme.name}"

    def render(form: PauseForm) -> str:
        return render_template("reminders/pause.html", form=form, caption=caption, back=back)

    def write(response: Answered) -> Response:
        row = operations.pause_reminders(
            response, form.reason.data or "", form.until_on.data or clock.today(), by=person()
        )
        flash(f"No reminders go until {row.until_on:%d/%m/%Y}.")
        return htmx.see_other(back)

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.post("/letters/<record:key>/reminders/<code>/end-pause")
@permission("reminder.edit", queries.get_response_for)
def end_pause(response: Answered) -> Response:
    form, back = ConfirmForm(), _address(response)

    def write(response: Answered) -> Response:
        operations.end_pause(response, by=person())
        flash("The pause is over. Reminders go on.")
        return htmx.see_other(back)

    return submit(form, lambda form: _response_page(response, form), write)


@bp.post("/letters/<record:key>/reminders/<code>/letter")
@permission("reminder.edit", queries.get_response_for)
def draft_letter(response: Answered) -> Response:
    form = ConfirmForm()

    def write(response: Answered) -> Response:
        found = ladders.list_of_responses([response.id], clock.today())
        letter = reminder_letters.draft_reminder_letter(response.taskforce, found, by=person())
        flash(f"Reminder of {response.letter.reference} drafted. Read it over, then send it to the chair.")
        return htmx.see_other(url_for("letters.edit_letter", key=letter.key))

    return submit(form, lambda form: _response_page(response, form), write)


@bp.get("/taskforces/<code>/reminders/mails/<id:digest_id>")
@permission("reminder.view", queries.get_digest_for)
def show_digest(digest: ReminderDigest) -> str:
    return _digest_page(digest, ConfirmForm(formdata=None))


def _digest_page(digest: ReminderDigest, form: ConfirmForm) -> str:
    cause = digests.cause_of(digest.id)
    delivery = next(iter(outbox.list_deliveries([cause]).get(cause, [])), None)
    code: Any = (request.view_args or {})["code"]
    return render_template("reminders/digest.html", digest=digest, delivery=delivery, form=form, code=code)


@bp.post("/taskforces/<code>/reminders/mails/<id:digest_id>/send-again")
@permission("reminder.edit", queries.get_digest_for)
def send_again(digest: ReminderDigest) -> Response:
    form: ConfirmForm = ConfirmForm()
    values = request.view_args or {}

    def write(digest: ReminderDigest) -> Response:
        operations.send_again(digest, by=person())
        flash("It is sent again within a minute or so.")
        return htmx.see_other(url_for(".show_digest", **values))

    return submit(form, lambda form: _digest_page(digest, form), write)
