"""The data: seeded generators and the user's own files, as Parquet, cached by content."""
