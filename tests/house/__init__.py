"""The rules of the house as functions over source text, so that test_house can also feed them violations."""
