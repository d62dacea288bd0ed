"""The memory: what we keep. Knows no HTTP and no ActivityStreams."""
