"""Addresses of boards."""

from __future__ import annotations

from django.urls import path

from trodden.web.boards import changing, saving, views

urlpatterns = [
    path("", views.boards, name="boards"),
    path("new", changing.new, name="board-new"),
    path("save", saving.save, name="board-save"),
    path("restore", changing.restore, name="board-restore"),
    path("<uuid:key>/", views.board, name="board"),
    path("<uuid:key>/change", changing.change, name="board-change"),
    path("<uuid:key>/copy", changing.copy, name="board-copy"),
    path("<uuid:key>/fresh", views.fresh, name="board-fresh"),
    path("<uuid:key>/cards/<uuid:card>/", views.card, name="board-card"),
]
