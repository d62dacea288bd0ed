"""`make demo`: three nodes on this machine, two learners and a community, that follow one another and have a small story."""
