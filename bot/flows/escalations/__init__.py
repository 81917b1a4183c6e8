"""Escalation: who is told, step by step, of check-ins that stay unanswered and of roles nobody answers for."""
