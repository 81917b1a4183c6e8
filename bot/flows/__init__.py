"""The verbs: each loads, decides and saves; one file per feature, the stems of `domain` and `messages`."""
