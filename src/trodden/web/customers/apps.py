"""The app of the customers: what people would change after a walk in their shoes, and who was erased."""

from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Records about customers; what is recorded of customers themselves is never among them."""

    name = "trodden.web.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
