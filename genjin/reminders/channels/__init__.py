"""The adapters: each speaks one provider's language to the outside. They decide nothing and store nothing (but for the
mails that are kept instead of sent)."""
