"""The rules: each fires and just does not, the same facts always say the same, and worse is never better."""
