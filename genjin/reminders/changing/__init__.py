"""The way of a message out of the product: spread over channels, held by a worker, called, settled."""
