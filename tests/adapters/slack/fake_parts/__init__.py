"""The parts of the fake Slack; import from `tests.adapters.slack.fake` and `.driver` instead."""
