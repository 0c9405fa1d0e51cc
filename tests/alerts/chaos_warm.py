"""Imported by the fork server of tests/alerts/chaos.py alone: it warms what its children inherit."""

from __future__ import annotations

from tests.alerts.chaos_work import warm

warm()
