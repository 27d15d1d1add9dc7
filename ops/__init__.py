"""How the project runs on one machine without other software: servers, supervisor, tests, backups."""
