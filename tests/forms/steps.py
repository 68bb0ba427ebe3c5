"""What a page with a form is, and what has to be done before the forms of a group are opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SECRETARY, CHAIR, MEMBER, TEAM, SRO, ADMIN = (
    "secretary@epc.test",
    "chair@epc.test",
    "member@epc.test",
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
    # What is uploaded where the form asks for a file.
    file: bytes = b"%PDF-1.4 a letter"


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
CORRESPONDENCE = "/letters/{letter}/correspondence"
ASKED = "/recommendations/{recommendation}/{programme}"
ANSWERED = "/letters/{letter}/responses/{programme}"
UNANSWERED = "/letters/{unanswered}/responses/{programme}"
SUBMITTED = Step(SECRETARY, LETTER + "/send", "Send to chair")
APPROVED = Step(CHAIR, LETTER + "/decide", "Record decision", {"Your decision": "Approve"})
CHANGED = Step(CHAIR, LETTER + "/decide", "Record decision", {"Your decision": "Approve with changes"})
REWORDED = Step(
    CHAIR, LETTER + "/approve-with-changes", "Approve with these changes", names={"recommendations-0-text": "Ask all."}
)
SENT = {"how": "email", "to": "The SRO"} | day("letter_date")
ISSUED = Step(SECRETARY, LETTER + "/issue", "Issue the letter", names=SENT)
STEPS: dict[str, list[Step]] = {
    "winding up": [
        Step(
            SECRETARY, "/taskforces/{code}/winding-up/start", "Begin to wind up", names={"reason": "The work is done."}
        )
    ],
    "accounts": [Step(None, "/forgotten-password", "Send the link", names={"email": "member@epc.test"})],
    "clearance": [SUBMITTED],
    "with_members": [
        Step(
            SECRETARY,
            LETTER + "/members",
            "Send to members for comment",
            {"Members to ask": ["EPC Member (member)"]},
            day("until_on", 2099),
        ),
        Step(MEMBER, LETTER + "/comment", "Save the comment", {"Your comment": "Good."}),
    ],
    "with_members_still": [
        Step(
            SECRETARY,
            LETTER + "/members",
            "Send to members for comment",
            {"Members to ask": ["EPC Member (member)"]},
            day("until_on", 2099),
        ),
    ],
    "changes": [SUBMITTED, CHANGED, REWORDED],
    "approved": [SUBMITTED, APPROVED],
    "taken_back": [SUBMITTED],
    "reopened": [SUBMITTED, APPROVED],
    "responses": [SUBMITTED, APPROVED, ISSUED],
    "verbal": [
        Step(
            SECRETARY,
            ASKED + "/verbal-updates/new",
            "Enter the verbal update",
            names={"said_by": "The SRO", "said_how": "call", "text": "We will."} | day("said_on", 2020),
        )
    ],
    "drafted": [
        SUBMITTED,
        APPROVED,
        ISSUED,
        Step(TEAM, UNANSWERED + "/edit", "Save draft", {"Answer to (a)": "We will."}),
    ],
    "guest links": [
        SUBMITTED,
        APPROVED,
        ISSUED,
        *(
            Step(SECRETARY, UNANSWERED + "/links/prepare", "Make the link", names={"email": f"{n}@b.test"})
            for n in "ab"
        ),
    ],
    "reminders": [
        SUBMITTED,
        APPROVED,
        Step(SECRETARY, LETTER + "/issue", "Issue the letter", names=SENT | day("response_due_on", 2099)),
    ],
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
# Posts without a field to fill in: a button alone, or the preview of a form that is tried here.
WITHOUT_FIELDS = {
    "guest_links.leave",
    "guest_links.sign_off",
    "guest_links.keep_answers_edit",
    "guest_links.drop_answers_edit",
    "guest_links.end_response_link",
    "guest_links.end_action_link",
    # The same form as its owner's with an account.
    "guest_links.report_action",
    "calendars.make_feed",
    "calendars.end_feed",
    "recommendations.confirm_changes",
    "saved_views.choose_default",
    "saved_views.delete_view",
    "saved_views.give_up_default",
    "replies.remove_passage",
    "replies.set_aside",
    "replies.take_reply",
    "transfers.close_taskforce",
    "transfers.send_note",
    "accounts.sign_out",
    "accounts.invite_user",
    "accounts.disable_user",
    "accounts.enable_user",
    "accounts.take_down_signature",
    "letters.draft_correction",
    "letters.keep_draft_edit",
    "letters.keep_new_draft_edit",
    "letters.drop_draft_edit",
    "letters.drop_new_draft_edit",
    "letters.restore_version",
    "passages.remove_passage",
    "letters.take_up_comment",
    "letters.end_round",
    "letters.finish_comments",
    "letters.preview_letter",
    "letters.preview_new_letter",
    "letterheads.give_up",
    "directory.end_delegation",
    "papers.consider_paper",
    "papers.send_to_lead",
    "papers.submit_paper",
    "recommendations.accept",
    "recommendations.continue_response",
    "recommendations.drop_response_edit",
    "recommendations.keep_response_edit",
    "recommendations.sign_off",
    "reminders.draft_letter",
    "reminders.end_pause",
    "reminders.send_again",
    "sending.make_pdf",
    "sending.send_again",
    "word_letters.accept_draft",
    "word_letters.put_aside",
    "workshops.hold_workshop",
    "workshops.remove_participant",
    "workshops.points.flag_point",
    "workshops.points.unflag_point",
    "workshops.points.move_point_up",
    "workshops.points.move_point_down",
    "workshops.points.remove_point",
}
