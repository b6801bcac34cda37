"""What f reads around itself, and whether it still is what it was when the program was recorded."""
