"""Build and publish: the only room that sees both sides of the privacy wall."""
