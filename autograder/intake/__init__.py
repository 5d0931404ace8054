"""Take in what students handed in, without trusting any of it."""
