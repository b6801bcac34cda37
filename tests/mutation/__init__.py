"""Do the tests notice a wrong program? Small changes of the source, and the tests that reach them."""
