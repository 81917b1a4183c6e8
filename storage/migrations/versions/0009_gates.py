"""gates and charters"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "charter",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("live_state", sa.String(), nullable=False),
        sa.Column("timebox_start", sa.Date(), nullable=True),
        sa.Column("timebox_baseline_end", sa.Date(), nullable=True),
        sa.Column("timebox_end", sa.Date(), nullable=True),
        sa.Column("timebox_approved_end", sa.Date(), nullable=True),
        sa.Column("stop_rule", sa.String(), nullable=False),
        sa.Column("exposure", storage.tables.base.Json(), nullable=False),
        sa.Column("readiness", storage.tables.base.Json(), nullable=False),
        sa.Column("min_sample", sa.Integer(), nullable=True),
        sa.Column("budget_build", sa.Float(), nullable=True),
        sa.Column("budget_infra", sa.Float(), nullable=True),
        sa.Column("run_cost_annual", sa.Float(), nullable=True),
        sa.Column("funded_until", sa.Date(), nullable=True),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("investment_line", sa.String(), nullable=False),
        sa.Column("readiness_note", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("started_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "live_state = 'not_live' OR live_state = 'limited' OR live_state = 'live' OR live_state = 'suspended'",
            name=op.f("ck_charter_live_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_charter_initiative_id")),
        sa.PrimaryKeyConstraint("initiative_id", name=op.f("pk_charter")),
    )
    op.create_table(
        "date_change",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("rebaselines", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "reason = 'scope' OR reason = 'resource' OR reason = 'data' OR reason = 'vendor' OR reason = 'governance' OR reason = 'decision_wait' OR reason = 'technical' OR reason = 'other'",
            name=op.f("ck_date_change_reason_known"),
        ),
        sa.CheckConstraint(
            "subject = 'gate' OR subject = 'timebox' OR subject = 'golive' OR subject = 'phase'",
            name=op.f("ck_date_change_subject_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_date_change_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_change")),
    )
    with op.batch_alter_table("date_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_change_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "gate",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("baseline_due", sa.Date(), nullable=False),
        sa.Column("current_due", sa.Date(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("decided_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.String(), nullable=True),
        sa.Column("retro", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'open' OR state = 'submitted' OR state = 'decided' OR state = 'cancelled'",
            name=op.f("ck_gate_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_gate_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
        sa.UniqueConstraint(
            "initiative_id", "code", "wave", "attempt", name=op.f("uq_gate_initiative_id_code_wave_attempt")
        ),
    )
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_state"), ["state"], unique=False)

    op.create_table(
        "governance_item",
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
        sa.Column("maturity", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("approved_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_review", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind = 'model_review' OR kind = 'bias_evaluation' OR kind = 'data_compliance' OR kind = 'escalation_procedure'",
            name=op.f("ck_governance_item_kind_known"),
        ),
        sa.CheckConstraint(
            "maturity = 'none' OR maturity = 'draft' OR maturity = 'in_use' OR maturity = 'approved'",
            name=op.f("ck_governance_item_maturity_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_governance_item_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_item")),
        sa.UniqueConstraint("initiative_id", "kind", name=op.f("uq_governance_item_initiative_id_kind")),
    )
    op.create_table(
        "infrastructure_capability",
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
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("target_level", sa.Integer(), nullable=False),
        sa.Column("evidence_url", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind = 'data_pipeline' OR kind = 'model_versioning' OR kind = 'deployment_automation' OR kind = 'performance_monitoring' OR kind = 'security_integration' OR kind = 'serving_capacity'",
            name=op.f("ck_infrastructure_capability_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_infrastructure_capability_initiative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_infrastructure_capability")),
        sa.UniqueConstraint("initiative_id", "kind", name=op.f("uq_infrastructure_capability_initiative_id_kind")),
    )
    op.create_table(
        "integration_action",
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
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind = 'approval_process' OR kind = 'reporting_cadence' OR kind = 'system_architecture' OR kind = 'performance_metric' OR kind = 'sop_training'",
            name=op.f("ck_integration_action_kind_known"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR state = 'done' OR state = 'dropped'", name=op.f("ck_integration_action_state_known")
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_integration_action_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_action")),
    )
    with op.batch_alter_table("integration_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_integration_action_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "rollout_phase",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("gate_code", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("start_baseline", sa.Date(), nullable=True),
        sa.Column("start_current", sa.Date(), nullable=True),
        sa.Column("start_actual", sa.Date(), nullable=True),
        sa.Column("exit_criteria", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'ready' OR state = 'running' OR state = 'done' OR state = 'halted'",
            name=op.f("ck_rollout_phase_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_rollout_phase_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout_phase")),
        sa.UniqueConstraint("initiative_id", "number", name=op.f("uq_rollout_phase_initiative_id_number")),
    )
    op.create_table(
        "success_criterion",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("measure_by", sa.Date(), nullable=True),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("baseline_value", sa.Float(), nullable=True),
        sa.Column("baseline_date", sa.Date(), nullable=True),
        sa.Column("baseline_source", sa.String(), nullable=False),
        sa.Column("warn", sa.Float(), nullable=True),
        sa.Column("range_hi", sa.Float(), nullable=True),
        sa.Column("data_source", sa.String(), nullable=False),
        sa.Column("min_sample", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("locked_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("approvals", storage.tables.base.Json(), nullable=False),
        sa.Column("supersedes_id", sa.String(), nullable=True),
        sa.Column("change_reason", sa.String(), nullable=False),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "category = 'accuracy' OR category = 'drift' OR category = 'adoption' OR category = 'efficiency' OR category = 'revenue' OR category = 'cost' OR category = 'reliability' OR category = 'fairness' OR category = 'safety' OR category = 'volume'",
            name=op.f("ck_success_criterion_category_known"),
        ),
        sa.CheckConstraint(
            "direction = 'up' OR direction = 'down' OR direction = 'range'",
            name=op.f("ck_success_criterion_direction_known"),
        ),
        sa.CheckConstraint("mode = 'guardrail' OR mode = 'goal'", name=op.f("ck_success_criterion_mode_known")),
        sa.CheckConstraint(
            "priority = 'must' OR priority = 'should'", name=op.f("ck_success_criterion_priority_known")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'proposed' OR state = 'locked' OR state = 'superseded' OR state = 'withdrawn'",
            name=op.f("ck_success_criterion_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_success_criterion_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_criterion")),
        sa.UniqueConstraint(
            "initiative_id", "code", "version", name=op.f("uq_success_criterion_initiative_id_code_version")
        ),
    )
    with op.batch_alter_table("success_criterion", schema=None) as batch_op:
        batch_op.create_index(
            "uq_success_criterion_locked",
            ["initiative_id", "code"],
            unique=True,
            sqlite_where=sa.text("state = 'locked'"),
            postgresql_where=sa.text("state = 'locked'"),
        )

    op.create_table(
        "gate_criterion",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("gate_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("weight", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("signers", storage.tables.base.Json(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("set_aside_by", sa.String(), nullable=True),
        sa.Column("set_aside_why", sa.String(), nullable=False),
        sa.Column("reopened_why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "domain = 'definition' OR domain = 'performance' OR domain = 'infrastructure' OR domain = 'training' OR domain = 'workflow' OR domain = 'support' OR domain = 'documentation' OR domain = 'adoption' OR domain = 'value' OR domain = 'ownership' OR domain = 'governance' OR domain = 'safety'",
            name=op.f("ck_gate_criterion_domain_known"),
        ),
        sa.CheckConstraint(
            "evaluation = 'auto' OR evaluation = 'attest' OR evaluation = 'doc' OR evaluation = 'review'",
            name=op.f("ck_gate_criterion_evaluation_known"),
        ),
        sa.CheckConstraint(
            "state = 'not_started' OR state = 'in_progress' OR state = 'submitted' OR state = 'met' OR state = 'not_met' OR state = 'waived' OR state = 'not_applicable'",
            name=op.f("ck_gate_criterion_state_known"),
        ),
        sa.CheckConstraint("weight = 'must' OR weight = 'should'", name=op.f("ck_gate_criterion_weight_known")),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"], name=op.f("fk_gate_criterion_gate_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_gate_criterion_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_criterion")),
        sa.UniqueConstraint("gate_id", "number", name=op.f("uq_gate_criterion_gate_id_number")),
    )
    with op.batch_alter_table("gate_criterion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_criterion_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "gate_decision",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("rationale", sa.String(), nullable=False),
        sa.Column("stage_from", sa.String(), nullable=False),
        sa.Column("stage_to", sa.String(), nullable=False),
        sa.Column("lifecycle_from", sa.String(), nullable=False),
        sa.Column("lifecycle_to", sa.String(), nullable=False),
        sa.Column("gate_id", sa.String(), nullable=True),
        sa.Column("gate_code", sa.String(), nullable=False),
        sa.Column("cosigners", storage.tables.base.Json(), nullable=False),
        sa.Column("snapshot", storage.tables.base.Json(), nullable=False),
        sa.Column("supersedes_id", sa.String(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("redo", storage.tables.base.Json(), nullable=False),
        sa.Column("new_due", sa.Date(), nullable=True),
        sa.Column("kill_reason", sa.String(), nullable=True),
        sa.Column("lesson_due", sa.Date(), nullable=True),
        sa.Column("early_reason", sa.String(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "decision = 'go' OR decision = 'conditional_go' OR decision = 'hold' OR decision = 'rework' OR decision = 'kill'",
            name=op.f("ck_gate_decision_decision_known"),
        ),
        sa.CheckConstraint(
            "kind = 'gate' OR kind = 'hold_review' OR kind = 'rollback' OR kind = 'retire' OR kind = 'start'",
            name=op.f("ck_gate_decision_kind_known"),
        ),
        sa.CheckConstraint(
            "lifecycle_to = 'active' OR lifecycle_to = 'on_hold' OR lifecycle_to = 'stopped' OR lifecycle_to = 'retired'",
            name=op.f("ck_gate_decision_lifecycle_to_known"),
        ),
        sa.CheckConstraint(
            "stage_to = 'intake' OR stage_to = 'pilot_definition' OR stage_to = 'pilot' OR stage_to = 'production_readiness' OR stage_to = 'launch' OR stage_to = 'production' OR stage_to = 'scaled'",
            name=op.f("ck_gate_decision_stage_to_known"),
        ),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"], name=op.f("fk_gate_decision_gate_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_gate_decision_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decision")),
        sa.UniqueConstraint("initiative_id", "number", name=op.f("uq_gate_decision_initiative_id_number")),
    )
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.create_index(
            "uq_gate_decision_once",
            ["gate_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'gate' AND supersedes_id IS NULL"),
            postgresql_where=sa.text("kind = 'gate' AND supersedes_id IS NULL"),
        )

    op.create_table(
        "evidence",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("snapshot", storage.tables.base.Json(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind = 'link' OR kind = 'document' OR kind = 'metric_snapshot' OR kind = 'test_report' OR kind = 'attestation' OR kind = 'decision_record'",
            name=op.f("ck_evidence_kind_known"),
        ),
        sa.CheckConstraint(
            "state = 'valid' OR state = 'expired' OR state = 'withdrawn'", name=op.f("ck_evidence_state_known")
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["gate_criterion.id"], name=op.f("fk_evidence_criterion_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_evidence_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "gate_condition",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "before = 'launch' OR before = 'next_gate' OR before = 'date'", name=op.f("ck_gate_condition_before_known")
        ),
        sa.CheckConstraint(
            "state = 'open' OR state = 'met' OR state = 'lapsed' OR state = 'waived'",
            name=op.f("ck_gate_condition_state_known"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["gate_decision.id"], name=op.f("fk_gate_condition_decision_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_gate_condition_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_condition")),
    )
    with op.batch_alter_table("gate_condition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_condition_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "sign_off",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("signed_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("revoked_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verdict = 'met' OR verdict = 'not_met'", name=op.f("ck_sign_off_verdict_known")),
        sa.ForeignKeyConstraint(["criterion_id"], ["gate_criterion.id"], name=op.f("fk_sign_off_criterion_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_sign_off_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(
            "uq_sign_off_standing",
            ["criterion_id", "role", "person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "waiver",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("accepted_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["criterion_id"], ["gate_criterion.id"], name=op.f("fk_waiver_criterion_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_waiver_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_initiative_id"), ["initiative_id"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiver_initiative_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_off_standing",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_sign_off_initiative_id"))

    op.drop_table("sign_off")
    with op.batch_alter_table("gate_condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_condition_initiative_id"))

    op.drop_table("gate_condition")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_valid_until"))
        batch_op.drop_index(batch_op.f("ix_evidence_initiative_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gate_decision_once",
            sqlite_where=sa.text("kind = 'gate' AND supersedes_id IS NULL"),
            postgresql_where=sa.text("kind = 'gate' AND supersedes_id IS NULL"),
        )

    op.drop_table("gate_decision")
    with op.batch_alter_table("gate_criterion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_criterion_initiative_id"))

    op.drop_table("gate_criterion")
    with op.batch_alter_table("success_criterion", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_success_criterion_locked",
            sqlite_where=sa.text("state = 'locked'"),
            postgresql_where=sa.text("state = 'locked'"),
        )

    op.drop_table("success_criterion")
    op.drop_table("rollout_phase")
    with op.batch_alter_table("integration_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_integration_action_initiative_id"))

    op.drop_table("integration_action")
    op.drop_table("infrastructure_capability")
    op.drop_table("governance_item")
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_state"))

    op.drop_table("gate")
    with op.batch_alter_table("date_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_date_change_initiative_id"))

    op.drop_table("date_change")
    op.drop_table("charter")
