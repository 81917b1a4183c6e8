"""The files people bring in and take out."""
