"""The page on which a programme writes its response, and what is typed there and not saved yet."""

from __future__ import annotations

from flask import Response, flash, jsonify, render_template, request, url_for

from tracker.core.errors import RuleBroken
from tracker.core.permissions import may
from tracker.recommendations import extension_queries, queries, responding, response_edits, signing_off
from tracker.recommendations.answer_forms import AnswersForm
from tracker.recommendations.blueprint import bp, head_of, mail_values, response_url
from tracker.recommendations.response_models import Response as Answered
from tracker.recommendations.response_models import ResponseEdit
from tracker.recommendations.rules import ResponseState
from tracker.web import access, htmx
from tracker.web.access import begin_write, permission, person
from tracker.web.forms import submit
from tracker.web.pages import clock_time

SAVE_ANSWERS = [("Save draft", "")]
TO_SIGN_OFF = [("Save and go to sign-off", "sign-off")]
TO_SAY_READY = [("Save and say that it is ready for sign-off", "ready")]


@bp.route("/letters/<record:key>/responses/<code>/edit", methods=["GET", "POST"])
@permission("response.edit", queries.get_draft_for)
def write_response(response: Answered) -> Response | str:
    if request.method == "POST":
        form = responding.prepare_form(response)
        return submit(form, lambda form: _writing(access.reload(), form), lambda response: _save(response, form))
    if response.state is not ResponseState.DRAFT:
        return htmx.see_other(response_url(response))
    kept, continues = response_edits.get_own(response, person()), "continue" in request.args
    form = responding.prepare_form(response, kept if continues else None)
    return _writing(response, form, kept, continues)


def _writing(response: Answered, form: AnswersForm, kept: ResponseEdit | None = None, continues: bool = False) -> str:
    values = head_of(response) | responding.page_values(response, by=person())
    for ask in values["asks"]:
        ask["evidence"] = _recommendation_url(ask["reference"], response.programme.code)
        for said in ask["verbal"]:
            said["address"] = url_for(
                ".decide_verbal_update", key=ask["reference"], code=response.programme.code, update_id=said["id"]
            )
    signs = may(person(), "response.sign_off", response)
    is_unanswered = bool(extension_queries.list_extendable(response))
    return render_template(
        "recommendations/write_response.html",
        form=form,
        kept_at=kept.saved_at if kept else None,
        continues=continues,
        may_sign_off=signs,
        extensions=extension_queries.list_of_response(response),
        buttons=SAVE_ANSWERS + (TO_SIGN_OFF if signs else TO_SAY_READY),
        addresses={
            "continue": response_url(response, ".write_response") + "?continue=1",
            "drop": response_url(response, ".drop_response_edit"),
            "keep": response_url(response, ".keep_response_edit"),
            "more_time": response_url(response, ".ask_extension") if is_unanswered else "",
            "letter": url_for("letters.download_file", key=response.letter.reference),
            "corrected": url_for(".respond", key=values["corrected"]) if values["corrected"] else "",
        },
        **values,
    )


def _recommendation_url(reference: str, code: str) -> str:
    return f"{url_for('.show_recommendation', key=reference)}#{code}"


def _save(response: Answered, form: AnswersForm) -> Response:
    """Save, and go where the button that was pressed leads: the sign-off, the actions of one answer, or the draft."""
    saved = responding.save(response, form, by=person())
    then = request.form.get("then", "")
    if then == "sign-off" and may(person(), "response.sign_off", response):
        if saved.theirs:
            flash(saved.sentence())
        return htmx.see_other(response_url(response, ".sign_off"))
    if then == "ready":
        return _say_ready(response, saved)
    flash(saved.sentence())
    known = then.isascii() and then.isdigit() and len(then) < 10
    return htmx.see_other(response_url(response, ".write_response") + (f"#actions-{then}" if known else ""))


def _say_ready(response: Answered, saved: responding.Saved) -> Response:
    """What was typed stays saved where the response is not ready yet."""
    if problems := signing_off.why_not_ready(response):
        flash(f"{saved.sentence()} It is not ready for sign-off yet: {' '.join(problems)}", "important")
        return htmx.see_other(response_url(response, ".write_response"))
    told = signing_off.say_ready(
        response, render_template("emails/response_ready.txt", **mail_values(response)), by=person()
    )
    owners = "Your senior responsible owner has been told by e-mail" if told else "Nobody can sign it off here yet"
    flash(f"{saved.ready_sentence()} {owners}.")
    return htmx.see_other(response_url(response))


@bp.post("/letters/<record:key>/responses/<code>/draft-edit")
@permission("response.edit", queries.get_draft_for)
def keep_response_edit(response: Answered) -> Response:
    """For static/autosave.js: what is typed is kept for whoever typed it. Nobody else reads it until it is saved."""
    response = begin_write()
    try:
        at = response_edits.keep(response, request.form, by=person())
    except RuleBroken as error:
        return jsonify(isOver=True, message=error.message, others=[])
    others = [typing.sentence() for typing in response_edits.list_others(response, person())]
    return jsonify(isOver=False, message=f"Not saved yet; kept for you at {clock_time(at)}", others=others)


@bp.post("/letters/<record:key>/responses/<code>/draft-edit/drop")
@permission("response.edit", queries.get_draft_for)
def drop_response_edit(response: Answered) -> Response:
    response = begin_write()
    response_edits.drop(response, by=person())
    flash("The text that was not saved is dropped.")
    return htmx.see_other(response_url(response, ".write_response"))
