"""What keeps the product itself in order."""
