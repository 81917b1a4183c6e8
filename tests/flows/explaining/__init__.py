"""Why a message was sent or not, and what is to come."""
