"""S3 replication: what a configuration may say, the copies that follow from it, and S3 Batch Replication."""

from __future__ import annotations
