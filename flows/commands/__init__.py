"""What each command of `interdep` does; imported only when it is used."""
