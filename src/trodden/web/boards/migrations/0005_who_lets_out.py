"""Who wrote a card and who saw to what goes out; who wants no mails of boards at all any more."""

from hashlib import sha256
from uuid import uuid4

import django.db.models.manager
import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_who_stopped(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Know everybody who ended a mail of one board as who wants none that others send."""
    kept = apps.get_model("boards", "NoMore").everywhere
    stopped = apps.get_model("boards", "Recipient").everywhere.exclude(stopped_at=None)
    for workspace, address in set(stopped.values_list("workspace", "address")):
        kept.create(workspace=workspace, address_hash=sha256(address.encode()).hexdigest())


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0004_held_mailings"),
    ]

    operations = [
        migrations.AddField(
            model_name="card",
            name="limit",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="card",
            name="written_by",
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="card",
            name="written_in",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="mailing",
            name="confirmed_in",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="mailing",
            name="now_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="mailing",
            name="title",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="confirmed_in",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="title",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.CreateModel(
            name="NoMore",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace", models.CharField(max_length=100)),
                ("address_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "everywhere",
                "default_manager_name": "everywhere",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "address_hash"), name="no_more_once")
                ],
            },
            managers=[
                ("everywhere", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(keep_who_stopped, migrations.RunPython.noop),
    ]
