"""Turn new ledger events into digests per subscriber, deliver them through an outbox, hold the schedule."""
