"""``trodden touchpoints``: which events were at which touchpoint."""

from __future__ import annotations

from pathlib import Path

import click

from trodden.cli.shared import workspace_of, write_file
