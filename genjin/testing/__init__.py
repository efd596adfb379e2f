"""What tests share: the throw-away database, the cast, the guards. Never imported by the product."""
