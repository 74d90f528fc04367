"""What the published entries show: comparisons and verdicts."""
