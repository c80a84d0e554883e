"""What is published of a run, part by part; `reports.publication` puts the parts in order."""
