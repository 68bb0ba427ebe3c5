"""Pages on which a response is signed off: by its SRO, or by the file in which the SRO agreed."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request

from tracker.core import files
from tracker.core.errors import NotFound
from tracker.recommendations import (
    answering,
    forms,
    queries,
    response_edits,
    response_forms,
    response_queries,
    signing_off,
)
from tracker.recommendations.blueprint import bp, head_of, mail_values, response_url
from tracker.recommendations.responding import sign_off_values
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.response_models import Submission
from tracker.recommendations.rules import ResponseState
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.files import attachment
from tracker.web.forms import submit


@bp.route("/letters/<record:key>/responses/<code>/sign-off", methods=["GET", "POST"])
@permission("response.sign_off", queries.get_draft_for)
def sign_off(response: Answered) -> Response | str:
    if response.state is not ResponseState.DRAFT and request.method == "GET":
        return htmx.see_other(response_url(response))
    key, code = response.letter.reference or "", response.programme.code

    def render(form: forms.ConfirmForm) -> str:
        # Read again: where the draft was changed meanwhile, nobody signs words that were not on the screen.
        found = queries.get_draft_for(person(), key, code)
        return render_template("recommendations/sign_off.html", form=form, **_shown(found)) if found else ""

    def write(response: Answered) -> Response:
        tell(response, answering.sign_off(response, by=person()), person().name)
        flash("The response has been signed off and sent to the taskforce.")
        return htmx.see_other(response_url(response))

    form = forms.ConfirmForm.of(response)
    return render(form) if request.method == "GET" else submit(form, render, write)


def _shown(response: Answered) -> dict[str, Any]:
    """The draft as it is now, and who has typed something that it does not hold."""
    typing = [typing.sentence() for typing in response_edits.list_others(response, person())]
    is_unsaved = response_edits.get_own(response, person()) is not None
    return head_of(response) | sign_off_values(response) | {"others": typing, "is_unsaved": is_unsaved}


def tell(response: Answered, submission: Submission, who: str) -> None:
    """Write to the secretariat that it has come in, and to the programme that it has been received."""
    unanswered = queries.read_submission(submission)["unanswered"]
    values = mail_values(response) | {"who": who, "submission": submission, "unanswered": unanswered}
    signing_off.tell_secretariat(response, submission, render_template("emails/response_signed_off.txt", **values))
    signing_off.acknowledge(response, submission, render_template("emails/response_acknowledged.txt", **values))


@bp.route("/letters/<record:key>/responses/<code>/agreement", methods=["GET", "POST"])
@permission("agreement.record", response_queries.get_to_agree_for)
def record_agreement(response: Answered) -> Response | str:
    if response.state is not ResponseState.DRAFT and request.method == "GET":
        return htmx.see_other(response_url(response))
    own = response.programme_id in person().programmes()
    owners = {contact.id: contact for contact in response_queries.list_sros(response)}
    form = response_forms.AgreementForm.of(response)
    form.agreed_by.choices = [(str(i), contact.name) for i, contact in owners.items()]
    key, code, has_owners = response.letter.reference or "", response.programme.code, bool(owners)

    def render(form: response_forms.AgreementForm) -> str:
        found = response_queries.get_to_agree_for(person(), key, code)
        if found is None:
            return ""
        values = sign_off_values(found)
        # The secretariat reads the words once they are signed off, and not before.
        read = values if own else {"given": values["given"], "problems": values["problems"]}
        shown = head_of(found) | read | {"own": own, "has_owners": has_owners}
        return render_template("recommendations/agreement.html", form=form, **shown)

    def write(response: Answered) -> Response:
        signer = {contact.id: contact for contact in response_queries.list_sros(response)}[form.agreed_by.data]
        submission = signing_off.sign_off_by_agreement(response, signer, form.agreed_on.data, *form.file(), by=person())
        tell(response, submission, signer.name)
        flash(f"The response is signed off by the agreement of {signer.name}, and with the taskforce.")
        return htmx.see_other(response_url(response))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.get("/letters/<record:key>/responses/<code>/agreements/<id:number>")
@permission("response.view", response_queries.get_agreed_for)
def download_agreement(response: Answered) -> Response:
    number: int = (request.view_args or {})["number"]
    found = next((s for s in response.submissions if s.number == number and s.agreement_sha256), None)
    if found is None or found.agreement_sha256 is None:
        raise NotFound("There is nothing here that you can see.")
    content = files.read(found.agreement_sha256)
    kind = files.any_kind_of(content)
    return attachment(content, kind, f"{response.letter.reference}-agreement-{number}.{files.ENDINGS[kind]}")
