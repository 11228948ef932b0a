"""Live decisions -> answers drawn by chance, judged, and what they say of all."""
