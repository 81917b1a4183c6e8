"""A portfolio as a file tells it: its content, and what that content changes in what is stored."""
