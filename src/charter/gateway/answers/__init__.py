"""An upstream's whole answer -> its texts and calls, and the same answer with verdicts applied."""
