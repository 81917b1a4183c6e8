"""Tests of when people are asked, and of who is there to be asked."""
