"""What a search may warn of beyond what it acts on: one file, one finding. Rules look at a `Leaderboard`."""
