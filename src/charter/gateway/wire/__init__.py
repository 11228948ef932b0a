"""Bytes of a request -> what is asked; refusals and failures -> bodies the official SDKs accept."""
