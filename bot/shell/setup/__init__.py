"""What `promobot init` asks, checks and writes."""
