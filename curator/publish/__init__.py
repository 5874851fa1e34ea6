"""The release: shards in one schema, and the card that tells what is in them."""
