"""Addresses of single sign-on."""

from __future__ import annotations

from django.urls import path

from trodden.web.sso import views

urlpatterns = [
    path("sign-in/with/", views.begin, name="sso_begin"),
    path("sign-in/with/back/", views.back, name="sso_back"),
    path("join/<str:secret>/with/", views.join, name="sso_join"),
    path("account/again/with/", views.again, name="account_again_with"),
    path("account/connected/", views.connected, name="account_connected"),
    path("account/connected/<str:token>/", views.start_connecting, name="account_connect"),
    path("account/connected/<uuid:key>/disconnect/", views.disconnect, name="account_disconnect"),
]
