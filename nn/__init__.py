"""Networks of Values. Nothing is here yet: `examples.lecture_network` builds one by hand."""
