"""Programs as JavaScript, for pages that compute by themselves."""
