"""One store per aggregate, each speaking the domain's records."""
