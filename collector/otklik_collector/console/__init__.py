"""The console: what managers see once they are signed in, and the door that asks who they are."""
