"""Actions, wherever they arise."""
