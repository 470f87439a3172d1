"""What every engine has to keep, for the tests and for the authors of plug-ins."""
