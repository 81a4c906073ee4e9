"""The contracts, and whether something agrees with them."""
