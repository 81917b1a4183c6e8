"""The clock over database rows: it keeps time and runs the beats; what is due is decided by the rows themselves."""
