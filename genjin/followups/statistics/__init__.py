"""客户跟进记录统计表 (S0-33 … S0-42): incremental totals, distinct customers, the page, the download."""
