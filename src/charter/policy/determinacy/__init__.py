"""Does a spec decide? Every context it tells apart, under every way to read it."""
