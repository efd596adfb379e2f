"""Steps that write scores, for actions and jobs."""
