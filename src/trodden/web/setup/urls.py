"""The addresses of settings."""

from __future__ import annotations

from django.urls import path

from trodden.web.setup import calendars, keeping, switching, views

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("workspace/", views.workspace, name="workspace"),
    path("workspaces/", switching.workspaces, name="workspaces"),
    path("workspaces/title/", switching.title, name="workspace-title"),
    path("workspaces/make/", switching.make, name="workspace-make"),
    path("workspace/change/", views.change, name="workspace-change"),
    path("retention/", keeping.retention, name="workspace-retention"),
    path("retention/keep/", keeping.keep, name="workspace-keep"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/new/", calendars.new, name="calendar-new"),
    path("calendars/weeks/", calendars.weeks, name="calendar-weeks"),
    path("calendars/start/", calendars.start, name="calendar-start"),
    path("calendars/save/", calendars.save, name="calendar-save"),
    path("calendars/change/", calendars.change, name="calendar-change"),
    path("calendars/delete/", calendars.delete, name="calendar-delete"),
    path("calendars/restore/", calendars.restore, name="calendar-restore"),
    path("calendars/of/<str:name>/", calendars.calendar, name="calendar"),
    path("about/", views.about, name="about"),
]
