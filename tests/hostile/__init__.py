"""What a hostile publisher, sender or name server may come up with, tried on the whole way in over real sockets."""
