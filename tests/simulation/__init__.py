"""`make simulation`: a network of many nodes in one process. What each does is the node's own code; the wire between them and the time
are made up, so that days pass in minutes and the same seed gives the same days."""
