"""Handover (B16): what somebody who leaves or moves on was responsible for goes to others, whole and provable."""
