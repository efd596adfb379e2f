"""Steps of changing opportunities and pipelines, for the actions; never actions themselves."""
