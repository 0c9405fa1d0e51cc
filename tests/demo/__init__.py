"""A small web of fictional Japanese sources over five days, and the main job run over it as cron would."""
