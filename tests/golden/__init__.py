"""A sample portfolio, a file of facts and what they must raise, run through the product's own rules."""
