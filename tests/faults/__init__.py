"""Programs that misbehave on purpose, and what each must end as."""
