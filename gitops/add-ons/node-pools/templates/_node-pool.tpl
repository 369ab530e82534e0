{{/* What nodes of a pool are. A busy node lives until it is empty; others are replaced every 30 days at the latest. */}}
{{- define "node-pools.template" -}}
metadata:
  labels: {{- toYaml .labels | nindent 4 }}
spec:
  nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: {{ .nodeClass }}}
  expireAfter: {{ if .keepBusy }}Never{{ else }}720h{{ end }}
  {{- if .gpu }}
  taints:
    - {key: nvidia.com/gpu, effect: NoSchedule}
  {{- end }}
  requirements:
    - {key: kubernetes.io/os, operator: In, values: [linux]}
    - {key: kubernetes.io/arch, operator: In, values: [amd64]}
    - key: karpenter.sh/capacity-type
      operator: In
      values: {{- toYaml .capacityTypes | nindent 8 }}
    {{- toYaml .requirements | nindent 4 }}
{{- end }}
