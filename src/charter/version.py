"""The version of Charter, recorded with everything it writes."""

VERSION = "0.1.0"
