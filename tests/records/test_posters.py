"""Two processes that send boards at the same moment bring one mail to each address for each day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.records.posters import addressed, once_each
from tests.support.mail import mail_server

pytestmark = pytest.mark.slow


def test_two_who_send_at_once_bring_one_mail_to_each_address_a_day(tmp_path: Path) -> None:
    with mail_server() as server:
        assert addressed(tmp_path, server) == (once_each(), "sent")
