"""One file per format a spec can be written in."""
