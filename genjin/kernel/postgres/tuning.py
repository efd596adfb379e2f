"""The server's settings: small enough for a laptop, good enough for a million records. ALTER SYSTEM overrides them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_MB = 1 << 20

# Two web processes with pools of 8, the worker (8 + 5 of procrastinate), sealing, commands, backup, doctor; doubled
# because a restarting process may hold the connections of its predecessor for a moment.
MAX_CONNECTIONS = 2 * (2 * 8 + 8 + 5 + 1) + 20


def settings_text(logs: Path) -> str:
    """The content of genjin.conf, which postgresql.conf includes. Written anew at each start."""
    memory = _memory()
    settings = {
        "max_connections": str(MAX_CONNECTIONS),
        "shared_buffers": _megabytes(memory // 8, 64, 2048),
        "effective_cache_size": _megabytes(memory // 2, 256, 65536),
        "maintenance_work_mem": _megabytes(memory // 32, 64, 512),
        "work_mem": _megabytes(memory // 512, 8, 32),
        "jit": "off",
        # Many people at once: one query must not take the cores of all others.
        "max_parallel_workers_per_gather": "0",
        "random_page_cost": "1.1",
        "default_statistics_target": "200",
        # This build has pglz alone: it took half of the time of whoever writes much, for a log half as long.
        "wal_compression": "off",
        "min_wal_size": "128MB",
        # Each page is written whole once between two checkpoints: the fewer the better. Recovery reads as much again.
        "max_wal_size": _megabytes(shutil.disk_usage(logs).total // 20, 1024, 8192),
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "30s",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_vacuum_insert_scale_factor": "0.1",
        "autovacuum_analyze_scale_factor": "0.03",
        "idle_in_transaction_session_timeout": "10min",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "logging_collector": "on",
        "log_directory": quoted(str(logs)),
        "log_filename": "'postgres-%a.log'",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_min_duration_statement": "2s",
        "log_lock_waits": "on",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def restoring_settings_text() -> str:
    """Settings while a backup is brought in: the files are made safe afterwards, all at once."""
    memory = _memory()
    return (
        f"max_connections = {MAX_CONNECTIONS}\nshared_buffers = {_megabytes(memory // 8, 64, 1024)}\njit = off\n"
        f"maintenance_work_mem = {_megabytes(memory // 16, 64, 512)}\nwork_mem = {_megabytes(memory // 64, 16, 128)}\n"
        "timezone = 'UTC'\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
        "default_statistics_target = 200\nwal_level = minimal\nmax_wal_senders = 0\nmax_wal_size = 8GB\n"
        "checkpoint_timeout = 1h\n"
    )


def throwaway_settings_text() -> str:
    """Settings for tests: nothing survives a crash, nothing happens in the background."""
    return (
        "max_connections = 100\nshared_buffers = 128MB\njit = off\ntimezone = 'UTC'\n"
        "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n"
        "max_wal_size = 4GB\ncheckpoint_timeout = 1h\nautovacuum = off\nrandom_page_cost = 1.1\n"
    )


def _memory() -> int:
    """Bytes of memory that we may use: the machine's, or the container's limit."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        machine = 4096 * _MB
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
    except (OSError, ValueError):
        limit = machine
    return min(machine, limit)


def _megabytes(size: int, least: int, most: int) -> str:
    return f"{min(max(size // _MB, least), most)}MB"


def quoted(text: str) -> str:
    """A text as a setting takes it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
