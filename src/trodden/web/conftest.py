"""Models can be imported once Django knows its apps; a run over the modules of this room needs that."""

import django

import trodden.web

assert trodden.web.__name__
django.setup()
