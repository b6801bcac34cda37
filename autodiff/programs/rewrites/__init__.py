"""What makes a listing short and fast, one idea per file; `REWRITES` lists them all."""
