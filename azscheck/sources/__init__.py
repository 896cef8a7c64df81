"""Places that an inventory can come from: `collect()` in each."""
