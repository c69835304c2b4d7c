"""Marks: releases, outages, campaigns and notes, drawn on every axis of time."""
