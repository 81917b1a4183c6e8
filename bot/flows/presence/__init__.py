"""Who is there: absences and who stands in meanwhile, and accounts whose people do not come back."""
