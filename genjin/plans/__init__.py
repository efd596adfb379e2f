"""Plans: what is to be done next, when and by whom (跟进计划, B7). They know nothing of follow-ups; those know them."""
