"""How Django writes values that a template leaves to it: as code reads them, in every language.

What people read is written by `trodden.charts.formats`; what is left are numbers in attributes and forms.
"""
