"""The console under test: terminals whose lines are typed by the tests."""
