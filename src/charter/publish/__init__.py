"""A spec, its versions and what was measured of it -> a static site."""
