"""The models Cornerman knows, and their files on this machine."""
