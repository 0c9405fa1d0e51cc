"""Readers of public registries: the Diet, bills, public comments, assessments, procurement, the gazette."""
