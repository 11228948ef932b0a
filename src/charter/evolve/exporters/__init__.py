"""One file per form of training targets."""
