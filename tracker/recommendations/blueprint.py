"""The blueprint that the pages of recommendations and responses hang on, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from tracker.recommendations.due_dates import due_of
from tracker.recommendations.models import Assignment
from tracker.recommendations.response_models import Response as Answered
from tracker.web.access import person
from tracker.web.forms import submit

bp = Blueprint("recommendations", __name__)


def page_of(assignment: Assignment) -> str:
    address = url_for(".show_recommendation", key=assignment.recommendation.reference)
    return f"{address}#{assignment.programme.code}"


def response_url(response: Answered, endpoint: str = "recommendations.show_response") -> str:
    return url_for(endpoint, key=response.letter.reference, code=response.programme.code)


def head_of(response: Answered) -> dict[str, Any]:
    """Plain values for the head of a page about a response: a refused write expires the record."""
    return {
        "letter": response.letter.reference,
        "programme": response.programme.name,
        "code": response.programme.code,
        "taskforce": response.taskforce.name,
        "due": due_of(response),
        "clarification": response.clarification,
        "corrected": response.letter.corrects.reference if response.letter.corrects else None,
        "back": response_url(response),
    }


def mail_values(response: Answered) -> dict[str, Any]:
    """What the texts of e-mails name; the address is the configured one, never the request's."""
    address = current_app.config["BASE_URL"] + response_url(response)
    return head_of(response) | {"address": address, "who": person().name}


def headed(assignment: Assignment) -> dict[str, Any]:
    """Plain values for the head of a form's page: a refused write expires the record."""
    return {
        "reference": assignment.recommendation.reference,
        "asked": assignment.wording.text,
        "items": [c.text for c in assignment.criteria],
        "programme": assignment.programme.name,
        "back": page_of(assignment),
    }


def blank(form: type[Any], assignment: Assignment) -> Any:
    """A form with nothing chosen yet, opened on the assignment as it is now."""
    return form(data={"version": assignment.version})


def take(form: Any, template: str, shown: dict[str, Any], write: Callable[[Any], Response]) -> Response | str:
    """Show the form on GET; else take it, and show it again with what is wrong."""

    def render(form: Any) -> str:
        return render_template(template, form=form, **shown)

    return render(form) if request.method == "GET" else submit(form, render, write)
