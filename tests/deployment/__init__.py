"""How the product is run by others: containers, several replicas, upgrades, backups."""
