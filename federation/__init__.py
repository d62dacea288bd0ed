"""The wire: what other servers say and hear. Knows no database and no user of ours."""
