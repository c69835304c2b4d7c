"""Rules for every test, whether it stands in `tests/` or in its room."""

from hypothesis import settings

pytest_plugins = ["tests.support.fault_report", "tests.support.requirements"]

settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=200, deadline=None)
settings.load_profile("quick")
