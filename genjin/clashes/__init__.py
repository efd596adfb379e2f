"""Area 撞单 (B3): two salespeople work the same account: found, declared, ruled with a written reason."""
