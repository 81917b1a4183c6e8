"""Stage gates: criteria, evidence, signatures and decisions, and what each of them changes (domain.md 2.3 and 3.4)."""
