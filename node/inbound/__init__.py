"""What other servers say to us: verified, screened, taken in once."""
