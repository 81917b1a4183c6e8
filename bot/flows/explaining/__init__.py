"""Why a message was sent, held back or is to come, told from stored rows by the functions that decide it."""
