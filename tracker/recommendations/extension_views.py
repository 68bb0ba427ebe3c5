"""Pages of extensions: asking for more time, deciding on it, taking the request back."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, render_template, request, url_for

from tracker.core import clock
from tracker.recommendations import extending
from tracker.recommendations import extension_queries as queries
from tracker.recommendations.blueprint import bp
from tracker.recommendations.extension_forms import AskExtensionForm, DecideExtensionForm, ExtensionDecision
from tracker.recommendations.extension_models import ExtensionRequest
from tracker.recommendations.extension_rules import working_of_new_date
from tracker.recommendations.forms import ReasonForm
from tracker.recommendations.models import Assignment
from tracker.recommendations.queries import get_response_for
from tracker.recommendations.register import short_title
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.rules import ExtensionState
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


def _named(assignment: Assignment) -> str:
    """EPC-L02(b) and what it is called."""
    words = short_title(assignment.wording.title, assignment.wording.text)
    return f"{assignment.recommendation.reference} {words}"


def _url(key: str | None, code: str, extension_id: int, endpoint: str = ".show_extension") -> str:
    return url_for(endpoint, key=key, code=code, extension_id=extension_id)


@bp.route("/letters/<record:key>/responses/<code>/extensions/new", methods=["GET", "POST"])
@permission("extension.ask", get_response_for)
def ask_extension(response: Answered) -> Response | str:
    asks, key, code = queries.list_extendable(response), response.letter.reference, response.programme.code
    is_own, wanted = response.programme_id in person().programmes(), request.args.get("of")
    chosen = [a.id for a in asks if wanted in (None, a.recommendation.reference)]
    form = AskExtensionForm.for_asks([(a.id, _named(a)) for a in asks], chosen, is_own=is_own)
    due = {a.id: a.due_on for a in asks}
    shown = {"letter": key, "code": code, "programme": response.programme.name, "is_own": is_own, "is_any": bool(asks)}
    # The taskforce sees a response once it is signed off, and until then the letter.
    seen = is_own or response.is_submitted
    shown["back"] = url_for(".show_response", key=key, code=code) if seen else url_for("letters.show_letter", key=key)

    def render(form: AskExtensionForm) -> str:
        named = [due[int(i)] for i in form.which.data or () if str(i).isdigit() and int(i) in due]
        working = working_of_new_date(form.until_on.data, named, clock.today()) if form.until_on.data else []
        return render_template("recommendations/ask_extension.html", form=form, working=working, **shown)

    def write(response: Answered) -> Response:
        made = extending.ask_extension(response, form.asked(), by=person())
        subject = f"{response.programme.name} asks for more time to answer {key}"
        extending.tell_deciders(made, subject, _mail("emails/extension_asked.txt", made), by=person())
        flash("More time has been asked for. Until it is decided, the date stays as it is.")
        return htmx.see_other(_url(key, code, made.id))

    if request.method == "GET" or "working" in request.form:
        return render(form)
    return submit(form, render, write)


def _mail(template: str, extension: ExtensionRequest) -> str:
    """The text of an e-mail; its address is the configured one, never the request's."""
    letter, code = extension.letter.reference, extension.programme.code
    return render_template(
        template,
        extension=extension,
        references=[item.assignment.recommendation.reference for item in extension.items],
        letter=letter,
        who=person().name,
        address=current_app.config["BASE_URL"] + _url(letter, code, extension.id),
    )


def _shown(extension: ExtensionRequest) -> dict[str, Any]:
    """What every page about a request says of it, in plain values: a refused write expires the record."""
    letter, code = extension.letter.reference, extension.programme.code
    current = [item.from_on for item in extension.items]
    asked_on = clock.london(extension.asked_at).date()
    return {
        "letter": letter,
        "code": code,
        "programme": extension.programme.name,
        "until_on": extension.until_on,
        "reason": extension.reason,
        "asked": (extension.asked_by.name, extension.asked_at),
        "items": [
            (_named(i.assignment), i.assignment.recommendation.reference, i.from_on, i.from_stated)
            for i in extension.items
        ],
        "times": max((i.assignment.times_extended or 0 for i in extension.items), default=0),
        "for_chair": extending.is_for_chair(extension),
        "working": working_of_new_date(extension.until_on, current, asked_on),
        "back": _url(letter, code, extension.id),
    }


@bp.get("/letters/<record:key>/responses/<code>/extensions/<id:extension_id>")
@permission("extension.view", queries.get_extension_for)
def show_extension(extension: ExtensionRequest) -> str:
    decides = extension.state is ExtensionState.ASKED and extending.decides(extension, person())
    return render_template("recommendations/extension.html", extension=extension, decides=decides, **_shown(extension))


@bp.route("/letters/<record:key>/responses/<code>/extensions/<id:extension_id>/decide", methods=["GET", "POST"])
@permission("extension.decide", queries.get_extension_for)
def decide_extension(extension: ExtensionRequest) -> Response | str:
    shown, form = _shown(extension), DecideExtensionForm(data={"version": extension.version})
    if request.method == "GET" and not (
        extension.state is ExtensionState.ASKED and extending.decides(extension, person())
    ):
        flash("This is not yours to decide now.")
        return htmx.see_other(shown["back"])
    from_on = [item.from_on for item in extension.items]

    def render(form: DecideExtensionForm) -> str:
        day = form.until_on.data
        other = working_of_new_date(day, from_on, clock.today()) if day else []
        return render_template("recommendations/decide_extension.html", form=form, other=other, **shown)

    def write(extension: ExtensionRequest) -> Response:
        decision, reason = form.decision.data, form.reason.data
        if decision is ExtensionDecision.REFUSE:
            extending.refuse_extension(extension, reason, by=person())
        else:
            extending.grant_extension(extension, form.until(extension.until_on), reason, by=person())
        subject = f"More time to answer {shown['letter']}: {extension.state.label.lower()}"
        extending.tell_programme(extension, subject, _mail("emails/extension_decided.txt", extension), by=person())
        flash("Your decision has been saved, and the programme told.")
        return htmx.see_other(shown["back"])

    if request.method == "GET" or "working" in request.form:
        return render(form)
    return submit(form, render, write)


@bp.route("/letters/<record:key>/responses/<code>/extensions/<id:extension_id>/withdraw", methods=["GET", "POST"])
@permission("extension.withdraw", queries.get_extension_for)
def withdraw_extension(extension: ExtensionRequest) -> Response | str:
    form, shown = ReasonForm(data={"version": extension.version}), _shown(extension)

    def render(form: ReasonForm) -> str:
        return render_template("recommendations/withdraw_extension.html", form=form, **shown)

    def write(extension: ExtensionRequest) -> Response:
        extending.withdraw_extension(extension, form.reason.data, by=person())
        subject = f"{extension.programme.name} no longer asks for more time to answer {shown['letter']}"
        extending.tell_deciders(extension, subject, _mail("emails/extension_withdrawn.txt", extension), by=person())
        flash("The request has been withdrawn.")
        return htmx.see_other(shown["back"])

    return render(form) if request.method == "GET" else submit(form, render, write)
