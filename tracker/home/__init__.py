"""Due for me, and the pages about the product itself."""
