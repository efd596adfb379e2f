"""Customer care (客户关怀, B7, S0-06, S2-68): birthdays and holidays become plans, for those who may be greeted."""
