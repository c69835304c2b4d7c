"""Addresses for programs."""

from __future__ import annotations

from django.urls import path

from trodden.web.api.answering import view_of
from trodden.web.api.catalogue import RESOURCES

urlpatterns = [path(one.path, one.view or view_of(one), name=one.name) for one in RESOURCES]
