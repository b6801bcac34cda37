"""How the lines of a program run; a saved program brings it along."""
