"""Parts of the side-by-side benchmark: see ../compare."""
