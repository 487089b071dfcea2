"""The engine process. Reached only through the command line and the socket."""
