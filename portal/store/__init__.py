"""Where the portal remembers: typed tables and a file of queries a noun, the only SQL. The session comes first."""
