"""The gate: the border between the store and what is published under ``runs/``.

Exact tables go in, cleared ones come out; a cleared table can be written, loaded a year later
without the store, and rendered. Nothing else can.
"""
