"""Views of the same sections and tables: CSV, HTML, LaTeX, Word, PDF."""
