"""indexes for what waits for a person, each in the order in which it is read

Frozen: imports no model.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

INDEXES = (
    "CREATE INDEX ix_action_reported ON action (taskforce_id, coalesce(due_on, '9999-12-31'), id)"
    " WHERE state = 'pending_review'",
    "CREATE INDEX ix_letter_moving ON letter (taskforce_id, id) WHERE state IN ('draft', 'with_chair', 'approved')",
)


def upgrade() -> None:
    for statement in INDEXES:
        op.execute(statement)
