"""Tests of what crosses rooms; a room's own tests stand in the room."""
