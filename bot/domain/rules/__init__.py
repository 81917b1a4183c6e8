"""The rules Steward computes (domain.md 4): facts of an initiative or a portfolio in, findings and colours out."""
