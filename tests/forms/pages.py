"""Every page with a form that is posted: where it is, who opens it, what makes it valid and what it cannot do without.

Addresses are filled from Records (and {reset_link}, {unanswered}). What a page needs done before is in STEPS, by group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SECRETARY, CHAIR, TEAM, SRO, ADMIN = (
    "secretary@epc.test",
    "chair@epc.test",
    "team@can.test",
    "sro@can.test",
    "admin@tracker.test",
)

# The first choice that the page offers.
FIRST = "the first"


@dataclass(frozen=True)
class FormPage:
    """A form: its endpoint, its page's address, who opens it, its button, valid values and fields that are required."""

    endpoint: str
    address: str
    who: str | None
    button: str
    valid: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    # Fields of plain text in a format of their own, which may refuse an emoji or a tag.
    formats: tuple[str, ...] = ()
    # Pages whose rules refuse even valid values here, with what they answer then.
    ends: tuple[int, ...] = (303,)


@dataclass(frozen=True)
class Step:
    """Something done at the web before the forms of a group are opened."""

    who: str | None
    address: str
    button: str
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)


def day(name: str, year: int = 2026) -> dict[str, str]:
    return {f"{name}-day": "20", f"{name}-month": "11", f"{name}-year": str(year)}


LETTER = "/letters/{draft_letter}"
ASKED = "/recommendations/{recommendation}/{programme}"
ANSWERED = "/letters/{letter}/responses/{programme}"
UNANSWERED = "/letters/{unanswered}/responses/{programme}"
SUBMITTED = Step(SECRETARY, LETTER, "Send to chair")
APPROVED = Step(CHAIR, LETTER + "/decide", "Record decision", {"Your decision": "Approve"})
CHANGED = Step(CHAIR, LETTER + "/decide", "Record decision", {"Your decision": "Approve with changes"})
REWORDED = Step(
    CHAIR, LETTER + "/approve-with-changes", "Approve with these changes", names={"recommendations-0-text": "Ask all."}
)
SENT = {"how": "email", "to": "The SRO"} | day("letter_date")
ISSUED = Step(SECRETARY, LETTER + "/issue", "Issue the letter", names=SENT)
STEPS: dict[str, list[Step]] = {
    "accounts": [Step(None, "/forgotten-password", "Send the link", names={"email": "member@epc.test"})],
    "clearance": [SUBMITTED],
    "changes": [SUBMITTED, CHANGED, REWORDED],
    "approved": [SUBMITTED, APPROVED],
    "responses": [SUBMITTED, APPROVED, ISSUED],
    "clearing": [
        Step(
            SECRETARY, "/papers/{draft_paper}/edit", "Save", names={"lead_1": "new", "lead_1-new_name": "Ada Lovelace"}
        ),
        Step(SECRETARY, "/papers/{draft_paper}", "Send to lead director"),
    ],
    "cleared": [
        Step(SECRETARY, "/papers/{draft_paper}", "Send to lead director"),
        Step("lead@epc.test", "/papers/{draft_paper}/clear", "Clear the paper"),
    ],
    "closed": [
        Step(
            SECRETARY,
            ASKED + "/close",
            "Close the recommendation",
            names={"status": "closed_no_longer_applicable", "reason": "Done."},
        ),
        Step(SECRETARY, "/actions/{action}/cancel", "Cancel the action", names={"text": "Not needed."}),
    ],
}
PASSWORD = "unlikely words stand together"
NEW_ACTION = {"title": "Do it", "owner": "new", "owner-new_name": "Ada"}

PAGES: dict[str, list[FormPage]] = {
    "accounts": [
        FormPage(
            "accounts.sign_in_with_password",
            "/sign-in",
            None,
            "Sign in",
            {"email": "a@b.test", "password": PASSWORD},
            ("email", "password"),
            ends=(422,),
        ),
        FormPage(
            "accounts.ask_for_reset", "/forgotten-password", None, "Send the link", {"email": "a@b.test"}, ("email",)
        ),
        FormPage(
            "accounts.set_password", "{reset_link}", None, "Set the password", {"password": PASSWORD}, ("password",)
        ),
        FormPage(
            "accounts.change_password",
            "/account/password",
            SECRETARY,
            "Change the password",
            {"current": PASSWORD, "password": PASSWORD},
            ("current", "password"),
            ends=(422,),
        ),
        FormPage(
            "accounts.make_user",
            "/users/new",
            ADMIN,
            "Make the user and send the invitation",
            {"name": "Ann", "email": "ann@new.test"},
            ("name", "email"),
        ),
        FormPage("accounts.edit_user", "/users/{user_id}/edit", ADMIN, "Save", {}, ("name", "email")),
        FormPage(
            "accounts.give_grant",
            "/users/{user_id}/grants/new",
            ADMIN,
            "Give the role",
            {"role": "sro", "programme": "{programme_id}"},
            ("role", "from_on"),
        ),
        FormPage(
            "accounts.end_grant",
            "/users/{user_id}/grants/{grant_id}/end",
            ADMIN,
            "End the role",
            {"when": "now"},
            ("when",),
        ),
    ],
    "actions": [
        FormPage("actions.new_action", "/actions/new", SECRETARY, "Raise the action", NEW_ACTION, ("title",)),
        FormPage("actions.edit_action", "/actions/{action}/edit", SECRETARY, "Save", {}, ("title",)),
        FormPage("actions.report_action", "/actions/{action}/report", TEAM, "Save", {"text": "Begun."}),
        FormPage(
            "actions.send_back_action",
            "/actions/{action}/send-back",
            SECRETARY,
            "Send the action back",
            {"text": "More."},
            ends=(303, 409, 422),
        ),
        FormPage(
            "actions.close_action",
            "/actions/{action}/close",
            SECRETARY,
            "Close the action",
            {"text": "Done."},
            ends=(303, 409, 422),
        ),
        FormPage("actions.cancel_action", "/actions/{action}/cancel", SECRETARY, "Cancel the action", {"text": "No."}),
    ],
    "closed": [
        FormPage("actions.reopen_action", "/actions/{action}/reopen", SECRETARY, "Reopen the action", {"text": "Yes."}),
        FormPage(
            "recommendations.reopen",
            ASKED + "/reopen",
            SECRETARY,
            "Reopen the recommendation",
            {"reason": "New."},
            ("reason",),
        ),
    ],
    "directory": [
        FormPage(
            "directory.new_taskforce",
            "/taskforces/new",
            ADMIN,
            "Make the taskforce",
            {"code": "NEW", "name": "New", "board_id": "{board_id}"},
            ("code", "name", "response_working_days"),
            ("code",),
        ),
        FormPage(
            "directory.edit_taskforce",
            "/taskforces/{code}/edit",
            SECRETARY,
            "Save",
            {},
            ("name", "response_working_days"),
        ),
        FormPage(
            "directory.new_programme",
            "/programmes/new",
            SECRETARY,
            "Make the programme",
            {"code": "NEWP", "name": "New programme"},
            ("code", "name"),
            ("code",),
        ),
        FormPage("directory.edit_programme", "/programmes/{programme}/edit", SECRETARY, "Save", {}, ("name",)),
        FormPage(
            "directory.new_board",
            "/boards/new",
            ADMIN,
            "Make the board",
            {"name": "New board", "organisation": "Trust"},
            ("name", "organisation"),
        ),
        FormPage("directory.edit_board", "/boards/{board_id}/edit", ADMIN, "Save", {}, ("name", "organisation")),
        FormPage(
            "directory.add_board_meeting",
            "/boards/{board_id}/meetings/new",
            ADMIN,
            "Add the meeting",
            day("held_on"),
            ("held_on",),
        ),
        FormPage(
            "directory.add_member",
            "/taskforces/{code}/members/new",
            SECRETARY,
            "Add the seat",
            {"who": "new", "who-new_name": "Ada", "position": "member"},
        ),
        FormPage("directory.edit_member", "/taskforces/{code}/members/{membership_id}/edit", SECRETARY, "Save"),
        FormPage(
            "directory.end_member",
            "/taskforces/{code}/members/{membership_id}/end",
            SECRETARY,
            "End the seat",
            {},
            ("last_day",),
        ),
        FormPage(
            "directory.appoint_sro",
            "/programmes/{programme}/appoint",
            SECRETARY,
            "Save the appointment",
            {"who": "new", "who-new_name": "Ada"},
            ("who", "from_on"),
        ),
        FormPage(
            "directory.new_contact",
            "/taskforces/{code}/contacts/new",
            SECRETARY,
            "Add the contact",
            {"name": "Ann", "email": "ann@new.test"},
            ("name",),
        ),
        FormPage("directory.edit_contact", "/contacts/{contact_id}/edit", SECRETARY, "Save", {}, ("name",)),
    ],
    "letters": [
        FormPage(
            "letters.new_letter",
            "/letters/new",
            SECRETARY,
            "Save the draft",
            {"programme_id": "{programme_id}", "addressee": "new", "addressee-new_name": "Ada"},
            ("programme_id", "addressee"),
        ),
        FormPage("letters.edit_letter", LETTER + "/edit", SECRETARY, "Save the draft", {}, ("recommendations-0-text",)),
        FormPage(
            "letters.record_letter",
            "/letters/record",
            SECRETARY,
            "Record the letter",
            {"programme_id": "{programme_id}", "addressee": "new", "addressee-new_name": "Ada"} | day("letter_date"),
            ("programme_id", "addressee", "letter_date"),
        ),
        FormPage(
            "letters.withdraw_letter",
            LETTER + "/withdraw",
            SECRETARY,
            "Withdraw the letter",
            {"reason": "Wrong."},
            ("reason",),
        ),
    ],
    "clearance": [
        FormPage(
            "letters.change_letter",
            LETTER + "/approve-with-changes",
            CHAIR,
            "Approve with these changes",
            {},
            ("recommendations-0-text",),
            ends=(303, 409),
        ),
        FormPage(
            "letters.decide_letter",
            LETTER + "/decide",
            CHAIR,
            "Record decision",
            {"decision": "return", "reason": "More."},
            ("decision", "reason"),
            ends=(303, 409),
        ),
    ],
    "changes": [FormPage("letters.confirm_letter", LETTER + "/confirm", SECRETARY, "Confirm this text")],
    "approved": [
        FormPage("letters.issue_letter", LETTER + "/issue", SECRETARY, "Issue the letter", SENT, ("letter_date", "to")),
        FormPage(
            "letters.reopen_letter",
            LETTER + "/reopen",
            SECRETARY,
            "Reopen the letter",
            {"reason": "Wrong."},
            ("reason",),
            ends=(303, 409),
        ),
    ],
    "recommendations": [
        FormPage(
            "recommendations.assess",
            ASKED + "/assess",
            CHAIR,
            "Save the assessment",
            {"judgement": "answers_the_point", "reason": "Good."},
            ("judgement", "reason"),
        ),
        FormPage(
            "recommendations.report_delivery",
            ASKED + "/delivery",
            TEAM,
            "Report on delivery",
            {"delivery": "in_progress", "note": "Begun."},
            ("note",),
        ),
        FormPage("recommendations.decide_criteria", ASKED + "/criteria", SECRETARY, "Save", {"outcome_1": "met"}),
        FormPage(
            "recommendations.new_action",
            ASKED + "/actions/new",
            SECRETARY,
            "Add an action",
            NEW_ACTION,
            ("title", "owner"),
        ),
        FormPage(
            "recommendations.ask_clarification",
            ANSWERED + "/clarify",
            SECRETARY,
            "Ask for clarification",
            {"reason": "Say more."},
            ("reason",),
        ),
        FormPage(
            "recommendations.close",
            ASKED + "/close",
            SECRETARY,
            "Close the recommendation",
            {"status": "closed_no_longer_applicable", "reason": "Done."},
            ("status", "reason"),
        ),
    ],
    "responses": [FormPage("recommendations.write_response", UNANSWERED + "/edit", TEAM, "Save draft")],
    "papers": [
        FormPage(
            "papers.new_paper",
            "/papers/new",
            SECRETARY,
            "Save and continue",
            {"title": "A paper", "taskforce_id": "{taskforce_id}", "board_meeting_id": "{board_meeting_id}"},
            ("title",),
        ),
        FormPage(
            "papers.record_paper",
            "/papers/record",
            SECRETARY,
            "Save and continue",
            {"title": "A paper", "taskforce_id": "{taskforce_id}", "board_meeting_id": "{board_meeting_id}"},
            ("title",),
        ),
        FormPage("papers.edit_paper", "/papers/{draft_paper}/edit", SECRETARY, "Save", {}, ("title",)),
        FormPage(
            "papers.choose_recommendations",
            "/papers/{draft_paper}/recommendations",
            SECRETARY,
            "Save",
            {"chosen": FIRST},
        ),
        FormPage(
            "papers.record_resolution",
            "/papers/{paper}/invitations/{invitation_id}",
            SECRETARY,
            "Save the resolution",
            {"outcome": "noted"} | day("resolved_on"),
            ("resolved_on",),
            ends=(303, 409, 422),
        ),
    ],
    "clearing": [
        FormPage(
            "papers.return_paper",
            "/papers/{draft_paper}/return",
            SECRETARY,
            "Return the paper",
            {"reason": "More."},
            ("reason",),
            ends=(),
        ),
        FormPage(
            "papers.clear_paper",
            "/papers/{draft_paper}/clear",
            SECRETARY,
            "Record the clearance",
            {"lead": FIRST, "how": "By e-mail"} | day("cleared_on"),
            ("lead", "how", "cleared_on"),
        ),
    ],
    "cleared": [
        FormPage(
            "papers.reopen_paper",
            "/papers/{draft_paper}/reopen",
            SECRETARY,
            "Reopen the paper",
            {"reason": "Wrong."},
            ("reason",),
        )
    ],
    "workshops": [
        FormPage(
            "workshops.plan_workshop",
            "/workshops/new",
            SECRETARY,
            "Plan the workshop",
            {"programme_id": "{programme_id}", "title": "A workshop"},
            ("programme_id", "title"),
        ),
        FormPage(
            "workshops.edit_workshop", "/workshops/{workshop}/edit", SECRETARY, "Save", {}, ("programme_id", "title")
        ),
        FormPage("workshops.write_up_workshop", "/workshops/{workshop}/write-up", SECRETARY, "Save"),
        FormPage(
            "workshops.add_participant",
            "/workshops/{workshop}/participants",
            SECRETARY,
            "Add the participant",
            {"name": "Ann", "capacity": "carer"},
            ("capacity",),
        ),
        FormPage(
            "workshops.points.add_point",
            "/workshops/{workshop}/points",
            SECRETARY,
            "Add the point",
            {"text": "A point", "kind": "concern"},
            ("text", "kind"),
        ),
        FormPage(
            "workshops.points.edit_point",
            "/workshops/{workshop}/points/{point_id}/edit",
            SECRETARY,
            "Save",
            {},
            ("text",),
        ),
    ],
}
# Posts without a field to fill in: a button alone, or the preview of a form that is tried here.
WITHOUT_FIELDS = {
    "accounts.sign_out",
    "accounts.invite_user",
    "accounts.disable_user",
    "accounts.enable_user",
    "letters.submit_letter",
    "letters.preview_letter",
    "letters.preview_new_letter",
    "papers.consider_paper",
    "papers.send_to_lead",
    "papers.submit_paper",
    "recommendations.accept",
    "recommendations.sign_off",
    "workshops.hold_workshop",
    "workshops.remove_participant",
    "workshops.points.flag_point",
    "workshops.points.unflag_point",
    "workshops.points.move_point_up",
    "workshops.points.move_point_down",
    "workshops.points.remove_point",
}
