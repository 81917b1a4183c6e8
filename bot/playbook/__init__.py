"""The content that ships as data, loaded and checked at the start."""
