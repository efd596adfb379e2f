"""Files of records: the card beside a record, upload, download. Rules and bytes are the kernel's (`files`)."""
