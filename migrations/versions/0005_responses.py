"""what becomes of a recommendation: evidence, extensions, replies, links, transfers, reminders, views, calendars

Frozen: imports no model.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

POSITIONS = (
    "awaiting_answer", "accepted", "accepted_in_principle", "accepted_in_part", "not_accepted",
    "answered_no_position_stated",
)
ACTORS_BEFORE, ACTORS = ("user", "system"), ("user", "system", "link")
USES_BEFORE = ("letter", "covering_text")
USES = ("letter", "covering_text", "reminder", "reminder_letter", "covering_note")
INSERT_ONLY = ("extension_item", "link_guest", "programme_change", "reminder", "reminder_digest", "digest_reminder")
NO_DELETE = (
    "clarification", "evidence", "verbal_update", "extension_request", "reply", "guest_link", "transfer",
    "reminder_pause",
)
# table → the columns that stay as they were written, and how that is said
FIXED = {
    "evidence": (
        ("assignment_id", "title", "note", "dated_on", "file_sha256", "file_name", "link", "by_id", "at"),
        "what was put forward as evidence stays",
    ),
    "verbal_update": (
        ("assignment_id", "entry_id", "said_by", "said_on", "said_how", "position", "text", "entered_by_id", "entered_at"),
        "the words of a verbal update stay",
    ),
    "clarification": (
        ("assignment_id", "submission_id", "question", "asked_by_id", "asked_at"), "what was asked stays",
    ),
    "extension_request": (
        ("letter_id", "until_on", "reason", "asked_by_id", "asked_at"), "what was asked for stays",
    ),
    "reply": (("response_id", "name", "file_sha256", "blocks", "by_id", "at"), "a reply stays as it came"),
    "guest_link": (
        ("purpose", "response_id", "action_id", "contact_id", "token_hash", "made_by_id", "made_at"),
        "what a link is for stays",
    ),
    "assignment": (("original_due_on", "recommendation_id", "letter_id"), "the date first asked for stays"),
}


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{v}'" for v in values)


def instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def required(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def refers(name: str, to: str, nullable: bool = False) -> sa.Column:
    kind = sa.String(64) if to.startswith("stored_file") else sa.Integer()
    return sa.Column(name, kind, sa.ForeignKey(to), nullable=nullable)


def table(name: str, *columns: sa.schema.SchemaItem, versioned: bool = False, indexes: tuple[str, ...] = ()) -> None:
    """A table with an integer key and named constraints; a plain index on each column of `indexes`."""
    own = [required("id", sa.Integer())] + ([required("version", sa.Integer())] if versioned else [])
    built = []
    for column in columns:
        for key in getattr(column, "foreign_keys", ()):
            built.append(sa.ForeignKeyConstraint([column.name], [key.target_fullname], name=f"fk_{name}_{column.name}"))
        if isinstance(column, sa.Column):
            column = sa.Column(column.name, column.type, nullable=column.nullable)
        built.append(column)
    op.create_table(name, *own, *built, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))
    for column in indexes:
        op.create_index(f"ix_{name}_{column}", name, [column])


def unique(name: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{name}_{'_'.join(columns)}")


def rewrite(name: str, *changes: tuple[str, str]) -> None:
    """Change the stored definition of a SQLite table where no row needs to change (SQLite, ALTER TABLE, section 7)."""
    connection = op.get_bind()
    sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).scalar()
    for before, after in changes:
        if before not in sql:
            raise RuntimeError(f"{name} is not defined as expected: {before!r} is missing")
        sql = sql.replace(before, after, 1)
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (sql, name))
    connection.exec_driver_sql(f"PRAGMA schema_version={number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def trigger(name: str, when: str, on: str, refused: str, message: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {on} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    returned = "OLD" if when == "DELETE" else "NEW"
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN"
        f" RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        f" RETURN {returned}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {on} FOR EACH ROW EXECUTE FUNCTION {name}()")


def add_reference(on: str, column: str, to: str) -> None:
    kind = "VARCHAR(64)" if to.startswith("stored_file") else "INTEGER"
    target, key = to.split(".")
    op.execute(
        f"ALTER TABLE {on} ADD COLUMN {column} {kind} CONSTRAINT fk_{on}_{column} REFERENCES {target} ({key})"
    )


def change_tables() -> None:
    """New columns are empty where a row is older: a row's digest leaves out what is empty."""
    instant_kind = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for on, column, kind in (
        ("assignment", "lead", "VARCHAR(200)"),
        ("assignment", "answered_on", "DATE"),
        ("assignment", "times_extended", "INTEGER"),
        ("answer", "edited_at", instant_kind),
        ("response", "acknowledged_at", instant_kind),
        ("response", "ready_at", instant_kind),
        ("submission", "agreement_name", "VARCHAR(200)"),
        ("submission", "agreed_on", "DATE"),
        ("programme", "merged_on", "DATE"),
        ("taskforce", "winding_up_on", "DATE"),
        ("taskforce", "closed_on", "DATE"),
    ):
        op.execute(f"ALTER TABLE {on} ADD COLUMN {column} {kind}")
    op.execute(
        "ALTER TABLE submission ADD COLUMN how VARCHAR(40) CONSTRAINT ck_submission_sign_off_how"
        " CHECK (how IN ('here', 'by_file', 'by_link'))"
    )
    for on, column, to in (
        ("assignment", "superseded_by_id", "recommendation.id"),
        ("answer", "edited_by_id", "contact.id"),
        ("response", "ready_by_id", "contact.id"),
        ("submission", "agreement_sha256", "stored_file.sha256"),
        ("submission", "recorded_by_id", "contact.id"),
        ("programme", "merged_into_id", "programme.id"),
        ("programme", "main_contact_id", "contact.id"),
    ):
        add_reference(on, column, to)
    op.create_index("ix_programme_merged_into_id", "programme", ["merged_into_id"])
    where = sa.text("superseded_by_id IS NOT NULL")
    op.create_index(
        "ix_assignment_superseded_by_id", "assignment", ["superseded_by_id"], sqlite_where=where, postgresql_where=where
    )


def change_definitions() -> None:
    for on, name, column, before, after in (
        ("event", "actor_kind", "actor_kind", ACTORS_BEFORE, ACTORS),
        ("standard_passage", "passage_use", "use", USES_BEFORE, USES),
    ):
        if op.get_bind().dialect.name == "sqlite":
            rewrite(on, (f"IN ({listed(before)})", f"IN ({listed(after)})"))
            continue
        op.drop_constraint(f"ck_{on}_{name}", on)
        op.execute(f'ALTER TABLE {on} ADD CONSTRAINT ck_{on}_{name} CHECK ("{column}" IN ({listed(after)}))')


def make_answering_tables() -> None:
    table(
        "response_edit",
        refers("response_id", "response.id"), refers("contact_id", "contact.id"), required("base_version", sa.Integer()),
        required("fields", sa.Text()), instant("saved_at", False),
        unique("response_edit", "response_id", "contact_id"),
    )
    table(
        "clarification",
        refers("assignment_id", "assignment.id"), refers("submission_id", "submission.id"),
        required("question", sa.Text()), refers("asked_by_id", "contact.id"), instant("asked_at", False),
        required("reply", sa.Text()), refers("replied_by_id", "contact.id", True), instant("replied_at"),
        sa.CheckConstraint("question <> ''", name="says_what"),
        sa.CheckConstraint("(reply = '') = (replied_at IS NULL)", name="replied_at_a_time"),
        versioned=True, indexes=("assignment_id", "submission_id"),
    )
    table(
        "evidence",
        refers("assignment_id", "assignment.id"), required("title", sa.String(200)), required("note", sa.Text()),
        required("dated_on", sa.Date()), refers("file_sha256", "stored_file.sha256", True),
        required("file_name", sa.String(200)), required("link", sa.Text()), refers("by_id", "contact.id"),
        instant("at", False), instant("withdrawn_at"), required("withdrawn_reason", sa.Text()),
        refers("withdrawn_by_id", "contact.id", True),
        sa.CheckConstraint("(file_sha256 IS NULL) = (link <> '')", name="file_or_link"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_says_why"),
        versioned=True, indexes=("assignment_id",),
    )
    add_reference("success_criterion", "evidence_id", "evidence.id")
    table(
        "verbal_update",
        refers("assignment_id", "assignment.id"), refers("entry_id", "correspondence_entry.id"),
        required("said_by", sa.String(200)), required("said_on", sa.Date()),
        required("said_how", one_of(("call", "meeting", "board"), "verbal_how")),
        required("position", one_of(POSITIONS, "answer_position")), required("text", sa.Text()),
        refers("entered_by_id", "contact.id"), instant("entered_at", False),
        sa.Column("outcome", one_of(("confirmed", "not_confirmed"), "verbal_outcome")),
        instant("decided_at"), refers("decided_by_id", "contact.id", True), required("decided_note", sa.Text()),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        versioned=True, indexes=("assignment_id",),
    )
    table(
        "extension_request",
        refers("letter_id", "letter.id"), refers("programme_id", "programme.id"), refers("taskforce_id", "taskforce.id"),
        required("until_on", sa.Date()), required("reason", sa.Text()),
        required("state", one_of(("asked", "granted", "changed", "refused", "withdrawn"), "extension_state")),
        refers("asked_by_id", "contact.id"), instant("asked_at", False), sa.Column("granted_until", sa.Date()),
        instant("decided_at"), refers("decided_by_id", "contact.id", True), required("decision_reason", sa.Text()),
        sa.CheckConstraint("reason <> ''", name="says_why"),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at_a_time"),
        sa.CheckConstraint("(state IN ('granted', 'changed')) = (granted_until IS NOT NULL)", name="granted_has_a_date"),
        versioned=True, indexes=("letter_id", "programme_id"),
    )
    where = sa.text("state = 'asked'")
    op.create_index(
        "ix_extension_request_asked", "extension_request", ["taskforce_id", "id"], sqlite_where=where, postgresql_where=where
    )
    table(
        "extension_item",
        refers("request_id", "extension_request.id"), refers("assignment_id", "assignment.id"),
        sa.Column("from_on", sa.Date()), required("from_stated", sa.String(200)),
        unique("extension_item", "request_id", "assignment_id"),
        indexes=("assignment_id",),
    )


def make_link_tables() -> None:
    table(
        "reply",
        refers("response_id", "response.id"), refers("taskforce_id", "taskforce.id"),
        refers("entry_id", "correspondence_entry.id", True), required("name", sa.String(200)),
        refers("file_sha256", "stored_file.sha256"), required("received_on", sa.Date()),
        required("from_whom", sa.String(200)), required("blocks", sa.Text()), required("problems", sa.Text()),
        refers("by_id", "contact.id"), instant("at", False),
        sa.Column("outcome", one_of(("taken", "set_aside"), "reply_outcome")), instant("decided_at"),
        refers("decided_by_id", "contact.id", True),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        versioned=True, indexes=("response_id", "taskforce_id"),
    )
    table(
        "reply_passage",
        refers("reply_id", "reply.id"), refers("assignment_id", "assignment.id"), required("quote", sa.Text()),
        required("place", sa.Integer()), required("position", one_of(POSITIONS, "answer_position")),
        refers("by_id", "contact.id"), instant("at", False),
        indexes=("reply_id", "assignment_id"),
    )
    table(
        "guest_link",
        refers("taskforce_id", "taskforce.id"),
        required("purpose", one_of(("prepare", "sign_off", "action"), "guest_purpose")),
        refers("response_id", "response.id", True), refers("action_id", "action.id", True),
        refers("contact_id", "contact.id", True), required("token_hash", sa.String(64)),
        refers("made_by_id", "contact.id"), instant("made_at", False), instant("expires_at", False),
        instant("revoked_at"), refers("revoked_by_id", "contact.id", True),
        sa.CheckConstraint("(purpose = 'action') = (action_id IS NOT NULL)", name="action_has_one"),
        sa.CheckConstraint("(purpose <> 'action') = (response_id IS NOT NULL)", name="response_has_one"),
        sa.CheckConstraint("purpose = 'prepare' OR contact_id IS NOT NULL", name="names_a_person"),
        unique("guest_link", "token_hash"),
        versioned=True, indexes=("response_id", "action_id"),
    )
    table(
        "link_guest",
        refers("link_id", "guest_link.id"), refers("contact_id", "contact.id"), instant("named_at", False),
        unique("link_guest", "link_id", "contact_id"),
    )
    table(
        "refused_link",
        sa.Column("link_id", sa.Integer()), required("why", one_of(("unknown", "expired", "revoked", "throttled", "other"), "refusal")),
        required("address", sa.String(64)), instant("at", False),
        indexes=("at",),
    )


def make_transfer_tables() -> None:
    table(
        "transfer",
        refers("taskforce_id", "taskforce.id"), refers("assignment_id", "assignment.id", True),
        refers("action_id", "action.id", True), required("to_body", sa.String(200)), required("to_owner", sa.String(200)),
        refers("to_contact_id", "contact.id", True), required("reason", sa.Text()), refers("offered_by_id", "contact.id"),
        instant("offered_at", False),
        sa.Column("outcome", one_of(("accepted", "declined", "withdrawn"), "transfer_outcome")),
        sa.Column("accepted_on", sa.Date()), required("source", sa.Text()),
        refers("file_sha256", "stored_file.sha256", True), required("file_name", sa.String(200)), instant("decided_at"),
        refers("decided_by_id", "contact.id", True),
        sa.CheckConstraint("(assignment_id IS NULL) <> (action_id IS NULL)", name="one_record"),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        sa.CheckConstraint("outcome <> 'accepted' OR accepted_on IS NOT NULL", name="accepted_has_a_date"),
        versioned=True, indexes=("taskforce_id", "assignment_id", "action_id"),
    )
    table(
        "programme_change",
        refers("programme_id", "programme.id"),
        required("kind", one_of(("renamed", "merged", "new_sro"), "programme_change_kind")),
        required("changed_on", sa.Date()), required("before", sa.String(200)), required("after", sa.String(200)),
        refers("into_id", "programme.id", True), required("reason", sa.Text()), refers("by_id", "contact.id", True),
        instant("at", False),
        sa.CheckConstraint("(kind = 'merged') = (into_id IS NOT NULL)", name="merged_into_one"),
        indexes=("programme_id",),
    )
    table(
        "covering_note",
        refers("taskforce_id", "taskforce.id"), refers("programme_id", "programme.id"),
        refers("change_id", "programme_change.id"), refers("to_contact_id", "contact.id"), required("text", sa.Text()),
        refers("made_by_id", "contact.id", True), instant("made_at", False), instant("sent_at"),
        refers("sent_by_id", "contact.id", True),
        unique("covering_note", "change_id", "taskforce_id"),
        versioned=True, indexes=("programme_id",),
    )


def make_reminder_tables() -> None:
    table(
        "reminder_plan",
        refers("taskforce_id", "taskforce.id"), refers("letter_id", "letter.id", True),
        required("days_before", sa.String(40)), required("on_due_day", sa.Boolean()),
        required("every_after", sa.Integer()), required("most_after", sa.Integer()),
        required("escalate_after", sa.Integer()), required("escalates", sa.Boolean()),
        required("is_automatic", sa.Boolean()),
        sa.CheckConstraint("every_after BETWEEN 1 AND 60", name="every_after_sane"),
        sa.CheckConstraint("most_after BETWEEN 0 AND 20", name="most_after_sane"),
        sa.CheckConstraint("escalate_after BETWEEN 0 AND 20", name="escalate_after_sane"),
        unique("reminder_plan", "letter_id"),
        versioned=True,
    )
    where = sa.text("letter_id IS NULL")
    op.create_index(
        "uq_reminder_plan_taskforce", "reminder_plan", ["taskforce_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
    table(
        "reminder_pause",
        refers("response_id", "response.id"), required("reason", sa.Text()), required("until_on", sa.Date()),
        refers("by_id", "contact.id"), instant("at", False), instant("ended_at"), refers("ended_by_id", "contact.id", True),
        sa.CheckConstraint("reason <> ''", name="says_why"),
        versioned=True, indexes=("response_id",),
    )
    table(
        "reminder",
        refers("response_id", "response.id"), required("due_on", sa.Date()), required("rung", sa.String(40)),
        required("rung_on", sa.Date()), required("outcome", one_of(("sent", "passed_over", "drafted"), "rung_outcome")),
        refers("drafted_letter_id", "letter.id", True), refers("by_id", "contact.id", True), instant("at", False),
        unique("reminder", "response_id", "due_on", "rung"),
        indexes=("drafted_letter_id",),
    )
    table(
        "reminder_digest",
        refers("taskforce_id", "taskforce.id"), refers("contact_id", "contact.id", True), required("email", sa.String(200)),
        required("day", sa.Date()), required("subject", sa.String(200)), required("text", sa.Text()),
        refers("by_id", "contact.id", True), instant("at", False),
        unique("reminder_digest", "taskforce_id", "email", "day"),
    )
    table(
        "digest_reminder",
        refers("digest_id", "reminder_digest.id"), refers("reminder_id", "reminder.id"),
        unique("digest_reminder", "digest_id", "reminder_id"),
        indexes=("reminder_id",),
    )


def make_personal_tables() -> None:
    table(
        "saved_view",
        refers("contact_id", "contact.id"), refers("taskforce_id", "taskforce.id", True), required("register", sa.String(40)),
        required("name", sa.String(200)), required("query", sa.Text()), instant("made_at", False),
        unique("saved_view", "contact_id", "register", "name"),
        versioned=True, indexes=("taskforce_id",),
    )
    table(
        "default_view",
        refers("contact_id", "contact.id"), required("register", sa.String(40)), refers("view_id", "saved_view.id"),
        unique("default_view", "contact_id", "register"),
        indexes=("view_id",),
    )
    table(
        "calendar_feed",
        refers("contact_id", "contact.id"), required("token_hash", sa.String(64)), instant("made_at", False),
        instant("revoked_at"),
        unique("calendar_feed", "token_hash"),
        indexes=("contact_id",),
    )


def index_for_the_register() -> None:
    """Filters by what the letter says and by lead, and what moved since a day: along an index, not row by row."""
    op.create_index("ix_assignment_wording_id", "assignment", ["wording_id"])
    op.create_index("ix_event_verb", "event", ["verb", "happened_at", "number"])
    marks = ["kind", "focus_area", "theme", "principles"]
    op.create_index("ix_letter_recommendation_marks", "letter_recommendation", marks)
    where = sa.text("lead IS NOT NULL")
    op.create_index("ix_assignment_lead", "assignment", ["lead"], sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    change_tables()
    change_definitions()
    make_answering_tables()
    make_link_tables()
    make_transfer_tables()
    make_reminder_tables()
    make_personal_tables()
    index_for_the_register()
    for name in INSERT_ONLY:
        trigger(f"{name}_no_update", "UPDATE", name, "TRUE", f"rows of {name} are never changed")
    for name in (*INSERT_ONLY, *NO_DELETE):
        trigger(f"{name}_no_delete", "DELETE", name, "TRUE", f"rows of {name} are never removed")
    for name, (columns, message) in FIXED.items():
        differs = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
        trigger(f"{name}_fixed", "UPDATE", name, differs, message)
