"""The data manager's desk: what is said of an export, and what is decided about its rows."""
