"""The words Steward says: pure functions from facts to Message or Form; every chat word of the product is here."""
