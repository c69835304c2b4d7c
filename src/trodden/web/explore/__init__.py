"""Every registered analysis: a form, a chart, a table, files."""
