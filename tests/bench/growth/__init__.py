"""`make bench-growth`: how the time of what a node does often, and the bytes that it keeps, grow with the posts that it keeps."""
