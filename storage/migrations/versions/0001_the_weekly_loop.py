"""the weekly loop"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "audit",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("facts", storage.tables.base.Json(), nullable=False),
        sa.Column("personal_hash", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "audit_personal",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("words", storage.tables.base.Json(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_personal")),
    )
    op.create_table(
        "catalogue",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "check_in_cycle",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answers_until", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_check_in_cycle")),
    )
    op.create_table(
        "delivery",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("not_before", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("address", storage.tables.base.Json(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("first_attempt_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ref", storage.tables.base.Json(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'leased' OR state = 'sending' OR state = 'sent' OR state = 'unknown' OR state = 'superseded' OR state = 'dead'",
            name=op.f("ck_delivery_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_delivery_dedupe_key")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_due", ["state", "not_before", "id"], unique=False)
        batch_op.create_index(
            "ix_delivery_update",
            ["not_before", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'pending' AND kind IN ('checkin_update')"),
            postgresql_where=sa.text("state = 'pending' AND kind IN ('checkin_update')"),
        )
        batch_op.create_index("ix_delivery_person", ["person_id", "sent_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_at"), ["at"], unique=False)

    op.create_table(
        "initiative_status",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("portfolio_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("reported", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("initiative_id", name=op.f("pk_initiative_status")),
    )
    with op.batch_alter_table("initiative_status", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_status_portfolio_id"), ["portfolio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_initiative_status_reported"), ["reported"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("workdays", storage.tables.base.Json(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("holidays", storage.tables.base.Json(), nullable=False),
        sa.Column("quiet_start", sa.Time(), nullable=False),
        sa.Column("quiet_end", sa.Time(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("data_retention_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "pacing",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pacing")),
    )
    op.create_table(
        "person",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("workdays", storage.tables.base.Json(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("org_unit", sa.String(), nullable=True),
        sa.Column("manager_id", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("preferred_platform", sa.String(), nullable=True),
        sa.Column("org_roles", storage.tables.base.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "portfolio",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("executive_id", sa.String(), nullable=True),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("gatekeeper_ids", storage.tables.base.Json(), nullable=False),
        sa.Column("digest_channels", storage.tables.base.Json(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("digest_time", sa.Time(), nullable=False),
        sa.Column("wip_limit_pilots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio")),
        sa.UniqueConstraint("key", name=op.f("uq_portfolio_key")),
    )
    op.create_table(
        "absence",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("delegate_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "digest",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("portfolio_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("as_of", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_digest_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("portfolio_id", "kind", "period", name=op.f("uq_digest_portfolio_id_kind_period")),
    )
    op.create_table(
        "handle",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status = 'active' OR status = 'blocked' OR status = 'uninstalled' OR status = 'deactivated'",
            name=op.f("ck_handle_status_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handle_person_id")),
        sa.PrimaryKeyConstraint("platform", "tenant", "user", name=op.f("pk_handle")),
    )
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handle_person_id"), ["person_id"], unique=False)

    op.create_table(
        "initiative",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("portfolio_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("aliases", storage.tables.base.Json(), nullable=False),
        sa.Column("use_case", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("user_group", sa.String(), nullable=False),
        sa.Column("user_group_size", sa.Integer(), nullable=True),
        sa.Column("usage_mode", sa.String(), nullable=False),
        sa.Column("risk_tier", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("stage_entered_on", sa.Date(), nullable=True),
        sa.Column("golive_on", sa.Date(), nullable=True),
        sa.Column("hold_review_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closing_note", sa.String(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("source", storage.tables.base.Json(), nullable=False),
        sa.CheckConstraint(
            "lifecycle = 'active' OR lifecycle = 'on_hold' OR lifecycle = 'stopped' OR lifecycle = 'retired'",
            name=op.f("ck_initiative_lifecycle_known"),
        ),
        sa.CheckConstraint(
            "risk_tier = 'minimal' OR risk_tier = 'limited' OR risk_tier = 'high' OR risk_tier = 'prohibited'",
            name=op.f("ck_initiative_risk_tier_known"),
        ),
        sa.CheckConstraint(
            "stage = 'intake' OR stage = 'pilot_definition' OR stage = 'pilot' OR stage = 'production_readiness' OR stage = 'launch' OR stage = 'production' OR stage = 'scaled'",
            name=op.f("ck_initiative_stage_known"),
        ),
        sa.CheckConstraint(
            "usage_mode = 'optional' OR usage_mode = 'default' OR usage_mode = 'embedded'",
            name=op.f("ck_initiative_usage_mode_known"),
        ),
        sa.CheckConstraint(
            "visibility = 'org' OR visibility = 'portfolio' OR visibility = 'restricted'",
            name=op.f("ck_initiative_visibility_known"),
        ),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_initiative_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("key", name=op.f("uq_initiative_key")),
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_portfolio_id"), ["portfolio_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("prompt_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=True),
        sa.Column("rolled_from_id", sa.String(), nullable=True),
        sa.Column("roll_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role = 'business_sponsor' OR role = 'technical_lead' OR role = 'operations_leader' OR role = 'governance_reviewer' OR role = 'finance_partner' OR role = 'gatekeeper'",
            name=op.f("ck_commitment_role_known"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR state = 'kept' OR state = 'late' OR state = 'missed' OR state = 'dropped'",
            name=op.f("ck_commitment_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_commitment_initiative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_commitment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_due", ["state", "due"], unique=False)
        batch_op.create_index("ix_commitment_initiative", ["initiative_id", "role", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_prompt_id"), ["prompt_id"], unique=False)

    op.create_table(
        "prompt",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("due_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("question_set", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("sent_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("snoozed", sa.Boolean(), nullable=False),
        sa.Column("excused_reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rag", sa.String(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role = 'business_sponsor' OR role = 'technical_lead' OR role = 'operations_leader' OR role = 'governance_reviewer' OR role = 'finance_partner' OR role = 'gatekeeper'",
            name=op.f("ck_prompt_role_known"),
        ),
        sa.CheckConstraint(
            "state = 'scheduled' OR state = 'sent' OR state = 'partially_answered' OR state = 'answered' OR state = 'answered_late' OR state = 'missed' OR state = 'excused' OR state = 'cancelled' OR state = 'failed'",
            name=op.f("ck_prompt_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_prompt_initiative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_prompt_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("cycle", "initiative_id", "role", name=op.f("uq_prompt_cycle_initiative_id_role")),
    )
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.create_index("ix_prompt_history", ["initiative_id", "role", "cycle"], unique=False)
        batch_op.create_index("ix_prompt_person", ["person_id", "cycle"], unique=False)

    op.create_table(
        "raid",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("raised_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("needs_from_id", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("prompt_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "category = 'data' OR category = 'infrastructure' OR category = 'governance' OR category = 'workflow' OR category = 'people' OR category = 'budget' OR category = 'vendor' OR category = 'leadership' OR category = 'model'",
            name=op.f("ck_raid_category_known"),
        ),
        sa.CheckConstraint(
            "kind = 'risk' OR kind = 'issue' OR kind = 'blocker' OR kind = 'decision_needed' OR kind = 'dependency'",
            name=op.f("ck_raid_kind_known"),
        ),
        sa.CheckConstraint(
            "severity = 'minor' OR severity = 'major' OR severity = 'critical'", name=op.f("ck_raid_severity_known")
        ),
        sa.CheckConstraint(
            "state = 'open' OR state = 'acknowledged' OR state = 'mitigating' OR state = 'resolved' OR state = 'accepted'",
            name=op.f("ck_raid_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_raid_initiative_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_raid_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raid")),
    )
    with op.batch_alter_table("raid", schema=None) as batch_op:
        batch_op.create_index("ix_raid_initiative", ["initiative_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_raid_prompt_id"), ["prompt_id"], unique=False)

    op.create_table(
        "role_assignment",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("accepted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("assigned_by", sa.String(), nullable=True),
        sa.Column("handover_from", sa.String(), nullable=True),
        sa.Column("handover_reason", sa.String(), nullable=True),
        sa.CheckConstraint("kind = 'primary' OR kind = 'delegate'", name=op.f("ck_role_assignment_kind_known")),
        sa.CheckConstraint(
            "role = 'business_sponsor' OR role = 'technical_lead' OR role = 'operations_leader' OR role = 'governance_reviewer' OR role = 'finance_partner' OR role = 'gatekeeper'",
            name=op.f("ck_role_assignment_role_known"),
        ),
        sa.CheckConstraint(
            "state = 'proposed' OR state = 'active' OR state = 'ended' OR state = 'declined' OR state = 'expired'",
            name=op.f("ck_role_assignment_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_role_assignment_initiative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_assignment_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_assignment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_role_assignment_holder",
            ["initiative_id", "role"],
            unique=True,
            sqlite_where=sa.text("kind = 'primary' AND state = 'active'"),
            postgresql_where=sa.text("kind = 'primary' AND state = 'active'"),
        )

    op.create_table(
        "response",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("prompt_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("responder_id", sa.String(), nullable=False),
        sa.Column("submitted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answers", storage.tables.base.Json(), nullable=False),
        sa.Column("asked", storage.tables.base.Json(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_response_prompt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("prompt_id", "revision", name=op.f("uq_response_prompt_id_revision")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("response")
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_assignment_holder",
            sqlite_where=sa.text("kind = 'primary' AND state = 'active'"),
            postgresql_where=sa.text("kind = 'primary' AND state = 'active'"),
        )
        batch_op.drop_index(batch_op.f("ix_role_assignment_person_id"))
        batch_op.drop_index(batch_op.f("ix_role_assignment_initiative_id"))

    op.drop_table("role_assignment")
    with op.batch_alter_table("raid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raid_prompt_id"))
        batch_op.drop_index("ix_raid_initiative")

    op.drop_table("raid")
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.drop_index("ix_prompt_person")
        batch_op.drop_index("ix_prompt_history")

    op.drop_table("prompt")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_prompt_id"))
        batch_op.drop_index("ix_commitment_initiative")
        batch_op.drop_index("ix_commitment_due")

    op.drop_table("commitment")
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_portfolio_id"))

    op.drop_table("initiative")
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handle_person_id"))

    op.drop_table("handle")
    op.drop_table("digest")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_person_id"))

    op.drop_table("absence")
    op.drop_table("portfolio")
    op.drop_table("person")
    op.drop_table("pacing")
    op.drop_table("organisation")
    with op.batch_alter_table("initiative_status", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_status_reported"))
        batch_op.drop_index(batch_op.f("ix_initiative_status_portfolio_id"))

    op.drop_table("initiative_status")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_at"))

    op.drop_table("inbox")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_person")
        batch_op.drop_index("ix_delivery_update")
        batch_op.drop_index("ix_delivery_due")

    op.drop_table("delivery")
    op.drop_table("check_in_cycle")
    op.drop_table("catalogue")
    op.drop_table("audit_personal")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entity_id"))

    op.drop_table("audit")
