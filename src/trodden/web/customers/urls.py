"""Addresses of customers."""

from __future__ import annotations

from django.urls import path

from trodden.web.customers import views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("walk/", views.customer, name="customer"),
]
