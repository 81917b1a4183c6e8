"""What people do about gates."""
