"""What people do with one another here: accounts, posts, follows, reactions, and how that goes out."""
