"""Which customers a member sees: those of a saved segment, or all."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_language")]

    operations = [
        migrations.AddField("membership", "limit", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("invitation", "limit", models.CharField(blank=True, default="", max_length=60)),
    ]
