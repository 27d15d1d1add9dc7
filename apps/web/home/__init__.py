"""Where one begins: the dossiers one may use."""
