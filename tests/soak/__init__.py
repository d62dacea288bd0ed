"""`make soak`: a node that is killed again and again under load loses nothing that it acknowledged, and doubles nothing."""
