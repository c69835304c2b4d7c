"""The pages and the HTTP interface: a Django project, one app for each area of the product."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trodden.web.settings")
