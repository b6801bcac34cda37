"""Programs of numbers as JavaScript, for pages that compute by themselves."""
