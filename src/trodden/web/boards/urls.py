"""Addresses of boards."""

from __future__ import annotations

from django.urls import path

from trodden.web.boards import changing, saving, sharing, talking, views

urlpatterns = [
    path("", views.boards, name="boards"),
    path("new", changing.new, name="board-new"),
    path("save", saving.save, name="board-save"),
    path("restore", changing.restore, name="board-restore"),
    path("<uuid:key>/", views.board, name="board"),
    path("<uuid:key>/change", changing.change, name="board-change"),
    path("<uuid:key>/copy", changing.copy, name="board-copy"),
    path("<uuid:key>/fresh", views.fresh, name="board-fresh"),
    path("<uuid:key>/comment", talking.comment, name="board-comment"),
    path("<uuid:key>/share/", sharing.share, name="board-share"),
    path("<uuid:key>/share/mail", sharing.mail, name="board-mail"),
    path("<uuid:key>/share/link", sharing.link, name="board-link"),
    path("<uuid:key>/share/links", sharing.links, name="board-links"),
    path("shared/<str:secret>/", sharing.shared, name="shared"),
    path("shared/<str:secret>/<uuid:card>/", sharing.shared_card, name="shared-card"),
    path("stop/<str:token>/", sharing.stop, name="board-stop"),
    path("<uuid:key>/cards/<uuid:card>/", views.card, name="board-card"),
]
