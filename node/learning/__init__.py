"""What learners do with what they read: questions, resources, paths, debates, their network."""
