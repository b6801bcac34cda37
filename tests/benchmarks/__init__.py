"""Speed and memory beside other libraries: `python -m tests.benchmarks [work …]`."""
