"""Taking submissions in, without trusting any of them."""
