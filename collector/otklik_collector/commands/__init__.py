"""The commands of the collector, a module each: `add` adds it, `run` checks its words and calls one function."""
