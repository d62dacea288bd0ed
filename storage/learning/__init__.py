"""What we keep of learning."""
