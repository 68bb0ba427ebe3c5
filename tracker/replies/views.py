"""Pages of replies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from tracker.core import clock, files
from tracker.core.errors import NotFound
from tracker.core.permissions import may
from tracker.recommendations import queries as responses
from tracker.recommendations import response_queries, signing_off
from tracker.recommendations.answer_forms import part_of
from tracker.recommendations.blueprint import mail_values
from tracker.recommendations.register import short_title
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.rules import ResponseState
from tracker.recommendations.signing_views import tell
from tracker.replies import forms, operations, queries
from tracker.replies.models import Reply
from tracker.replies.reading import blocks_of
from tracker.replies.rules import list_unanswered
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import submit

bp = Blueprint("replies", __name__)


def _back_to(response: Answered) -> tuple[str, str]:
    """Address and words of the response's page, or of its letter's for a taskforce that may not see it yet."""
    letter = response.letter.reference
    if may(person(), "response.view", response):
        return url_for("recommendations.show_response", key=letter, code=response.programme.code), "The response"
    return url_for("letters.show_letter", key=letter), f"Letter {letter}"


@bp.route("/letters/<record:key>/responses/<code>/replies/new", methods=["GET", "POST"])
@permission("replying.upload", responses.get_response_for)
def upload_reply(response: Answered) -> Response | str:
    """Upload the reply of a programme that came in Word or by e-mail."""
    form = forms.UploadForm()
    letter, programme = response.letter.reference or "", response.programme
    shown = {"letter": letter, "programme": programme.name, "back": _back_to(response)[0]}

    def render(form: forms.UploadForm) -> str:
        return render_template("replies/upload.html", form=form, **shown)

    def write(response: Answered) -> Response:
        reply = operations.upload_reply(response, form.arrived(), by=person())
        flash("The reply is kept. Say which of its passages answers what.")
        return htmx.see_other(url_for(".show_reply", reply_id=reply.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/replies/<id:reply_id>")
@permission("reply.view", queries.get_reply_for)
def show_reply(reply: Reply) -> str:
    """The reply beside what was asked."""
    return render_template("replies/reply.html", form=_passage_form(reply), **_shown(reply))


@bp.post("/replies/<id:reply_id>/passages")
@permission("reply.edit", queries.get_reply_for)
def add_passage(reply: Reply) -> Response:
    """Say which recommendation the chosen words answer."""

    def write(reply: Reply) -> Response:
        operations.add_passage(reply, form.chosen(), by=person())
        return htmx.see_other(url_for(".show_reply", reply_id=reply.id, _anchor="asked"))

    form, reply_id = _passage_form(reply), reply.id
    return submit(form, lambda form: _page(reply_id, form), write)


def _page(reply_id: int, form: forms.PassageForm | None = None) -> str:
    """The reply as it is now, with what was typed; for a form that was refused."""
    found = queries.get_reply_for(person(), reply_id)
    if found is None:
        return ""
    return render_template("replies/reply.html", form=form or _passage_form(found), **_shown(found))


def _passage_form(reply: Reply) -> forms.PassageForm:
    form = forms.PassageForm(data={"version": reply.version})
    form.blocks = blocks_of(reply.blocks)
    form.paragraphs.choices = [(str(n), f"Paragraph {n + 1}") for n in range(len(form.blocks))]
    asks = responses.list_asks(reply.response)
    named = [(str(a.id), f"{part_of(a)} {short_title(a.wording.title, a.wording.text)}"[:120]) for a in asks]
    form.assignment.choices = [("", "Choose"), *named]
    return form


def _shown(reply: Reply) -> dict[str, Any]:
    """The reply and what was asked, each with the passages that answer it."""
    asks, passages = responses.list_asks(reply.response), operations.passages_of(reply)
    taken: dict[int, list[Any]] = {ask.id: [] for ask in asks}
    for passage in reply.passages:
        taken.setdefault(passage.assignment_id, []).append(passage)
    used = {p.place: part_of(p.assignment) for p in reply.passages}
    return {
        "reply": reply,
        "blocks": blocks_of(reply.blocks),
        "used": used,
        "asks": [(part_of(ask), ask, taken[ask.id]) for ask in asks],
        "unanswered": set(list_unanswered([ask.id for ask in asks], passages)),
        "editing": reply.outcome is None and may(person(), "reply.edit", reply),
        "is_draft": reply.response.state is ResponseState.DRAFT,
        "back": _back_to(reply.response),
        "agreeable": operations.may_show_agreement(reply, reply.response) and may(person(), "reply.agree", reply),
        "confirm": forms.ConfirmForm(formdata=None, data={"version": reply.version}),
    }


@bp.post("/replies/<id:reply_id>/remove")
@permission("reply.edit", queries.get_reply_for)
def remove_passage(reply: Reply) -> Response | str:
    """Take back the passage that the pressed button names."""
    named = request.form.get("passage", "")
    passage_id = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0
    return _confirmed(reply, lambda found: operations.remove_passage(found, passage_id, by=person()), "")


@bp.post("/replies/<id:reply_id>/take")
@permission("reply.edit", queries.get_reply_for)
def take_reply(reply: Reply) -> Response | str:
    def take(found: Reply) -> None:
        response = responses.get_draft(found.response_id)
        if response is not None and operations.take_reply(found, response, by=person()):
            body = render_template("emails/response_ready.txt", **mail_values(response))
            signing_off.say_ready(response, body, by=person())

    return _confirmed(reply, take, "The passages are in the draft response. It is no answer until it is signed off.")


@bp.post("/replies/<id:reply_id>/set-aside")
@permission("reply.edit", queries.get_reply_for)
def set_aside(reply: Reply) -> Response | str:
    done = "The reply is set aside. Its original stays."
    return _confirmed(reply, lambda found: operations.set_aside(found, by=person()), done)


def _confirmed(reply: Reply, change: Any, done: str) -> Response | str:
    """Do what a button asks, and go back to the reply."""
    reply_id = reply.id

    def write(found: Reply) -> Response:
        change(found)
        if done:
            flash(done)
        return htmx.see_other(url_for(".show_reply", reply_id=reply_id))

    return submit(forms.ConfirmForm.of(reply), lambda _form: _page(reply_id), write)


@bp.route("/replies/<id:reply_id>/sign-off", methods=["GET", "POST"])
@permission("reply.agree", queries.get_reply_for)
def sign_off_by_reply(reply: Reply) -> Response | str:
    """Sign the draft that a reply was put into off by the reply itself: it says that the owner agreed."""
    response = reply.response
    owners = {contact.id: contact for contact in response_queries.list_sros(response)}
    form = forms.AgreedForm(data={"version": reply.version, "agreed_on": reply.received_on})
    form.agreed_by.choices = [(str(i), contact.name) for i, contact in owners.items()]
    shown = {"letter": response.letter.reference, "programme": response.programme.name, "file": reply.name}
    shown |= {"code": response.programme.code, "back": url_for(".show_reply", reply_id=reply.id)}

    def render(form: forms.AgreedForm) -> str:
        return render_template("replies/sign_off.html", form=form, has_owners=bool(owners), **shown)

    def write(reply: Reply) -> Response:
        return _sign_off(reply, form)

    return render(form) if request.method == "GET" else submit(form, render, write)


def _sign_off(reply: Reply, form: forms.AgreedForm) -> Response:
    response = responses.get_draft(reply.response_id)
    if response is None:
        raise NotFound("There is nothing here that you can see.")
    signer = next(c for c in response_queries.list_sros(response) if c.id == form.agreed_by.data)
    submission = operations.sign_off_by_reply(
        reply, response, signer, form.agreed_on.data or clock.today(), by=person()
    )
    tell(response, submission, signer.name)
    flash(f"The response is signed off by the agreement of {signer.name}.")
    key, code = response.letter.reference, response.programme.code
    return htmx.see_other(url_for("recommendations.show_response", key=key, code=code))


@bp.get("/replies/<id:reply_id>/file")
@permission("reply.view", queries.get_reply_for)
def download_reply(reply: Reply) -> Response:
    content = files.read(reply.file_sha256)
    kind = files.any_kind_of(content)
    return attachment(content, kind, f"reply-{reply.id}.{files.ENDINGS.get(kind, 'bin')}")
