{{/* A static volume of one claim, which outlives it, and the claim (row S4). A StorageClass can make no Lustre that is
     linked to a bucket (row T4). Takes a dict of `team`, `name`, `capacity`, `options` and `csi`. The names and fields
     are those of plan/mounts.py; a test compares. */}}
{{- define "team.volume" }}
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: {{ .team }}-{{ .name }}
spec:
  capacity: {storage: {{ .capacity }}}
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: ''
  claimRef: {namespace: {{ .team }}, name: {{ .name }}}
  mountOptions: {{ .options | toJson }}
  csi: {{- toYaml .csi | nindent 4 }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  namespace: {{ .team }}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ''
  volumeName: {{ .team }}-{{ .name }}
  resources: {requests: {storage: {{ .capacity }}}}
{{- end }}
