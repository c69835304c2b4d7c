"""The addresses of what comes in."""

from __future__ import annotations

from django.urls import path

from trodden.web.sources import imports, rules_views, views, wizard, work

urlpatterns = [
    path("touchpoints/", rules_views.rules, name="rules"),
    path("touchpoints/rule/", rules_views.rule, name="rule"),
    path("touchpoints/try/", rules_views.attempt, name="rules-try"),
    path("touchpoints/change/", rules_views.change, name="rules-change"),
    path("touchpoints/apply/", rules_views.apply, name="rules-apply"),
    path("touchpoints/back/", rules_views.back, name="rules-back"),
    path("", views.data, name="data"),
    path("bring/<str:token>/", wizard.bring, name="source-upload"),
    path("files/<uuid:key>/", wizard.columns, name="columns"),
    path("files/<uuid:key>/check/", wizard.count, name="source-count"),
    path("files/<uuid:key>/mapping/", wizard.keep_mapping, name="source-mapping"),
    path("mappings/<uuid:key>.toml", wizard.mapping_file, name="mapping-file"),
    path("work/<uuid:key>/", work.work, name="work"),
    path("work/<uuid:key>/import/", work.import_counted, name="source-import"),
    path("work/<uuid:key>/stop/", work.stop, name="source-stop"),
    path("work/<uuid:key>/rejected.csv", work.work_rejects, name="work-rejects"),
    path("imports/<int:number>/", imports.one_import, name="import-one"),
    path("imports/<int:number>/undo/", imports.undo, name="source-undo"),
    path("imports/<int:number>/rejected.csv", imports.import_rejects, name="import-rejects"),
]
