"""A seeded generator of whole studies of which the truth is known."""
