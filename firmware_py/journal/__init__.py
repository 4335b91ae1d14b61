"""The journal: an append-only, hash-chained SQLite file; the only memory an instance may trust."""
