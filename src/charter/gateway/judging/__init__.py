"""One exchange -> verdicts on its request, its answer and every call in it, with their records."""
