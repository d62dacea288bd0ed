"""`make bench`: the node's figures beside the floors of the same run, on the machine at hand."""
