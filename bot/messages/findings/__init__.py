"""The words of findings: one sentence each, with its numbers, and the page that describes the rules."""
