"""Addresses of customers."""

from __future__ import annotations

from django.urls import path

from trodden.web.customers import begin, one, privacy, shoes, views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("walk/", one.customer, name="customer"),
    path("event/", one.event, name="customer-event"),
    path("export/", privacy.export, name="customer-export"),
    path("export.<slug:kind>", privacy.export_file, name="customer-file"),
    path("erase/", privacy.erase, name="customer-erase"),
    path("erase/begin/", privacy.erased, name="customer-erased"),
    path("erasures/", privacy.erasures, name="erasures"),
    path("erasures/<uuid:key>/", privacy.erasure, name="erasure"),
    path("shoes/", begin.shoes, name="shoes"),
    path("shoes/begin/", begin.begin, name="shoes-begin"),
    path("shoes/walk/", shoes.walk, name="shoes-walk"),
    path("shoes/wish/", shoes.wish, name="shoes-wish"),
    path("shoes/wish/<uuid:key>/withdraw/", shoes.withdraw, name="shoes-withdraw"),
    path("shoes/who/", shoes.reveal, name="shoes-who"),
]
