"""A column that was said to be a property is none of the things it looks like."""

from __future__ import annotations

from pathlib import Path

from trodden.collect.importers import ImportOptions, Mapping, plan_import

LOG = "customer,event,time,channel\nana,view,2024-01-01 10:00,web\nben,buy,2024-01-02 10:00,phone\n"


def test_a_column_said_to_be_a_property_is_not_guessed_and_reads_rows_alike(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    guessed = plan_import([path]).files[0]
    said = plan_import([path], ImportOptions(mapping=Mapping(properties=("channel",)))).files[0]
    assert (guessed.mapping.channel, said.mapping.channel) == ("channel", "")
    assert '"channel":"phone"' in said.events[1].properties
    assert Mapping(properties=("channel",)).fingerprint() == Mapping().fingerprint()
