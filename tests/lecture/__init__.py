"""The lecture as pages and as a notebook: the pages are written by hand, all that they show is computed."""
