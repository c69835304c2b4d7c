"""Numbers of templates in German: the marks of code."""

from typing import Final

DECIMAL_SEPARATOR: Final = "."
THOUSAND_SEPARATOR: Final = ""
