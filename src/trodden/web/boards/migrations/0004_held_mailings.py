"""Mailings that wait for somebody to take them on again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boards", "0003_comments"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="held_at",
            field=models.DateTimeField(null=True),
        ),
    ]
