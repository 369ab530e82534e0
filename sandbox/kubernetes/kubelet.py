"""The kubelets of a cluster's nodes, as one thread that watches its pods and writes their status."""

from __future__ import annotations

import itertools
import logging
import threading
from ipaddress import IPv4Address
from typing import Any

import urllib3

from sandbox.kubernetes.client import ApiClient, ApiError
from sandbox.kubernetes.nodes import timestamp
from sandbox.kubernetes.pods import Pod, is_going, next_status

PAUSE_SECONDS = 0.2
"""Between a watch that broke and the next one."""
FIRST_POD = IPv4Address("100.64.0.1")
_BOUND = "spec.nodeName!="
_GONE, _CONFLICT, _NOT_FOUND = 410, 409, 404
_log = logging.getLogger("sandbox.kubernetes")


class Kubelet:
    """Runs until `stop`, or until its API server is gone for good."""

    def __init__(self, client: ApiClient, name: str) -> None:
        self._client = client
        self._ended = threading.Event()
        self._addresses: dict[str, str] = {}
        self._free = itertools.count(int(FIRST_POD))
        threading.Thread(target=self._run, name=f"kubelet {name}", daemon=True).start()

    def host(self, node: str, address: str) -> None:
        """Let a node's pods have its address."""
        self._addresses[node] = address

    def stop(self) -> None:
        """Write nothing more. The thread ends with its watch, which ends with the API server."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
            except (ApiError, urllib3.exceptions.HTTPError, ValueError) as error:
                if not self._ended.wait(PAUSE_SECONDS):
                    _log.info("a watch of pods ended: %s", error)

    def _follow(self) -> None:
        """Look at all pods, then at each change."""
        found = self._client.get("/api/v1/pods", fieldSelector=_BOUND)
        for pod in found["items"]:
            self._look_at(pod)
        version = found["metadata"]["resourceVersion"]
        for event in self._client.watch("/api/v1/pods", fieldSelector=_BOUND, resourceVersion=version):
            if self._ended.is_set():
                return
            if event["type"] == "ERROR":
                raise ApiError(event["object"].get("code", _GONE), event["object"])
            if event["type"] in {"ADDED", "MODIFIED"}:
                self._look_at(event["object"])

    def _look_at(self, pod: Pod) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        try:
            if is_going(pod):
                self._client.delete(path, _at_once(metadata["uid"]))
            elif status := self._next(pod):
                body = {"metadata": {"uid": metadata["uid"]}, "status": status}
                self._client.patch(f"{path}/status", body)
        except ApiError as error:
            if error.status not in {_CONFLICT, _NOT_FOUND}:  # it went, or is another one under its name
                _log.warning("%s stays as it is: %s", path, error)

    def _next(self, pod: Pod) -> dict[str, Any] | None:
        host_ip = self._addresses.get(pod["spec"]["nodeName"])
        if host_ip is None:
            return None
        pod_ip = (
            host_ip
            if pod["spec"].get("hostNetwork")
            else pod.get("status", {}).get("podIP") or self._address()
        )
        return next_status(pod, host_ip=host_ip, pod_ip=pod_ip, now=timestamp())

    def _address(self) -> str:
        return str(IPv4Address(next(self._free)))


def _at_once(uid: str) -> dict[str, Any]:
    return {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
