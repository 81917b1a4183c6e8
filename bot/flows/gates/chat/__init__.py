"""Gates in chat: the card of one, and everything people do about it with buttons and forms."""
