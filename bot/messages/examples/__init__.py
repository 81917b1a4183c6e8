"""Examples of messages and forms for the gallery, by feature: an ordinary one and the worst case of each."""
