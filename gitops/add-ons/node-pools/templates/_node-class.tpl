{{/* What every node class of a cluster has in common. Takes a dict of `class`, its settings, and `root`. */}}
{{- define "node-pools.nodeClass" -}}
{{- $cluster := .root.Values.cluster -}}
# The newest AL2023 of EKS, with NVIDIA's driver where there are GPUs: nodes are patched by being replaced.
amiSelectorTerms:
  - alias: al2023@latest
instanceProfile: {{ $cluster.instanceProfile }}
metadataOptions:
  httpTokens: required
  httpPutResponseHopLimit: 1
blockDeviceMappings:
  - deviceName: /dev/xvda
    rootVolume: true
    ebs:
      volumeType: gp3
      volumeSize: {{ .class.volumeGib }}Gi
      encrypted: true
      kmsKeyID: {{ $cluster.kmsKeyArn }}
      deleteOnTermination: true
{{- if .class.instanceStore }}
instanceStorePolicy: RAID0
{{- end }}
tags: {{- fromJson $cluster.tags | toYaml | nindent 2 }}
{{- end }}

{{/* Selector terms of ids that a fact lists with commas. */}}
{{- define "node-pools.ids" -}}
{{- range splitList "," . }}
- id: {{ . }}
{{- end }}
{{- end }}
