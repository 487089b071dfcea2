"""Model libraries, one module each, behind the seam in ``base``."""
