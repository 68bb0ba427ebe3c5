"""A letter's details for those who check it, and the register of every decision."""

from __future__ import annotations

from flask import render_template, request, url_for

from tracker.core.permissions import DRAFT_READERS
from tracker.directory import queries as directory
from tracker.letters import clearing_queries, deciding, pages, queries, verifying
from tracker.letters.blueprint import bp
from tracker.letters.models import Letter
from tracker.letters.rules import DecisionKind
from tracker.web.access import permission, person


@bp.get("/letters/<record:key>/details")
@permission("letter.verify", queries.get_letter_for)
def show_details(letter: Letter) -> str:
    return render_template(
        "letters/details.html",
        letter=letter,
        title=pages.title(letter),
        findings=verifying.verify_letter(letter),
        voided=deciding.voided(letter.decisions),
    )


@bp.get("/letters/decisions")
@permission("decision.list")
def list_decisions() -> str:
    taskforces = {str(t.id): t.name for t in directory.list_taskforces_for(person(), DRAFT_READERS)}
    kinds = {k.value: k.label for k in DecisionKind}
    options = {"taskforce": taskforces, "kind": kinds}
    chosen = {name: request.args[name] for name in options if request.args.get(name) in options[name]}
    page = clearing_queries.list_decisions(
        person(),
        request.args,
        taskforce_id=int(chosen["taskforce"]) if "taskforce" in chosen else None,
        kind=DecisionKind(chosen["kind"]) if "kind" in chosen else None,
    )
    tags = [(name, options[name][value]) for name, value in chosen.items()]
    base = url_for(".list_decisions")
    return render_template("letters/decisions.html", page=page, options=options, chosen=chosen, tags=tags, base=base)
