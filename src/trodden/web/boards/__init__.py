"""Boards: saved questions on a page, answered anew."""
