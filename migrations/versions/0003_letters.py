"""letterheads, passages, comments, sending, correspondence, Word letters, jobs, signatures and delegation

Frozen: imports no model.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROLES = ("secretariat", "chair", "vice_chair", "member", "auditor", "programme_team", "sro")
DECISIONS_BEFORE = (
    "submitted", "approved", "approved_with_changes", "confirmed", "returned", "reopened", "withdrawn",
)
DECISIONS = (
    "submitted", "approved", "approved_with_changes", "approved_under_waiver", "confirmed", "returned", "reopened",
    "withdrawn", "came_back",
)
FOCUS_AREAS = ("people", "patients", "voluntary_sector")
REASON_BEFORE = "kind NOT IN ('returned', 'reopened', 'withdrawn') OR reason <> ''"
REASON = "kind NOT IN ('returned', 'reopened', 'withdrawn', 'approved_under_waiver', 'came_back') OR reason <> ''"
SOMEBODY = "kind = 'came_back' OR (by_id IS NOT NULL AND as_role IS NOT NULL)"
INSERT_ONLY = ("letter_file", "letter_sending", "letter_sending_file", "correspondence_file")
NO_DELETE = ("letter_comment", "correspondence_entry")
COMMENT_FIXED = " OR ".join(
    f"OLD.{c} IS DISTINCT FROM NEW.{c}"
    for c in ("letter_id", "version_id", "round_id", "part", "quote", "text", "by_id", "as_role", "at")
)
# As in 0002, with the waiver among the approvals.
TWO_PEOPLE = """NEW.state IN ('approved', 'issued') AND (NOT EXISTS (
            SELECT 1 FROM clearance_decision a JOIN clearance_decision s
                ON s.letter_id = a.letter_id AND s.sha256 = a.sha256 AND s.by_id <> a.by_id
            WHERE a.letter_id = NEW.id AND a.sha256 = NEW.approved_sha256
                AND a.kind IN ('approved', 'approved_with_changes', 'approved_under_waiver')
                AND s.kind IN ('submitted', 'confirmed'))
        OR NEW.approved_sha256 IS DISTINCT FROM (
            SELECT v.sha256 FROM letter_version v WHERE v.letter_id = NEW.id ORDER BY v.number DESC LIMIT 1))"""
HAS_MESSAGE_ID = sa.text("message_id <> ''")
IS_NEW = sa.text("letter_id IS NULL")


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


def rewrite(name: str, *changes: tuple[str, str]) -> None:
    """Change the stored definition of a SQLite table where no row needs to change (SQLite, ALTER TABLE, section 7).

    Making the table anew would drop its triggers, and the rows that refer to it would stand in the way.
    """
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
        f"ALTER TABLE {on} ADD COLUMN {column} {kind}"
        f" CONSTRAINT fk_{on}_{column} REFERENCES {target} ({key})"
    )


def change_tables() -> None:
    for on, column, to in (
        ("role_grant", "delegated_by_id", "contact.id"),
        ("clearance_decision", "for_id", "contact.id"),
        ("clearance_decision", "signature_sha256", "stored_file.sha256"),
        ("letter", "corrects_id", "letter.id"),
    ):
        add_reference(on, column, to)
    op.create_index("ix_letter_corrects_id", "letter", ["corrects_id"])
    op.execute("ALTER TABLE letter_recommendation ADD COLUMN theme VARCHAR(200)")
    op.execute(
        "ALTER TABLE letter_recommendation ADD COLUMN focus_area VARCHAR(40)"
        f" CONSTRAINT ck_letter_recommendation_focus_area CHECK (focus_area IN ({listed(FOCUS_AREAS)}))"
    )
    op.execute("ALTER TABLE letter_recommendation ADD COLUMN principles TEXT")
    for column, kind in (("to_line", "TEXT"), ("copies_line", "TEXT"), ("reply_to", "VARCHAR(200)")):
        op.execute(f"ALTER TABLE outbox_mail ADD COLUMN {column} {kind}")
        op.execute(f"UPDATE outbox_mail SET {column} = ''")


def change_definitions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rewrite(
            "clearance_decision",
            (f"kind IN ({listed(DECISIONS_BEFORE)})", f"kind IN ({listed(DECISIONS)})"),
            (REASON_BEFORE, REASON),
            ("by_id INTEGER NOT NULL", "by_id INTEGER"),
            ("as_role VARCHAR(40) NOT NULL", "as_role VARCHAR(40)"),
            (
                "CONSTRAINT ck_clearance_decision_says_why",
                f"CONSTRAINT ck_clearance_decision_somebody_decides CHECK ({SOMEBODY}),"
                " CONSTRAINT ck_clearance_decision_says_why",
            ),
        )
        rewrite("recommendation", ("reference VARCHAR(26)", "reference VARCHAR(34)"), ("part VARCHAR(2)", "part VARCHAR(10)"))
        rewrite(
            "outbox_mail",
            ("to_line TEXT", "to_line TEXT NOT NULL"),
            ("copies_line TEXT", "copies_line TEXT NOT NULL"),
            ("reply_to VARCHAR(200)", "reply_to VARCHAR(200) NOT NULL"),
        )
        return
    for name, check in (("decision_kind", f"kind IN ({listed(DECISIONS)})"), ("says_why", REASON)):
        op.drop_constraint(f"ck_clearance_decision_{name}", "clearance_decision")
        op.execute(f"ALTER TABLE clearance_decision ADD CONSTRAINT ck_clearance_decision_{name} CHECK ({check})")
    op.execute(
        f"ALTER TABLE clearance_decision ADD CONSTRAINT ck_clearance_decision_somebody_decides CHECK ({SOMEBODY})"
    )
    op.execute("ALTER TABLE clearance_decision ALTER by_id DROP NOT NULL, ALTER as_role DROP NOT NULL")
    op.execute("ALTER TABLE recommendation ALTER reference TYPE VARCHAR(34), ALTER part TYPE VARCHAR(10)")
    op.execute("ALTER TABLE outbox_mail ALTER to_line SET NOT NULL, ALTER copies_line SET NOT NULL")
    op.execute("ALTER TABLE outbox_mail ALTER reply_to SET NOT NULL")


def make_tables() -> None:
    table(
        "outbox_attachment",
        refers("mail_id", "outbox_mail.id"), required("name", sa.String(200)), refers("file_sha256", "stored_file.sha256"),
        indexes=("mail_id",),
    )
    table(
        "job",
        required("key", sa.String(200)), required("kind", sa.String(40)), required("subject_id", sa.Integer()),
        required("state", one_of(("waiting", "running", "done", "failed"), "job_state")),
        required("tries", sa.Integer()), required("error", sa.Text()), sa.Column("asked_by_id", sa.Integer()),
        instant("asked_at", False), instant("taken_at"), instant("finished_at"), required("note", sa.String(200)),
        sa.UniqueConstraint("key", name="uq_job_key"),
    )
    op.create_index("ix_job_state", "job", ["state", "id"])
    table(
        "signature",
        refers("contact_id", "contact.id"), refers("file_sha256", "stored_file.sha256"), instant("added_at", False),
        instant("withdrawn_at"),
        indexes=("contact_id",),
    )
    table(
        "letterhead",
        refers("taskforce_id", "taskforce.id"),
        required("kind", one_of(("letter", "cover_sheet"), "document_kind")),
        required("name", sa.String(200)), refers("original_sha256", "stored_file.sha256"),
        refers("file_sha256", "stored_file.sha256"), required("warnings", sa.Text()), sa.Column("live_from", sa.Date()),
        refers("uploaded_by_id", "contact.id"), instant("uploaded_at", False),
        versioned=True,
    )
    op.create_index("ix_letterhead_taskforce", "letterhead", ["taskforce_id", "kind", "live_from"])
    table(
        "standard_passage",
        refers("taskforce_id", "taskforce.id"), required("name", sa.String(200)),
        required("use", one_of(("letter", "covering_text"), "passage_use")),
        required("text", sa.Text()),
        sa.UniqueConstraint("taskforce_id", "name", name="uq_standard_passage_taskforce_id_name"),
        versioned=True,
    )
    table(
        "draft_edit",
        refers("taskforce_id", "taskforce.id"), refers("letter_id", "letter.id", True), refers("contact_id", "contact.id"),
        sa.Column("base_version", sa.Integer()), required("fields", sa.Text()), instant("saved_at", False),
        sa.UniqueConstraint("letter_id", "contact_id", name="uq_draft_edit_letter_id_contact_id"),
    )
    op.create_index(
        "uq_draft_edit_new", "draft_edit", ["taskforce_id", "contact_id"], unique=True,
        sqlite_where=IS_NEW, postgresql_where=IS_NEW,
    )
    table(
        "comment_round",
        refers("letter_id", "letter.id"), refers("version_id", "letter_version.id"), required("note", sa.Text()),
        required("until_on", sa.Date()), refers("opened_by_id", "contact.id"), instant("opened_at", False),
        instant("closed_at"),
        versioned=True, indexes=("letter_id",),
    )
    table(
        "comment_asked",
        refers("round_id", "comment_round.id"), refers("contact_id", "contact.id"), instant("finished_at"),
        sa.UniqueConstraint("round_id", "contact_id", name="uq_comment_asked_round_id_contact_id"),
        indexes=("contact_id",),
    )
    table(
        "letter_comment",
        refers("letter_id", "letter.id"), refers("version_id", "letter_version.id"),
        refers("round_id", "comment_round.id", True), required("part", sa.String(40)), required("quote", sa.Text()),
        required("text", sa.Text()), refers("by_id", "contact.id"),
        required("as_role", one_of(ROLES, "role")), instant("at", False), instant("dealt_at"),
        refers("dealt_by_id", "contact.id", True), required("dealt_how", sa.Text()),
        sa.CheckConstraint(
            "(dealt_at IS NULL) = (dealt_by_id IS NULL)", name="dealt_with_by_somebody"
        ),
        versioned=True, indexes=("round_id",),
    )
    op.create_index("ix_letter_comment_letter", "letter_comment", ["letter_id", "id"])
    table(
        "letter_file",
        refers("letter_id", "letter.id"), required("kind", one_of(("pdf", "signed_pdf"), "file_kind")),
        refers("file_sha256", "stored_file.sha256"), refers("added_by_id", "contact.id", True), instant("added_at", False),
        indexes=("letter_id",),
    )
    table(
        "letter_sending",
        refers("letter_id", "letter.id"),
        required("how", one_of(("email", "message", "post", "by_hand"), "sending_how")),
        required("sent_on", sa.Date()), required("to_line", sa.Text()), required("copies_line", sa.Text()),
        required("subject", sa.String(200)), required("covering_text", sa.Text()), refers("by_id", "contact.id"),
        instant("at", False),
        indexes=("letter_id",),
    )
    table(
        "letter_sending_file",
        refers("sending_id", "letter_sending.id"), required("name", sa.String(200)),
        refers("file_sha256", "stored_file.sha256"),
        indexes=("sending_id",),
    )
    table(
        "correspondence_entry",
        refers("letter_id", "letter.id"), refers("taskforce_id", "taskforce.id"),
        required(
            "kind",
            one_of(
                (
                    "letter", "email", "call", "note", "reply", "holding_reply", "acknowledgement", "verbal_update",
                ),
                "entry_kind",
            ),
        ),
        required("direction", one_of(("out", "in", "inside"), "direction")),
        required("happened_on", sa.Date()), sa.Column("happened_at", sa.Time()), required("from_whom", sa.Text()),
        required("to_whom", sa.Text()), required("subject", sa.String(200)), required("text", sa.Text()),
        required("is_internal", sa.Boolean()), required("message_id", sa.Text()),
        refers("entered_by_id", "contact.id", True), instant("entered_at", False), instant("struck_at"),
        required("struck_reason", sa.Text()),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="struck_says_why"),
        versioned=True, indexes=("taskforce_id",),
    )
    op.create_index(
        "ix_correspondence_entry_letter", "correspondence_entry", ["letter_id", "happened_on", "id"]
    )
    op.create_index(
        "uq_correspondence_entry_message", "correspondence_entry", ["letter_id", "message_id"], unique=True,
        sqlite_where=HAS_MESSAGE_ID, postgresql_where=HAS_MESSAGE_ID,
    )
    table(
        "correspondence_file",
        refers("entry_id", "correspondence_entry.id"), required("name", sa.String(200)),
        refers("file_sha256", "stored_file.sha256"),
        indexes=("entry_id",),
    )
    table(
        "word_upload",
        refers("taskforce_id", "taskforce.id"), refers("letter_id", "letter.id", True),
        refers("base_version_id", "letter_version.id", True),
        required("purpose", one_of(("draft", "new", "record"), "upload_purpose")),
        required("name", sa.String(200)), refers("file_sha256", "stored_file.sha256"), required("read", sa.Text()),
        required("problems", sa.Text()), refers("by_id", "contact.id"), instant("at", False),
        sa.Column("outcome", one_of(("accepted", "refused"), "upload_outcome")), instant("decided_at"),
        refers("decided_by_id", "contact.id", True),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        sa.CheckConstraint(
            "(purpose = 'draft') = (base_version_id IS NOT NULL)", name="draft_has_its_version"
        ),
        versioned=True, indexes=("taskforce_id", "letter_id"),
    )


def upgrade() -> None:
    change_tables()
    change_definitions()
    make_tables()
    for name in INSERT_ONLY:
        trigger(f"{name}_no_update", "UPDATE", name, "TRUE", f"rows of {name} are never changed")
    for name in (*INSERT_ONLY, *NO_DELETE):
        trigger(f"{name}_no_delete", "DELETE", name, "TRUE", f"rows of {name} are never removed")
    trigger("letter_comment_words_fixed", "UPDATE", "letter_comment", COMMENT_FIXED, "the words of a comment stay")
    op.execute("DROP TRIGGER letter_two_people" + ("" if op.get_bind().dialect.name == "sqlite" else " ON letter"))
    trigger("letter_two_people", "UPDATE", "letter", TWO_PEOPLE, "two people have not confirmed the same text")
