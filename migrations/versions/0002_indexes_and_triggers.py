"""indexes in the order of due dates, and the triggers that hold what may never be altered quietly

Frozen: imports no model. Each trigger refuses what its condition describes.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = (
    "CREATE INDEX ix_contact_name ON contact (lower(name))",
    "CREATE INDEX ix_action_unfinished ON action (coalesce(due_on, '9999-12-31'), id)"
    " WHERE state IN ('open', 'in_progress', 'pending_review')",
    "CREATE INDEX ix_assignment_taskforce_due ON assignment (taskforce_id, coalesce(due_on, '9999-12-31'), id)",
    "CREATE INDEX ix_assignment_programme_due ON assignment (programme_id, coalesce(due_on, '9999-12-31'), id)",
    "CREATE INDEX ix_assignment_taskforce_open ON assignment (taskforce_id, coalesce(due_on, '9999-12-31'), id)"
    " WHERE status = 'open'",
    "CREATE INDEX ix_assignment_programme_open ON assignment (programme_id, coalesce(due_on, '9999-12-31'), id)"
    " WHERE status = 'open'",
    "CREATE INDEX ix_assignment_unanswered ON assignment (taskforce_id, coalesce(due_on, '9999-12-31'), id)"
    " WHERE status = 'open' AND position = 'awaiting_answer'",
    "CREATE INDEX ix_assignment_to_assess ON assignment (taskforce_id, coalesce(due_on, '9999-12-31'), id)"
    " WHERE status = 'open' AND position <> 'awaiting_answer' AND judgement = 'not_assessed'",
)

INSERT_ONLY = (
    "event",
    "event_row",
    "stored_file",
    "letter_version",
    "clearance_decision",
    "letter_recommendation",
    "letter_recommendation_point",
    "submission",
    "assessment",
    "delivery_report",
)

LETTER_MOVES = """
    ('draft', 'with_chair'), ('with_chair', 'draft'), ('with_chair', 'approved'), ('approved', 'draft'),
    ('approved', 'issued'), ('draft', 'withdrawn'), ('with_chair', 'withdrawn'), ('approved', 'withdrawn')
"""

PAPER_CONTENT = (
    "taskforce_id",
    "board_meeting_id",
    "board_reference",
    "title",
    "purpose",
    "for_decision",
    "for_discussion",
    "for_information",
    "involvement",
    "duty",
    "duty_text",
    "authors",
    "classification",
)
PAPER_DIFFERS = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in PAPER_CONTENT)
PAPER_FIXED = "(SELECT state FROM paper WHERE id = {row}.paper_id) IN ('cleared', 'submitted', 'considered')"
LETTER_FIXED = "(SELECT state FROM letter WHERE id = {row}.letter_id) IN {states}"

# (name, when, table, what is refused, message)
TRIGGERS = [
    (f"{table}_no_update", "UPDATE", table, "TRUE", f"rows of {table} are never changed") for table in INSERT_ONLY
]
TRIGGERS += [
    (f"{table}_no_delete", "DELETE", table, "TRUE", f"rows of {table} are never removed")
    for table in (*INSERT_ONLY, "event_detail", "event_head", "letter", "paper", "recommendation", "assignment", "action")
]
TRIGGERS += [
    (
        "event_detail_erase_only",
        "UPDATE",
        "event_detail",
        "NOT (OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.erased_under IS NOT NULL"
        " AND NEW.number = OLD.number AND NEW.salt = OLD.salt)",
        "details of an event can only be erased",
    ),
    (
        "letter_begins_as_draft",
        "INSERT",
        "letter",
        "NEW.state NOT IN ('draft', 'recorded')",
        "a letter begins as a draft or is recorded",
    ),
    (
        "letter_sent_is_fixed",
        "UPDATE",
        "letter",
        "OLD.state IN ('issued', 'recorded', 'withdrawn')",
        "a letter that was sent or withdrawn is never changed",
    ),
    (
        "letter_moves",
        "UPDATE",
        "letter",
        f"OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (VALUES {LETTER_MOVES})",
        "clearance does not allow this step",
    ),
    (
        "letter_two_people",
        "UPDATE",
        "letter",
        """NEW.state IN ('approved', 'issued') AND (NOT EXISTS (
            SELECT 1 FROM clearance_decision a JOIN clearance_decision s
                ON s.letter_id = a.letter_id AND s.sha256 = a.sha256 AND s.by_id <> a.by_id
            WHERE a.letter_id = NEW.id AND a.sha256 = NEW.approved_sha256
                AND a.kind IN ('approved', 'approved_with_changes') AND s.kind IN ('submitted', 'confirmed'))
        OR NEW.approved_sha256 IS DISTINCT FROM (
            SELECT v.sha256 FROM letter_version v WHERE v.letter_id = NEW.id ORDER BY v.number DESC LIMIT 1))""",
        "two people have not confirmed the same text",
    ),
    (
        "letter_version_before_approval",
        "INSERT",
        "letter_version",
        LETTER_FIXED.format(row="NEW", states="('approved', 'issued', 'withdrawn')")
        + " OR (NEW.number > 1 AND "
        + LETTER_FIXED.format(row="NEW", states="('recorded', 'recorded')")
        + ")",
        "an approved letter takes no new text: reopen it first",
    ),
    (
        "assignment_implemented_when_shown",
        "UPDATE",
        "assignment",
        """NEW.status = 'closed_implemented' AND OLD.status <> 'closed_implemented' AND (EXISTS (
            SELECT 1 FROM success_criterion c
            WHERE c.assignment_id = NEW.id AND c.met_on IS NULL AND c.waived_on IS NULL)
        OR EXISTS (
            SELECT 1 FROM assignment_action s JOIN action a ON a.id = s.action_id
            WHERE s.assignment_id = NEW.id AND a.state IN ('open', 'in_progress', 'pending_review')))""",
        "not implemented yet: something is unmet, or an action is unfinished",
    ),
    (
        "paper_cleared_is_fixed",
        "UPDATE",
        "paper",
        f"OLD.state IN ('cleared', 'submitted', 'considered') AND NEW.state <> 'draft' AND ({PAPER_DIFFERS})",
        "a cleared paper is not changed: reopen it first",
    ),
    (
        "paper_invitation_text_fixed",
        "UPDATE",
        "paper_invitation",
        "NEW.text <> OLD.text AND " + PAPER_FIXED.format(row="NEW"),
        "a cleared paper is not changed: reopen it first",
    ),
]
for table, row_name in (("letter_addressee", "letter"), ("paper_lead", "paper"), ("paper_assignment", "paper"), ("paper_invitation", "paper")):
    for when, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        if (table, when) == ("paper_invitation", "UPDATE"):
            continue
        if row_name == "paper":
            refused, message = PAPER_FIXED.format(row=row), "a cleared paper is not changed: reopen it first"
        else:
            states = "('approved', 'issued', 'withdrawn')" if when == "INSERT" else "('approved', 'issued', 'withdrawn', 'recorded')"
            refused, message = LETTER_FIXED.format(row=row, states=states), "the addressees of an approved letter are fixed"
        TRIGGERS.append((f"{table}_{when.lower()}_fixed", when, table, refused, message))


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in INDEXES:
        op.execute(statement)
    for name, when, table, refused, message in TRIGGERS:
        if dialect == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
            continue
        returned = "OLD" if when == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN"
            f" RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            f" RETURN {returned}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    genesis = "0" * 64
    op.execute(f"INSERT INTO event_head (id, number, digest) VALUES (1, 0, '{genesis}')")
