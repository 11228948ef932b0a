"""Entries -> a Merkle tree, its tiles, signed checkpoints and proofs, in the C2SP formats."""
