"""Numbers about an initiative: what is measured, what was measured when, and which value may be taken."""
