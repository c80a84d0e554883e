"""Themes that follow from a study without changing it: each module draws its own frame."""
